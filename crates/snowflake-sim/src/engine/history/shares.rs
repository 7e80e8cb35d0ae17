//! Which part of a warehouse each statement has while several run at the same time.

use std::collections::HashMap;
use std::time::Duration;

use time::OffsetDateTime;

/// The statements that occupy warehouses.
#[derive(Debug, Default)]
pub(super) struct Shares {
    by_id: HashMap<String, Share>,
    last: Option<OffsetDateTime>,
}

#[derive(Debug)]
struct Share {
    warehouse: u64,
    /// How long it has run.
    ran: Duration,
    /// How long it would have run alone to get as much of the warehouse.
    alone: Duration,
    /// The most statements that ran at the same time, this one included.
    most: u32,
    /// Whether it has left its place.
    left: bool,
}

impl Share {
    fn is_at(&self, warehouse: u64) -> bool {
        self.warehouse == warehouse && !self.left
    }
}

impl Shares {
    /// A statement begins to occupy a warehouse.
    pub(super) fn begin(&mut self, query_id: &str, warehouse: u64, now: OffsetDateTime) {
        self.advance(now);
        let share = Share { warehouse, ran: Duration::ZERO, alone: Duration::ZERO, most: 1, left: false };
        self.by_id.insert(query_id.to_owned(), share);
        let beside = self.beside(warehouse);
        for share in self.by_id.values_mut().filter(|share| share.is_at(warehouse)) {
            share.most = share.most.max(beside);
        }
    }

    /// A statement has left its place, which another may take before it has ended.
    pub(super) fn leave(&mut self, query_id: &str, now: OffsetDateTime) {
        self.advance(now);
        if let Some(share) = self.by_id.get_mut(query_id) {
            share.left = true;
        }
    }

    /// A statement has ended: which part of its warehouse it had, from 0 to 1.
    pub(super) fn end(&mut self, query_id: &str, now: OffsetDateTime) -> f64 {
        self.advance(now);
        match self.by_id.remove(query_id) {
            Some(share) if share.ran.is_zero() => 1.0 / f64::from(share.most),
            Some(share) => share.alone.as_secs_f64() / share.ran.as_secs_f64(),
            None => 1.0,
        }
    }

    /// Splits the time since the last change evenly.
    fn advance(&mut self, now: OffsetDateTime) {
        let since =
            self.last.map_or(Duration::ZERO, |last| Duration::try_from(now - last).unwrap_or_default());
        self.last = Some(now);
        if since.is_zero() {
            return;
        }
        let mut counts: HashMap<u64, u32> = HashMap::new();
        for share in self.by_id.values().filter(|share| !share.left) {
            *counts.entry(share.warehouse).or_default() += 1;
        }
        for share in self.by_id.values_mut().filter(|share| !share.left) {
            share.ran += since;
            share.alone += since / counts.get(&share.warehouse).copied().unwrap_or(1).max(1);
        }
    }

    fn beside(&self, warehouse: u64) -> u32 {
        let running = self.by_id.values().filter(|share| share.is_at(warehouse)).count();
        u32::try_from(running).unwrap_or(u32::MAX).max(1)
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::Shares;

    const START: time::OffsetDateTime = datetime!(2026-03-15 12:00 UTC);

    fn after(seconds: i64) -> time::OffsetDateTime {
        START + Duration::seconds(seconds)
    }

    #[test]
    fn time_is_split_evenly_between_those_that_run() {
        let mut shares = Shares::default();
        shares.begin("long", 1, after(0));
        shares.begin("short", 1, after(4));
        shares.begin("elsewhere", 2, after(4));
        assert!((shares.end("short", after(8)) - 0.5).abs() < 1e-9);
        // Four seconds alone, four with another, two alone.
        assert!((shares.end("long", after(10)) - 0.8).abs() < 1e-9);
        assert!((shares.end("elsewhere", after(10)) - 1.0).abs() < 1e-9);
        assert!((shares.end("without a warehouse", after(10)) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn on_a_clock_that_stands_still_those_count_that_ran_at_once() {
        let mut shares = Shares::default();
        shares.begin("first", 1, START);
        shares.leave("first", START);
        shares.begin("next", 1, START);
        shares.begin("beside", 1, START);
        assert!((shares.end("first", START) - 1.0).abs() < 1e-9);
        assert!((shares.end("next", START) - 0.5).abs() < 1e-9);
        assert!((shares.end("beside", START) - 0.5).abs() < 1e-9);
    }
}
