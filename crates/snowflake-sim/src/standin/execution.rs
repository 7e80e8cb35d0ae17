//! One run of a statement, which outlives the request that started it.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use snowflake_proto::StatementType;
use snowflake_proto::wire::query::NameValue;
use time::OffsetDateTime;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::Answer;
use super::control::Control;
use super::session::Session;
use crate::context::Context;
use crate::encode::Format;
use crate::service::{Failure, ResultSet};

/// One run of a statement.
pub(super) struct Execution {
    pub(super) facts: Facts,
    pub(super) warehouse: Option<String>,
    pub(super) work: Work,
    stage: Mutex<Stage>,
    changed: Notify,
}

/// What a statement has to do.
#[derive(Debug)]
pub(super) enum Work {
    Answer(Answer),
    Steer(Control),
    /// The parts of a text of several statements, each with its kind.
    Several(Vec<Arc<Execution>>),
    /// Nobody prepared it.
    Unknown,
}

/// How far it is.
#[derive(Debug)]
pub(super) struct Stage {
    /// Polls until it ends.
    pub(super) polls: usize,
    /// When it ends, once there were enough polls.
    pub(super) due: Instant,
    pub(super) is_held: bool,
    pub(super) finished: Option<Arc<Finished>>,
}

/// How a statement ended.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) ended: OffsetDateTime,
    pub(super) outcome: Result<Success, Problem>,
    /// The session's current objects and parameters right after the statement.
    pub(super) context: Context,
    pub(super) parameters: Vec<NameValue>,
}

/// What a statement that succeeded answers.
#[derive(Clone, Debug)]
pub(super) enum Success {
    Rows(Arc<ResultSet>),
    /// The parts of a text of several statements: query id and kind of each.
    Several(Vec<(String, StatementType)>),
    /// It had a result, which is kept no longer.
    Forgotten,
}

/// Why a statement failed.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) code: String,
    pub(super) sql_state: String,
    pub(super) message: String,
}

impl Problem {
    pub(super) fn new(code: &str, sql_state: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), sql_state: sql_state.to_owned(), message: message.into() }
    }

    pub(super) fn cancelled() -> Self {
        Self::new(Failure::CANCELLED, "57014", "SQL execution canceled")
    }

    pub(super) fn failure(&self) -> Failure<'_> {
        let Self { code, sql_state, message } = self;
        Failure { code, sql_state, message, place: (None, None) }
    }
}

impl Execution {
    pub(super) fn new(facts: Facts, work: Work, stage: Stage) -> Self {
        let warehouse = facts.session.state().context.warehouse.clone();
        Self { facts, warehouse, work, stage: Mutex::new(stage), changed: Notify::new() }
    }

    pub(super) fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it ended, if it has.
    pub(super) fn finished(&self) -> Option<Arc<Finished>> {
        self.stage().finished.clone()
    }

    /// The one that runs now of several statements, or the only one.
    pub(super) fn running(&self) -> &Execution {
        match &self.work {
            Work::Several(children) => {
                let open = children.iter().find(|child| child.finished().is_none());
                open.map_or(self, |child| child.running())
            }
            _ => self,
        }
    }

    /// Notes that somebody asked how it stands.
    pub(super) fn count_poll(&self) {
        let mut stage = self.running().stage();
        stage.polls = stage.polls.saturating_sub(1);
    }

    /// Lets it end.
    pub(super) fn release(&self) {
        if let Work::Several(children) = &self.work {
            children.iter().for_each(|child| child.release());
        }
        self.stage().is_held = false;
        self.wake();
    }

    /// Wakes the requests that wait for it.
    pub(super) fn wake(&self) {
        self.changed.notify_waiters();
    }

    /// Completes when it is woken after this was called.
    pub(super) fn woken(&self) -> impl Future<Output = ()> {
        let mut woken = Box::pin(self.changed.notified());
        woken.as_mut().enable();
        woken
    }

    /// Forgets the result, if there is one.
    pub(super) fn forget(&self) {
        let mut stage = self.stage();
        if let Some(finished) = stage.finished.as_ref().filter(|finished| finished.outcome.is_ok()) {
            stage.finished = Some(Arc::new(Finished {
                outcome: Ok(Success::Forgotten),
                ended: finished.ended,
                context: finished.context.clone(),
                parameters: finished.parameters.clone(),
            }));
        }
    }
}

/// What is known of a statement when it starts.
pub(super) struct Facts {
    pub(super) query_id: String,
    pub(super) session: Arc<Session>,
    pub(super) sql: String,
    /// Whether the client asked not to wait.
    pub(super) is_async: bool,
    /// Whether the client only wants to know the columns.
    pub(super) is_described: bool,
    /// Whether it began within a transaction, and belongs to it.
    pub(super) is_in_transaction: bool,
    pub(super) started: OffsetDateTime,
    /// What the client wants rows to be.
    pub(super) format: Format,
}

impl fmt::Debug for Execution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Execution").field("query_id", &self.facts.query_id).finish_non_exhaustive()
    }
}
