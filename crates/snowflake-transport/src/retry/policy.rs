//! How often and for how long a request is repeated.

use std::time::Duration;

/// The limits of one retry loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// The most attempts, the first included.
    pub max_attempts: u32,
    /// The shortest wait between attempts, unless the service asks for less.
    pub base: Duration,
    /// The longest wait between attempts, even if the service asks for more.
    pub cap: Duration,
    /// The longest time for all attempts and all waits together.
    pub deadline: Option<Duration>,
}

impl RetryPolicy {
    /// Sets the most attempts, the first included; zero counts as one.
    #[must_use]
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Sets the shortest and the longest wait between attempts.
    #[must_use]
    pub fn with_waits(mut self, base: Duration, cap: Duration) -> Self {
        self.base = base;
        self.cap = cap;
        self
    }

    /// Sets the longest time for all attempts and all waits together.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Removes the limit on the time for all attempts together.
    #[must_use]
    pub fn without_deadline(mut self) -> Self {
        self.deadline = None;
        self
    }
}

impl Default for RetryPolicy {
    /// Seven attempts within five minutes, with waits of 250 ms to 16 s.
    fn default() -> Self {
        Self {
            max_attempts: 7,
            base: Duration::from_millis(250),
            cap: Duration::from_secs(16),
            deadline: Some(Duration::from_secs(300)),
        }
    }
}
