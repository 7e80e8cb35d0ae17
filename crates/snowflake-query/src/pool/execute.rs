//! Statements on whichever session fits.

use super::Pool;
use crate::error::{Error, OutcomeForgottenSnafu};
use crate::result::{BatchStream, RowStream};
use crate::session::{Session, Wanted, Whereabouts};
use crate::statement::{self, Opened, Query, QueryHandle, QueryId, QueryResult, TextClass};

impl Pool {
    /// Runs a statement on a session with the names that it asks for, and fetches all of its rows.
    ///
    /// The session is free again as soon as the answer is there, before large results are fetched.
    ///
    /// # Errors
    /// As [`Pool::get`] and [`Session::execute`].
    ///
    /// # Cancellation
    /// As [`Session::execute`].
    pub async fn execute(&self, query: impl Into<Query> + Send) -> Result<QueryResult, Error> {
        let query = query.into();
        Box::pin(self.run(&query)).await?.collect().await
    }

    /// Submits a statement and lets the server run it by itself.
    ///
    /// # Errors
    /// As [`Pool::get`] and [`Session::execute_async`].
    ///
    /// # Cancellation
    /// As [`Session::execute_async`].
    pub async fn execute_async(&self, query: impl Into<Query> + Send) -> Result<QueryHandle, Error> {
        let query = query.into();
        let session = self.session_for(&query).await?;
        let submitted = Box::pin(statement::submit(session.core(), &query)).await;
        match submitted {
            Err(error) if is_safe_elsewhere(&query, &error) => {
                drop(session);
                let session = self.get(query.wanted()).await?;
                Box::pin(statement::submit(session.core(), &query)).await
            }
            submitted => submitted,
        }
    }

    /// Runs a statement and reads its rows as they arrive.
    ///
    /// # Errors
    /// As [`Pool::get`] and [`Session::execute_stream`].
    ///
    /// # Cancellation
    /// As [`Session::execute_stream`].
    pub async fn execute_stream(&self, query: impl Into<Query> + Send) -> Result<RowStream, Error> {
        Ok(self.execute_batches(query).await?.into_rows())
    }

    /// Runs a statement and reads its Arrow batches as they arrive.
    ///
    /// # Errors
    /// As [`Pool::get`] and [`Session::execute_batches`].
    ///
    /// # Cancellation
    /// As [`Session::execute_batches`].
    pub async fn execute_batches(&self, query: impl Into<Query> + Send) -> Result<BatchStream, Error> {
        let query = query.into();
        Ok(Box::pin(self.run(&query)).await?.into_batches())
    }

    /// Fetches the result of a statement by its id, waiting for its end if need be.
    ///
    /// # Errors
    /// As [`Pool::get`] and [`Session::result`].
    pub async fn result(&self, query_id: QueryId) -> Result<QueryResult, Error> {
        let session = self.get(&Wanted::default()).await?;
        let opened = Box::pin(statement::open_result(session.core(), query_id)).await?;
        drop(session);
        opened.collect().await
    }

    /// Fetches the results of the single statements, in order, where several were submitted as one text.
    ///
    /// # Errors
    /// As [`Pool::get`] and [`Session::child_results`].
    pub async fn child_results(&self, parent: &QueryResult) -> Result<Vec<QueryResult>, Error> {
        self.get(&Wanted::default()).await?.child_results(parent).await
    }

    /// The session that a statement is to run in, or in which it was submitted before under the same request id.
    async fn session_for(&self, query: &Query) -> Result<Session, Error> {
        match statement::whereabouts(&self.inner.manager.sessions.defaults.request_ids, query)? {
            Whereabouts::Nowhere => self.get(query.wanted()).await,
            Whereabouts::Query(_) => self.get(&Wanted::default()).await,
            Whereabouts::Session(core) => {
                let wanted = query.wanted();
                match (self.get_same(&core, wanted).await?, query.request_id()) {
                    (Some(session), _) => Ok(session),
                    (None, Some(request_id)) if !TextClass::of(query.sql()).is_read() => {
                        OutcomeForgottenSnafu { request_id }.fail()?
                    }
                    (None, _) => self.get(wanted).await,
                }
            }
        }
    }

    async fn run(&self, query: &Query) -> Result<Opened, Error> {
        let session = self.session_for(query).await?;
        match statement::open(session.core(), query).await {
            Err(error) if is_safe_elsewhere(query, &error) => {
                drop(session);
                let session = self.get(query.wanted()).await?;
                statement::open(session.core(), query).await
            }
            opened => opened,
        }
    }
}

/// Whether a statement that found its session over may run in another one. One that changes something may not: an
/// earlier attempt could have been carried out before the session ended, and another session cannot know.
fn is_safe_elsewhere(query: &Query, error: &Error) -> bool {
    error.found_session_over() && TextClass::of(query.sql()).is_read()
}
