//! One run of a statement, which outlives the request that started it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use snowflake_proto::StatementType;
use snowflake_proto::wire::query::NameValue;
use snowflake_proto::wire::stage::Transfer;
use time::OffsetDateTime;
use tokio::sync::watch;

use crate::context::Context;
use crate::engine::{CancelToken, SqlError};
use crate::service::ResultSet;

/// One run of a statement.
pub(in crate::server) struct Execution {
    pub(in crate::server) query_id: String,
    pub(in crate::server) session_id: i64,
    pub(in crate::server) sql: String,
    /// Whether the client asked not to wait.
    pub(in crate::server) is_async: bool,
    pub(in crate::server) warehouse: Option<String>,
    pub(in crate::server) started: OffsetDateTime,
    pub(in crate::server) cancel: CancelToken,
    done: watch::Sender<Option<Arc<Finished>>>,
}

/// How a statement ended.
#[derive(Debug)]
pub(in crate::server) struct Finished {
    pub(in crate::server) ended: OffsetDateTime,
    pub(in crate::server) outcome: Result<Success, SqlError>,
    /// The session's current objects right after the statement.
    pub(in crate::server) context: Context,
    /// The session's parameters right after the statement.
    pub(in crate::server) parameters: Vec<NameValue>,
}

/// What a statement that succeeded answers.
#[derive(Debug)]
pub(in crate::server) enum Success {
    Rows(Arc<ResultSet>),
    Transfer(Box<Transfer>, StatementType),
    /// The parts of a text of several statements: query id and kind of each.
    Several(Vec<(String, StatementType)>),
    /// It had a result, which is kept no longer.
    Forgotten,
}

impl Execution {
    pub(in crate::server) fn new(
        query_id: String,
        session_id: i64,
        sql: String,
        started: OffsetDateTime,
    ) -> Self {
        Self {
            query_id,
            session_id,
            sql,
            is_async: false,
            warehouse: None,
            started,
            cancel: CancelToken::new(),
            done: watch::Sender::new(None),
        }
    }

    /// How it ended, if it has.
    pub(in crate::server) fn finished(&self) -> Option<Arc<Finished>> {
        self.done.borrow().clone()
    }

    /// How it ended, waiting for the end at most that long.
    pub(in crate::server) async fn wait(&self, at_most: Duration) -> Option<Arc<Finished>> {
        let mut receiver = self.done.subscribe();
        let ended = tokio::time::timeout(at_most, receiver.wait_for(Option::is_some)).await;
        ended.ok()?.ok()?.clone()
    }

    pub(super) fn finish(&self, finished: Finished) {
        self.done.send_replace(Some(Arc::new(finished)));
    }

    /// Forgets the result, if there is one; whoever asks for it is told that it has expired.
    pub(super) fn forget(&self) {
        self.done.send_modify(|done| {
            if let Some(finished) = done.as_ref().filter(|finished| finished.outcome.is_ok()) {
                *done = Some(Arc::new(Finished {
                    outcome: Ok(Success::Forgotten),
                    ended: finished.ended,
                    context: finished.context.clone(),
                    parameters: finished.parameters.clone(),
                }));
            }
        });
    }
}

impl fmt::Debug for Execution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Execution").field("query_id", &self.query_id).finish_non_exhaustive()
    }
}
