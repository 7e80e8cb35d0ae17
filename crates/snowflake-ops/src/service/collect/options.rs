//! What a collector is told.

use std::time::Duration;

use super::Kind;
use crate::error::{CollectorIntervalSnafu, Result};

/// The shortest interval of a collector that needs a warehouse: a warehouse that suspends itself after a minute, as
/// Snowflake recommends, is asleep most of the time.
const SHORTEST_WITH_WAREHOUSE: Duration = Duration::from_secs(5 * 60);
/// The shortest interval of one that needs none.
const SHORTEST: Duration = Duration::from_secs(10);
/// The interval of a collector that the catalogue does not name.
const INTERVAL: Duration = Duration::from_secs(3600);

/// What a collector is told: whether to run, how often, and how long its statements may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct CollectorOptions {
    is_on: bool,
    interval: Option<Duration>,
    timeout: Duration,
}

impl Default for CollectorOptions {
    /// On, as often as the [catalogue](crate::metric_sources) says, two minutes for each statement.
    fn default() -> Self {
        Self { is_on: true, interval: None, timeout: Duration::from_secs(120) }
    }
}

impl CollectorOptions {
    /// A collector that never runs.
    pub fn off() -> Self {
        Self { is_on: false, ..Self::default() }
    }

    /// Runs that often.
    pub fn with_interval(mut self, interval: Duration) -> Self {
        self.interval = Some(interval);
        self
    }

    /// Gives each statement that long.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    pub(in crate::service) fn is_on(&self) -> bool {
        self.is_on
    }

    pub(in crate::service) fn interval(&self, kind: Kind) -> Duration {
        self.interval.or_else(|| kind.source().map(|source| source.interval)).unwrap_or(INTERVAL)
    }

    pub(in crate::service) fn timeout(&self) -> Duration {
        self.timeout
    }

    pub(in crate::service) fn check(&self, kind: Kind) -> Result<()> {
        let (shortest, why) = match kind.needs_warehouse() {
            true => (SHORTEST_WITH_WAREHOUSE, "or it would keep its warehouse awake"),
            false => (SHORTEST, "or it would ask without end"),
        };
        if self.interval(kind) < shortest {
            CollectorIntervalSnafu { name: kind.name(), shortest, why }.fail()?;
        }
        Ok(())
    }
}
