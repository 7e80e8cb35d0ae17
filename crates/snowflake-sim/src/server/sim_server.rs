//! A running server, and the switches that tests throw.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures::StreamExt as _;
use snafu::ResultExt as _;
use snowflake_proto::Identifier;
use snowflake_transport::Transport;
use tempfile::TempDir;
use tokio::sync::watch;

use super::builder::{Login, SimServerBuilder};
use super::error::{
    InitialSchemaSnafu, PublicKeySnafu, SocketSnafu, StageFolderSnafu, StageStoreSnafu, StartError,
};
use super::http::{InProcess, Listener, bind};
use super::login::{Directory, PublicKey};
use super::state::{Settings, Shared};
use super::statement::Queries;
use crate::context::Context;
use crate::engine::{Engine, EngineOptions, Outcome, QueryStore, Stages, Statement};
use crate::ledger::Ledger;
use crate::service::{Grants, Sessions, TokenKind};
use crate::storage::Storage;

/// A Snowflake-compatible server on the loopback interface.
///
/// # Cancellation
///
/// Dropping it closes the socket and every connection, and stops the statements that run.
pub struct SimServer {
    shared: Arc<Shared>,
    address: SocketAddr,
    listener: Option<Listener>,
    /// Clients see stages as folders here, as long as the server lives.
    _folders: TempDir,
}

impl SimServer {
    /// Sets a server up.
    #[must_use]
    pub fn builder() -> SimServerBuilder {
        SimServerBuilder::default()
    }

    pub(super) async fn start(builder: SimServerBuilder) -> Result<Self, StartError> {
        let directory = directory(&builder)?;
        let folders =
            tempfile::Builder::new().prefix("snowflake-sim-").tempdir().context(StageFolderSnafu)?;
        let (socket, address) = bind(builder.port).await.context(SocketSnafu { port: builder.port })?;
        let (clock, entropy) = (Arc::clone(&builder.clock), Arc::clone(&builder.entropy));
        let storage = Storage::new(Arc::clone(&clock), Arc::clone(&entropy));
        let queries = Arc::new(Queries::default());
        let stages = Stages::new(
            builder.stages.clone(),
            storage.clone(),
            Arc::clone(&clock),
            format!("http://{address}"),
            folders.path().to_owned(),
            Arc::clone(&entropy),
        );
        let engine = Engine::new(EngineOptions {
            stages: Arc::new(stages.await.context(StageStoreSnafu)?),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            queries: Arc::clone(&queries) as Arc<dyn QueryStore>,
            account: builder.account_name().to_uppercase(),
            warehouses: builder.warehouses,
            history: builder.history,
        });
        make_initial(&engine, &builder.initial).await?;
        engine.hand_over(&builder.initial);
        for login in &builder.logins {
            let user = login.user().to_uppercase();
            engine.ensure_user(&user, builder.default_roles.get(&user).map(String::as_str));
        }
        let shared = Arc::new(Shared {
            settings: Settings {
                account: builder.account_name().to_owned(),
                initial: builder.initial.clone(),
                lifetimes: builder.lifetimes,
                limits: builder.limits,
                hold: builder.hold,
            },
            directory,
            clock,
            entropy,
            engine,
            storage,
            sessions: Sessions::default(),
            queries,
            grants: Grants::default(),
            gate: watch::Sender::new(true),
            ledger: Mutex::default(),
        });
        let listener = Listener::serve(socket, Arc::clone(&shared), address);
        Ok(Self { shared, address, listener: Some(listener), _folders: folders })
    }

    /// Where it listens, such as `http://127.0.0.1:41111`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The host that it listens on.
    #[must_use]
    pub fn host(&self) -> String {
        self.address.ip().to_string()
    }

