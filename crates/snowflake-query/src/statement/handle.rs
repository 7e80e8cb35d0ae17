//! A statement that runs on the server by itself.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use snafu::{IntoError, ResultExt};
use snowflake_auth::ApiRequest;
use snowflake_proto::ServerCode;
use snowflake_proto::wire::{monitor, query::Response};
use tokio::sync::OnceCell;
use tokio::time::Instant;
use uuid::Uuid;

use super::abort::{code_of, is_settled};
use super::result::{Opened, options};
use super::run::{Answer, Detached, within};
use super::{AbortGuard, Query, QueryId, QueryResult, QueryStatus, ResultUrl, Submission, trace};
use crate::error::{Error, Failure, Repr, SessionSnafu, escape_message};
use crate::metric;
use crate::observer::{Outcome, Watch};
use crate::result::{BatchStream, ResultOptions, RowStream};
use crate::session::Core;

/// A statement that was submitted and runs on the server by itself.
///
/// # Cancellation
/// Dropping the handle aborts the statement unless it is known to have ended; [`QueryHandle::detach`] lets it run on.
/// Futures of its methods may be dropped freely: they only look on.
#[derive(Debug)]
pub struct QueryHandle {
    submission: Submission,
    guard: AbortGuard,
    watch: Mutex<Watch>,
    query_id: QueryId,
    url: ResultUrl,
    started: Instant,
    results: ResultOptions,
    /// The time that the statement has, for those who wait for it as for any other.
    limit: Option<Duration>,
    /// Whether the statement's end was counted.
    counted: AtomicBool,
    /// Set once the server has been told to stop.
    cancelled: OnceCell<()>,
    /// The answer, when the server gave it at once; the first to ask takes it.
    ready: Mutex<Option<Box<Response>>>,
}

impl QueryHandle {
    pub(crate) fn new(detached: Detached, query: &Query) -> Self {
        let Detached { submission, guard, watch, query_id, ready, url, limit } = detached;
        let results = options(&submission.core, query);
        let (started, counted, ready) = (submission.core.now(), AtomicBool::new(false), Mutex::new(ready));
        let (cancelled, watch) = (OnceCell::new(), Mutex::new(watch));
        Self { submission, guard, watch, query_id, url, started, results, limit, counted, cancelled, ready }
    }

    /// The server's id of the statement.
    #[must_use]
    pub fn query_id(&self) -> QueryId {
        self.query_id
    }

    /// The id that the statement was submitted with.
    #[must_use]
    pub fn request_id(&self) -> Uuid {
        self.submission.request_id
    }

    /// Asks how far the statement has come.
    ///
    /// A failed statement is no error of this function: see [`QueryStatus::Failed`].
    ///
    /// # Errors
    /// [`Network`](crate::ErrorKind::Network), [`Auth`](crate::ErrorKind::Auth) and the like when the server cannot be
    /// asked.
    pub async fn poll(&self) -> Result<QueryStatus, Error> {
        let status = status(self.core(), self.query_id).await?;
        if status.is_final() {
            self.guard.disarm();
            self.watch().presume(presumed(&status));
        }
        Ok(status)
    }

    /// Waits for the end and fetches the result. It may be called again; the server keeps results for a day.
    ///
    /// # Errors
    /// [`Sql`](crate::ErrorKind::Sql), [`Cancelled`](crate::ErrorKind::Cancelled) and
    /// [`Timeout`](crate::ErrorKind::Timeout) when the statement ended badly; those of the transport when the server
    /// cannot be asked, in which case the statement runs on.
    pub async fn wait(&self) -> Result<QueryResult, Error> {
        Box::pin(self.open_within(None)).await?.collect().await
    }

    /// Waits for the end, but not longer than `limit`; then the statement runs on and can be waited for again.
    ///
    /// # Errors
    /// As [`QueryHandle::wait`], and [`Timeout`](crate::ErrorKind::Timeout) when the time is over.
    pub async fn wait_with_timeout(&self, limit: Duration) -> Result<QueryResult, Error> {
        match tokio::time::timeout(limit, self.wait()).await {
            Ok(waited) => waited,
            Err(_) => Err(Repr::Timeout {
                limit,
                request_id: Some(self.submission.request_id),
                query_id: Some(self.query_id),
            }
            .into()),
        }
    }

    /// Waits for the end and reads the rows as they arrive.
    ///
    /// # Errors
    /// As [`QueryHandle::wait`].
    pub async fn stream(&self) -> Result<RowStream, Error> {
        Ok(self.batches().await?.into_rows())
    }

