//! How a server is set up: who may log in, where sessions start, how results are cut.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use snowflake_proto::Secret;
use snowflake_transport::{Clock, Entropy, SystemClock, SystemEntropy};

use super::error::StartError;
use super::login::TokenKind;
use super::sim_server::SimServer;
use super::statement::Limits;
use crate::context::{Context, exact};
use crate::engine::{HistoryOptions, ModelledSpeed, StageOptions, WarehouseOptions};
use crate::service::Lifetimes;

/// The account of a server that was given none.
const DEFAULT_ACCOUNT: &str = "sim";

/// Sets a [`SimServer`] up. Without a user, nobody can log in.
///
/// ```
/// use snowflake_sim::SimServer;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let server = SimServer::builder().user("alice", "secret").database("demo").start().await?;
/// assert!(server.url().starts_with("http://127.0.0.1:"));
/// server.shutdown().await;
/// # Ok::<(), snowflake_sim::StartError>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SimServerBuilder {
    pub(super) account: Option<String>,
    pub(super) logins: Vec<Login>,
    pub(super) initial: Context,
    /// The roles of the users who have another than ACCOUNTADMIN.
    pub(super) default_roles: BTreeMap<String, String>,
    pub(super) limits: Limits,
    pub(super) hold: Duration,
    pub(super) lifetimes: Lifetimes,
    pub(super) stages: StageOptions,
    pub(super) warehouses: WarehouseOptions,
    pub(super) history: HistoryOptions,
    pub(super) port: u16,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
}

/// One way for a user to log in.
pub(super) enum Login {
    Password { user: String, password: Secret },
    Key { user: String, pem: String },
    Token { user: String, kind: TokenKind, text: Secret, is_expired: bool },
}

impl Login {
    pub(super) fn user(&self) -> &str {
        match self {
            Self::Password { user, .. } | Self::Key { user, .. } | Self::Token { user, .. } => user,
        }
    }
}

impl Default for SimServerBuilder {
    fn default() -> Self {
        Self {
            account: None,
            logins: Vec::new(),
            initial: Context::default(),
            default_roles: BTreeMap::new(),
            limits: Limits { rows: usize::MAX, bytes: 16 << 20 },
            hold: Duration::from_secs(5),
            lifetimes: Lifetimes { session: Duration::from_secs(3_600), master: Duration::from_secs(14_400) },
            stages: StageOptions::default(),
            warehouses: WarehouseOptions::default(),
            history: HistoryOptions::default(),
            port: 0,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        }
    }
}

