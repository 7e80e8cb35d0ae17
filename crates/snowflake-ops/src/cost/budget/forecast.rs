//! What a period will have used at its end, if it goes on as in the last days.

use time::{Duration, OffsetDateTime};

use super::period::Period;
use super::spend::Hours;

/// Whole days that a forecast looks back, and the least that it needs.
const DAYS: i64 = 14;
const LEAST_DAYS: i64 = 3;
/// The quantile of the normal distribution that leaves 5 % at each end.
const REACH: f64 = 1.645;

/// What a period will have used at its end.
///
/// The mean of the last 14 whole days goes on for what is left of the period. The interval holds nine of ten outcomes
/// if days differ at random; weekends, ends of months and growth are not known to it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Forecast {
    /// Credits at the end of the period.
    pub credits: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
    /// Whole days that it rests on.
    pub days: u32,
}

impl Forecast {
    /// `None` with less than three days to look back at; the days end at `horizon`, up to which everything is known.
    pub(super) fn of(hours: &Hours, period: Period, horizon: OffsetDateTime) -> Option<Self> {
        let spent = hours.sum(period.start, period.end);
        let known = hours.first()?;
        let day = |back: i64| {
            let start = horizon.saturating_sub(Duration::days(back));
            (known <= start).then(|| hours.sum(start, start.saturating_add(Duration::DAY)))
        };
        let days: Vec<f64> = (1..=DAYS).map_while(day).collect();
        if i64::try_from(days.len()).is_ok_and(|count| count < LEAST_DAYS) {
            return None;
        }
        let count = u32::try_from(days.len()).ok()?;
        let n = f64::from(count);
        let mean = days.iter().sum::<f64>() / n;
        let variance = days.iter().map(|day| (day - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let left = (period.end - horizon.max(period.start)).as_seconds_f64().max(0.0) / 86_400.0;
        // The days to come vary, and so may the mean that is taken for theirs.
        let reach = REACH * (variance * left + variance * left * left / n).sqrt();
        let credits = spent + mean * left;
        Some(Self { credits, low: (credits - reach).max(spent), high: credits + reach, days: count })
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::super::period::BudgetPeriod;
    use super::super::spend::{Hours, Spend, Spender};
    use super::{Duration, Forecast};

    fn hours(days: i64, credits: impl Fn(i64) -> f64) -> Hours {
        let start = datetime!(2026-03-01 0:00 UTC);
        let spend = |hour: i64| {
            let start = start + Duration::hours(hour);
            Spend {
                start,
                end: start + Duration::HOUR,
                credits: credits(hour),
                spender: Spender::Warehouse("W".into()),
            }
        };
        let spends: Vec<Spend> = (0..days * 24).map(spend).collect();
        Hours::of(spends.iter())
    }

    #[test]
    fn what_goes_on_evenly_is_foretold_exactly() {
        let horizon = datetime!(2026-03-11 0:00 UTC);
        let period = BudgetPeriod::Month.containing(horizon);
        let forecast = Forecast::of(&hours(10, |_| 0.5), period, horizon).unwrap();
        assert!((forecast.credits - 31.0 * 12.0).abs() < 1e-6, "{forecast:?}");
        assert!((forecast.high - forecast.low).abs() < 1e-6 && forecast.days == 10, "{forecast:?}");
    }

    #[test]
    fn days_that_differ_widen_the_interval_and_few_days_say_nothing() {
        let horizon = datetime!(2026-03-11 0:00 UTC);
        let period = BudgetPeriod::Month.containing(horizon);
        let uneven = hours(10, |hour| if hour / 24 % 2 == 0 { 0.2 } else { 0.8 });
        let forecast = Forecast::of(&uneven, period, horizon).unwrap();
        assert!(
            forecast.low < forecast.credits - 20.0 && forecast.high > forecast.credits + 20.0,
            "{forecast:?}"
        );
        assert!(forecast.low >= uneven.sum(period.start, period.end));
        let two = datetime!(2026-03-03 0:00 UTC);
        assert_eq!(Forecast::of(&hours(2, |_| 1.0), period, two), None);
        assert_eq!(Forecast::of(&Hours::of([].iter()), period, two), None);
    }
}
