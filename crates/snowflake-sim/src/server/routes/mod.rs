//! Which request goes where. What is not here is answered with 404, which no driver repeats.

mod abort;
mod answer;
mod login;
mod monitor;
mod part;
mod query;
mod result;
mod session;
mod token;

use std::sync::Arc;

use http::{Method, StatusCode};

use super::http::{Call, CallError, Reply};
use super::session::{Session, TokenError, TokenKind};
use super::state::Shared;

/// Answers one request.
pub(super) async fn answer(shared: &Arc<Shared>, call: Call) -> Reply {
    let started = shared.clock.now();
    let (route, reply) = dispatch(shared, &call).await;
    let took = shared.clock.now().saturating_duration_since(started);
    tracing::debug!(route, status = reply.status().as_u16(), took_ms = took.as_millis(), "answered");
    reply
}

/// Finds the route of a request, and what it answers. The route's name is for the log, which never shows
/// a path: those of parts are secret.
async fn dispatch(shared: &Arc<Shared>, call: &Call) -> (&'static str, Reply) {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match (&call.method, segments.as_slice()) {
        (&Method::POST, ["session", "v1", "login-request"]) => ("login", login::answer(shared, call)),
        (&Method::POST, ["session", "token-request"]) => ("token", token::answer(shared, call)),
        (&Method::POST, ["session", "heartbeat"]) => ("heartbeat", session::heartbeat(shared, call)),
        (&Method::POST, ["session"]) if call.argument("delete").is_some() => {
            ("logout", session::logout(shared, call))
        }
        (&Method::POST, ["telemetry", "send"]) => ("telemetry", session::telemetry()),
        (&Method::POST, ["queries", "v1", "query-request"]) => ("query", query::answer(shared, call).await),
        (&Method::POST, ["queries", "v1", "abort-request"]) => ("abort", abort::by_request(shared, call)),
        (&Method::POST, ["queries", id, "abort-request"]) => ("abort", abort::by_query(shared, call, id)),
        (&Method::GET, ["queries", id, "result"]) => ("result", result::answer(shared, call, id).await),
        (&Method::GET, ["monitoring", "queries", id]) => ("monitor", monitor::answer(shared, call, id)),
        (&Method::GET, ["sim", "chunks", id, n]) => ("part", part::answer(shared, call, id, n)),
        _ => ("none", Reply::text(StatusCode::NOT_FOUND, "not simulated: this path")),
    }
}

/// The session that a request speaks for, or the refusal.
fn authorize(shared: &Shared, call: &Call) -> Result<Arc<Session>, Reply> {
    let token = call.token().ok_or_else(missing_token)?;
    let now = shared.clock.now();
    shared.sessions.find(token, TokenKind::Session, now).map_err(|error| match error {
        TokenError::Unknown => Reply::failure("390104", "Your session token is invalid. Please login again."),
        TokenError::Expired => Reply::failure("390112", "Your session has expired. Please login again."),
        TokenError::Gone => {
            Reply::failure("390111", "Session no longer exists.  New login required to access the service.")
        }
    })
}

fn missing_token() -> Reply {
    Reply::failure("390101", "Authorization header not found in the request data.")
}

/// The answer to a body that is not what the endpoint takes.
fn malformed(error: CallError) -> Reply {
    Reply::bad_request(match error {
        CallError::Body => "The body cannot be inflated.",
        CallError::Json => "The body is not the JSON that this endpoint takes.",
    })
}

/// Whether a text has the shape of a query id.
fn is_query_id(id: &str) -> bool {
    uuid::Uuid::try_parse(id).is_ok()
}

/// What the service says to an id of another shape.
fn not_an_id() -> Reply {
    Reply::text(StatusCode::BAD_REQUEST, "The query id is not a UUID.")
}
