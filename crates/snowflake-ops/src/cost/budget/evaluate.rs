//! From credits by the hour to alerts: a function of what is known, the time, and what was told.

use std::collections::BTreeSet;

use time::OffsetDateTime;

use super::alert::{Alert, AlertKind};
use super::definition::Budget;
use super::forecast::Forecast;
use super::memory::{AlertMemory, id};
use super::period::Period;
use super::spend::{Hours, Spend, Spender};

/// How a budget does in its current period.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BudgetStatus {
    /// The name of the budget.
    pub budget: String,
    /// The beginning of the period.
    pub period_start: OffsetDateTime,
    /// The end of the period.
    pub period_end: OffsetDateTime,
    /// The credits that it allows.
    pub allowed: f64,
    /// The credits that were used so far.
    pub spent: f64,
    /// What the period will end with; `None` with less than three days to look back at.
    pub forecast: Option<Forecast>,
    /// Up to when the figures are complete.
    pub known_until: OffsetDateTime,
}

/// How a budget does, and what is to be told about it that was not told yet.
///
/// The answer depends on which rows there are, but neither on their order nor on how often they are given, and it tells
/// of the current period and of the one before: rows that come late are not lost with the period. What is told has to
/// be noted in the memory by the caller.
///
/// - A threshold is told when the credits of a period reach it, whichever others are reached at the same time.
/// - A burn rate is told when both of its windows, which end where the figures are complete, exceed its factor.
/// - A forecast is told when it exceeds the credits.
///
/// Each is told once in a period.
#[must_use]
pub fn evaluate_budget(
    budget: &Budget,
    spends: &[Spend],
    now: OffsetDateTime,
    told: &AlertMemory,
) -> (BudgetStatus, Vec<Alert>) {
    let hours = Hours::of(spends.iter().filter(|spend| budget.counts(spend)));
    let horizon = hours.horizon(now, Spender::latency(&budget.scope));
    let current = budget.period.containing(now);
    let earliest = budget.period.before(now).start;
    // A row of a clock that is ahead of ours can lie in a period to come.
    let periods: BTreeSet<Period> = hours
        .starts()
        .filter(|start| *start >= earliest)
        .map(|start| budget.period.containing(start))
        .chain([current])
        .collect();
    let at = Evaluation { budget, hours: &hours, horizon, now };
    let alerts = periods.into_iter().flat_map(|period| at.alerts(period));
    let forecast = Forecast::of(&hours, current, horizon);
    let status = BudgetStatus {
        budget: budget.name.clone(),
        period_start: current.start,
        period_end: current.end,
        allowed: budget.credits,
        spent: hours.sum(current.start, current.end),
        forecast,
        known_until: horizon,
    };
    (status, alerts.filter(|alert| !told.has(&alert.id)).collect())
}

struct Evaluation<'a> {
    budget: &'a Budget,
    hours: &'a Hours,
    horizon: OffsetDateTime,
    now: OffsetDateTime,
}

impl Evaluation<'_> {
    fn alerts(&self, period: Period) -> Vec<Alert> {
        let mut alerts = self.thresholds(period);
        // Speed and forecast are of the present: a late row of a period that is over changes neither.
        if period.start <= self.horizon && self.horizon < period.end {
            alerts.extend(self.burning(period));
            alerts.extend(self.foretold(period));
        }
        alerts
    }

    fn thresholds(&self, period: Period) -> Vec<Alert> {
        let spent = self.hours.sum(period.start, period.end);
        let mut reached: Vec<f64> = self.budget.thresholds.clone();
        reached.retain(|part| spent >= part * self.budget.credits);
        reached.sort_by(f64::total_cmp);
        reached.dedup();
        let alert =
            |part: f64| self.alert(period, AlertKind::Threshold { part }, &format!("threshold-{part}"));
        reached.into_iter().map(alert).collect()
    }

    fn burning(&self, period: Period) -> Vec<Alert> {
        let alert = |rule: &super::BurnRate| {
            let rate = rule.rate(self.hours, self.horizon, self.budget.credits, period);
            let what = format!("burn-{}-{}-{}", rule.long.as_secs(), rule.short.as_secs(), rule.factor);
            let kind = AlertKind::BurnRate { rate, factor: rule.factor, window: rule.long };
            (rate >= rule.factor).then(|| self.alert(period, kind, &what))
        };
        self.budget.burn_rates.iter().filter_map(alert).collect()
    }

    fn foretold(&self, period: Period) -> Option<Alert> {
        let forecast = Forecast::of(self.hours, period, self.horizon).filter(|_| self.budget.forecast)?;
        let exceeds = forecast.credits > self.budget.credits;
        exceeds.then(|| self.alert(period, AlertKind::Forecast(forecast), "forecast"))
    }

    fn alert(&self, period: Period, kind: AlertKind, what: &str) -> Alert {
        let Budget { name, credits, .. } = self.budget;
        Alert {
            id: id(period.end, name, *credits, what),
            budget: name.clone(),
            kind,
            allowed: *credits,
            spent: self.hours.sum(period.start, period.end),
            period_start: period.start,
            period_end: period.end,
            at: self.now,
        }
    }
}
