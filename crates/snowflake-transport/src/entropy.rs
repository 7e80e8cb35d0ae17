//! Randomness as a value that is handed in, so that tests can repeat themselves.

use std::fmt::Debug;

use uuid::Uuid;

/// A source of random numbers and identifiers.
pub trait Entropy: Debug + Send + Sync {
    /// A number drawn uniformly from all 64-bit values.
    fn u64(&self) -> u64;

    /// A random (version 4) identifier.
    fn uuid(&self) -> Uuid {
        let random = Uuid::from_u64_pair(self.u64(), self.u64());
        uuid::Builder::from_random_bytes(random.into_bytes()).into_uuid()
    }
}

/// The randomness of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn u64(&self) -> u64 {
        // Six of the 128 bits of a version 4 identifier are fixed, at different places of the two
        // halves: together the halves are random in every bit.
        let (high, low) = Uuid::new_v4().as_u64_pair();
        high ^ low
    }

    fn uuid(&self) -> Uuid {
        Uuid::new_v4()
    }
}

#[cfg(test)]
mod tests {
    use super::{Entropy, SystemEntropy};

    #[derive(Debug)]
    struct Zero;

    impl Entropy for Zero {
        fn u64(&self) -> u64 {
            0
        }
    }

    #[test]
    fn identifiers_are_version_four_whatever_the_source() {
        assert_eq!(Zero.uuid().get_version_num(), 4);
        assert_eq!(SystemEntropy.uuid().get_version_num(), 4);
        assert_ne!(SystemEntropy.uuid(), SystemEntropy.uuid());
    }

    #[test]
    fn every_bit_of_a_number_varies() {
        let (mut ones, mut zeros) = (0u64, 0u64);
        for _ in 0..256 {
            let drawn = SystemEntropy.u64();
            ones |= drawn;
            zeros |= !drawn;
        }
        assert_eq!((ones, zeros), (u64::MAX, u64::MAX));
    }
}
