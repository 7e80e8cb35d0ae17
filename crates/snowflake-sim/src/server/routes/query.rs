//! `POST /queries/v1/query-request`.

use std::sync::Arc;

use snowflake_proto::wire::Envelope;
use snowflake_proto::wire::query::{Request, Response};

use super::{answer as answers, authorize, malformed};
use crate::server::http::{Call, Reply};
use crate::server::state::Shared;
use crate::server::statement::{Submitted, submit};

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
        Submitted::Conflict => return conflict(),
    };
    if execution.is_async && execution.finished().is_none() {
        return answers::in_progress(&execution);
    }
    answers::when_finished(shared, call, &execution).await
}

/// The service sends no code with these words.
fn conflict() -> Reply {
    Reply::envelope(&Envelope::<Response> {
        data: None,
        code: None,
        message: Some(
            "The specified sqlText should not be overwritten when resubmitting the request".to_owned(),
        ),
        success: false,
        headers: None,
    })
}
