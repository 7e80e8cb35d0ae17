//! `POST /session/token-request`: new tokens for a master token.

use snowflake_proto::wire::token::Request;

use crate::server::state::Shared;
use crate::service::refusal::{malformed, missing_token, not_renewed};
use crate::service::{Call, Reply, welcome};

/// Renews a session.
pub(super) fn answer(shared: &Shared, call: &Call) -> Reply {
    shared.ledger().token_requests += 1;
    let Some(master) = call.token() else { return missing_token() };
    let request: Request = match call.json() {
        Ok(request) => request,
        Err(error) => return malformed(error),
    };
    if request.request_type != "RENEW" {
        return Reply::failure("390400", "not simulated: token requests other than RENEW");
    }
    let (life, now) = (shared.settings.lifetimes, shared.clock.now());
    let renewed =
        shared.sessions.renew(master, &request.old_session_token, life, now, shared.entropy.as_ref());
    match renewed {
        Ok((tokens, session_id)) => welcome::renewed(session_id, tokens, life),
        Err(error) => not_renewed(error),
    }
}
