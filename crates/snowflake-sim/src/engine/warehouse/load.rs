//! How busy warehouses were, as `WAREHOUSE_LOAD_HISTORY` tells it.

use std::collections::{BTreeMap, VecDeque};

use time::{Duration, OffsetDateTime};

/// The length of an interval, in seconds.
const INTERVAL: i64 = 300;
/// Spans of one warehouse that are kept.
const KEPT: usize = 100_000;

/// What a statement did for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activity {
    Running,
    /// It waited for a place.
    Queued,
    /// It waited for the warehouse to start.
    Provisioning,
}

/// A statement did something from one time to another.
pub(super) type Span = (Activity, OffsetDateTime, OffsetDateTime);

/// How many statements ran and waited on average in one interval.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WarehouseLoad {
    pub(crate) start: OffsetDateTime,
    pub(crate) end: OffsetDateTime,
    pub(crate) warehouse_id: u64,
    pub(crate) warehouse: String,
    pub(crate) running: f64,
    pub(crate) queued_load: f64,
    pub(crate) queued_provisioning: f64,
}

/// What the statements of a warehouse did.
#[derive(Debug, Default)]
pub(super) struct Load {
    spans: VecDeque<Span>,
}

impl Load {
    pub(super) fn note(&mut self, span: Span) {
        if span.1 >= span.2 {
            return;
        }
        if self.spans.len() == KEPT {
            self.spans.pop_front();
        }
        self.spans.push_back(span);
    }

    /// The intervals in which anything ran or waited, between two times. `open` are spans that go on.
    pub(super) fn between(
        &self,
        from: OffsetDateTime,
        to: OffsetDateTime,
        open: &[Span],
        of: (u64, &str),
    ) -> Vec<WarehouseLoad> {
        let mut sums: BTreeMap<i64, [Duration; 3]> = BTreeMap::new();
        for (activity, start, end) in self.spans.iter().chain(open) {
            let (mut at, end) = ((*start).max(from), (*end).min(to));
            while at < end {
                let slot = at.unix_timestamp().div_euclid(INTERVAL);
                let until = slot_start(slot + 1).min(end);
                let sums = sums.entry(slot).or_default();
                match activity {
                    Activity::Running => sums[0] += until - at,
                    Activity::Queued => sums[1] += until - at,
                    Activity::Provisioning => sums[2] += until - at,
                }
                at = until;
            }
        }
        let average = |sum: Duration| sum / Duration::seconds(INTERVAL);
        let row = |(slot, [running, queued, provisioning]): (i64, [Duration; 3])| WarehouseLoad {
            start: slot_start(slot),
            end: slot_start(slot + 1),
            warehouse_id: of.0,
            warehouse: of.1.to_owned(),
            running: average(running),
            queued_load: average(queued),
            queued_provisioning: average(provisioning),
        };
        sums.into_iter().map(row).collect()
    }
}

fn slot_start(slot: i64) -> OffsetDateTime {
    // Only years beyond the calendar are refused, and no clock shows them.
    OffsetDateTime::from_unix_timestamp(slot.saturating_mul(INTERVAL)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{Activity, Load};

    #[test]
    fn a_span_is_spread_over_the_intervals_that_it_touches() {
        let mut load = Load::default();
        load.note((Activity::Running, datetime!(2026-11-22 10:04 UTC), datetime!(2026-11-22 10:10 UTC)));
        let open = [(Activity::Queued, datetime!(2026-11-22 10:06 UTC), datetime!(2026-11-22 10:07 UTC))];
        let rows =
            load.between(datetime!(2026-11-22 10:00 UTC), datetime!(2026-11-22 11:00 UTC), &open, (1, "WH"));
        let seen: Vec<_> = rows.iter().map(|row| (row.start, row.running, row.queued_load)).collect();
        assert_eq!(
            seen,
            [(datetime!(2026-11-22 10:00 UTC), 0.2, 0.0), (datetime!(2026-11-22 10:05 UTC), 1.0, 0.2)]
        );
    }
}
