//! A running server, and the switches that tests throw.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use futures::StreamExt as _;
use snafu::ResultExt as _;
use snowflake_proto::Identifier;
use snowflake_transport::Transport;
use tempfile::TempDir;
use tokio::sync::watch;

use super::builder::{Login, SimServerBuilder};
use super::error::{InitialSchemaSnafu, PublicKeySnafu, SocketSnafu, StageFolderSnafu, StartError};
use super::http::{InProcess, Listener, bind};
use super::login::{Directory, PublicKey};
use super::state::{Settings, Shared};
use super::statement::Queries;
use crate::context::Context;
use crate::engine::{Engine, EngineOptions, Outcome, QueryStore, Statement};
use crate::ledger::Ledger;
use crate::service::{Grants, Sessions, TokenKind};

/// A Snowflake-compatible server on the loopback interface.
///
/// # Cancellation
///
/// Dropping it closes the socket and every connection, and stops the statements that run.
pub struct SimServer {
    shared: Arc<Shared>,
    address: SocketAddr,
    listener: Option<Listener>,
    /// The files of stages live here, as long as the server.
    _stages: TempDir,
}

impl SimServer {
    /// Sets a server up.
    #[must_use]
    pub fn builder() -> SimServerBuilder {
        SimServerBuilder::default()
    }

    pub(super) async fn start(builder: SimServerBuilder) -> Result<Self, StartError> {
        let directory = directory(&builder)?;
        let stages = tempfile::Builder::new().prefix("snowflake-sim-").tempdir().context(StageFolderSnafu)?;
        let queries = Arc::new(Queries::default());
        let engine = Engine::new(EngineOptions {
            clock: Arc::clone(&builder.clock),
            entropy: Arc::clone(&builder.entropy),
            queries: Arc::clone(&queries) as Arc<dyn QueryStore>,
            account: builder.account_name().to_uppercase(),
            stage_root: stages.path().to_owned(),
        });
        make_initial(&engine, &builder.initial).await?;
        let shared = Arc::new(Shared {
            settings: Settings {
                account: builder.account_name().to_owned(),
                initial: builder.initial.clone(),
                lifetimes: builder.lifetimes,
                limits: builder.limits,
                hold: builder.hold,
            },
            directory,
            clock: Arc::clone(&builder.clock),
            entropy: Arc::clone(&builder.entropy),
            engine,
            sessions: Sessions::default(),
            queries,
            grants: Grants::default(),
            gate: watch::Sender::new(true),
            ledger: Mutex::default(),
        });
        let (socket, address) = bind(builder.port).await.context(SocketSnafu { port: builder.port })?;
        let listener = Listener::serve(socket, Arc::clone(&shared), address);
        Ok(Self { shared, address, listener: Some(listener), _stages: stages })
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
    let session = engine.open_session("SIM", 0);
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
