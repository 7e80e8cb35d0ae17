//! Aborting a statement, by the request id of its submission or by its query id.

use std::sync::Arc;

use snowflake_proto::wire::abort::Request;

use super::authorize;
use crate::ledger::AbortTarget;
use crate::server::state::Shared;
use crate::server::statement::Execution;
use crate::service::refusal::{malformed, not_an_id};
use crate::service::{Call, Reply, answer, is_query_id};

/// `POST /queries/v1/abort-request`.
pub(super) fn by_request(shared: &Shared, call: &Call) -> Reply {
    let session = match authorize(shared, call) {
        Ok(session) => session,
        Err(refusal) => return refusal,
    };
    let request: Request = match call.json() {
        Ok(request) => request,
        Err(error) => return malformed(error),
    };
    let execution = session.submitted(&request.request_id);
    abort(shared, AbortTarget::Request(request.request_id), execution)
}

/// `POST /queries/{id}/abort-request`.
pub(super) fn by_query(shared: &Shared, call: &Call, query_id: &str) -> Reply {
    if !is_query_id(query_id) {
        return not_an_id();
    }
    if let Err(refusal) = authorize(shared, call) {
        return refusal;
    }
    abort(shared, AbortTarget::Query(query_id.to_owned()), shared.queries.find(query_id))
}

fn abort(shared: &Shared, target: AbortTarget, execution: Option<Arc<Execution>>) -> Reply {
    let found = execution.as_ref().map(|found| (found.query_id.clone(), found.finished().is_none()));
    shared.ledger().aborted(target, found);
    match execution.filter(|execution| execution.finished().is_none()) {
        Some(execution) => {
            execution.cancel.cancel();
            Reply::empty()
        }
        None => answer::nothing_runs(),
    }
}
