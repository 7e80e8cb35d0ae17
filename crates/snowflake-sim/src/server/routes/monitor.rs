//! `GET /monitoring/queries` and `GET /monitoring/queries/{id}`: the state of statements.

use std::sync::Arc;

use super::authorize;
use crate::engine::{Entry, Waiting};
use crate::server::state::Shared;
use crate::server::statement::{Execution, Finished, Success};
use crate::service::monitor::{Facts, State, Work, answer as say};
use crate::service::refusal::not_an_id;
use crate::service::{Call, Reply, is_query_id};

/// The most statements that are told of at once.
const MOST: usize = 100;

/// Says how a statement is doing; nothing about one that nobody knows.
pub(super) fn answer(shared: &Shared, call: &Call, query_id: &str) -> Reply {
    if !is_query_id(query_id) {
        return not_an_id();
    }
    if let Err(refusal) = authorize(shared, call) {
        return refusal;
    }
    match shared.queries.find(query_id) {
        Some(execution) => say_all(shared, &[execution]),
        None => say_all(shared, &[]),
    }
}

/// Says how the statements of a session's user are doing, the latest first.
pub(super) fn all(shared: &Shared, call: &Call) -> Reply {
    let session = match authorize(shared, call) {
        Ok(session) => session,
        Err(refusal) => return refusal,
    };
    let user = session.engine.context().user;
    let ids = shared.engine.book().latest_of(&user, MOST);
    let executions: Vec<_> = ids.iter().filter_map(|id| shared.queries.find(id)).collect();
    say_all(shared, &executions)
}

fn say_all(shared: &Shared, executions: &[Arc<Execution>]) -> Reply {
    let finished: Vec<_> = executions.iter().map(|execution| execution.finished()).collect();
    let all = executions.iter().zip(&finished);
    say(all.map(|(execution, finished)| facts(shared, execution, finished.as_deref())), shared.clock.wall())
}

fn facts<'a>(shared: &Shared, execution: &'a Execution, finished: Option<&'a Finished>) -> Facts<'a> {
    let query_id = &execution.query_id;
    let state = match finished.map(|finished| (finished.ended, &finished.outcome)) {
        None if execution.cancel.is_cancelled() => State::Aborting,
        None => waiting(shared, query_id),
        Some((ended, Ok(success))) => State::Succeeded(ended, rows(success)),
        Some((ended, Err(error))) => State::Failed(ended, error.code, &error.message),
    };
    let (session_id, warehouse) = (execution.session_id, execution.warehouse.clone());
    let work = shared.engine.book().find(query_id).map(|entry| work(&entry)).unwrap_or_default();
    Facts { query_id, session_id, warehouse, started: execution.started, state, work }
}

/// What the book knows of a statement.
fn work(entry: &Entry) -> Work {
    let place = entry.work.place().map(|place| place.warehouse);
    Work {
        sql: Some(entry.asked.sql.clone()),
        warehouse_id: place.as_ref().map(|warehouse| warehouse.id),
        warehouse_size: place.as_ref().map(|warehouse| warehouse.size.as_str().to_owned()),
        warehouse_kind: place.map(|warehouse| warehouse.kind),
        bytes_scanned: entry.work.bytes_scanned(),
    }
}

/// What a statement that has not ended is doing.
fn waiting(shared: &Shared, query_id: &str) -> State<'static> {
    match shared.engine.waiting(query_id) {
        Some(Waiting::Queued) => State::Queued,
        Some(Waiting::Resuming) => State::ResumingWarehouse,
        None => State::Running,
    }
}

fn rows(success: &Success) -> usize {
    match success {
        Success::Rows(result) => result.total,
        _ => 0,
    }
}