    /// Waits for the end and reads the Arrow batches as they arrive.
    ///
    /// # Errors
    /// As [`QueryHandle::wait`].
    pub async fn batches(&self) -> Result<BatchStream, Error> {
        Ok(Box::pin(self.open_within(None)).await?.into_batches())
    }

    /// Tells the server to stop the statement, once however many ask. A statement that has already ended is no error.
    ///
    /// # Errors
    /// [`Network`](crate::ErrorKind::Network), [`Auth`](crate::ErrorKind::Auth) and the like when the server cannot be
    /// told; [`Sql`](crate::ErrorKind::Sql) when it refuses.
    pub async fn cancel(&self) -> Result<(), Error> {
        if self.guard.is_armed() {
            self.cancelled.get_or_try_init(|| cancel(self.core(), self.query_id)).await?;
            self.guard.disarm();
            self.watch().presume(Outcome::Cancelled);
        }
        Ok(())
    }

    /// Lets the statement run on without this handle; its result can be had by the id.
    #[must_use]
    pub fn detach(self) -> QueryId {
        if self.guard.is_armed() {
            self.watch().presume(Outcome::Detached);
        }
        self.guard.disarm();
        self.query_id
    }

    fn watch(&self) -> MutexGuard<'_, Watch> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn core(&self) -> &Arc<Core> {
        &self.submission.core
    }

    /// Waits for the end within the time that the statement has.
    pub(crate) async fn open_in_time(&self) -> Result<Opened, Error> {
        self.open_within(self.limit).await
    }

    async fn open_within(&self, limit: Option<Duration>) -> Result<Opened, Error> {
        within(self.core(), limit, self.submission.request_id, self.open()).await
    }

    async fn open(&self) -> Result<Opened, Error> {
        let ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner).take();
        let response = match ready {
            Some(response) => Ok(response),
            None => self.submission.collect(self.url.clone(), self.query_id).await,
        };
        // A failure that the server reports is the statement's end; any other leaves it running.
        if response.as_ref().err().is_none_or(Error::is_reported) {
            self.guard.disarm();
            self.watch().end(response.as_deref(), Some(self.query_id));
            if !self.counted.swap(true, Ordering::Relaxed) {
                let end = response.as_ref().map(|response| trace::rows(response));
                metric::query(self.core(), self.core().since(self.started), end);
            }
        }
        let mut answer = Answer::new(self.core(), response?, self.core().since(self.started))?;
        answer.query_id = self.query_id;
        Opened::new(answer, self.results.clone()).await
    }
}

fn presumed(status: &QueryStatus) -> Outcome {
    match status {
        QueryStatus::Success => Outcome::Success,
        QueryStatus::Cancelled => Outcome::Cancelled,
        QueryStatus::Failed { .. } => Outcome::Failed,
        QueryStatus::Queued | QueryStatus::Running => Outcome::Abandoned,
    }
}

/// Asks how far a statement has come.
pub(crate) async fn status(core: &Core, query_id: QueryId) -> Result<QueryStatus, Error> {
    let request = ApiRequest::get("monitoring", format!("/monitoring/queries/{query_id}"));
    let asked = SessionSnafu { request_id: None, query_id };
    let envelope = core.call::<monitor::Response>(&request).await.context(asked)?;
    if !envelope.success {
        return Err(refused(envelope.code, envelope.message, query_id).into());
    }
    let entries = envelope.data.unwrap_or_default().queries;
    Ok(QueryStatus::of(entries.first(), query_id))
}

/// Tells the server to stop a statement.
pub(crate) async fn cancel(core: &Core, query_id: QueryId) -> Result<(), Error> {
    let asked = || SessionSnafu { request_id: None, query_id };
    let request = ApiRequest::post("abort", format!("/queries/{query_id}/abort-request"));
    let request = request.with_json(&json!({})).context(asked())?;
    let envelope = match core.call::<Value>(&request).await {
        Ok(envelope) => envelope,
        Err(error) => return Err(asked().into_error(error).into()),
    };
    if is_settled(&envelope) {
        return Ok(());
    }
    let code = code_of(&envelope).map(|code| code.as_str().to_owned());
    Err(refused(code, envelope.message, query_id).into())
}

fn refused(code: Option<String>, message: Option<String>, query_id: QueryId) -> Failure {
    Failure {
        code: code.filter(|code| !code.is_empty()).map(ServerCode::new),
        sql_state: None,
        message: escape_message(message.as_deref().unwrap_or("the server refuses without saying why")),
        line: None,
        position: None,
        index: None,
        query_id: Some(query_id),
        request_id: None,
    }
}
