//! Heartbeat, logout and telemetry.

use snowflake_proto::wire::Envelope;

use super::authorize;
use crate::server::state::Shared;
use crate::service::{Call, Reply};

/// `POST /session/heartbeat`.
pub(super) fn heartbeat(shared: &Shared, call: &Call) -> Reply {
    match authorize(shared, call) {
        Ok(_) => {
            shared.ledger().heartbeats += 1;
            Reply::empty()
        }
        Err(refusal) => refusal,
    }
}

/// `POST /session?delete=true`: ends the session, and with it the statements that it waits for.
/// What was submitted to run on its own runs on.
pub(super) fn logout(shared: &Shared, call: &Call) -> Reply {
    let session = match authorize(shared, call) {
        Ok(session) => session,
        Err(refusal) => return refusal,
    };
    let running = shared.queries.running();
    for execution in
        running.iter().filter(|execution| execution.session_id == session.id && !execution.is_async)
    {
        execution.cancel.cancel();
    }
    shared.sessions.close(session.id);
    session.engine.close();
    shared.ledger().logouts += 1;
    Reply::empty()
}

/// `POST /telemetry/send`: taken, and not looked at.
pub(super) fn telemetry() -> Reply {
    Reply::envelope(&Envelope::ok("Log Received"))
}
