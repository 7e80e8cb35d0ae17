//! Credits by the hour, whichever budget they count against.

use std::collections::BTreeMap;
use std::time::Duration;

use snowflake_query::{Pool, QueryBuilder};
use time::OffsetDateTime;

use super::definition::{Budget, BudgetScope};
use crate::account_usage::read_account_usage;
use crate::cost::usage::fetch_credit_usage;
use crate::error::Result;

/// Credits that somebody used in an hour.
///
/// A row that comes again, because it was late or is fuller now, replaces itself: the larger one counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Spend {
    /// The beginning of the hour.
    pub start: OffsetDateTime,
    /// The end of the hour.
    pub end: OffsetDateTime,
    /// The credits.
    pub credits: f64,
    /// Who used them.
    pub spender: Spender,
}

/// Who used credits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spender {
    /// A warehouse, by its exact name: as metered, idle time included.
    Warehouse(String),
    /// Statements with a query tag: as attributed, without idle time.
    Tag(String),
}

impl Spender {
    /// How late a row can appear.
    pub(super) fn latency(scope: &BudgetScope) -> Duration {
        const HOUR: Duration = Duration::from_secs(3_600);
        match scope {
            BudgetScope::Account | BudgetScope::Warehouse(_) => 3 * HOUR,
            BudgetScope::Tag(_) => 8 * HOUR,
        }
    }
}

/// The credits of a budget by the hour: what came twice counts once, and the order in which it came does not matter.
#[derive(Clone, Debug, Default)]
pub(super) struct Hours {
    rows: BTreeMap<(OffsetDateTime, Spender), (OffsetDateTime, f64)>,
}

impl Hours {
    pub(super) fn of<'a>(spends: impl Iterator<Item = &'a Spend>) -> Self {
        let mut rows = BTreeMap::<_, (OffsetDateTime, f64)>::new();
        for spend in spends.filter(|spend| spend.credits.is_finite() && spend.credits > 0.0) {
            let row = rows.entry((spend.start, spend.spender.clone())).or_insert((spend.end, spend.credits));
            *row = (row.0.max(spend.end), row.1.max(spend.credits));
        }
        Self { rows }
    }

    /// The credits of the hours that begin in a span.
    pub(super) fn sum(&self, start: OffsetDateTime, end: OffsetDateTime) -> f64 {
        let inside = self.rows.iter().filter(|((at, _), _)| start <= *at && *at < end);
        inside.map(|(_, (_, credits))| credits).sum()
    }

    pub(super) fn first(&self) -> Option<OffsetDateTime> {
        self.rows.keys().next().map(|(start, _)| *start)
    }

    pub(super) fn starts(&self) -> impl Iterator<Item = OffsetDateTime> + '_ {
        self.rows.keys().map(|(start, _)| *start)
    }

    /// Up to when everything is known: as late as rows can be, or as far as they are there.
    pub(super) fn horizon(&self, now: OffsetDateTime, latency: Duration) -> OffsetDateTime {
        let settled = now.saturating_sub(time::Duration::try_from(latency).unwrap_or(time::Duration::ZERO));
        self.rows.values().map(|(end, _)| *end).fold(settled, OffsetDateTime::max)
    }
}

/// The credits that count against these budgets, from the beginning of the period before the current one of each.
///
/// # Errors
/// As [`fetch_credit_usage`](crate::fetch_credit_usage); budgets of a tag need `SNOWFLAKE.ACCOUNT_USAGE`.
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement that it waits for.
pub async fn fetch_spend(pool: &Pool, budgets: &[Budget], now: OffsetDateTime) -> Result<Vec<Spend>> {
    let since = |is_wanted: fn(&BudgetScope) -> bool| {
        budgets
            .iter()
            .filter(|budget| is_wanted(&budget.scope))
            .map(|budget| budget.period.before(now).start)
            .min()
    };
    let mut spends = Vec::new();
    // An hour of a clock that is ahead of ours still counts.
    let end = now.saturating_add(time::Duration::DAY);
    if let Some(start) = since(|scope| !matches!(scope, BudgetScope::Tag(_))) {
        let usage = fetch_credit_usage(pool, start, end, None).await?;
        spends.extend(usage.into_iter().map(|hour| Spend {
            start: hour.start,
            end: hour.end,
            credits: hour.credits_used,
            spender: Spender::Warehouse(hour.warehouse),
        }));
    }
    if let Some(start) = since(|scope| matches!(scope, BudgetScope::Tag(_))) {
        spends.extend(of_tags(pool, start, end).await?);
    }
    Ok(spends)
}

async fn of_tags(pool: &Pool, start: OffsetDateTime, end: OffsetDateTime) -> Result<Vec<Spend>> {
    let sql = "SELECT DATE_TRUNC('HOUR', start_time) AS hour, query_tag, \
               SUM(credits_attributed_compute) AS compute, SUM(credits_used_query_acceleration) AS acceleration \
               FROM snowflake.account_usage.query_attribution_history \
               WHERE start_time >= ? AND start_time < ? AND query_tag <> '' \
               GROUP BY DATE_TRUNC('HOUR', start_time), query_tag";
    let query = QueryBuilder::new(sql).bind(start).bind(end);
    read_account_usage(pool, query, "QUERY_ATTRIBUTION_HISTORY", |row| {
        let start = row.required_instant("hour")?;
        Ok(Spend {
            start,
            end: start.saturating_add(time::Duration::HOUR),
            credits: row.number("compute").unwrap_or(0.0) + row.number("acceleration").unwrap_or(0.0),
            spender: Spender::Tag(row.text("query_tag")?),
        })
    })
    .await
}
