//! The client.

use std::sync::Arc;

use snowflake_ingest::{
    CopyIntoRequest, CopyResult, LocalStages, Machine, RejectedRecord, UnloadRequest, UnloadResult,
};
use snowflake_ops::{Audit, CostEstimator, Health, WarehouseConfig};
use snowflake_query::{
    BatchStream, Pool, PoolOptions, Query, QueryHandle, QueryId, QueryResult, ResultOptions, RowStream,
    Session, SessionOptions, Wanted,
};

use crate::builder::ClientBuilder;
use crate::config::{Resolved, SnowflakeConfig};
use crate::error::SnowflakeError;
use crate::simulation::Simulated;
#[cfg(feature = "sim")]
use crate::simulation::Simulation;

/// A client of one account: a pool of sessions and everything that can be done with them.
///
/// Clones are cheap and share the pool. Dropping the last clone lets the sessions end by themselves;
/// [`close`](Self::close) logs them out.
///
/// ```no_run
/// # // Needs an account; the same calls run against the simulator in the crate's tests.
/// use snowflake_client::SnowflakeClient;
///
/// # async fn run() -> Result<(), snowflake_client::SnowflakeError> {
/// let client = SnowflakeClient::builder()
///     .account("myorg-myaccount")
///     .user("service_user")
///     .key_pair_auth("/path/to/key.p8", Some("passphrase"))
///     .warehouse("COMPUTE_WH")
///     .build()
///     .await?;
/// let result = client.execute("SELECT CURRENT_VERSION()").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SnowflakeClient {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// Or what is wrong with the settings, where the constructor could not say it.
    pool: Result<Pool, String>,
    machine: Machine,
    costs: CostEstimator,
    simulation: Simulated,
    routing: Routing,
    audit: Option<Audit>,
}

/// What a router of warehouses is told by the settings.
#[derive(Debug)]
pub(crate) struct Routing {
    pub(crate) warehouses: Vec<WarehouseConfig>,
    pub(crate) default: Option<String>,
}

impl SnowflakeClient {
    /// Builds a client step by step.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client with these settings. Logs in, and opens the sessions that the pool keeps.
    ///
    /// # Errors
    /// As [`ClientBuilder::build`].
    pub async fn new(config: SnowflakeConfig) -> Result<Self, SnowflakeError> {
        let resolved = Resolved::from_config(&config)?;
        let (session, pool) = options(&config, &resolved);
        let pool = Ok(Pool::open(session, pool).await?);
        Ok(Self::assemble(&config, pool, resolved.local_stages, resolved.simulation))
    }

