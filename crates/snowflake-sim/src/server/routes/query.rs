//! `POST /queries/v1/query-request`.

use std::sync::Arc;

use snowflake_proto::wire::query::Request;

use super::{answer as answers, authorize};
use crate::server::state::Shared;
use crate::server::statement::{Submitted, submit};
use crate::service::answer::other_text;
use crate::service::refusal::malformed;
use crate::service::{Call, Reply};

/// Submits a statement, and waits for it as long as the service would.
pub(super) async fn answer(shared: &Arc<Shared>, call: &Call) -> Reply {
    let session = match authorize(shared, call) {
        Ok(session) => session,
        Err(refusal) => return refusal,
    };
    let request: Request = match call.json() {
        Ok(request) => request,
        Err(error) => return malformed(error),
    };
    let request_id = call.argument("requestId");
    let execution = match submit(shared, &session, request_id.as_deref(), request) {
        Submitted::Execution(execution) => execution,
        Submitted::Conflict => return other_text(),
    };
    if execution.is_async && execution.finished().is_none() {
        return answers::in_progress(&execution);
    }
    answers::when_finished(shared, call, &execution).await
}
