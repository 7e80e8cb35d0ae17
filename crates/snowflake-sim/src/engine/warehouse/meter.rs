//! The credit meter: each cluster is charged for every second that it has begun, a minute at least.

use time::{Duration, OffsetDateTime};

use super::charge::{Credits, hour_of};

/// What a start costs at least.
const MINIMUM_SECONDS: u64 = 60;

/// Counts what the clusters of a warehouse cost.
#[derive(Debug, Default)]
pub(super) struct Meter {
    /// The clusters that are on, in the order of their start.
    running: Vec<Run>,
    ended: Vec<Run>,
}

/// One cluster from start to stop.
#[derive(Debug)]
struct Run {
    start: OffsetDateTime,
    stop: Option<OffsetDateTime>,
    /// Nodes from a time on, oldest first; the first is from the start.
    nodes: Vec<(OffsetDateTime, u64)>,
}

impl Meter {
    /// A cluster of so many nodes starts.
    pub(super) fn start(&mut self, at: OffsetDateTime, nodes: u64) {
        self.running.push(Run { start: at, stop: None, nodes: vec![(at, nodes)] });
    }

    /// The cluster that started last stops.
    pub(super) fn stop(&mut self, at: OffsetDateTime) {
        if let Some(mut run) = self.running.pop() {
            run.stop = Some(at.max(run.start));
            self.ended.push(run);
        }
    }

    /// All clusters have so many nodes from now on.
    pub(super) fn resize(&mut self, at: OffsetDateTime, nodes: u64) {
        for run in &mut self.running {
            run.nodes.push((at, nodes));
        }
    }

    /// What the seconds cost that begin between two times, as far as they are charged by now. A start
    /// is charged its minimum at once.
    pub(super) fn credits(&self, from: OffsetDateTime, to: OffsetDateTime, now: OffsetDateTime) -> Credits {
        self.runs().map(|run| run.credits(from, to, now)).sum()
    }

    /// The starts of the hours, within two times, in which anything is charged.
    pub(super) fn hours(
        &self,
        from: OffsetDateTime,
        to: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Vec<OffsetDateTime> {
        let mut hours = std::collections::BTreeSet::new();
        for run in self.runs() {
            let (mut hour, end) = (hour_of(run.start.max(from)), run.end(now).min(to));
            while hour < end {
                hours.insert(hour);
                hour = hour.saturating_add(Duration::HOUR);
            }
        }
        hours.into_iter().collect()
    }

    fn runs(&self) -> impl Iterator<Item = &Run> {
        self.ended.iter().chain(&self.running)
    }
}

impl Run {
    /// How many seconds are charged by now.
    fn seconds(&self, now: OffsetDateTime) -> u64 {
        self.begun(self.stop.unwrap_or(now)).max(MINIMUM_SECONDS)
    }

    /// The end of the last second that is charged by now.
    fn end(&self, now: OffsetDateTime) -> OffsetDateTime {
        let seconds = i64::try_from(self.seconds(now)).unwrap_or(i64::MAX);
        self.start.saturating_add(Duration::seconds(seconds))
    }

    /// How many seconds, counted from the start, begin before a time.
    fn begun(&self, at: OffsetDateTime) -> u64 {
        let nanos = (at - self.start).whole_nanoseconds().max(0);
        u64::try_from((nanos + 999_999_999) / 1_000_000_000).unwrap_or(u64::MAX)
    }

    /// Each second costs what the cluster had at its beginning.
    fn credits(&self, from: OffsetDateTime, to: OffsetDateTime, now: OffsetDateTime) -> Credits {
        let (first, last) = (self.begun(from), self.begun(to).min(self.seconds(now)));
        let ends = self.nodes.iter().skip(1).map(|(at, _)| self.begun(*at)).chain([u64::MAX]);
        let pieces = self.nodes.iter().zip(ends).map(|((at, nodes), end)| {
            let seconds = end.min(last).saturating_sub(self.begun(*at).max(first));
            Credits::of_node_seconds(seconds.saturating_mul(*nodes))
        });
        pieces.sum()
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;
    use time::{Duration, OffsetDateTime};

    use super::Meter;

    const START: OffsetDateTime = datetime!(2026-11-22 10:59:30 UTC);

    fn after(seconds: f64) -> OffsetDateTime {
        START + Duration::seconds_f64(seconds)
    }

    fn total(meter: &Meter, now: f64) -> u64 {
        meter.credits(OffsetDateTime::UNIX_EPOCH, after(1e9), after(now)).node_seconds()
    }

    #[test]
    fn a_start_costs_a_minute_at_least_and_then_every_begun_second() {
        let mut meter = Meter::default();
        meter.start(START, 4);
        assert_eq!(total(&meter, 0.0), 240);
        assert_eq!(total(&meter, 60.0), 240);
        assert_eq!(total(&meter, 60.1), 244);
        meter.stop(after(90.5));
        assert_eq!(total(&meter, 500.0), 91 * 4);
        meter.start(after(100.0), 1);
        meter.stop(after(101.0));
        assert_eq!(total(&meter, 500.0), 91 * 4 + 60);
    }

    #[test]
    fn a_second_costs_what_the_cluster_had_at_its_beginning() {
        let mut meter = Meter::default();
        meter.start(START, 1);
        meter.resize(after(30.5), 2);
        meter.stop(after(100.0));
        assert_eq!(total(&meter, 100.0), 31 + 69 * 2);
    }

    #[test]
    fn seconds_count_in_the_hour_in_which_they_begin() {
        let mut meter = Meter::default();
        meter.start(START, 2);
        meter.stop(after(5.0));
        let hours = meter.hours(START, after(1e6), after(10.0));
        assert_eq!(hours, [datetime!(2026-11-22 10:00 UTC), datetime!(2026-11-22 11:00 UTC)]);
        let of =
            |hour: OffsetDateTime| meter.credits(hour, hour + Duration::HOUR, after(10.0)).node_seconds();
        assert_eq!(hours.into_iter().map(of).collect::<Vec<_>>(), [60, 60]);
    }
}
