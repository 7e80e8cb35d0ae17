//! How many sessions a pool keeps, and for how long.

use std::time::Duration;

use crate::error::Error;

/// The limits of a [`Pool`](super::Pool).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolOptions {
    pub(crate) min: u32,
    pub(crate) max: u32,
    pub(crate) wait_timeout: Duration,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) max_lifetime: Option<Duration>,
    pub(crate) in_flight: InFlight,
}

/// What becomes of statements that run while their pool is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InFlight {
    /// They are stopped on the server, and all sessions end, borrowed ones too.
    #[default]
    Abort,
    /// They run on, and whoever waits for one gets its result. Their sessions end when they come back to the pool, or
    /// with the last handle of a statement.
    Leave,
}

impl PoolOptions {
    /// Keeps between `min` and `max` sessions.
    #[must_use]
    pub fn with_size(mut self, min: u32, max: u32) -> Self {
        (self.min, self.max) = (min, max);
        self
    }

    /// Waits at most this long for a session to become free.
    #[must_use]
    pub fn with_wait_timeout(mut self, limit: Duration) -> Self {
        self.wait_timeout = limit;
        self
    }

    /// Closes sessions beyond the minimum that nobody used for this long; `None` keeps them.
    #[must_use]
    pub fn with_idle_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.idle_timeout = limit.into();
        self
    }

    /// Closes sessions of this age once they are free; `None` keeps them.
    #[must_use]
    pub fn with_max_lifetime(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.max_lifetime = limit.into();
        self
    }

    /// Chooses what becomes of statements that run while the pool is closed.
    #[must_use]
    pub fn with_in_flight(mut self, in_flight: InFlight) -> Self {
        self.in_flight = in_flight;
        self
    }

    /// The most sessions.
    #[must_use]
    pub fn max(&self) -> u32 {
        self.max
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let zero = |limit: Option<Duration>| limit.is_some_and(|limit| limit.is_zero());
        let problem = if self.max == 0 {
            "a pool needs room for at least one session"
        } else if self.min > self.max {
            "the pool's minimum is larger than its maximum"
        } else if self.wait_timeout.is_zero() || zero(self.idle_timeout) || zero(self.max_lifetime) {
            "a time limit of the pool is zero"
        } else {
            return Ok(());
        };
        Err(Error::configuration(problem))
    }
}

impl Default for PoolOptions {
    /// 0 to 10 sessions, 30 s of waiting, 10 minutes of idleness, an hour of life; what runs is stopped at the end.
    fn default() -> Self {
        Self {
            min: 0,
            max: 10,
            wait_timeout: Duration::from_secs(30),
            idle_timeout: Some(Duration::from_secs(600)),
            max_lifetime: Some(Duration::from_secs(3600)),
            in_flight: InFlight::Abort,
        }
    }
}
