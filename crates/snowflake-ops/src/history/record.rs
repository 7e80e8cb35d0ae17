//! One statement of the history.

use std::fmt;
use std::time::Duration;

use snowflake_query::QueryId;
use time::OffsetDateTime;

use super::options::HistorySource;
use crate::answer::AnswerRow;
use crate::error::Result;
use crate::warehouse::WarehouseSize;

/// One statement of the history.
///
/// What `None` stands for where a figure is meant: the source does not tell it.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct QueryRecord {
    /// Where this was read.
    pub source: HistorySource,
    /// The server's id of the statement.
    pub query_id: QueryId,
    /// Its text.
    pub query_text: String,
    /// Its kind: `SELECT`, `INSERT`, `CREATE_TABLE_AS_SELECT`.
    pub query_type: Option<String>,
    /// How it ended, or what it does.
    pub status: HistoryStatus,
    /// The server's code, where it failed.
    pub error_code: Option<String>,
    /// The server's words, where it failed.
    pub error_message: Option<String>,
    /// The current database.
    pub database: Option<String>,
    /// The current schema.
    pub schema: Option<String>,
    /// The user.
    pub user: Option<String>,
    /// The role.
    pub role: Option<String>,
    /// The session.
    pub session_id: Option<u64>,
    /// The warehouse; `None` for what needs none.
    pub warehouse: Option<String>,
    /// The warehouse's size at that time.
    pub warehouse_size: Option<WarehouseSize>,
    /// The cluster of a multi-cluster warehouse, from 1.
    pub cluster: Option<u64>,
    /// The tag.
    pub query_tag: Option<String>,
    /// When it was submitted.
    pub start_time: OffsetDateTime,
    /// When it ended; `None` while it runs.
    pub end_time: Option<OffsetDateTime>,
    /// Everything from its submission to its end, waiting included.
    pub total_elapsed: Duration,
    /// For how long it was compiled.
    pub compilation: Duration,
    /// For how long it was executed.
    pub execution: Duration,
    /// For how long it waited for other statements.
    pub queued_overload: Duration,
    /// For how long it waited for compute to be provisioned.
    pub queued_provisioning: Duration,
    /// For how long it waited for compute to be repaired.
    pub queued_repair: Duration,
    /// For how long it waited for a lock.
    pub transaction_blocked: Duration,
    /// Bytes that it read.
    pub bytes_scanned: Option<u64>,
    /// Rows of its result.
    pub rows_produced: Option<u64>,
    /// Credits for cloud services; those for compute are in `QUERY_ATTRIBUTION_HISTORY`.
    pub credits_cloud_services: Option<f64>,
    /// What is the same for statements of the same text but for its literals.
    pub parameterized_hash: Option<String>,
    /// Micro-partitions that it read.
    pub partitions_scanned: Option<u64>,
    /// Micro-partitions of the tables that it read.
    pub partitions_total: Option<u64>,
    /// The share of what it read that was in the warehouse's cache, 0 to 1.
    pub scanned_from_cache: Option<f64>,
    /// Bytes that it wrote.
    pub bytes_written: Option<u64>,
    /// Rows that it inserted.
    pub rows_inserted: Option<u64>,
    /// Rows that it updated.
    pub rows_updated: Option<u64>,
    /// Rows that it deleted.
    pub rows_deleted: Option<u64>,
    /// Bytes that did not fit into memory and went to the warehouse's disks.
    pub bytes_spilled_local: Option<u64>,
    /// Bytes that did not fit on the warehouse's disks either.
    pub bytes_spilled_remote: Option<u64>,
}

/// How a statement ended, or what it does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum HistoryStatus {
    /// It did what it should.
    Success,
    /// It failed.
    Failed,
    /// It failed by a fault of the service.
    Incident,
    /// It runs.
    Running,
    /// It waits for other statements.
    Queued,
    /// It waits for a lock.
    Blocked,
    /// It waits for its warehouse to start.
    ResumingWarehouse,
    /// Something that this version does not know, as the service says it.
    Other(String),
}

impl HistoryStatus {
    /// The words for it; the first is the usual one.
    pub(super) fn words(&self) -> &[&str] {
        match self {
            Self::Success => &["SUCCESS"],
            Self::Failed => &["FAIL", "FAILED_WITH_ERROR"],
            Self::Incident => &["INCIDENT", "FAILED_WITH_INCIDENT"],
            Self::Running => &["RUNNING"],
            Self::Queued => &["QUEUED"],
            Self::Blocked => &["BLOCKED"],
            Self::ResumingWarehouse => &["RESUMING_WAREHOUSE"],
            Self::Other(_) => &[],
        }
    }

    fn of(text: String) -> Self {
        let known = [
            Self::Success,
            Self::Failed,
            Self::Incident,
            Self::Running,
            Self::Queued,
            Self::Blocked,
            Self::ResumingWarehouse,
        ];
        let is = |status: &Self| status.words().iter().any(|word| word.eq_ignore_ascii_case(&text));
        known.into_iter().find(is).unwrap_or(Self::Other(text))
    }
}