    /// The port that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The account.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.shared.settings.account
    }

    /// The server without its socket: a transport that answers whatever host a request names.
    #[must_use]
    pub fn transport(&self) -> Arc<dyn Transport> {
        Arc::new(InProcess::new(Arc::clone(&self.shared), self.address.to_string()))
    }

    /// What the server has seen so far.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        let open_sessions = self.shared.sessions.count() as u64;
        Ledger { open_sessions, ..self.shared.ledger().clone() }
    }

    /// Expires every session token that was handed out: requests with one are answered with 390112.
    pub fn expire_sessions(&self) {
        self.shared.sessions.expire(TokenKind::Session);
    }

    /// Expires every master token that was handed out: renewals with one are answered with 390114.
    pub fn expire_masters(&self) {
        self.shared.sessions.expire(TokenKind::Master);
    }

    /// Forgets every finished result: asking for one is answered with 000707, its parts with 403.
    pub fn forget_results(&self) {
        self.shared.queries.forget();
    }

    /// Expires every address of a part that was handed out: requests with one are answered with 403, and
    /// asking for the result again brings new ones.
    pub fn expire_chunk_urls(&self) {
        self.shared.grants.expire();
    }

    /// Expires every credential and signed address of stages that was handed out: the store refuses
    /// requests with one, and asking for the PUT or GET again brings new ones.
    pub fn expire_stage_credentials(&self) {
        self.shared.storage.expire_all();
    }

    /// The store that has the files of stages, unless they lie at an endpoint: what was sent to it, and
    /// switches that make its credentials expire after so many requests.
    #[must_use]
    pub fn storage(&self) -> &Storage {
        &self.shared.storage
    }

    /// Puts a file into a stage under any name, also one that no client would choose, such as `../x`, and
    /// says whether there is such a stage. The address is that of a PUT, such as `@db.schema.stage`, and
    /// looked up from the initial objects.
    pub async fn put_staged(&self, address: &str, name: &str, content: impl Into<Bytes>) -> bool {
        let session = self.shared.engine.system_session();
        session.use_at_login(&self.shared.settings.initial);
        session.put_staged(address, name, content.into()).await.is_ok()
    }

    /// Keeps statements that are submitted from now on from starting, until they are released. They count
    /// as running, and can be aborted.
    pub fn hold_statements(&self) {
        self.shared.gate.send_replace(false);
    }

    /// Lets the statements run that were held.
    pub fn release_statements(&self) {
        self.shared.gate.send_replace(true);
    }

    /// Closes the socket and every connection, and stops the statements that run.
    pub async fn shutdown(mut self) {
        if let Some(listener) = self.listener.take() {
            listener.stop().await;
        }
    }
}

impl Drop for SimServer {
    fn drop(&mut self) {
        for execution in self.shared.queries.running() {
            execution.cancel.cancel();
        }
    }
}

impl fmt::Debug for SimServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimServer").field("address", &self.address).finish_non_exhaustive()
    }
}

fn directory(builder: &SimServerBuilder) -> Result<Directory, StartError> {
    let mut directory = Directory::default();
    if let Some(account) = &builder.account {
        directory.set_account(account);
    }
    for login in &builder.logins {
        match login {
            Login::Password { user, password } => directory.add_password(user, password.clone()),
            Login::Key { user, pem } => {
                let Some(key) = PublicKey::parse(pem) else { return PublicKeySnafu { user }.fail()? };
                directory.add_key(user, key);
            }
            Login::Token { user, kind, text, is_expired } => {
                directory.add_token(*kind, user, text.clone(), *is_expired);
            }
        }
    }
    Ok(directory)
}

/// Makes the objects that sessions start in.
async fn make_initial(engine: &Engine, initial: &Context) -> Result<(), StartError> {
    if let Some(warehouse) = &initial.warehouse {
        engine.ensure_warehouse(warehouse);
    }
    let Some(database) = &initial.database else { return Ok(()) };
    engine.ensure_database(database);
    let Some(schema) = &initial.schema else { return Ok(()) };
    let identifier = |name: &str| {
        Identifier::new(name).or_else(|error| InitialSchemaSnafu { message: error.to_string() }.fail())
    };
    let sql = format!("CREATE SCHEMA IF NOT EXISTS {}.{}", identifier(database)?, identifier(schema)?);
    let session = engine.system_session();
    let outcome = session.execute(Statement { sql, ..Statement::default() }).await;
    let mut rows = match outcome {
        Ok(Outcome::Rows(rows)) => rows.batches,
        Ok(Outcome::Transfer(..)) => return Ok(()),
        Err(error) => return InitialSchemaSnafu { message: error.message }.fail()?,
    };
    while let Some(batch) = rows.next().await {
        batch.or_else(|error| InitialSchemaSnafu { message: error.message }.fail())?;
    }
    session.close();
    Ok(())
}