    /// A client with these settings that logs in when it is first used, and opens the sessions that its pool keeps after
    /// that: for programs that have to start also while the service cannot be reached.
    ///
    /// ```
    /// use snowflake_client::{Authentication, SnowflakeClient, SnowflakeConfig};
    ///
    /// let client = SnowflakeClient::lazy(SnowflakeConfig {
    ///     account: "myorg-myaccount".to_owned(),
    ///     user: Some("service_user".to_owned()),
    ///     authentication: Some(Authentication::Password("secret".into())),
    ///     ..SnowflakeConfig::default()
    /// })?;
    /// # drop(client);
    /// # Ok::<(), snowflake_client::SnowflakeError>(())
    /// ```
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration), naming every setting that cannot work.
    pub fn lazy(config: SnowflakeConfig) -> Result<Self, SnowflakeError> {
        let resolved = Resolved::from_config(&config)?;
        let (session, pool) = options(&config, &resolved);
        let pool = Ok(Pool::lazy(session, pool)?);
        Ok(Self::assemble(&config, pool, resolved.local_stages, resolved.simulation))
    }

    /// A client that answers from a recording, without any network and without logging in first.
    ///
    /// With [`SimulationMode::Record`](crate::SimulationMode::Record), what the recording lacks is asked
    /// of the service and recorded; in any other mode it is an error.
    /// A setting that cannot work is reported by the first call.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// use snowflake_client::{SimulationReplayer, SnowflakeClient, SnowflakeConfig};
    ///
    /// # let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/recordings/quickstart.json");
    /// let replayer = SimulationReplayer::load(file)?;
    /// let client = SnowflakeClient::with_simulation(SnowflakeConfig::default(), replayer);
    /// let result = client.execute("SELECT 1").await?;
    /// assert_eq!(result.rows.row(0).unwrap().get::<i64>(0)?, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "sim")]
    pub fn with_simulation(config: SnowflakeConfig, replayer: crate::SimulationReplayer) -> Self {
        match Resolved::with_replayer(&config, replayer) {
            Ok(resolved) => {
                let (session, pool) = options(&config, &resolved);
                let pool = Pool::lazy(session, pool).map_err(|error| error.to_string());
                Self::assemble(&config, pool, resolved.local_stages, resolved.simulation)
            }
            Err(error) => {
                Self::assemble(&config, Err(error.to_string()), LocalStages::Refused, Simulated::default())
            }
        }
    }

    fn assemble(
        config: &SnowflakeConfig,
        pool: Result<Pool, String>,
        local_stages: LocalStages,
        simulation: Simulated,
    ) -> Self {
        let machine = Machine::new(local_stages).with_home(std::env::home_dir());
        let routing = Routing { warehouses: config.warehouses.clone(), default: config.warehouse.clone() };
        let (costs, audit) = (CostEstimator::new(), config.audit.clone());
        Self { inner: Arc::new(Inner { pool, machine, costs, simulation, routing, audit }) }
    }

    /// What a router of warehouses is told by the settings.
    pub(crate) fn routing(&self) -> &Routing {
        &self.inner.routing
    }

    /// What transfers may use of this machine.
    pub(crate) fn machine(&self) -> &Machine {
        &self.inner.machine
    }

    /// What was learned from the account's history about the cost of statements.
    pub(crate) fn costs(&self) -> &CostEstimator {
        &self.inner.costs
    }

    pub(crate) fn pool(&self) -> Result<&Pool, SnowflakeError> {
        let broken = |message: &String| SnowflakeError::Configuration { message: message.clone() };
        self.inner.pool.as_ref().map_err(broken)
    }

    /// What this client records or replays.
    #[cfg(feature = "sim")]
    pub fn simulation(&self) -> Simulation<'_> {
        Simulation::new(&self.inner.simulation)
    }

    /// A client with the settings of the environment; see [`SnowflakeConfig::from_env`].
    ///
    /// # Errors
    /// As [`SnowflakeConfig::from_env`] and [`ClientBuilder::build`].
    pub async fn from_env() -> Result<Self, SnowflakeError> {
        Self::new(SnowflakeConfig::from_env()?).await
    }

    /// Whether a session can be had and a statement runs, and how long both take.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when the settings cannot work. A server that
    /// refuses or cannot be reached is an answer with `healthy: false`.
    pub async fn health_check(&self) -> Result<Health, SnowflakeError> {
        Ok(snowflake_ops::check_health(self.pool()?).await)
    }

    /// Runs a statement and holds its whole result in memory.
    ///
    /// A `PUT` or `GET` moves its files between this machine and the stage, and its result has a row for each of
    /// them. The sessions of [`session`](Self::session) refuse both, and so does
    /// [`execute_async`](Self::execute_async).
    ///
    /// # Errors
    /// [`Sql`](crate::ErrorKind::Sql) when the server refuses or fails the statement,
    /// [`Timeout`](crate::ErrorKind::Timeout), [`Pool`](crate::ErrorKind::Pool) when no session becomes
    /// free, [`Network`](crate::ErrorKind::Network), and
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) when a statement may or may not have run.
    ///
    /// # Cancellation
    /// Dropping the future tells the server to stop the statement.
    pub async fn execute(&self, query: impl Into<Query> + Send) -> Result<QueryResult, SnowflakeError> {
        let query = query.into();
        if query.is_transfer() {
            let moved = snowflake_ingest::execute_transfer(self.pool()?, query, self.machine());
            return Ok(Box::pin(moved).await?);
        }
        Ok(self.pool()?.execute(query).await?)
    }

    /// Submits a statement and returns at once with a handle to it.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    ///
    /// # Cancellation
    /// Dropping the future or the handle tells the server to stop the statement;
    /// [`QueryHandle::detach`] leaves it running.
    pub async fn execute_async(&self, query: impl Into<Query> + Send) -> Result<QueryHandle, SnowflakeError> {
        Ok(self.pool()?.execute_async(query).await?)
    }

    /// Runs a statement and streams its rows; at most a bounded number of bytes is held in memory.
    ///
    /// # Errors
    /// As [`execute`](Self::execute); failures on the way arrive as items of the stream.
    ///
    /// # Cancellation
    /// Dropping the future tells the server to stop the statement; dropping the stream stops all
    /// downloads.
    pub async fn execute_stream(&self, query: impl Into<Query> + Send) -> Result<RowStream, SnowflakeError> {
        Ok(self.execute_batches(query).await?.into_rows())
    }

    /// Runs a statement and streams its rows as Arrow batches of one schema.
    ///
    /// # Errors
    /// As [`execute_stream`](Self::execute_stream).
    ///
    /// # Cancellation
    /// As [`execute_stream`](Self::execute_stream).
    pub async fn execute_batches(
        &self,
        query: impl Into<Query> + Send,
    ) -> Result<BatchStream, SnowflakeError> {
        let query = query.into();
        if query.is_transfer() {
            return Ok(self.execute(query).await?.rows.to_stream());
        }
        Ok(self.pool()?.execute_batches(query).await?)
    }

    /// The result of a statement that ran before, by its query id. The service keeps results for a day.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when the server does not know the id (any more), and as
    /// [`execute`](Self::execute).
    pub async fn result(&self, query_id: QueryId) -> Result<QueryResult, SnowflakeError> {
        Ok(self.pool()?.result(query_id).await?)
    }

    /// Fetches the results of the single statements, in order, where several were submitted as one text (with the
    /// parameter `MULTI_STATEMENT_COUNT`).
    ///
    /// # Errors
    /// [`Sql`](crate::ErrorKind::Sql) at the first statement that failed, whose place
    /// [`SnowflakeError::statement_index`] tells; otherwise as [`result`](Self::result).
    pub async fn child_results(&self, parent: &QueryResult) -> Result<Vec<QueryResult>, SnowflakeError> {
        Ok(self.pool()?.child_results(parent).await?)
    }

    /// A session of one's own, for statements that belong together: transactions, temporary tables,
    /// session variables. It goes back to the pool when dropped.
    ///
    /// # Errors
    /// [`Pool`](crate::ErrorKind::Pool) when none becomes free, [`Auth`](crate::ErrorKind::Auth),
    /// [`Network`](crate::ErrorKind::Network).
    pub async fn session(&self) -> Result<Session, SnowflakeError> {
        Ok(self.pool()?.get(&Wanted::default()).await?)
    }

    /// Lets the client log in again after the service refused its credentials, such as when the password was
    /// set right. Until then every call fails with the refusal, because further logins could lock the user
    /// out.
    pub fn reopen(&self) {
        if let Ok(pool) = &self.inner.pool {
            pool.reopen();
        }
    }

    /// Loads the files of a stage into a table, and tells what became of each.
    ///
    /// A file that was loaded before is left out, unless the options force it.
    ///
    /// # Errors
    /// As [`snowflake_ingest::copy_into`].
    ///
    /// # Cancellation
    /// Dropping the future tells the server to stop the statement: what the load has done so far is undone.
    pub async fn copy_into(&self, request: CopyIntoRequest) -> Result<CopyResult, SnowflakeError> {
        Ok(snowflake_ingest::copy_into(self.pool()?, &request).await?)
    }

    /// The records that a load would reject, and why. Nothing is loaded.
    ///
    /// # Errors
    /// As [`snowflake_ingest::copy_into`].
    ///
    /// # Cancellation
    /// Dropping the future tells the server to stop the statement.
    pub async fn validate_copy(
        &self,
        request: CopyIntoRequest,
    ) -> Result<Vec<RejectedRecord>, SnowflakeError> {
        Ok(snowflake_ingest::validate_copy(self.pool()?, &request).await?)
    }

    /// The first rows that a load would add. Nothing is loaded.
    ///
    /// # Errors
    /// As [`snowflake_ingest::copy_into`].
    ///
    /// # Cancellation
    /// Dropping the future tells the server to stop the statement.
    pub async fn preview_copy(
        &self,
        request: CopyIntoRequest,
        rows: u32,
    ) -> Result<QueryResult, SnowflakeError> {
        Ok(snowflake_ingest::preview_copy(self.pool()?, &request, rows).await?)
    }

    /// Writes a table or the rows of a query into files of a stage.
    ///
    /// # Errors
    /// As [`snowflake_ingest::unload`].
    ///
    /// # Cancellation
    /// Dropping the future tells the server to stop the statement; files that were written may stay.
    pub async fn unload(&self, request: UnloadRequest) -> Result<UnloadResult, SnowflakeError> {
        Ok(snowflake_ingest::unload(self.pool()?, &request).await?)
    }

    /// Stops every statement that still runs, unless [`in_flight`](ClientBuilder::in_flight) says to leave
    /// it, and logs all sessions out, within 15 seconds.
    ///
    /// What an [`audit`](ClientBuilder::audit) has to write is written then.
    ///
    /// A client that records to a [`simulation_file`](SnowflakeConfig::simulation_file) writes it now; a
    /// failure to do so is logged, and [`Simulation::save`](crate::Simulation::save) reports it.
    pub async fn close(&self) {
        if let Ok(pool) = &self.inner.pool {
            pool.close().await;
        }
        if let Some(audit) = &self.inner.audit {
            audit.flush().await;
        }
        self.inner.simulation.close().await;
    }
}

/// The options of sessions and pool that follow from the settings.
fn options(config: &SnowflakeConfig, resolved: &Resolved) -> (SessionOptions, PoolOptions) {
    let results = ResultOptions::default()
        .with_arrow(config.arrow)
        .with_part_hosts(resolved.part_hosts)
        .with_budget(config.memory_budget.clone());
    let (server, provider) = (resolved.server.clone(), Arc::clone(&resolved.provider));
    let mut session = SessionOptions::new(server, provider, resolved.login.clone()).with_results(results);
    if let Some(limit) = config.query_timeout {
        session = session.with_timeout(limit);
    }
    if let Some(audit) = &config.audit {
        session = session.with_observer(Arc::new(audit.clone()));
    }
    session = session.with_resubmit(config.resubmit);
    let pool = PoolOptions::default()
        .with_size(config.pool_min, config.pool_max)
        .with_wait_timeout(config.pool_wait_timeout)
        .with_idle_timeout(config.pool_idle_timeout)
        .with_max_lifetime(config.pool_max_lifetime)
        .with_in_flight(config.in_flight);
    (session, pool)
}
