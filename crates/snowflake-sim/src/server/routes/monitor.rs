//! `GET /monitoring/queries/{id}`: the state of one statement.

use snowflake_proto::wire::Envelope;
use snowflake_proto::wire::monitor::{Entry, Response, Stats};

use super::{authorize, is_query_id, not_an_id};
use crate::engine::SqlError;
use crate::server::chunk::count;
use crate::server::http::{Call, Reply};
use crate::server::state::{Shared, milliseconds};
use crate::server::statement::{Execution, Success};

/// Says how a statement is doing; nothing about one that nobody knows.
pub(super) fn answer(shared: &Shared, call: &Call, query_id: &str) -> Reply {
    if !is_query_id(query_id) {
        return not_an_id();
    }
    if let Err(refusal) = authorize(shared, call) {
        return refusal;
    }
    let queries = shared.queries.find(query_id).iter().map(|execution| entry(shared, execution)).collect();
    Reply::envelope(&Envelope::ok(Response { queries }))
}

fn entry(shared: &Shared, execution: &Execution) -> Entry {
    let finished = execution.finished();
    let started = milliseconds(execution.started);
    let ended = finished.as_ref().map(|finished| milliseconds(finished.ended));
    let outcome = finished.as_ref().map(|finished| &finished.outcome);
    let error = outcome.and_then(|outcome| outcome.as_ref().err());
    let status = match outcome {
        None if execution.cancel.is_cancelled() => "ABORTING",
        None => "RUNNING",
        Some(Ok(_)) => "SUCCESS",
        Some(Err(error)) if is_cancellation(error) => "ABORTED",
        Some(Err(_)) => "FAILED_WITH_ERROR",
    };
    let produced = match outcome {
        Some(Ok(Success::Rows(result))) => count(result.total),
        _ => 0,
    };
    Entry {
        id: execution.query_id.clone(),
        status: status.to_owned(),
        state: Some(if ended.is_some() { "FINISHED" } else { "EXECUTING" }.to_owned()),
        // Drivers take any text that is not empty for a failure.
        error_code: Some(error.map(|error| error.code.to_owned()).unwrap_or_default()),
        error_message: error.map(|error| error.message.clone()),
        start_time: Some(started),
        end_time: Some(ended.unwrap_or(0)),
        total_duration: Some(ended.unwrap_or_else(|| shared.milliseconds()) - started),
        session_id: Some(execution.session_id),
        warehouse_name: execution.warehouse.clone(),
        stats: Some(Stats { scan_bytes: Some(0), produced_rows: Some(produced) }),
    }
}

fn is_cancellation(error: &SqlError) -> bool {
    error.code == "000604"
}
