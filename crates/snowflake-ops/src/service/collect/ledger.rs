//! A counter over a view whose rows come late, and come again.

use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;

/// What the names beyond the most are counted as.
const OTHER: &str = "other";

/// What was used in one hour, by one name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hour {
    pub(super) name: String,
    pub(super) start: OffsetDateTime,
    pub(super) amount: f64,
}

/// Adds up the hours of a view, each once.
///
/// Every look reads a window that overlaps the one before, because hours are filled in late. An hour that was seen is
/// counted again only by what it has grown, so nothing counts twice, and what shrinks takes nothing back: a counter
/// never falls. What the first look sees was used before anybody counted, and is only remembered.
#[derive(Debug)]
pub(super) struct Ledger {
    most_names: usize,
    /// How long an hour is remembered after the newest one.
    memory: time::Duration,
    seen: BTreeMap<(OffsetDateTime, String), f64>,
    totals: BTreeMap<String, f64>,
    has_begun: bool,
}

impl Ledger {
    /// Counts at most so many names; what comes beyond is counted as `other`.
    pub(super) fn new(most_names: usize, memory: time::Duration) -> Self {
        Self { most_names, memory, seen: BTreeMap::new(), totals: BTreeMap::new(), has_begun: false }
    }

    /// Takes in what a look has seen.
    pub(super) fn take(&mut self, hours: impl IntoIterator<Item = Hour>) {
        let oldest = self.oldest();
        for hour in hours {
            // What is older than the memory was counted as far as it ever will be.
            if oldest.is_some_and(|oldest| hour.start < oldest) || !hour.amount.is_finite() {
                continue;
            }
            let name = self.counted_as(hour.name.clone());
            let seen = self.seen.entry((hour.start, hour.name)).or_insert(0.0);
            let growth = (hour.amount - *seen).max(0.0);
            *seen = seen.max(hour.amount);
            let total = self.totals.entry(name).or_insert(0.0);
            if self.has_begun {
                *total += growth;
            }
        }
        self.has_begun = true;
        if let Some(oldest) = self.oldest() {
            self.seen.retain(|(start, _), _| *start >= oldest);
        }
    }

    /// What was used by each name since the first look.
    pub(super) fn totals(&self) -> impl Iterator<Item = (&str, f64)> {
        self.totals.iter().map(|(name, total)| (name.as_str(), *total))
    }

    fn oldest(&self) -> Option<OffsetDateTime> {
        let ((newest, _), _) = self.seen.last_key_value()?;
        newest.checked_sub(self.memory)
    }

    /// A name is counted under itself for ever, or never: moving it would make a counter fall.
    fn counted_as(&self, name: String) -> String {
        let known: BTreeSet<&str> =
            self.totals.keys().map(String::as_str).filter(|name| *name != OTHER).collect();
        if known.contains(name.as_str()) || known.len() + 1 < self.most_names {
            name
        } else {
            OTHER.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    const DAY: OffsetDateTime = datetime!(2026-03-01 0:00 UTC);

    fn hour(name: &str, hour: i64, amount: f64) -> Hour {
        Hour { name: name.to_owned(), start: DAY + time::Duration::hours(hour), amount }
    }

    fn total(ledger: &Ledger, name: &str) -> f64 {
        ledger.totals().find(|(found, _)| *found == name).map_or(-1.0, |(_, total)| total)
    }

    fn ledger() -> Ledger {
        Ledger::new(100, time::Duration::hours(72))
    }

    #[test]
    fn what_was_there_before_is_not_counted_but_shown_as_zero() {
        let mut ledger = ledger();
        ledger.take([hour("A", 1, 5.0)]);
        assert_eq!(total(&ledger, "A"), 0.0);
        ledger.take([hour("A", 1, 5.0), hour("A", 2, 1.5)]);
        assert_eq!(total(&ledger, "A"), 1.5);
    }

    #[test]
    fn late_rows_count_once_and_corrections_take_nothing_back() {
        let mut ledger = ledger();
        ledger.take([]);
        ledger.take([hour("A", 5, 2.0)]);
        ledger.take([hour("A", 5, 2.0), hour("A", 4, 1.0)]);
        assert_eq!(total(&ledger, "A"), 3.0, "hour 4 came late");
        ledger.take([hour("A", 5, 2.5), hour("A", 4, 0.25)]);
        assert_eq!(total(&ledger, "A"), 3.5, "hour 5 has grown, hour 4 was corrected downwards");
        ledger.take([hour("A", 4, 1.0)]);
        assert_eq!(total(&ledger, "A"), 3.5);
    }

    #[test]
    fn what_is_forgotten_is_not_counted_again() {
        let mut ledger = ledger();
        ledger.take([]);
        ledger.take([hour("A", 0, 1.0)]);
        ledger.take([hour("A", 100, 1.0)]);
        ledger.take([hour("A", 0, 1.0)]);
        assert_eq!(total(&ledger, "A"), 2.0);
        assert_eq!(ledger.seen.len(), 1);
    }

    #[test]
    fn names_beyond_the_most_are_counted_together() {
        let mut ledger = Ledger::new(3, time::Duration::hours(72));
        ledger.take([]);
        ledger.take(["A", "B", "C", "D"].map(|name| hour(name, 1, 1.0)));
        ledger.take([hour("C", 2, 1.0)]);
        let totals: Vec<(&str, f64)> = ledger.totals().collect();
        assert_eq!(totals, [("A", 1.0), ("B", 1.0), ("other", 3.0)]);
    }

    proptest! {
        /// However late and however often rows come, the counter ends at what was used, and never falls.
        #[test]
        fn o08_the_counter_rises_to_what_was_used(
            rows in prop::collection::hash_map((0_i64..24, 0_u8..3), 0_u32..1000, 0..40),
            looks in prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 0..20), 0..10),
        ) {
            let rows: Vec<((i64, u8), u32)> = rows.into_iter().collect();
            let read = |((start, name), amount): &((i64, u8), u32)| hour(&format!("W{name}"), *start, f64::from(*amount) / 8.0);
            let mut ledger = ledger();
            ledger.take([]);
            let mut before: HashMap<String, f64> = HashMap::new();
            for look in looks.iter().filter(|_| !rows.is_empty()) {
                ledger.take(look.iter().map(|index| read(index.get(&rows))));
                for (name, total) in ledger.totals() {
                    prop_assert!(total >= before.insert(name.to_owned(), total).unwrap_or(0.0));
                }
            }
            ledger.take(rows.iter().map(read));
            let used: f64 = rows.iter().map(|(_, amount)| f64::from(*amount) / 8.0).sum();
            let counted: f64 = ledger.totals().map(|(_, total)| total).sum();
            prop_assert!((used - counted).abs() < 1e-6, "{} {}", used, counted);
        }
    }
}
