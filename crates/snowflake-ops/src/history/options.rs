//! Which statements of the history to read.

use std::time::Duration;

use super::record::HistoryStatus;

/// Which statements of the history to read; all of them by default.
///
/// Names are spelled as in SQL: `wh` and `WH` are the same, `"wh"` is another one.
///
/// ```
/// use std::time::Duration;
///
/// use snowflake_ops::{HistoryStatus, QueryHistoryOptions};
///
/// let slow_failures = QueryHistoryOptions {
///     warehouse: Some("ANALYTICS_WH".to_string()),
///     status: Some(HistoryStatus::Failed),
///     min_duration: Some(Duration::from_secs(60)),
///     limit: Some(100),
///     ..Default::default()
/// };
/// # let _ = slow_failures;
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct QueryHistoryOptions {
    /// Only on this warehouse.
    pub warehouse: Option<String>,
    /// Only of this user.
    pub user: Option<String>,
    /// Only with this role.
    pub role: Option<String>,
    /// Only with this as the current database.
    pub database: Option<String>,
    /// Only with this as the current schema.
    pub schema: Option<String>,
    /// Only of this session.
    pub session_id: Option<u64>,
    /// Only in this state.
    pub status: Option<HistoryStatus>,
    /// Only of this kind, in the service's words: `SELECT`, `INSERT`, `CREATE_TABLE_AS_SELECT`.
    pub query_type: Option<String>,
    /// Only with exactly this tag.
    pub query_tag: Option<String>,
    /// Only those that took at least so long in all, waiting included.
    pub min_duration: Option<Duration>,
    /// Only those whose text holds this, whatever its case.
    pub text: Option<String>,
    /// At most so many, the newest.
    pub limit: Option<u64>,
    /// Where to read; by default what knows the whole range.
    pub source: Option<HistorySource>,
}

/// Shows neither the text nor the tag that is looked for.
impl std::fmt::Debug for QueryHistoryOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QueryHistoryOptions")
            .field("warehouse", &self.warehouse)
            .field("user", &self.user)
            .field("status", &self.status)
            .field("limit", &self.limit)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// Where the service keeps a history of statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum HistorySource {
    /// The functions of `INFORMATION_SCHEMA`: the last 7 days, up to this moment. Everybody sees the own statements; those of
    /// others need `MONITOR` on their warehouse.
    InformationSchema,
    /// `SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY`: the last 365 days up to 45 minutes ago, of the whole account. It alone knows
    /// partitions and spilling, and needs `IMPORTED PRIVILEGES` on the database `SNOWFLAKE`.
    AccountUsage,
}
