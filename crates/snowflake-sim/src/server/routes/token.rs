//! `POST /session/token-request`: new tokens for a master token.

use snowflake_proto::wire::Envelope;
use snowflake_proto::wire::token::{Request, Response};

use super::{malformed, missing_token};
use crate::server::http::{Call, Reply};
use crate::server::session::TokenError;
use crate::server::state::Shared;

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
        Ok((tokens, session)) => Reply::envelope(&Envelope::ok(Response {
            session_token: Some(tokens.session),
            validity_in_seconds_st: i64::try_from(life.session.as_secs()).ok(),
            master_token: Some(tokens.master),
            validity_in_seconds_mt: i64::try_from(life.master.as_secs()).ok(),
            session_id: Some(session.id),
        })),
        Err(TokenError::Expired) => {
            Reply::failure("390114", "Authentication token has expired.  The user must authenticate again.")
        }
        Err(TokenError::Gone) => {
            Reply::failure("390111", "Session no longer exists.  New login required to access the service.")
        }
        Err(TokenError::Unknown) => {
            Reply::failure("390115", "Authentication token is invalid.  The user must authenticate again.")
        }
    }
}
