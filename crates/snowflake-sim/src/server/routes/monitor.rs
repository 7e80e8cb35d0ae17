//! `GET /monitoring/queries/{id}`: the state of one statement.

use super::authorize;
use crate::engine::Waiting;
use crate::server::state::Shared;
use crate::server::statement::{Execution, Success};
use crate::service::monitor::{Facts, State, answer as say};
use crate::service::refusal::not_an_id;
use crate::service::{Call, Reply, is_query_id};

/// Says how a statement is doing; nothing about one that nobody knows.
pub(super) fn answer(shared: &Shared, call: &Call, query_id: &str) -> Reply {
    if !is_query_id(query_id) {
        return not_an_id();
    }
    if let Err(refusal) = authorize(shared, call) {
        return refusal;
    }
    let Some(execution) = shared.queries.find(query_id) else { return say(None, shared.clock.wall()) };
    let finished = execution.finished();
    let state = match finished.as_ref().map(|finished| (finished.ended, &finished.outcome)) {
        None if execution.cancel.is_cancelled() => State::Aborting,
        None => waiting(shared, query_id),
        Some((ended, Ok(success))) => State::Succeeded(ended, rows(success)),
        Some((ended, Err(error))) => State::Failed(ended, error.code, &error.message),
    };
    say(Some(facts(&execution, state)), shared.clock.wall())
}

/// What a statement that has not ended is doing.
fn waiting(shared: &Shared, query_id: &str) -> State<'static> {
    match shared.engine.waiting(query_id) {
        Some(Waiting::Queued) => State::Queued,
        Some(Waiting::Resuming) => State::ResumingWarehouse,
        None => State::Running,
    }
}

fn facts<'a>(execution: &'a Execution, state: State<'a>) -> Facts<'a> {
    Facts {
        query_id: &execution.query_id,
        session_id: execution.session_id,
        warehouse: execution.warehouse.clone(),
        started: execution.started,
        state,
    }
}

fn rows(success: &Success) -> usize {
    match success {
        Success::Rows(result) => result.total,
        _ => 0,
    }
}