impl SimServerBuilder {
    /// Names the account. Logins to any other are then turned away with status 403; without this, every
    /// account name is taken.
    #[must_use]
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.account = Some(account.into());
        self
    }

    /// Lets a user in with a password.
    #[must_use]
    pub fn user(mut self, user: impl Into<String>, password: impl Into<Secret>) -> Self {
        self.logins.push(Login::Password { user: user.into(), password: password.into() });
        self
    }

    /// Gives a user one role in place of ACCOUNTADMIN: the role is made, granted to the user, and what the
    /// user's sessions start with. It has no privileges until a session of another user grants it some.
    #[must_use]
    pub fn default_role(mut self, user: impl AsRef<str>, role: impl AsRef<str>) -> Self {
        self.default_roles.insert(user.as_ref().to_uppercase(), exact(role.as_ref()));
        self
    }

    /// Lets a user in with the private key that belongs to an RSA public key: PEM, or its bare base64.
    #[must_use]
    pub fn key(mut self, user: impl Into<String>, public_key_pem: impl Into<String>) -> Self {
        self.logins.push(Login::Key { user: user.into(), pem: public_key_pem.into() });
        self
    }

    /// Lets a user in with an OAuth access token.
    #[must_use]
    pub fn oauth_token(self, user: impl Into<String>, token: impl Into<Secret>) -> Self {
        self.token(user, TokenKind::OAuth, token, false)
    }

    /// Knows an OAuth access token whose time is over: a login with it fails with code 390318.
    #[must_use]
    pub fn expired_oauth_token(self, user: impl Into<String>, token: impl Into<Secret>) -> Self {
        self.token(user, TokenKind::OAuth, token, true)
    }

    /// Lets a user in with a programmatic access token, as a token or in place of the password.
    #[must_use]
    pub fn access_token(self, user: impl Into<String>, token: impl Into<Secret>) -> Self {
        self.token(user, TokenKind::ProgrammaticAccess, token, false)
    }

    fn token(
        mut self,
        user: impl Into<String>,
        kind: TokenKind,
        token: impl Into<Secret>,
        is_expired: bool,
    ) -> Self {
        self.logins.push(Login::Token { user: user.into(), kind, text: token.into(), is_expired });
        self
    }

    /// Makes a database, and starts the sessions in it that name none. Like the other names below, it is
    /// spelled as in SQL: upper case unless it is quoted.
    #[must_use]
    pub fn database(mut self, name: impl Into<String>) -> Self {
        self.initial.database = Some(exact(&name.into()));
        self
    }

    /// Makes a schema in the initial database, and starts the sessions in it that name no database.
    #[must_use]
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.initial.schema = Some(exact(&name.into()));
        self
    }

    /// Makes a warehouse, and starts the sessions with it that name none.
    #[must_use]
    pub fn warehouse(mut self, name: impl Into<String>) -> Self {
        self.initial.warehouse = Some(exact(&name.into()));
        self
    }

    /// Starts the sessions with this role that name none, and gives it the objects that they start with.
    #[must_use]
    pub fn role(mut self, name: impl Into<String>) -> Self {
        self.initial.role = Some(exact(&name.into()));
        self
    }

    /// Cuts results so that no part, the inline one included, has more rows.
    #[must_use]
    pub fn chunk_rows(mut self, rows: usize) -> Self {
        self.limits.rows = rows.max(1);
        self
    }

    /// Cuts results so that no part has more bytes before encoding. 16 MiB unless set; the inline part has
    /// at most 1 MiB.
    #[must_use]
    pub fn chunk_bytes(mut self, bytes: usize) -> Self {
        self.limits.bytes = bytes.max(1);
        self
    }

    /// Lets a request wait that long for its statement, before the client is told to ask again. 5 seconds
    /// unless set; the service waits 45.
    #[must_use]
    pub fn hold(mut self, hold: Duration) -> Self {
        self.hold = hold;
        self
    }

    /// Sets the life of session tokens: an hour unless set.
    #[must_use]
    pub fn session_lifetime(mut self, life: Duration) -> Self {
        self.lifetimes.session = life;
        self
    }

    /// Sets the life of master tokens: four hours unless set.
    #[must_use]
    pub fn master_lifetime(mut self, life: Duration) -> Self {
        self.lifetimes.master = life;
        self
    }

    /// Says how the files of stages are kept and offered to clients; see
    /// [`StageShape`](crate::StageShape).
    #[must_use]
    pub fn stages(mut self, options: impl Into<StageOptions>) -> Self {
        self.stages = options.into();
        self
    }

    /// Lets a warehouse take that long to start, on the server's clock; statements wait for it. No time
    /// unless set.
    #[must_use]
    pub fn warehouse_provisioning(mut self, provisioning: Duration) -> Self {
        self.warehouses.provisioning = provisioning;
        self
    }

    /// Refuses statements that need a warehouse in sessions without one, with code 000606, as the service
    /// does. Unless set, they run without.
    #[must_use]
    pub fn require_warehouse(mut self) -> Self {
        self.warehouses.required = true;
        self
    }

    /// Says in the histories that statements take as long as this makes of their bytes, and counts their
    /// credits by it. As long as they really took unless set.
    #[must_use]
    pub fn modelled_speed(mut self, speed: ModelledSpeed) -> Self {
        self.history.speed = Some(speed);
        self
    }

    /// Lets the views of `SNOWFLAKE.ACCOUNT_USAGE` tell of nothing that is younger. They tell of everything
    /// at once unless set; the service's are up to hours late.
    #[must_use]
    pub fn usage_latency(mut self, latency: Duration) -> Self {
        self.history.latency = latency;
        self
    }

    /// Takes this port; any that is free unless set.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Tells the server the time.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Gives the server its randomness.
    #[must_use]
    pub fn entropy(mut self, entropy: Arc<dyn Entropy>) -> Self {
        self.entropy = entropy;
        self
    }

    /// Starts the server on the loopback interface.
    ///
    /// # Errors
    ///
    /// [`StartErrorKind::PublicKey`](super::StartErrorKind), `Socket`, `StageFolder`,
    /// `StageStore` or `InitialSchema`.
    pub async fn start(self) -> Result<SimServer, StartError> {
        SimServer::start(self).await
    }

    /// The account's name as the server gives it out.
    pub(super) fn account_name(&self) -> &str {
        self.account.as_deref().unwrap_or(DEFAULT_ACCOUNT)
    }
}

impl fmt::Debug for SimServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimServerBuilder")
            .field("account", &self.account)
            .field("initial", &self.initial)
            .field("stages", &self.stages)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}
