//! The settings of a client as plain data.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use snowflake_ops::{Audit, WarehouseConfig};
use snowflake_proto::{ArrowOptions, ParameterValue, Protocol};
use snowflake_query::{InFlight, MemoryBudget, Resubmit};
#[cfg(feature = "sim")]
use snowflake_sim::{RecordOptions, ReplayOptions};
use snowflake_transport::{
    Clock, Entropy, RetryPolicy, SystemClock, SystemEntropy, Transport, TransportOptions,
};

use super::Authentication;
use super::env::{self, Environment};
use crate::error::SnowflakeError;

/// Everything a client is told. Plain data: it is checked when the client is built, and all problems
/// are reported together.
///
/// ```
/// use snowflake_client::SnowflakeConfig;
///
/// let config = SnowflakeConfig {
///     account: "myorg-myaccount".to_owned(),
///     warehouse: Some("COMPUTE_WH".to_owned()),
///     ..SnowflakeConfig::default()
/// };
/// assert_eq!(config.pool_max, 10);
/// ```
#[derive(Clone, Debug)]
pub struct SnowflakeConfig {
    /// The account, as `organization-account` or as a locator such as `xy12345.eu-central-1`.
    pub account: String,
    /// The name to log in with; a token can do without.
    pub user: Option<String>,
    /// How to log in.
    pub authentication: Option<Authentication>,
    /// Role of new sessions; the user's default role when unset.
    pub role: Option<String>,
    /// Warehouse of new sessions; the user's default warehouse when unset.
    pub warehouse: Option<String>,
    /// What [`WarehouseRouter::from_config`](crate::WarehouseRouter::from_config) is to know of warehouses beyond what
    /// the account says.
    pub warehouses: Vec<WarehouseConfig>,
    /// Database of new sessions.
    pub database: Option<String>,
    /// Schema of new sessions.
    pub schema: Option<String>,
    /// Host to connect to instead of the one that follows from the account.
    pub host: Option<String>,
    /// Port; 443, or 80 for plain HTTP, when unset.
    pub port: Option<u16>,
    /// HTTPS, or plain HTTP for a server on this machine.
    pub protocol: Protocol,
    /// Allows plain HTTP to another machine, where everyone on the way can read along.
    pub insecure_http: bool,
    /// Sessions that the pool keeps open.
    pub pool_min: u32,
    /// The most sessions at a time.
    pub pool_max: u32,
    /// How long a session may stay unused before it is closed.
    pub pool_idle_timeout: Duration,
    /// How long a caller waits for a session.
    pub pool_wait_timeout: Duration,
    /// Age at which a session is replaced.
    pub pool_max_lifetime: Duration,
    /// The longest time for name lookup, TCP and TLS together.
    pub connect_timeout: Duration,
    /// The longest time for one statement, unless the query says otherwise; `None` for no limit.
    pub query_timeout: Option<Duration>,
    /// What happens to statements that change something when their answer is lost.
    pub resubmit: Resubmit,
    /// What becomes of statements that run while the client is closed.
    pub in_flight: InFlight,
    /// Session parameters to set at login.
    pub session_parameters: BTreeMap<String, ParameterValue>,
    /// The Arrow types of results.
    pub arrow: ArrowOptions,
    /// The bytes that all results of the client may hold in memory while they are fetched; 256 MiB unless
    /// set. Clones share one budget, also with other clients.
    pub memory_budget: MemoryBudget,
    /// The program's name, shown in Snowflake's query history as the client application.
    pub application: Option<String>,
    /// What is told of every statement.
    pub audit: Option<Audit>,
    /// Whether to record, to replay, or neither.
    pub simulation_mode: SimulationMode,
    /// The recording: read when a client is made that replays, written when a client that records is
    /// closed.
    pub simulation_file: Option<PathBuf>,
    /// What is kept when recording.
    #[cfg(feature = "sim")]
    pub record: RecordOptions,
    /// How a recording is replayed.
    #[cfg(feature = "sim")]
    pub replay: ReplayOptions,
    /// How often and how long a request that fails on its way is tried again.
    pub retry: RetryPolicy,
    /// HTTP settings beyond the connect timeout: proxy, certificates, limits.
    pub http: TransportOptions,
    /// What delivers requests, in place of HTTP; such as a simulator in the same process.
    pub transport: Option<Arc<dyn Transport>>,
    /// What tells the time, in place of the machine's clock.
    pub clock: Arc<dyn Clock>,
    /// Where identifiers and waits of random length come from, in place of the operating system.
    pub entropy: Arc<dyn Entropy>,
}

/// Whether a client records what it does, replays a recording, or talks to a server as usual.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SimulationMode {
    /// Talk to the server.
    #[default]
    Disabled,
    /// Talk to the server and record; see [`SnowflakeClient::simulation`](crate::SnowflakeClient::simulation).
    /// Needs the feature `sim`.
    Record,
    /// Answer from a recording, without any network. Needs the feature `sim`.
    Replay,
}

impl Default for SnowflakeConfig {
    fn default() -> Self {
        Self {
            account: String::new(),
            user: None,
            authentication: None,
            role: None,
            warehouse: None,
            warehouses: Vec::new(),
            database: None,
            schema: None,
            host: None,
            port: None,
            protocol: Protocol::Https,
            insecure_http: false,
            pool_min: 2,
            pool_max: 10,
            pool_idle_timeout: Duration::from_secs(30 * 60),
            pool_wait_timeout: Duration::from_secs(30),
            pool_max_lifetime: Duration::from_secs(60 * 60),
            connect_timeout: Duration::from_secs(30),
            query_timeout: Some(Duration::from_secs(5 * 60)),
            resubmit: Resubmit::default(),
            in_flight: InFlight::default(),
            session_parameters: BTreeMap::new(),
            arrow: ArrowOptions::default(),
            memory_budget: MemoryBudget::default(),
            application: None,
            audit: None,
            simulation_mode: SimulationMode::Disabled,
            simulation_file: None,
            #[cfg(feature = "sim")]
            record: RecordOptions::default(),
            #[cfg(feature = "sim")]
            replay: ReplayOptions::default(),
            retry: RetryPolicy::default(),
            http: TransportOptions::default(),
            transport: None,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        }
    }
}

impl SnowflakeConfig {
    /// The settings of the environment: every `SNOWFLAKE_*` variable of the reference page
    /// `docs/reference/configuration.md`. An empty variable counts as unset.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration), naming every variable that cannot be read.
    pub fn from_env() -> Result<Self, SnowflakeError> {
        env::read(&Environment::of_process())
    }

    /// The settings of these variables alone, read as [`from_env`](Self::from_env) reads the process's.
    ///
    /// ```
    /// use snowflake_client::SnowflakeConfig;
    ///
    /// let config = SnowflakeConfig::from_variables([
    ///     ("SNOWFLAKE_ACCOUNT", "myorg-myaccount"),
    ///     ("SNOWFLAKE_USER", "service_user"),
    ///     ("SNOWFLAKE_PASSWORD", "secret"),
    ///     ("SNOWFLAKE_POOL_MAX", "4"),
    /// ])?;
    /// assert_eq!(config.pool_max, 4);
    /// # Ok::<(), snowflake_client::SnowflakeError>(())
    /// ```
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env).
    pub fn from_variables<K, V>(variables: impl IntoIterator<Item = (K, V)>) -> Result<Self, SnowflakeError>
    where
        K: Into<String>,
        V: Into<String>,
    {
        env::read(&Environment::of(variables))
    }
}
