//! `GET /queries/{id}/result`: the answer of a statement, again or for the first time.

use std::sync::Arc;

use super::{answer as answers, authorize, is_query_id, not_an_id};
use crate::server::http::{Call, Reply};
use crate::server::state::Shared;

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
        None => answers::failure(Some(query_id), "000612", "02000", "Result not found."),
    }
}
