//! Statements on whichever session fits.

use super::Pool;
use crate::error::Error;
use crate::result::{BatchStream, RowStream};
use crate::session::Session;
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
        let session = self.get(query.wanted()).await?;
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
        let session: Session = self.get(&crate::Wanted::default()).await?;
        let opened = Box::pin(statement::open_result(session.core(), query_id)).await?;
        drop(session);
        opened.collect().await
    }

    async fn run(&self, query: &Query) -> Result<Opened, Error> {
        let session = self.get(query.wanted()).await?;
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
