//! Which request goes where. What is not here is answered with 404, which no driver repeats.

mod abort;
mod answer;
mod login;
mod monitor;
mod query;
mod result;
mod session;
mod token;

use std::sync::Arc;

use http::Method;
use tokio::time::Instant;

use super::session::Session;
use super::state::Shared;
use crate::service::refusal::{missing_token, no_such_path, unauthorized};
use crate::service::{Call, Reply, TokenKind, part};

/// Answers one request.
pub(super) async fn answer(shared: &Arc<Shared>, call: Call) -> Reply {
    let started = shared.clock.now();
    let (route, reply) = dispatch(shared, &call, started).await;
    let took = shared.clock.now().saturating_duration_since(started);
    tracing::debug!(route, status = reply.status().as_u16(), took_ms = took.as_millis(), "answered");
    reply
}

/// Finds the route of a request, and what it answers. The route's name is for the log, which never shows
/// a path: those of parts are secret.
async fn dispatch(shared: &Arc<Shared>, call: &Call, started: Instant) -> (&'static str, Reply) {
    if let Some(reply) = shared.storage.answer(call) {
        return ("storage", reply);
    }
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
        (&Method::GET, ["monitoring", "queries"]) => ("monitor", monitor::all(shared, call)),
        (&Method::GET, ["monitoring", "queries", id]) => ("monitor", monitor::answer(shared, call, id)),
        (&Method::GET, ["sim", "chunks", id, n]) => {
            ("part", part::answer(&shared.grants, call, (id, n), started, &mut shared.ledger()))
        }
        _ => ("none", no_such_path()),
    }
}

/// The session that a request speaks for, or the refusal.
fn authorize(shared: &Shared, call: &Call) -> Result<Arc<Session>, Reply> {
    let token = call.token().ok_or_else(missing_token)?;
    shared.sessions.find(token, TokenKind::Session, shared.clock.now()).map_err(unauthorized)
}
