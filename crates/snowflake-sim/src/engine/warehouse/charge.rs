//! Amounts of credits, and the hourly rows of what warehouses used.

use time::OffsetDateTime;

/// Billionths of a credit in one.
const NANOS: i128 = 1_000_000_000;
const SECONDS_PER_HOUR: u64 = 3_600;

/// An exact amount: nodes times seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Credits {
    node_seconds: u64,
}

impl Credits {
    /// What so many nodes cost in so many seconds, all nodes together.
    pub(crate) fn of_node_seconds(node_seconds: u64) -> Self {
        Self { node_seconds }
    }

    #[cfg(test)]
    pub(crate) fn node_seconds(self) -> u64 {
        self.node_seconds
    }

    /// Billionths of a credit, as a NUMBER(38, 9) holds them.
    pub(crate) fn nanos(self) -> i128 {
        let hour = i128::from(SECONDS_PER_HOUR);
        (i128::from(self.node_seconds) * NANOS + hour / 2) / hour
    }

    pub(super) fn is_zero(self) -> bool {
        self.node_seconds == 0
    }
}

impl std::ops::Add for Credits {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { node_seconds: self.node_seconds.saturating_add(other.node_seconds) }
    }
}

impl std::iter::Sum for Credits {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), std::ops::Add::add)
    }
}

/// What one warehouse used in one hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WarehouseUsage {
    pub(crate) start: OffsetDateTime,
    pub(crate) end: OffsetDateTime,
    pub(crate) warehouse_id: u64,
    pub(crate) warehouse: String,
    /// Everything together.
    pub(crate) used: Credits,
    /// What its clusters cost.
    pub(crate) compute: Credits,
    /// What compiling and such cost: nothing here.
    pub(crate) cloud_services: Credits,
}

/// The start of the hour that a time is in.
pub(super) fn hour_of(at: OffsetDateTime) -> OffsetDateTime {
    let second = at.unix_timestamp();
    let hour = i64::from(u32::try_from(SECONDS_PER_HOUR).unwrap_or(u32::MAX));
    OffsetDateTime::from_unix_timestamp(second - second.rem_euclid(hour)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{Credits, hour_of};

    #[test]
    fn credits_are_rounded_to_billionths() {
        assert_eq!(Credits::of_node_seconds(3_600).nanos(), 1_000_000_000);
        assert_eq!(Credits::of_node_seconds(60).nanos(), 16_666_667);
        assert_eq!(Credits::of_node_seconds(1).nanos(), 277_778);
    }

    #[test]
    fn an_hour_begins_on_the_hour() {
        assert_eq!(hour_of(datetime!(2026-11-22 10:59:59.9 UTC)), datetime!(2026-11-22 10:00 UTC));
        assert_eq!(hour_of(datetime!(1969-12-31 23:30 UTC)), datetime!(1969-12-31 23:00 UTC));
    }
}
