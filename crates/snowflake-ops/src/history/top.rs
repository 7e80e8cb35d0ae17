//! The statements that stand out.

use std::time::Duration;

use snowflake_query::Pool;
use time::OffsetDateTime;

use super::options::QueryHistoryOptions;
use super::read::query_history;
use super::record::QueryRecord;
use crate::error::Result;

/// The statements of a range that took longest in all, waiting included, the slowest first. `options.limit` is how many: 10
/// unless it is set.
///
/// The whole range is read, and only so many statements are held in memory.
///
/// # Errors
/// As the stream of [`query_history`](crate::query_history).
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement that is under way.
pub async fn slowest_queries(
    pool: &Pool,
    start: OffsetDateTime,
    end: OffsetDateTime,
    options: QueryHistoryOptions,
) -> Result<Vec<QueryRecord>> {
    greatest(pool, start, end, options, |record| record.total_elapsed).await
}

/// The statements of a range that cost most by [`QueryRecord::approximate_credits`], the dearest first. `options.limit` is how
/// many: 10 unless it is set.
///
/// # Errors
/// As [`slowest_queries`].
///
/// # Cancellation
/// As [`slowest_queries`].
pub async fn most_expensive_queries(
    pool: &Pool,
    start: OffsetDateTime,
    end: OffsetDateTime,
    options: QueryHistoryOptions,
) -> Result<Vec<QueryRecord>> {
    // One unit of compute costs the same whatever the size: time is compared as it would be on the smallest.
    let cost = |record: &QueryRecord| {
        let nodes = record.warehouse_size.map_or(0, |size| size.nodes());
        record.execution.checked_mul(nodes).unwrap_or(Duration::MAX)
    };
    greatest(pool, start, end, options, cost).await
}

async fn greatest(
    pool: &Pool,
    start: OffsetDateTime,
    end: OffsetDateTime,
    options: QueryHistoryOptions,
    by: impl Fn(&QueryRecord) -> Duration,
) -> Result<Vec<QueryRecord>> {
    let most = usize::try_from(options.limit.unwrap_or(10)).unwrap_or(usize::MAX);
    let mut records = query_history(pool, start, end, QueryHistoryOptions { limit: None, ..options });
    let mut greatest: Vec<QueryRecord> = Vec::new();
    while let Some(record) = records.next().await {
        let record = record?;
        let rank = by(&record);
        let at = greatest.partition_point(|other| by(other) >= rank);
        if at < most {
            greatest.insert(at, record);
            greatest.truncate(most);
        }
    }
    Ok(greatest)
}
