//! `GET /queries/{id}/result`: the answer of a statement, again or for the first time.

use std::sync::Arc;

use super::{answer as answers, authorize};
use crate::server::state::Shared;
use crate::service::answer::no_such_result;
use crate::service::refusal::not_an_id;
use crate::service::{Call, Reply, is_query_id};

/// Waits for a statement as long as the service would, and answers what came of it.
pub(super) async fn answer(shared: &Arc<Shared>, call: &Call, query_id: &str) -> Reply {
    if !is_query_id(query_id) {
        return not_an_id();
    }
    if let Err(refusal) = authorize(shared, call) {
        return refusal;
    }
    shared.ledger().result_requests += 1;
    match shared.queries.find(query_id) {
        Some(execution) => answers::when_finished(shared, call, &execution).await,
        None => no_such_result(query_id),
    }
}
