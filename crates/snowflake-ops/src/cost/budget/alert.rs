//! What is told, once.

use std::fmt;
use std::time::Duration;

use time::OffsetDateTime;

use super::forecast::Forecast;

/// Something about a budget that somebody should know.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Alert {
    /// What it is known by: the same in every evaluation, and told once.
    pub id: String,
    /// The name of the budget.
    pub budget: String,
    /// What happened.
    pub kind: AlertKind,
    /// The credits that the budget allows in the period.
    pub allowed: f64,
    /// The credits that were used in the period so far.
    pub spent: f64,
    /// The beginning of the period.
    pub period_start: OffsetDateTime,
    /// The end of the period.
    pub period_end: OffsetDateTime,
    /// When it was found out.
    pub at: OffsetDateTime,
}

/// What happened to a budget.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum AlertKind {
    /// A part of the credits has been used.
    Threshold {
        /// The part: 1 is all of them.
        part: f64,
    },
    /// Credits go too fast, over a long and a short window.
    BurnRate {
        /// How many times too fast.
        rate: f64,
        /// How many times would have been told.
        factor: f64,
        /// The long window.
        window: Duration,
    },
    /// If it goes on like that, the period ends above the credits.
    Forecast(Forecast),
}

impl AlertKind {
    /// The word for labels and messages: `threshold`, `burn_rate` or `forecast`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Threshold { .. } => "threshold",
            Self::BurnRate { .. } => "burn_rate",
            Self::Forecast(_) => "forecast",
        }
    }
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { budget, allowed, spent, .. } = self;
        write!(
            f,
            "budget {budget:?}: {spent:.2} of {allowed:.2} credits since {}",
            self.period_start.date()
        )?;
        match &self.kind {
            AlertKind::Threshold { part } => write!(f, ", which is {:.0} % or more", part * 100.0),
            AlertKind::BurnRate { rate, window, .. } => {
                write!(f, ", going {rate:.1} times too fast for {} hours", window.as_secs() / 3_600)
            }
            AlertKind::Forecast(forecast) => write!(
                f,
                ", and {:.2} expected by {} (nine of ten times between {:.2} and {:.2})",
                forecast.credits,
                self.period_end.date(),
                forecast.low,
                forecast.high
            ),
        }
    }
}
