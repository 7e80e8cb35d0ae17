//! Time as a value that is handed in, so that tests own it.

use std::fmt::Debug;

use time::OffsetDateTime;
use tokio::time::Instant;

/// Tells the time twice over: monotonic for limits, wall-clock for what is written into requests.
pub trait Clock: Debug + Send + Sync {
    /// The monotonic time that limits and waits are measured with.
    fn now(&self) -> Instant {
        Instant::now()
    }

    /// The date and time of day, in UTC.
    fn wall(&self) -> OffsetDateTime;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn wall(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}
