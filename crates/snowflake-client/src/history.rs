//! What ran in the account.

use std::collections::BTreeMap;

use snowflake_ops::{Listing, QueryHistoryOptions, QueryProfile, QueryRecord, QuerySummary};
use snowflake_query::QueryId;
use time::OffsetDateTime;

use crate::client::SnowflakeClient;
use crate::error::SnowflakeError;

/// What ran in the account, how long it took and why.
///
/// ```
/// # #[cfg(feature = "sim-server")]
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// # use snowflake_client::{Protocol, SnowflakeClient, sim::SimServer};
/// # let server = SimServer::builder().user("me", "secret").database("DB").schema("PUBLIC").warehouse("ANALYTICS_WH")
/// #     .start().await?;
/// # let client = SnowflakeClient::builder().account(server.account()).host(server.host()).port(server.port())
/// #     .protocol(Protocol::Http).user("me").password("secret").database("DB").schema("PUBLIC")
/// #     .warehouse("ANALYTICS_WH").build().await?;
/// # client.execute("CREATE TABLE t AS SELECT 1 AS n").await?;
/// # client.execute("SELECT n FROM t").await?;
/// use snowflake_client::QueryHistoryOptions;
/// use time::{Duration, OffsetDateTime};
///
/// let history = client
///     .get_query_history(
///         OffsetDateTime::now_utc() - Duration::hours(24),
///         OffsetDateTime::now_utc(),
///         QueryHistoryOptions {
///             warehouse: Some("ANALYTICS_WH".to_string()),
///             limit: Some(100),
///             ..Default::default()
///         },
///     )
///     .await?;
/// for query in &history {
///     println!("{} {} {:?}", query.query_id, query.status, query.total_elapsed);
/// }
/// # assert!(!history.is_empty());
/// # client.close().await;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl SnowflakeClient {
    /// The statements that ended between two times, newest first, and those that run where `end` is not in the past.
    ///
    /// Each tells where it was read: the last 7 days in `INFORMATION_SCHEMA`, what is older in `ACCOUNT_USAGE`, which the role
    /// has to be granted. All that fit are held in memory; [`query_history`](Self::query_history) streams them.
    ///
    /// # Errors
    /// As the stream of [`snowflake_ops::query_history`].
    ///
    /// # Cancellation
    /// Dropping the future tells the server to stop the statement that is under way.
    pub async fn get_query_history(
        &self,
        start: OffsetDateTime,
        end: OffsetDateTime,
        options: QueryHistoryOptions,
    ) -> Result<Vec<QueryRecord>, SnowflakeError> {
        Ok(self.query_history(start, end, options)?.collect().await?)
    }

    /// The same as a stream, which asks for more as it is read.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when the settings of the client cannot work; what the server says
    /// arrives with the stream.
    pub fn query_history(
        &self,
        start: OffsetDateTime,
        end: OffsetDateTime,
        options: QueryHistoryOptions,
    ) -> Result<Listing<QueryRecord>, SnowflakeError> {
        Ok(snowflake_ops::query_history(self.pool()?, start, end, options))
    }

    /// The statements of a range that took longest, the slowest first; 10 unless the options have a limit.
    ///
    /// # Errors
    /// As [`get_query_history`](Self::get_query_history).
    ///
    /// # Cancellation
    /// As [`get_query_history`](Self::get_query_history).
    pub async fn slowest_queries(
        &self,
        start: OffsetDateTime,
        end: OffsetDateTime,
        options: QueryHistoryOptions,
    ) -> Result<Vec<QueryRecord>, SnowflakeError> {
        Ok(snowflake_ops::slowest_queries(self.pool()?, start, end, options).await?)
    }

    /// The statements of a range that cost most by [`QueryRecord::approximate_credits`], the dearest first; 10 unless the
    /// options have a limit.
    ///
    /// # Errors
    /// As [`get_query_history`](Self::get_query_history).
    ///
    /// # Cancellation
    /// As [`get_query_history`](Self::get_query_history).
    pub async fn most_expensive_queries(
        &self,
        start: OffsetDateTime,
        end: OffsetDateTime,
        options: QueryHistoryOptions,
    ) -> Result<Vec<QueryRecord>, SnowflakeError> {
        Ok(snowflake_ops::most_expensive_queries(self.pool()?, start, end, options).await?)
    }

    /// The statements of a range in a few figures: percentiles of time and waiting, pruning, spilling, failures.
    ///
    /// # Errors
    /// As [`get_query_history`](Self::get_query_history).
    ///
    /// # Cancellation
    /// As [`get_query_history`](Self::get_query_history).
    pub async fn summarize_queries(
        &self,
        start: OffsetDateTime,
        end: OffsetDateTime,
        options: QueryHistoryOptions,
    ) -> Result<QuerySummary, SnowflakeError> {
        Ok(snowflake_ops::summarize_queries(self.pool()?, start, end, options).await?)
    }

    /// The same for each warehouse by its name.
    ///
    /// # Errors
    /// As [`get_query_history`](Self::get_query_history).
    ///
    /// # Cancellation
    /// As [`get_query_history`](Self::get_query_history).
    pub async fn summarize_queries_by_warehouse(
        &self,
        start: OffsetDateTime,
        end: OffsetDateTime,
        options: QueryHistoryOptions,
    ) -> Result<BTreeMap<String, QuerySummary>, SnowflakeError> {
        Ok(snowflake_ops::summarize_queries_by_warehouse(self.pool()?, start, end, options).await?)
    }

    /// Where one statement of the last 14 days spent its time.
    ///
    /// # Errors
    /// As [`snowflake_ops::query_profile`].
    ///
    /// # Cancellation
    /// As [`get_query_history`](Self::get_query_history).
    pub async fn query_profile(&self, query_id: QueryId) -> Result<QueryProfile, SnowflakeError> {
        Ok(snowflake_ops::query_profile(self.pool()?, query_id).await?)
    }
}
