//! What an account costs: by the hour, after a statement, before it, and up to a limit.

use snowflake_ops::{
    AttributionKey, BudgetCheck, BudgetWatch, CostAttribution, CostEstimate, CostLimit, CreditUsage,
    QueryCost, WebhookSink, attribute_credits, fetch_credit_usage, fetch_query_cost,
};
use snowflake_query::{BatchStream, Query, QueryHandle, QueryId, QueryResult, RowStream};
use time::OffsetDateTime;

use crate::client::SnowflakeClient;
use crate::error::SnowflakeError;

/// What it costs. How estimates are made and how far they can be trusted is told in the guide, `docs/guide/cost.md`.
impl SnowflakeClient {
    /// The credits of every hour that begins in a span of time, of one warehouse or of all, in the order of the hours.
    ///
    /// The name is spelled as in SQL. Each row says where it comes from, and so how late it can be.
    ///
    /// # Errors
    /// As [`snowflake_ops::fetch_credit_usage`]: where the role may not see any usage, the error's text is the grant
    /// that it lacks.
    ///
    /// # Cancellation
    /// Dropping the future tells the server to stop the statement.
    pub async fn get_credit_usage(
        &self,
        start: OffsetDateTime,
        end: OffsetDateTime,
        warehouse: Option<&str>,
    ) -> Result<Vec<CreditUsage>, SnowflakeError> {
        Ok(fetch_credit_usage(self.pool()?, start, end, warehouse).await?)
    }

    /// What a statement has cost: as the account attributes it, else an approximation that says it is one.
    ///
    /// The account attributes within eight hours; until then the figure is an approximation.
    ///
    /// # Errors
    /// As [`snowflake_ops::fetch_query_cost`]: [`NotFound`](crate::ErrorKind::NotFound) while the statement runs, and
    /// for one that no history shows.
    ///
    /// # Cancellation
    /// Dropping the future tells the server to stop the statement that it waits for.
    pub async fn get_query_cost(&self, query_id: &QueryId) -> Result<QueryCost, SnowflakeError> {
        Ok(fetch_query_cost(self.pool()?, query_id).await?)
    }

    /// What a statement would cost on a warehouse, whose name is spelled as in SQL. Nothing is run.
    ///
    /// The statement may be text or a [`Query`] with its binds and context.
    /// All clones of a client share what was learned from the history, which is read anew every hour.
    ///
    /// # Errors
    /// As [`CostEstimator::estimate`](snowflake_ops::CostEstimator::estimate):
    /// [`Configuration`](crate::ErrorKind::Configuration) for a statement that nobody can explain, such as COPY or
    /// CALL; [`NotFound`](crate::ErrorKind::NotFound) when there is no such warehouse.
    ///
    /// # Cancellation
    /// Nothing is left behind.
    pub async fn estimate_query_cost(
        &self,
        query: impl Into<Query> + Send,
        warehouse: &str,
    ) -> Result<CostEstimate, SnowflakeError> {
        Ok(Box::pin(self.costs().estimate(self.pool()?, query, warehouse)).await?)
    }

    /// The credits of a span of time, told apart by tag, user, warehouse or database; the parts add up to the whole.
    ///
    /// # Errors
    /// As [`snowflake_ops::attribute_credits`]: where the role may not see the usage, the error's text is the grant
    /// that it lacks.
    ///
    /// # Cancellation
    /// Dropping the future tells the server to stop the statement that it waits for.
    pub async fn attribute_credits(
        &self,
        start: OffsetDateTime,
        end: OffsetDateTime,
        key: AttributionKey,
    ) -> Result<CostAttribution, SnowflakeError> {
        Ok(attribute_credits(self.pool()?, start, end, key).await?)
    }

