//! The history of the last days in `INFORMATION_SCHEMA`, page by page.
//!
//! A function answers at most 10,000 statements, those that ended last, and only then a condition can choose among them. So
//! each row also says how many the page had before, and the earliest end among them, from where the next page goes on; one
//! row is answered for that alone where no statement of the page is wanted.

use std::collections::HashSet;

use futures::stream::{self, Stream, TryStreamExt};
use snowflake_proto::{Identifier, Literal};
use snowflake_query::{Pool, Query, QueryBuilder, QueryId, Wanted};
use time::OffsetDateTime;

use super::filter::{Argument, Filter};
use super::options::{HistorySource, QueryHistoryOptions};
use super::read::{Range, instant};
use super::record::QueryRecord;
use crate::answer::{AnswerRow, read_all};
use crate::error::{IncompleteSnafu, Result};

/// The columns of every history.
pub(super) const COLUMNS: &str = "QUERY_ID, QUERY_TEXT, DATABASE_NAME, SCHEMA_NAME, QUERY_TYPE, SESSION_ID, USER_NAME, \
    ROLE_NAME, WAREHOUSE_NAME, WAREHOUSE_SIZE, CLUSTER_NUMBER, QUERY_TAG, EXECUTION_STATUS, ERROR_CODE, ERROR_MESSAGE, \
    START_TIME, END_TIME, TOTAL_ELAPSED_TIME, BYTES_SCANNED, ROWS_PRODUCED, COMPILATION_TIME, EXECUTION_TIME, \
    QUEUED_PROVISIONING_TIME, QUEUED_REPAIR_TIME, QUEUED_OVERLOAD_TIME, TRANSACTION_BLOCKED_TIME, \
    CREDITS_USED_CLOUD_SERVICES, QUERY_PARAMETERIZED_HASH";
/// The most rows of an answer.
const MOST_ROWS: u64 = 10_000;
const STATEMENT: &str = "QUERY_HISTORY";

/// The statements of a range, newest first.
pub(super) fn records(
    pool: &Pool,
    range: Range,
    options: QueryHistoryOptions,
) -> impl Stream<Item = Result<QueryRecord>> + Send + 'static {
    records_by(pool, range, options, MOST_ROWS)
}

/// The same with answers of at most so many rows.
pub(super) fn records_by(
    pool: &Pool,
    range: Range,
    options: QueryHistoryOptions,
    most: u64,
) -> impl Stream<Item = Result<QueryRecord>> + Send + 'static {
    let left = options.limit.unwrap_or(u64::MAX);
    let pages =
        Pages { pool: pool.clone(), range, options, most, left, known: HashSet::new(), is_over: false };
    let pages = stream::try_unfold(pages, |mut pages| async move {
        if pages.is_over || pages.left == 0 {
            return Ok(None);
        }
        let records = pages.next().await?;
        Ok::<_, crate::error::Error>(Some((stream::iter(records.into_iter().map(Ok)), pages)))
    });
    pages.try_flatten()
}

struct Pages {
    pool: Pool,
    range: Range,
    options: QueryHistoryOptions,
    most: u64,
    left: u64,
    /// The statements of the last page, which the next one may begin with.
    known: HashSet<QueryId>,
    is_over: bool,
}

impl Pages {
    async fn next(&mut self) -> Result<Vec<QueryRecord>> {
        let filter = Filter::new(&self.options)?;
        let wanted =
            self.left.saturating_add(u64::try_from(self.known.len()).unwrap_or(u64::MAX)).min(self.most);
        let rows = if filter.is_selective() { self.most } else { wanted };
        let database = self.pool.get(&Wanted::default()).await?.database();
        let query = page(self.range, filter, database.is_some(), rows, wanted);
        let answer = read_all(&self.pool, query, STATEMENT, PageRow::read).await?;
        let edge = answer.first().map(|row| (row.rows, row.oldest));
        let mut records: Vec<_> = answer.into_iter().filter_map(|row| row.record).collect();
        records.retain(|record| !self.known.contains(&record.query_id));
        records.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left = self.left.saturating_sub(u64::try_from(records.len()).unwrap_or(u64::MAX));
        match edge {
            Some((found, oldest)) if found >= rows && self.left > 0 => self.go_on(oldest)?,
            _ => self.is_over = true,
        }
        self.known = records.iter().map(|record| record.query_id).collect();
        Ok(records)
    }

    fn go_on(&mut self, oldest: Option<OffsetDateTime>) -> Result<()> {
        if oldest.is_none() || oldest == self.range.end {
            let scope = "one millisecond";
            return IncompleteSnafu {
                statement: STATEMENT,
                scope,
                most: usize::try_from(self.most).unwrap_or(usize::MAX),
            }
            .fail()?;
        }
        self.range.end = oldest;
        Ok(())
    }
}

/// The statement for one page of the range.
pub(super) fn page(range: Range, filter: Filter, has_database: bool, rows: u64, limit: u64) -> Query {
    let start = instant(range.start);
    let end = range.end.map(|end| format!(", END_TIME_RANGE_END => {}", instant(end))).unwrap_or_default();
    let (function, argument) = match &filter.argument {
        Some(Argument::Warehouse(name)) => specialised("_BY_WAREHOUSE", "WAREHOUSE_NAME", name),
        Some(Argument::User(name)) => specialised("_BY_USER", "USER_NAME", name),
        None => Default::default(),
    };
    // The functions belong to a database; without a current one, the service's own has them too.
    let owner = if has_database { "" } else { "SNOWFLAKE." };
    let ended = format!("CASE WHEN END_TIME >= {start} THEN END_TIME END");
    let sql = format!(
        "SELECT * FROM (SELECT {COLUMNS}, COUNT(*) OVER () AS PAGE_ROWS, MIN({ended}) OVER () AS PAGE_OLDEST, \
         ROW_NUMBER() OVER (ORDER BY START_TIME) AS PAGE_ROW, {ended} AS ENDED, \
         CASE WHEN {} THEN 1 ELSE 0 END AS IS_WANTED \
         FROM TABLE({owner}INFORMATION_SCHEMA.QUERY_HISTORY{function}({argument}END_TIME_RANGE_START => {start}{end}, \
         RESULT_LIMIT => {rows}))) WHERE IS_WANTED = 1 OR PAGE_ROW = 1 \
         ORDER BY IS_WANTED DESC, ENDED DESC NULLS FIRST LIMIT {}",
        filter.sql(),
        limit.max(1),
    );
    QueryBuilder::new(sql).binds(filter.binds).build()
}

/// A function that takes one condition as an argument.
fn specialised(function: &'static str, argument: &str, name: &Identifier) -> (&'static str, String) {
    (function, format!("{argument} => {}, ", Literal::text(name.name())))
}

/// A statement, unless it is there for the figures of its page alone.
struct PageRow {
    rows: u64,
    oldest: Option<OffsetDateTime>,
    record: Option<QueryRecord>,
}

impl PageRow {
    fn read(row: &AnswerRow<'_>) -> Result<Self> {
        let is_wanted = row.required_count("IS_WANTED")? == 1;
        let record = || QueryRecord::read(row, HistorySource::InformationSchema);
        Ok(Self {
            rows: row.required_count("PAGE_ROWS")?,
            oldest: row.instant("PAGE_OLDEST"),
            record: is_wanted.then(record).transpose()?,
        })
    }
}
