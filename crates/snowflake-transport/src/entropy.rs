//! Randomness as a value that is handed in, so that tests can repeat themselves.

use std::fmt::Debug;
use std::time::Duration;

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

    /// A time drawn uniformly from zero to `limit`.
    fn duration(&self, limit: Duration) -> Duration {
        part(limit, self.u64())
    }
}

/// As much of `limit` as `random` is of all 64-bit values.
pub(crate) fn part(limit: Duration, random: u64) -> Duration {
    let nanos = limit.as_nanos().saturating_mul(u128::from(random)) >> 64;
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
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
    use std::time::Duration;

    use super::{Entropy, SystemEntropy, part};

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
    fn a_time_is_drawn_from_zero_to_its_limit() {
        let limit = Duration::from_secs(900);
        assert_eq!(Zero.duration(limit), Duration::ZERO);
        assert_eq!(part(limit, 1 << 63), limit / 2);
        assert!(limit - part(limit, u64::MAX) <= Duration::from_nanos(1));
        assert!(SystemEntropy.duration(limit) <= limit);
        part(Duration::MAX, u64::MAX);
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
