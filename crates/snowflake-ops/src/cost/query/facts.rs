//! What the history says of one statement and of those around it.

use std::time::Duration;

use snowflake_query::{ErrorKind, Pool, Query, QueryBuilder, QueryId};
use time::OffsetDateTime;

use super::share::Span;
use crate::account_usage::read_account_usage;
use crate::answer::{AnswerRow, read_all};
use crate::cost::rate::{SECONDS_PER_HOUR, kind_factor};
use crate::error::{Error, Result};
use crate::warehouse::WarehouseSize;

/// What the account's own attribution says of a statement and of those that it ran.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attributed {
    pub(super) statements: u64,
    pub(super) compute: f64,
    pub(super) acceleration: f64,
}

/// A statement of the history.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) source: Source,
    pub(super) warehouse: Option<String>,
    cluster: Option<u64>,
    /// Credits for a second of one cluster; `None` where no warehouse was used.
    pub(super) per_second: Option<f64>,
    end: Option<OffsetDateTime>,
    executed: Duration,
    pub(super) cloud_services: Option<f64>,
}

/// The two histories: one that shows a week at once, one that shows a year with up to 45 minutes' delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Recent,
    Account,
}

impl Source {
    fn table(self) -> &'static str {
        match self {
            Self::Recent => "TABLE(INFORMATION_SCHEMA.QUERY_HISTORY(RESULT_LIMIT => 10000))",
            Self::Account => "snowflake.account_usage.query_history",
        }
    }
}

impl Facts {
    /// When it had its cluster; `None` while it runs.
    pub(super) fn span(&self) -> Option<Span> {
        self.end.map(|end| Span::ending(end, self.executed))
    }
}

/// The row that the account attributes to a statement; `None` where there is none (yet).
pub(super) async fn fetch_attributed(pool: &Pool, id: &QueryId) -> Result<Option<Attributed>> {
    let sql = "SELECT COUNT(*) AS statements, SUM(credits_attributed_compute) AS compute, \
               SUM(credits_used_query_acceleration) AS acceleration \
               FROM snowflake.account_usage.query_attribution_history WHERE query_id = ? OR root_query_id = ?";
    let query = QueryBuilder::new(sql).bind(id.to_string()).bind(id.to_string());
    let rows = read_account_usage(pool, query, "QUERY_ATTRIBUTION_HISTORY", |row| {
        Ok(Attributed {
            statements: row.count("statements").unwrap_or(0),
            compute: row.number("compute").unwrap_or(0.0),
            acceleration: row.number("acceleration").unwrap_or(0.0),
        })
    });
    Ok(rows.await?.into_iter().find(|row| row.statements > 0))
}

/// What is known of a statement, and why the account's history could not be asked, if it could not.
pub(super) async fn fetch_facts(pool: &Pool, id: &QueryId) -> Result<(Option<Facts>, Option<Error>)> {
    match read(pool, Source::Recent, one(Source::Recent, id), facts(Source::Recent)).await {
        Ok(rows) if !rows.is_empty() => return Ok((rows.into_iter().next(), None)),
        // Where no database is current there is no INFORMATION_SCHEMA.
        Err(error) if error.kind() != ErrorKind::Sql => return Err(error),
        Ok(_) | Err(_) => {}
    }
    match read(pool, Source::Account, one(Source::Account, id), facts(Source::Account)).await {
        Err(error) if error.lacks_account_usage() => Ok((None, Some(error))),
        rows => Ok((rows?.into_iter().next(), None)),
    }
}

/// When other statements had the same cluster, as far as the role may see them.
pub(super) async fn fetch_others(pool: &Pool, id: &QueryId, facts: &Facts, mine: Span) -> Result<Vec<Span>> {
    let Some(warehouse) = &facts.warehouse else { return Ok(Vec::new()) };
    let sql = format!(
        "SELECT cluster_number, end_time, execution_time FROM {} \
         WHERE warehouse_name = ? AND query_id <> ? AND start_time < ? AND end_time > ? \
         AND warehouse_size IS NOT NULL AND execution_time > 0",
        facts.source.table()
    );
    let query =
        QueryBuilder::new(sql).bind(warehouse).bind(id.to_string()).bind(mine.end).bind(mine.start).build();
    let spans = read(pool, facts.source, query, |row| {
        let (end, executed) = (row.instant("end_time"), row.milliseconds("execution_time"));
        let same = row.count("cluster_number") == facts.cluster;
        Ok(end.zip(executed).filter(|_| same).map(|(end, executed)| Span::ending(end, executed)))
    });
    Ok(spans.await?.into_iter().flatten().collect())
}

fn one(source: Source, id: &QueryId) -> Query {
    let sql = format!(
        "SELECT warehouse_name, warehouse_size, warehouse_type, cluster_number, end_time, execution_time, \
         execution_status, credits_used_cloud_services FROM {} WHERE query_id = ?",
        source.table()
    );
    QueryBuilder::new(sql).bind(id.to_string()).build()
}

fn facts(source: Source) -> impl Fn(&AnswerRow<'_>) -> Result<Facts> + Send {
    move |row| {
        let size = row.optional_text("warehouse_size").and_then(|size| WarehouseSize::parse(&size));
        let factor = row.optional_text("warehouse_type").and_then(|kind| kind_factor(&kind)).unwrap_or(1.0);
        let status = row.optional_text("execution_status").unwrap_or_default();
        let is_over = ["SUCCESS", "FAIL", "INCIDENT"].iter().any(|over| status.starts_with(over));
        Ok(Facts {
            source,
            warehouse: row.optional_text("warehouse_name"),
            cluster: row.count("cluster_number"),
            per_second: size.map(|size| size.credits_per_hour() * factor / SECONDS_PER_HOUR),
            // The service gives running statements an end in 1970.
            end: row.instant("end_time").filter(|_| is_over),
            executed: row.milliseconds("execution_time").unwrap_or_default(),
            cloud_services: row.number("credits_used_cloud_services"),
        })
    }
}

async fn read<T: Send>(
    pool: &Pool,
    source: Source,
    query: Query,
    reader: impl Fn(&AnswerRow<'_>) -> Result<T> + Send,
) -> Result<Vec<T>> {
    match source {
        Source::Recent => read_all(pool, query, "INFORMATION_SCHEMA.QUERY_HISTORY", reader).await,
        Source::Account => read_account_usage(pool, query, "QUERY_HISTORY", reader).await,
    }
}
