//! How fast a budget is used up, over a long and a short window.

use std::time::Duration;

use time::OffsetDateTime;

use super::period::Period;
use super::spend::Hours;

/// A rule: too fast is when credits went `factor` times as fast as the budget allows, in the long window and also in
/// the short one.
///
/// The long window keeps an hour of bad luck from alarming anybody, the short one ends the alarm soon after the cause.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BurnRate {
    /// The long window.
    pub long: Duration,
    /// The short window.
    pub short: Duration,
    /// How many times too fast. 1 would use up the budget exactly at the end of its period.
    pub factor: f64,
}

impl BurnRate {
    const HOUR: Duration = Duration::from_secs(3_600);

    /// Four times too fast for a day, or twice too fast for three days.
    pub(super) const DEFAULT: [Self; 2] = [
        Self { long: Self::HOUR.saturating_mul(24), short: Self::HOUR.saturating_mul(6), factor: 4.0 },
        Self { long: Self::HOUR.saturating_mul(72), short: Self::HOUR.saturating_mul(24), factor: 2.0 },
    ];

    /// How many times too fast credits went, in the slower of both windows before `horizon`.
    pub(super) fn rate(&self, hours: &Hours, horizon: OffsetDateTime, credits: f64, period: Period) -> f64 {
        let allowed = credits / period.length().as_seconds_f64();
        let speed = |window: Duration| {
            let window = time::Duration::try_from(window).unwrap_or(time::Duration::MAX);
            let start = horizon.saturating_sub(window);
            hours.sum(start, horizon) / (horizon - start).as_seconds_f64().max(1.0)
        };
        speed(self.long).min(speed(self.short)) / allowed
    }
}
