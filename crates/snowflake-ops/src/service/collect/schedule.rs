//! When a collector runs next.

use std::time::Duration;

use tokio::time::Instant;

/// The wait after a first failure; it doubles up to the interval.
const FIRST_RETRY: Duration = Duration::from_secs(15);

/// The times of one collector: multiples of its interval from a common origin.
///
/// Collectors with the same origin and the same interval run together, so that the warehouse is resumed once for all
/// of them. What fails is tried again sooner, at growing distances.
#[derive(Debug)]
pub(super) struct Schedule {
    origin: Instant,
    interval: Duration,
    failures: u32,
    next: Instant,
}

/// How a run ended, as far as the next one depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Well,
    /// Trying again soon is no use: somebody has to grant something first.
    Denied,
    Badly,
}

impl Schedule {
    /// The first run is at the origin.
    pub(super) fn new(origin: Instant, interval: Duration) -> Self {
        Self { origin, interval, failures: 0, next: origin }
    }

    pub(super) fn next(&self) -> Instant {
        self.next
    }

    /// Reckons when to run next, now that a run has ended.
    pub(super) fn ran(&mut self, ended: Ended, now: Instant) {
        let regular = self.regular(now);
        self.next = match ended {
            Ended::Well | Ended::Denied => {
                self.failures = 0;
                regular
            }
            Ended::Badly => {
                let wait = FIRST_RETRY.saturating_mul(2_u32.saturating_pow(self.failures));
                self.failures = self.failures.saturating_add(1);
                now.checked_add(wait).map_or(regular, |retry| retry.min(regular))
            }
        };
    }

    /// The next multiple of the interval.
    fn regular(&self, now: Instant) -> Instant {
        let since = now.saturating_duration_since(self.origin);
        let interval = self.interval.max(Duration::from_millis(1));
        let whole = since.as_nanos() / interval.as_nanos() + 1;
        let turns = u32::try_from(whole).unwrap_or(u32::MAX);
        interval
            .checked_mul(turns)
            .and_then(|offset| self.origin.checked_add(offset))
            .filter(|next| *next > now)
            .or_else(|| now.checked_add(interval))
            .unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn collectors_of_one_interval_run_together_however_long_each_takes() {
        let origin = Instant::now();
        let (mut quick, mut slow) = (Schedule::new(origin, HOUR), Schedule::new(origin, HOUR));
        quick.ran(Ended::Well, origin + Duration::from_secs(1));
        slow.ran(Ended::Well, origin + Duration::from_secs(100));
        assert_eq!(quick.next(), slow.next());
        assert_eq!(quick.next(), origin + HOUR);
        slow.ran(Ended::Well, origin + 5 * HOUR / 2);
        assert_eq!(slow.next(), origin + 3 * HOUR);
    }

    #[test]
    fn failures_are_tried_again_sooner_but_never_later_than_usual() {
        let origin = Instant::now();
        let mut schedule = Schedule::new(origin, HOUR);
        let mut now = origin;
        let mut waits = Vec::new();
        for _ in 0..9 {
            schedule.ran(Ended::Badly, now);
            waits.push((schedule.next() - now).as_secs());
            now = schedule.next();
        }
        assert_eq!(waits[..4], [15, 30, 60, 120]);
        assert!(waits.iter().all(|wait| *wait <= 3600), "{waits:?}");
        schedule.ran(Ended::Well, now);
        schedule.ran(Ended::Badly, now);
        assert_eq!(schedule.next() - now, FIRST_RETRY, "a success is a new beginning");
        schedule.ran(Ended::Denied, origin);
        assert_eq!(schedule.next(), origin + HOUR);
    }

    proptest! {
        #[test]
        fn the_next_run_is_later_and_within_an_interval(
            interval in 1_u64..100_000_000, ran in prop::collection::vec((0_u64..100_000_000, 0..3), 1..20)
        ) {
            let origin = Instant::now();
            let interval = Duration::from_millis(interval);
            let mut schedule = Schedule::new(origin, interval);
            let mut now = origin;
            for (took, ended) in ran {
                now = now.max(schedule.next()) + Duration::from_millis(took);
                let ended = [Ended::Well, Ended::Denied, Ended::Badly][usize::try_from(ended).unwrap()];
                schedule.ran(ended, now);
                prop_assert!(schedule.next() > now);
                prop_assert!(schedule.next() - now <= interval);
            }
        }
    }
}
