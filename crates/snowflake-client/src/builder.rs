//! Building a client step by step.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use snowflake_auth::CredentialProvider;
use snowflake_ops::{Audit, WarehouseConfig};
use snowflake_proto::{ArrowOptions, ParameterValue, Protocol, Secret};
use snowflake_query::{InFlight, MemoryBudget, Resubmit};
use snowflake_transport::{Clock, Entropy, RetryPolicy, Transport, TransportOptions};

use crate::client::SnowflakeClient;
use crate::config::{Authentication, SimulationMode, SnowflakeConfig};
use crate::error::SnowflakeError;

/// Collects the settings of a [`SnowflakeClient`]; see [`SnowflakeClient::builder`].
///
/// Nothing is checked before [`build`](Self::build), which reports all problems together.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ClientBuilder {
    config: SnowflakeConfig,
}

impl ClientBuilder {
    /// Starts from these settings.
    pub fn from_config(config: SnowflakeConfig) -> Self {
        Self { config }
    }

    /// The account, as `organization-account` or as a locator such as `xy12345.eu-central-1`.
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.config.account = account.into();
        self
    }

    /// The name to log in with.
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.config.user = Some(user.into());
        self
    }

    /// Logs in with a password.
    pub fn password(self, password: impl Into<Secret>) -> Self {
        self.authentication(Authentication::Password(password.into()))
    }

    /// Logs in with the private key in a file: PKCS#8 (perhaps encrypted) or PKCS#1, as PEM or DER.
    pub fn key_pair_auth(self, path: impl Into<PathBuf>, passphrase: Option<&str>) -> Self {
        self.authentication(Authentication::KeyPairFile {
            path: path.into(),
            passphrase: passphrase.map(Secret::from),
        })
    }

    /// Logs in with an OAuth access token.
    pub fn oauth_token(self, token: impl Into<Secret>) -> Self {
        self.authentication(Authentication::OAuthToken(token.into()))
    }

    /// Logs in with a programmatic access token.
    pub fn programmatic_access_token(self, token: impl Into<Secret>) -> Self {
        self.authentication(Authentication::ProgrammaticAccessToken(token.into()))
    }

    /// Logs in with credentials that the program itself provides.
    pub fn credentials(self, provider: Arc<dyn CredentialProvider>) -> Self {
        self.authentication(Authentication::Provider(provider))
    }

    /// Logs in like this.
    pub fn authentication(mut self, authentication: Authentication) -> Self {
        self.config.authentication = Some(authentication);
        self
    }

    /// Role of new sessions.
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.config.role = Some(role.into());
        self
    }

    /// Warehouse of new sessions.
    pub fn warehouse(mut self, warehouse: impl Into<String>) -> Self {
        self.config.warehouse = Some(warehouse.into());
        self
    }

    /// Tells [`WarehouseRouter::from_config`](crate::WarehouseRouter::from_config) of a warehouse, beyond what the account
    /// says of it. May be said several times.
    pub fn routed_warehouse(mut self, warehouse: WarehouseConfig) -> Self {
        self.config.warehouses.push(warehouse);
        self
    }

    /// Database of new sessions.
    pub fn database(mut self, database: impl Into<String>) -> Self {
        self.config.database = Some(database.into());
        self
    }

    /// Schema of new sessions.
    pub fn schema(mut self, schema: impl Into<String>) -> Self {
        self.config.schema = Some(schema.into());
        self
    }

    /// Host to connect to instead of the one that follows from the account.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.config.host = Some(host.into());
        self
    }

    /// Port to connect to.
    pub fn port(mut self, port: u16) -> Self {
        self.config.port = Some(port);
        self
    }

    /// HTTPS, or plain HTTP for a server on this machine.
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.config.protocol = protocol;
        self
    }

    /// Allows plain HTTP to another machine, where everyone on the way can read along.
    pub fn insecure_http(mut self) -> Self {
        self.config.insecure_http = true;
        self
    }

    /// How many sessions the pool keeps open, and how many it opens at most.
    pub fn pool_size(mut self, min: u32, max: u32) -> Self {
        self.config.pool_min = min;
        self.config.pool_max = max;
        self
    }

    /// How long a session may stay unused before it is closed.
    pub fn pool_idle_timeout(mut self, limit: Duration) -> Self {
        self.config.pool_idle_timeout = limit;
        self
    }

    /// How long a caller waits for a session.
    pub fn pool_wait_timeout(mut self, limit: Duration) -> Self {
        self.config.pool_wait_timeout = limit;
        self
    }

    /// The longest time for name lookup, TCP and TLS together.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.config.connect_timeout = limit;
        self
    }

    /// The longest time for one statement, unless the query says otherwise.
    pub fn query_timeout(mut self, limit: Duration) -> Self {
        self.config.query_timeout = Some(limit);
        self
    }

    /// What happens to statements that change something when their answer is lost, unless the query says otherwise.
    pub fn resubmit(mut self, resubmit: Resubmit) -> Self {
        self.config.resubmit = resubmit;
        self
    }

    /// What becomes of statements that run while the client is closed.
    pub fn in_flight(mut self, in_flight: InFlight) -> Self {
        self.config.in_flight = in_flight;
        self
    }

    /// Sets a session parameter at login.
    ///
    /// Two of them concern the client: while `CLIENT_SESSION_KEEP_ALIVE` is true, each session shows a sign of life every
    /// `CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY` seconds (from 900 to 3600 as a rule), so that the server keeps
    /// what it would forget after hours without a statement.
    ///
    /// ```
    /// use snowflake_client::SnowflakeClient;
    /// # #[cfg(feature = "sim")]
    /// # use snowflake_client::sim::{Expect, Reply, Script};
    /// # #[cfg(feature = "sim")]
    /// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?.block_on(async {
    /// # let answer = |data| Reply::json(&serde_json::json!({ "success": true, "data": data }));
    /// # let login = serde_json::json!({ "token": "t", "masterToken": "m", "masterValidityInSeconds": 14400 });
    /// # let service = std::sync::Arc::new(Script::new().in_any_order()
    /// #     .expect(Expect::post("/session/v1/login-request").any_times().reply(answer(login)))
    /// #     .expect(Expect::post("/session/heartbeat").any_times().reply(answer(serde_json::Value::Null)))
    /// #     .expect(Expect::post("/session").any_times().reply(answer(serde_json::Value::Null))));
    /// # let script = std::sync::Arc::clone(&service);
    ///
    /// let client = SnowflakeClient::builder()
    ///     .account("myorg-myaccount")
    ///     .user("alice")
    ///     .password("correct horse")
    ///     .pool_size(1, 4)
    ///     .session_parameter("CLIENT_SESSION_KEEP_ALIVE", true)
    ///     .session_parameter("CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY", 1800)
    /// #     .transport(service)
    ///     .build()
    ///     .await?;
    /// # tokio::time::sleep(std::time::Duration::from_secs(4 * 1800)).await;
    /// # let beats = script.requests().iter().filter(|seen| seen.path() == "/session/heartbeat").count();
    /// # assert!((3..=4).contains(&beats), "{beats}");
    /// # client.close().await;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn session_parameter(mut self, name: impl Into<String>, value: impl Into<ParameterValue>) -> Self {
        self.config.session_parameters.insert(name.into().to_uppercase(), value.into());
        self
    }

    /// Chooses the Arrow types of results.
    pub fn arrow(mut self, options: ArrowOptions) -> Self {
        self.config.arrow = options;
        self
    }

    /// Bounds the memory in which all results of the client are fetched, perhaps together with those of
    /// other clients.
    pub fn memory_budget(mut self, budget: MemoryBudget) -> Self {
        self.config.memory_budget = budget;
        self
    }

    /// The program's name, shown in Snowflake's query history.
    pub fn application(mut self, name: impl Into<String>) -> Self {
        self.config.application = Some(name.into());
        self
    }

    /// Keeps an audit of what the client runs: who, what, when, and with which outcome, without literals unless asked.
    ///
    /// [`SnowflakeClient::close`] waits until it is written.
    ///
    /// ```
    /// # #[cfg(feature = "sim-server")]
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # use snowflake_client::{Protocol, SnowflakeClient, sim::SimServer};
    /// # let server = SimServer::builder().user("me", "secret").start().await?;
    /// # let builder = SnowflakeClient::builder().account(server.account()).host(server.host()).port(server.port())
    /// #     .protocol(Protocol::Http).user("me").password("secret");
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("audit.jsonl");
    /// use snowflake_client::Audit;
    ///
    /// let file = std::fs::OpenOptions::new().create(true).append(true).open(&path)?;
    /// let client = builder.audit(Audit::to_writer(file)?).build().await?;
    /// client.execute("SELECT 'a secret' AS x").await?;
    /// client.close().await;
    /// let line = std::fs::read_to_string(&path)?;
    /// assert!(line.contains(r#""statement":"SELECT <s> AS X""#) && line.contains(r#""outcome":"success""#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn audit(mut self, audit: Audit) -> Self {
        self.config.audit = Some(audit);
        self
    }

    /// How often and how long a request that fails on its way is tried again, connecting included.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.config.retry = policy;
        self
    }

    /// HTTP settings beyond the connect timeout: proxy, certificates, limits.
    pub fn http(mut self, options: TransportOptions) -> Self {
        self.config.http = options;
        self
    }

    /// Delivers requests through this instead of HTTP.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.config.transport = Some(transport);
        self
    }

    /// Tells the time with this, in place of the machine's clock.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.config.clock = clock;
        self
    }

    /// Takes identifiers and waits of random length from this, in place of the operating system.
    pub fn entropy(mut self, entropy: Arc<dyn Entropy>) -> Self {
        self.config.entropy = entropy;
        self
    }

    /// Records what the client does, or answers from a recording.
    pub fn simulation_mode(mut self, mode: SimulationMode) -> Self {
        self.config.simulation_mode = mode;
        self
    }

    /// The recording to answer from, or to write when the client is closed.
    pub fn simulation_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.config.simulation_file = Some(path.into());
        self
    }

    /// Checks the settings, logs in, and opens the sessions that the pool keeps.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration), naming every setting that cannot work;
    /// [`Auth`](crate::ErrorKind::Auth) when the server refuses the credentials;
    /// [`Network`](crate::ErrorKind::Network) when it cannot be reached.
    pub async fn build(self) -> Result<SnowflakeClient, SnowflakeError> {
        SnowflakeClient::new(self.config).await
    }
}
