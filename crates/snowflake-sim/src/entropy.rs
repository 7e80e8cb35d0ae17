//! Chance that repeats itself.

use std::sync::atomic::{AtomicU64, Ordering};

use snowflake_transport::Entropy;

/// Numbers that look random and are the same for the same seed (SplitMix64).
#[derive(Debug)]
pub struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// The sequence of a seed.
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Entropy for SeededEntropy {
    fn u64(&self) -> u64 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let state = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use snowflake_transport::Entropy as _;

    use super::SeededEntropy;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let draw = |seed| {
            let entropy = SeededEntropy::new(seed);
            (entropy.u64(), entropy.u64(), entropy.uuid())
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        // The first number of the reference implementation for seed 0.
        assert_eq!(SeededEntropy::new(0).u64(), 0xE220_A839_7B1D_CDAF);
    }
}
