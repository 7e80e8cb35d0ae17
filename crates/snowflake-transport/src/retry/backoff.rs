//! The wait before the next attempt: exponential, with decorrelated jitter.

use std::time::Duration;

use super::policy::RetryPolicy;
use crate::entropy::part;

/// Draws each wait between the base and three times the previous one, so that many clients that
/// failed together do not come back together.
#[derive(Debug)]
pub(super) struct Backoff {
    base: Duration,
    cap: Duration,
    previous: Duration,
}

impl Backoff {
    pub(super) fn new(policy: &RetryPolicy) -> Self {
        let base = policy.base.min(policy.cap);
        Self { base, cap: policy.cap, previous: base }
    }

    /// The next wait, from a number drawn uniformly from all 64-bit values.
    pub(super) fn next(&mut self, random: u64) -> Duration {
        let most = self.previous.saturating_mul(3).min(self.cap);
        let part = part(most.saturating_sub(self.base), random);
        self.previous = self.base.saturating_add(part).min(self.cap);
        self.previous
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{Backoff, RetryPolicy};

    proptest! {
        #[test]
        fn a_wait_lies_between_base_and_cap_and_at_most_triples(
            base in 0u64..5_000,
            cap in 0u64..60_000,
            draws in prop::collection::vec(any::<u64>(), 1..40),
        ) {
            let policy = RetryPolicy::default()
                .with_waits(Duration::from_millis(base), Duration::from_millis(cap));
            let least = policy.base.min(policy.cap);
            let mut backoff = Backoff::new(&policy);
            let mut previous = least;
            for random in draws {
                let wait = backoff.next(random);
                prop_assert!(wait >= least && wait <= policy.cap);
                prop_assert!(wait <= (previous * 3).max(least));
                previous = wait;
            }
        }

        #[test]
        fn extreme_policies_do_not_overflow(random in any::<u64>(), nanos in any::<u64>()) {
            let policy = RetryPolicy::default()
                .with_waits(Duration::from_nanos(nanos), Duration::MAX);
            let mut backoff = Backoff::new(&policy);
            for _ in 0..200 {
                prop_assert!(backoff.next(random) >= policy.base);
            }
        }
    }

    #[test]
    fn the_extremes_of_the_draw_are_the_extremes_of_the_wait() {
        let policy = RetryPolicy::default();
        assert_eq!(Backoff::new(&policy).next(0), policy.base);
        let mut backoff = Backoff::new(&policy);
        let mut last = Duration::ZERO;
        for _ in 0..10 {
            last = backoff.next(u64::MAX);
        }
        assert!(policy.cap - last < Duration::from_micros(1));
    }
}
