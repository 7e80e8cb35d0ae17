//! Draws that are the same everywhere for the same seed.

use snowflake_transport::Entropy as _;

use crate::SeededEntropy;

/// A seeded source of choices.
pub(super) struct Dice(SeededEntropy);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(SeededEntropy::new(seed))
    }

    pub(super) fn seed(&mut self) -> u64 {
        self.0.u64()
    }

    /// A number from `least` to `most`, both included.
    pub(super) fn between(&mut self, least: u64, most: u64) -> u64 {
        let width = most.saturating_sub(least).saturating_add(1);
        least + self.0.u64() % width
    }

    /// As [`Dice::between`], for counts in memory.
    pub(super) fn count(&mut self, least: u32, most: u32) -> usize {
        let drawn = self.between(u64::from(least), u64::from(most));
        usize::try_from(drawn).unwrap_or(usize::MAX)
    }

    /// One of the things.
    pub(super) fn one<T: Copy>(&mut self, things: &[T]) -> Option<T> {
        let last = u64::try_from(things.len()).ok()?.checked_sub(1)?;
        let index = usize::try_from(self.between(0, last)).ok()?;
        things.get(index).copied()
    }

    /// One of the things, the heavier the likelier.
    pub(super) fn weighted<T: Copy>(&mut self, things: &[(T, u32)]) -> Option<T> {
        let total: u64 = things.iter().map(|(_thing, weight)| u64::from(*weight)).sum();
        let mut drawn = self.between(0, total.checked_sub(1)?);
        things.iter().find_map(|(thing, weight)| {
            let found = drawn < u64::from(*weight);
            drawn = drawn.saturating_sub(u64::from(*weight));
            found.then_some(*thing)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn draws_stay_in_their_bounds_and_follow_their_weights() {
        let mut dice = Dice::new(1);
        let mut heavy = 0;
        for _ in 0..1000 {
            assert!((3..=5).contains(&dice.between(3, 5)));
            let drawn = dice.weighted(&[("never", 0), ("rare", 1), ("often", 9)]).unwrap();
            assert_ne!(drawn, "never");
            heavy += u32::from(drawn == "often");
        }
        assert!((850..950).contains(&heavy), "{heavy}");
        assert_eq!((dice.one::<u8>(&[]), dice.weighted(&[("never", 0)])), (None, None));
    }
}
