//! A clock that a test owns.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use snowflake_transport::Clock;
use time::OffsetDateTime;
use tokio::time::Instant;

/// A clock whose date is set by hand.
///
/// Its monotonic half is tokio's time (paused in tests) plus what [`ManualClock::advance`] added.
/// Its wall-clock half either stands still between settings ([`ManualClock::new`]) or moves along
/// ([`ManualClock::ticking`]).
#[derive(Debug)]
pub struct ManualClock {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    wall: OffsetDateTime,
    set_at: Option<Instant>,
    advanced: Duration,
}

impl ManualClock {
    /// A clock whose date stands still until it is set or advanced.
    pub fn new(wall: OffsetDateTime) -> Self {
        Self::with(wall, None)
    }

    /// A clock whose date moves along with tokio's time.
    pub fn ticking(wall: OffsetDateTime) -> Self {
        Self::with(wall, Some(Instant::now()))
    }

    fn with(wall: OffsetDateTime, set_at: Option<Instant>) -> Self {
        Self { state: Mutex::new(State { wall, set_at, advanced: Duration::ZERO }) }
    }

    /// Sets the date, forwards or backwards; the monotonic half does not notice.
    pub fn set_wall(&self, wall: OffsetDateTime) {
        self.changed(|state| {
            state.wall = wall;
            state.set_at = state.set_at.map(|_before| Instant::now());
        });
    }

    /// Moves both halves forward.
    ///
    /// Timers of tokio are not moved by this: use `tokio::time::advance` for those.
    pub fn advance(&self, by: Duration) {
        self.changed(|state| {
            state.wall =
                state.wall.saturating_add(time::Duration::try_from(by).unwrap_or(time::Duration::MAX));
            state.advanced = state.advanced.saturating_add(by);
        });
    }

    fn changed<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        let now = Instant::now();
        now.checked_add(self.changed(|state| state.advanced)).unwrap_or(now)
    }

    fn wall(&self) -> OffsetDateTime {
        self.changed(|state| {
            let passed = state.set_at.map_or(Duration::ZERO, |then| then.elapsed());
            state.wall.saturating_add(time::Duration::try_from(passed).unwrap_or(time::Duration::MAX))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use snowflake_transport::Clock as _;
    use time::macros::datetime;

    use super::ManualClock;

    #[tokio::test(start_paused = true)]
    async fn it_stands_still_or_ticks_and_is_set_by_hand() {
        let start = datetime!(2026-11-22 10:00 UTC);
        let (still, ticking) = (ManualClock::new(start), ManualClock::ticking(start));
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(still.wall(), start);
        assert_eq!(ticking.wall(), start + Duration::from_secs(5));
        for clock in [&still, &ticking] {
            let (before, wall) = (clock.now(), clock.wall());
            clock.advance(Duration::from_secs(60));
            assert_eq!(clock.now() - before, Duration::from_secs(60));
            assert_eq!(clock.wall() - wall, time::Duration::MINUTE);
            clock.set_wall(datetime!(2000-01-01 0:00 UTC));
            assert_eq!(clock.wall(), datetime!(2000-01-01 0:00 UTC));
        }
    }
}