    /// Reads what was used, compares it with the budgets, and tells every sink what is new.
    ///
    /// # Errors
    /// As [`BudgetWatch::check`]: where the role may not see the usage, the error's text is the grant that it lacks. A
    /// sink that fails is no error here; it is told again with the next check.
    ///
    /// # Cancellation
    /// What was not delivered yet is delivered with the next check.
    pub async fn check_budgets(&self, watch: &mut BudgetWatch) -> Result<BudgetCheck, SnowflakeError> {
        Ok(watch.check(self.pool()?).await?)
    }

    /// A sink of alerts that posts them as JSON to this address, by this client's transport.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for a text that is no `https` or `http` address.
    pub fn webhook(&self, url: &str) -> Result<WebhookSink, SnowflakeError> {
        Ok(WebhookSink::new(self.pool()?, url)?)
    }

    /// This client, but refusing statements that may cost more than a limit, in credits.
    #[must_use]
    pub fn with_cost_limit(&self, limit: impl Into<CostLimit>) -> CostLimited {
        CostLimited { client: self.clone(), limit: limit.into() }
    }
}

/// A client that runs no statement which may cost more than a limit; see [`SnowflakeClient::with_cost_limit`].
///
/// Every statement is estimated first, on the warehouse that it asks for or that its session has, and refused when the
/// upper end of the estimate's interval lies above the limit.
#[derive(Clone, Debug)]
pub struct CostLimited {
    client: SnowflakeClient,
    limit: CostLimit,
}

impl CostLimited {
    /// What the statement would cost; nothing where it needs no warehouse.
    ///
    /// # Errors
    /// As [`CostLimit::check`]: [`Configuration`](crate::ErrorKind::Configuration) above the limit, with the figure, the
    /// limit and what to do, and [`SnowflakeError::cost_estimate`] for the whole estimate.
    ///
    /// # Cancellation
    /// Nothing is left behind.
    pub async fn check(&self, query: &Query) -> Result<Option<CostEstimate>, SnowflakeError> {
        Ok(Box::pin(self.limit.check(self.client.pool()?, self.client.costs(), query)).await?)
    }

    /// Runs a statement within the limit; see [`SnowflakeClient::execute`].
    ///
    /// # Errors
    /// As [`check`](Self::check) and [`SnowflakeClient::execute`].
    ///
    /// # Cancellation
    /// As [`SnowflakeClient::execute`].
    pub async fn execute(&self, query: impl Into<Query> + Send) -> Result<QueryResult, SnowflakeError> {
        let query = query.into();
        self.check(&query).await?;
        self.client.execute(query).await
    }

    /// Submits a statement within the limit; see [`SnowflakeClient::execute_async`].
    ///
    /// # Errors
    /// As [`check`](Self::check) and [`SnowflakeClient::execute_async`].
    ///
    /// # Cancellation
    /// As [`SnowflakeClient::execute_async`].
    pub async fn execute_async(&self, query: impl Into<Query> + Send) -> Result<QueryHandle, SnowflakeError> {
        let query = query.into();
        self.check(&query).await?;
        self.client.execute_async(query).await
    }

    /// Streams the rows of a statement within the limit; see [`SnowflakeClient::execute_stream`].
    ///
    /// # Errors
    /// As [`check`](Self::check) and [`SnowflakeClient::execute_stream`].
    ///
    /// # Cancellation
    /// As [`SnowflakeClient::execute_stream`].
    pub async fn execute_stream(&self, query: impl Into<Query> + Send) -> Result<RowStream, SnowflakeError> {
        let query = query.into();
        self.check(&query).await?;
        self.client.execute_stream(query).await
    }

    /// Streams the batches of a statement within the limit; see [`SnowflakeClient::execute_batches`].
    ///
    /// # Errors
    /// As [`check`](Self::check) and [`SnowflakeClient::execute_batches`].
    ///
    /// # Cancellation
    /// As [`SnowflakeClient::execute_batches`].
    pub async fn execute_batches(
        &self,
        query: impl Into<Query> + Send,
    ) -> Result<BatchStream, SnowflakeError> {
        let query = query.into();
        self.check(&query).await?;
        self.client.execute_batches(query).await
    }
}