impl fmt::Display for HistoryStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other(word) => f.write_str(word),
            known => f.write_str(known.words().first().unwrap_or(&"")),
        }
    }
}

impl QueryRecord {
    /// All the time that it waited: for other statements, for compute, for repair.
    #[must_use]
    pub fn queued(&self) -> Duration {
        self.queued_overload.saturating_add(self.queued_provisioning).saturating_add(self.queued_repair)
    }

    /// The share of the micro-partitions that it did not have to read, 0 to 1; `None` where it read no table or the source
    /// does not tell.
    #[must_use]
    pub fn pruning_ratio(&self) -> Option<f64> {
        let (scanned, total) = (self.partitions_scanned?, self.partitions_total.filter(|total| *total > 0)?);
        Some(1.0 - ratio(scanned.min(total), total))
    }

    /// An approximation of the credits for compute: the time of execution at the rate of its warehouse's size.
    ///
    /// It is too much for statements that shared the warehouse with others, and leaves out the time in which the warehouse
    /// ran idle. `None` without a warehouse.
    #[must_use]
    pub fn approximate_credits(&self) -> Option<f64> {
        let rate = self.warehouse_size?.credits_per_hour();
        Some(self.execution.as_secs_f64() / 3_600.0 * rate)
    }

    pub(super) fn read(row: &AnswerRow<'_>, source: HistorySource) -> Result<Self> {
        let time = |column: &str| row.milliseconds(column).unwrap_or_default();
        let start_time = row.required_instant("START_TIME")?;
        Ok(Self {
            source,
            query_id: QueryId::parse(&row.text("QUERY_ID")?)?,
            query_text: row.optional_text("QUERY_TEXT").unwrap_or_default(),
            query_type: row.optional_text("QUERY_TYPE"),
            status: HistoryStatus::of(row.text("EXECUTION_STATUS")?),
            error_code: row.optional_text("ERROR_CODE"),
            error_message: row.optional_text("ERROR_MESSAGE"),
            database: row.optional_text("DATABASE_NAME"),
            schema: row.optional_text("SCHEMA_NAME"),
            user: row.optional_text("USER_NAME"),
            role: row.optional_text("ROLE_NAME"),
            session_id: row.count("SESSION_ID"),
            warehouse: row.optional_text("WAREHOUSE_NAME"),
            warehouse_size: row.optional_text("WAREHOUSE_SIZE").and_then(|size| WarehouseSize::parse(&size)),
            cluster: row.count("CLUSTER_NUMBER"),
            query_tag: row.optional_text("QUERY_TAG"),
            start_time,
            // While a statement runs, some answers have the year 1970 here.
            end_time: row.instant("END_TIME").filter(|end| *end >= start_time),
            total_elapsed: time("TOTAL_ELAPSED_TIME"),
            compilation: time("COMPILATION_TIME"),
            execution: time("EXECUTION_TIME"),
            queued_overload: time("QUEUED_OVERLOAD_TIME"),
            queued_provisioning: time("QUEUED_PROVISIONING_TIME"),
            queued_repair: time("QUEUED_REPAIR_TIME"),
            transaction_blocked: time("TRANSACTION_BLOCKED_TIME"),
            bytes_scanned: row.count("BYTES_SCANNED"),
            rows_produced: row.count("ROWS_PRODUCED"),
            credits_cloud_services: row.number("CREDITS_USED_CLOUD_SERVICES"),
            parameterized_hash: row.optional_text("QUERY_PARAMETERIZED_HASH"),
            partitions_scanned: row.count("PARTITIONS_SCANNED"),
            partitions_total: row.count("PARTITIONS_TOTAL"),
            scanned_from_cache: row.number("PERCENTAGE_SCANNED_FROM_CACHE"),
            bytes_written: row.count("BYTES_WRITTEN"),
            rows_inserted: row.count("ROWS_INSERTED"),
            rows_updated: row.count("ROWS_UPDATED"),
            rows_deleted: row.count("ROWS_DELETED"),
            bytes_spilled_local: row.count("BYTES_SPILLED_TO_LOCAL_STORAGE"),
            bytes_spilled_remote: row.count("BYTES_SPILLED_TO_REMOTE_STORAGE"),
        })
    }
}

/// Without the text and the error's words, which may hold what no log should show.
impl fmt::Debug for QueryRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryRecord")
            .field("source", &self.source)
            .field("query_id", &self.query_id)
            .field("query_type", &self.query_type)
            .field("status", &self.status)
            .field("user", &self.user)
            .field("warehouse", &self.warehouse)
            .field("start_time", &self.start_time)
            .field("total_elapsed", &self.total_elapsed)
            .finish_non_exhaustive()
    }
}

/// One number of another.
#[expect(clippy::cast_precision_loss, reason = "a share of counts needs no more than 53 bits")]
pub(super) fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
