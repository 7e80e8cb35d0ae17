//! A sign of life, so that the server keeps an idle session.

use serde::de::IgnoredAny;

use crate::error::{Repr, Result};
use crate::metric;
use crate::server::{ApiRequest, Failure, Server};
use crate::session::tokens::SessionTokens;

/// Names the call in errors and logs.
const WHAT: &str = "heartbeat";

/// Tells the server that the session is still wanted, which also renews a session token that has expired.
///
/// # Errors
/// `Expired` when the session is over; `Server` when the server refuses for another reason; `Network` or `Protocol` when
/// it does not answer properly, after which the next heartbeat may well succeed.
pub async fn heartbeat(server: &Server, tokens: &SessionTokens) -> Result<()> {
    send(server, tokens, &request()).await
}

/// As [`heartbeat`], in one attempt: when the server is down, its sessions do not use up the retries that their
/// statements share.
pub(super) async fn single(server: &Server, tokens: &SessionTokens) -> Result<()> {
    send(server, tokens, &request().with_max_attempts(1)).await
}

fn request() -> ApiRequest {
    ApiRequest::post(WHAT, "/session/heartbeat")
}

async fn send(server: &Server, tokens: &SessionTokens, request: &ApiRequest) -> Result<()> {
    let beat = beat(server, tokens, request).await;
    metric::heartbeat(beat.as_ref().err());
    beat
}

async fn beat(server: &Server, tokens: &SessionTokens, request: &ApiRequest) -> Result<()> {
    let envelope = tokens.call::<IgnoredAny>(server, request).await?;
    if envelope.success {
        return Ok(());
    }
    Err(Repr::Server { what: WHAT, failure: Failure::of(&envelope) }.into())
}
