//! The session as callers hold it.

use std::sync::Arc;

use snafu::ResultExt;
use snowflake_proto::ParameterValue;
use snowflake_transport::{Clock, Transport};

use super::core::Core;
use super::heartbeat;
use super::options::SessionOptions;
use crate::error::{Error, SessionSnafu};
use crate::pool::Lease;
use crate::result::{BatchStream, RowStream};
use crate::statement::{self, FileTransfer, Query, QueryHandle, QueryId, QueryResult, QueryStatus};

/// One session on the server: a role, a warehouse, a database, a schema, parameters, and what statements leave in it.
///
/// Several statements may run in it at the same time. A query that asks for other names switches the session, which
/// then stays switched.
/// One that comes from a [`Pool`](crate::Pool) goes back when it is dropped; any other is logged out then.
///
/// The server forgets a session that is silent for hours. While the session parameter `CLIENT_SESSION_KEEP_ALIVE` is
/// true, because the login asked for it, the user's defaults say so or a statement has set it, heartbeats prevent that:
/// one every `CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY` seconds, within the limits of
/// [`heartbeat_interval`](snowflake_auth::heartbeat_interval). They end with the session or its last handle.
#[derive(Debug)]
pub struct Session {
    core: Arc<Core>,
    lease: Option<Lease>,
}

impl Session {
    /// Logs in.
    ///
    /// # Errors
    /// [`Auth`](crate::ErrorKind::Auth) when the credentials cannot be used or are refused,
    /// [`Network`](crate::ErrorKind::Network) and [`Timeout`](crate::ErrorKind::Timeout) when the server cannot be
    /// reached, [`Protocol`](crate::ErrorKind::Protocol) when its answer makes no sense.
    pub async fn connect(options: SessionOptions) -> Result<Self, Error> {
        let core = open(&options).await?;
        Ok(Self { core, lease: None })
    }

    pub(crate) fn lent(core: Arc<Core>, lease: Lease) -> Self {
        Self { core, lease: Some(lease) }
    }

