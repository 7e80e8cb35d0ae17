//! How much of a warehouse a statement had, next to others that ran at the same time.

use time::{Duration, OffsetDateTime};

/// The time for which a statement kept a cluster busy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    pub(super) start: OffsetDateTime,
    pub(super) end: OffsetDateTime,
}

impl Span {
    /// The last part of the time until `end`: before it the statement was compiled or queued.
    pub(super) fn ending(end: OffsetDateTime, executed: std::time::Duration) -> Self {
        let executed = Duration::try_from(executed).unwrap_or(Duration::MAX);
        Self { start: end.saturating_sub(executed), end }
    }

    pub(super) fn seconds(&self) -> f64 {
        (self.end - self.start).as_seconds_f64().max(0.0)
    }
}

/// The part of a cluster that a statement had, from 1 (alone) down: at every moment what runs shares it evenly.
///
/// The shares of all statements, each times its seconds, add up to the seconds in which any of them ran.
pub(super) fn share(mine: Span, others: &[Span]) -> f64 {
    let overlapping = |other: &&Span| other.start < mine.end && mine.start < other.end;
    let others: Vec<&Span> = others.iter().filter(overlapping).collect();
    let mut bounds: Vec<(OffsetDateTime, i64)> = vec![(mine.end, 0)];
    for other in others {
        bounds.push((other.start.max(mine.start), 1));
        bounds.push((other.end.min(mine.end), -1));
    }
    bounds.sort();
    let (mut at, mut running, mut had) = (mine.start, 1_i64, 0.0);
    for (bound, change) in bounds {
        had += Span { start: at, end: bound }.seconds() / float(running);
        (at, running) = (bound, running + change);
    }
    let whole = mine.seconds();
    if whole > 0.0 { (had / whole).clamp(0.0, 1.0) } else { 1.0 }
}

fn float(running: i64) -> f64 {
    f64::from(i32::try_from(running.max(1)).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::{Duration, Span, share};

    fn span(start: i64, length: i64) -> Span {
        let start = datetime!(2026-03-01 12:00 UTC) + Duration::milliseconds(start);
        Span { start, end: start + Duration::milliseconds(length) }
    }

    #[test]
    fn two_that_run_together_have_half_each() {
        assert!((share(span(0, 100), &[]) - 1.0).abs() < 1e-12);
        assert!((share(span(0, 100), &[span(0, 100)]) - 0.5).abs() < 1e-12);
        // Half of the time alone, half of it with one other.
        assert!((share(span(0, 100), &[span(50, 500), span(100, 7), span(-20, 20)]) - 0.75).abs() < 1e-12);
        assert!((share(span(0, 0), &[span(0, 100)]) - 1.0).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn e05_the_shares_of_all_add_up_to_the_time_in_which_any_ran(
            drawn in prop::collection::vec((0_i64..1_000, 1_i64..400), 1..30),
        ) {
            let spans: Vec<Span> = drawn.iter().map(|(start, length)| span(*start, *length)).collect();
            let shared: f64 = (0..spans.len())
                .map(|index| {
                    let others: Vec<Span> =
                        spans.iter().enumerate().filter(|(n, _)| *n != index).map(|(_, span)| *span).collect();
                    share(spans[index], &others) * spans[index].seconds()
                })
                .sum();
            let busy = (0..1_500_i64)
                .filter(|at| drawn.iter().any(|(start, length)| start <= at && *at < start + length))
                .count();
            prop_assert!((shared - busy as f64 / 1_000.0).abs() < 1e-6, "{shared} {busy}");
        }
    }
}
