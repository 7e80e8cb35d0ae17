//! The history in `SNOWFLAKE.ACCOUNT_USAGE`.

use futures::stream::{self, Stream, StreamExt, TryStreamExt};
use snowflake_query::{Pool, Query, QueryBuilder};
use time::Duration;

use super::filter::Filter;
use super::options::{HistorySource, QueryHistoryOptions};
use super::read::{Range, instant};
use super::recent::COLUMNS;
use super::record::QueryRecord;
use crate::account_usage::stream_account_usage;
use crate::answer::AnswerRow;
use crate::error::{Error, Result};

/// The columns that the functions have not.
const MORE: &str = "PERCENTAGE_SCANNED_FROM_CACHE, BYTES_WRITTEN, ROWS_INSERTED, ROWS_UPDATED, ROWS_DELETED, \
    PARTITIONS_SCANNED, PARTITIONS_TOTAL, BYTES_SPILLED_TO_LOCAL_STORAGE, BYTES_SPILLED_TO_REMOTE_STORAGE";
/// The service stores the view by the start of statements, and lets none run for longer than this.
const LONGEST: Duration = Duration::days(7);

/// The statements of a range, newest first.
pub(super) fn records(
    pool: &Pool,
    range: Range,
    options: QueryHistoryOptions,
) -> impl Stream<Item = Result<QueryRecord>> + Send + 'static {
    let pool = pool.clone();
    let rows = async move {
        let query = query(range, &options)?;
        let rows = stream_account_usage(&pool, query).await?;
        Ok::<_, Error>(rows.map(|row| {
            let row = row?;
            QueryRecord::read(
                &AnswerRow::new(&row, "ACCOUNT_USAGE.QUERY_HISTORY"),
                HistorySource::AccountUsage,
            )
        }))
    };
    stream::once(rows).try_flatten()
}

pub(super) fn query(range: Range, options: &QueryHistoryOptions) -> Result<Query> {
    let filter = Filter::new(options)?;
    let start = instant(range.start);
    let earliest = instant(range.start.checked_sub(LONGEST).unwrap_or(range.start));
    let end = range.end.map(|end| format!(" AND END_TIME <= {}", instant(end))).unwrap_or_default();
    let limit = options.limit.map(|limit| format!(" LIMIT {limit}")).unwrap_or_default();
    let sql = format!(
        "SELECT {COLUMNS}, {MORE} FROM SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY \
         WHERE START_TIME >= {earliest} AND END_TIME >= {start}{end} AND {} ORDER BY END_TIME DESC{limit}",
        filter.sql(),
    );
    Ok(QueryBuilder::new(sql).binds(filter.binds).build())
}