    /// Runs a statement and fetches all of its rows.
    ///
    /// # Errors
    /// [`Sql`](crate::ErrorKind::Sql) when the server refuses or fails the statement;
    /// [`Timeout`](crate::ErrorKind::Timeout) and [`Cancelled`](crate::ErrorKind::Cancelled) when it was stopped;
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) when a statement that changes something may have run
    /// although no answer came, [`DuplicateSuspected`](crate::ErrorKind::DuplicateSuspected) when it has probably run
    /// twice; [`TransactionLost`](crate::ErrorKind::TransactionLost) and [`Auth`](crate::ErrorKind::Auth) when the
    /// session is over; [`Configuration`](crate::ErrorKind::Configuration) for binds, names and parameters
    /// that cannot be meant, and for PUT and GET; those of the transport and of reading the rows.
    ///
    /// # Cancellation
    /// Dropping the future before the end aborts the statement on the server.
    pub async fn execute(&self, query: impl Into<Query> + Send) -> Result<QueryResult, Error> {
        let query = query.into();
        Box::pin(statement::open(&self.core, &query)).await?.collect().await
    }

    /// Submits a statement and lets the server run it by itself.
    ///
    /// # Errors
    /// As [`Session::execute`], as far as the server notices at once.
    ///
    /// # Cancellation
    /// Dropping the future, or the handle, aborts the statement on the server.
    pub async fn execute_async(&self, query: impl Into<Query> + Send) -> Result<QueryHandle, Error> {
        let query = query.into();
        Box::pin(statement::submit(&self.core, &query)).await
    }

    /// Runs a statement and reads its rows as they arrive.
    ///
    /// # Errors
    /// As [`Session::execute`]; what goes wrong with later rows is told by the stream.
    ///
    /// # Cancellation
    /// Dropping the future aborts the statement; dropping the stream stops the downloads.
    pub async fn execute_stream(&self, query: impl Into<Query> + Send) -> Result<RowStream, Error> {
        Ok(self.execute_batches(query).await?.into_rows())
    }

    /// Runs a statement and reads its Arrow batches as they arrive.
    ///
    /// # Errors
    /// As [`Session::execute_stream`].
    ///
    /// # Cancellation
    /// As [`Session::execute_stream`].
    pub async fn execute_batches(&self, query: impl Into<Query> + Send) -> Result<BatchStream, Error> {
        let query = query.into();
        Ok(Box::pin(statement::open(&self.core, &query)).await?.into_batches())
    }

    /// Fetches the result of a statement by its id, waiting for its end if need be.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when the server does not know the statement, or no longer has its
    /// result; otherwise as [`Session::execute`].
    pub async fn result(&self, query_id: QueryId) -> Result<QueryResult, Error> {
        Box::pin(statement::open_result(&self.core, query_id)).await?.collect().await
    }

    /// Fetches the results of the single statements, in order, where several were submitted as one text (with the
    /// parameter `MULTI_STATEMENT_COUNT`).
    ///
    /// # Errors
    /// [`Sql`](crate::ErrorKind::Sql) at the first statement that failed, whose place
    /// [`Error::statement_index`](crate::Error::statement_index) tells: those before it are done, those after it were
    /// not run. Otherwise as [`Session::result`].
    pub async fn child_results(&self, parent: &QueryResult) -> Result<Vec<QueryResult>, Error> {
        Box::pin(statement::child_results(&self.core, parent)).await
    }

    /// Asks how far a statement has come.
    ///
    /// # Errors
    /// [`Network`](crate::ErrorKind::Network), [`Auth`](crate::ErrorKind::Auth) and the like when the server cannot be
    /// asked.
    pub async fn status(&self, query_id: QueryId) -> Result<QueryStatus, Error> {
        statement::status(&self.core, query_id).await
    }

    /// Tells the server to stop a statement. One that has already ended is no error.
    ///
    /// # Errors
    /// As [`QueryHandle::cancel`].
    pub async fn cancel(&self, query_id: QueryId) -> Result<(), Error> {
        statement::cancel(&self.core, query_id).await
    }

    /// Asks for the instructions of a PUT or GET statement: where the files are and how to reach them.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when the statement transfers no files; otherwise as
    /// [`Session::execute`].
    pub async fn prepare_transfer(&self, query: impl Into<Query> + Send) -> Result<FileTransfer, Error> {
        let query = query.into();
        Box::pin(statement::begin_transfer(&self.core, &query)).await
    }

    /// Asks the server for a sign of life, which also keeps the session alive.
    ///
    /// # Errors
    /// [`Auth`](crate::ErrorKind::Auth) when the session is over, [`Network`](crate::ErrorKind::Network) and the like
    /// when the server cannot be asked.
    pub async fn heartbeat(&self) -> Result<(), Error> {
        let asked = SessionSnafu { request_id: None, query_id: None };
        snowflake_auth::heartbeat(&self.core.server, &self.core.tokens).await.context(asked)?;
        Ok(())
    }

    /// What carries its requests.
    #[must_use]
    pub fn transport(&self) -> &Arc<dyn Transport> {
        self.core.server.transport()
    }

    /// The clock that its limits and ages are measured by.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        self.core.server.clock()
    }

    /// The server's number of the session.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.core.session_id
    }

    /// The current role, as far as the server has told it.
    #[must_use]
    pub fn role(&self) -> Option<String> {
        self.core.state().names.role.clone()
    }

    /// The current warehouse, as far as the server has told it.
    #[must_use]
    pub fn warehouse(&self) -> Option<String> {
        self.core.state().names.warehouse.clone()
    }

    /// The current database, as far as the server has told it.
    #[must_use]
    pub fn database(&self) -> Option<String> {
        self.core.state().names.database.clone()
    }

    /// The current schema, as far as the server has told it.
    #[must_use]
    pub fn schema(&self) -> Option<String> {
        self.core.state().names.schema.clone()
    }

    /// A session parameter, as far as the server has told it.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<ParameterValue> {
        self.core.state().parameter(&name.to_ascii_uppercase()).cloned()
    }

    /// Whether a transaction is open, as far as the statements tell.
    #[must_use]
    pub fn in_transaction(&self) -> bool {
        self.core.state().in_transaction()
    }

    /// Whether the session is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.core.tokens.is_dead()
    }

    /// Ends the session, waiting at most 15 seconds for the server. One from a pool goes back instead.
    pub async fn close(self) {
        if self.lease.is_none() {
            self.core.logout().await;
        }
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }
}

/// Logs in.
pub(crate) async fn open(options: &SessionOptions) -> Result<Arc<Core>, Error> {
    let SessionOptions { server, provider, login, defaults } = options;
    let opened = snowflake_auth::login(server, provider.as_ref(), login).await;
    let mut opened = opened.context(SessionSnafu { request_id: None, query_id: None })?;
    heartbeat::adopt(&mut opened.parameters, login);
    let core = Core::new(server.clone(), opened, defaults.clone());
    core.keep_alive();
    Ok(core)
}
