//! What ran before, as the account's histories tell it.

use std::fmt::Write as _;

use snowflake_query::{ErrorKind, Pool, Query, QueryBuilder};
use time::OffsetDateTime;

use super::statement::{COMPARED_CHARS, fingerprint};
use crate::account_usage::read_account_usage;
use crate::answer::{AnswerRow, read_all};
use crate::cost::rate::{SECONDS_PER_HOUR, kind_factor};
use crate::error::Result;
use crate::warehouse::WarehouseSize;

/// More statements make no interval narrower.
const MOST: usize = 2_000;
/// The most that the function of INFORMATION_SCHEMA gives.
const MOST_RECENT: usize = 10_000;

/// A statement that used a warehouse.
#[derive(Clone)]
pub(super) struct Ran {
    /// Its text, as far as it is compared.
    pub(super) text: String,
    /// Which statement it was, whatever its literals.
    pub(super) statement: u64,
    /// The exact names of what was current.
    pub(super) database: Option<String>,
    pub(super) schema: Option<String>,
    /// For how long it had a warehouse for itself.
    pub(super) seconds: f64,
    pub(super) nodes: f64,
    /// What it read.
    pub(super) bytes: f64,
    /// Micro-partitions that it read, where the history tells.
    pub(super) partitions: Option<f64>,
}

/// The statements that used a warehouse since then, newest first; `None` where the role may read no history at all.
///
/// The account's history comes first, with the credits of each statement where the role may see them; then the week
/// that INFORMATION_SCHEMA shows of what the role may see.
pub(super) async fn fetch_history(pool: &Pool, since: OffsetDateTime) -> Result<Option<Vec<Ran>>> {
    for credits in [true, false] {
        match read_account_usage(pool, of_account(since, credits), "QUERY_HISTORY", read).await {
            Err(error) if error.lacks_account_usage() => {}
            ran => return Ok(Some(ran?.into_iter().flatten().collect())),
        }
    }
    match read_all(pool, recent(since), "INFORMATION_SCHEMA.QUERY_HISTORY", read).await {
        // No database is current, or the function is not there.
        Err(error) if error.kind() == ErrorKind::Sql => Ok(None),
        ran => Ok(Some(ran?.into_iter().flatten().collect())),
    }
}

const COLUMNS: &str = "q.database_name, q.schema_name, q.warehouse_size, q.warehouse_type, q.bytes_scanned, \
                       q.execution_time";
const FINISHED: &str =
    "q.execution_status = 'SUCCESS' AND q.warehouse_size IS NOT NULL AND q.execution_time > 0";

fn of_account(since: OffsetDateTime, credits: bool) -> Query {
    let mut sql =
        format!("SELECT LEFT(q.query_text, {COMPARED_CHARS}) AS query_text, {COLUMNS}, q.partitions_scanned");
    if credits {
        sql.push_str(", a.credits_attributed_compute");
    }
    sql.push_str(" FROM snowflake.account_usage.query_history q");
    if credits {
        sql.push_str(
            " LEFT JOIN snowflake.account_usage.query_attribution_history a \
             ON a.query_id = q.query_id AND a.start_time >= ?",
        );
    }
    // Writing to a string cannot fail.
    let _ = write!(sql, " WHERE q.start_time >= ? AND {FINISHED} ORDER BY q.start_time DESC LIMIT {MOST}");
    QueryBuilder::new(sql).binds(std::iter::repeat_n(since, 1 + usize::from(credits))).build()
}

fn recent(since: OffsetDateTime) -> Query {
    let sql = format!(
        "SELECT LEFT(q.query_text, {COMPARED_CHARS}) AS query_text, {COLUMNS} \
         FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY(RESULT_LIMIT => {MOST_RECENT})) q \
         WHERE q.start_time >= ? AND {FINISHED} ORDER BY q.start_time DESC LIMIT {MOST}"
    );
    QueryBuilder::new(sql).bind(since).build()
}

/// A row that says too little tells nothing.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a reader of rows")]
fn read(row: &AnswerRow<'_>) -> Result<Option<Ran>> {
    let size = row.optional_text("warehouse_size").and_then(|size| WarehouseSize::parse(&size));
    let executed = row.milliseconds("execution_time");
    let (Some(size), Some(executed)) = (size, executed) else { return Ok(None) };
    let factor = row.optional_text("warehouse_type").and_then(|kind| kind_factor(&kind)).unwrap_or(1.0);
    let per_second = size.credits_per_hour() * factor / SECONDS_PER_HOUR;
    let credits = row.number("credits_attributed_compute").filter(|credits| *credits > 0.0);
    let text = row.optional_text("query_text").unwrap_or_default();
    Ok(Some(Ran {
        statement: fingerprint(&text),
        text,
        database: row.optional_text("database_name"),
        schema: row.optional_text("schema_name"),
        seconds: credits.map_or(executed.as_secs_f64(), |credits| credits / per_second),
        nodes: f64::from(size.nodes()),
        bytes: row.number("bytes_scanned").unwrap_or(0.0).max(0.0),
        partitions: row.number("partitions_scanned"),
    }))
}
