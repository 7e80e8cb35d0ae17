//! A sign of life, so that the server keeps an idle session.

use serde::de::IgnoredAny;

use crate::error::{Repr, Result};
use crate::server::{ApiRequest, Failure, Server};
use crate::session::tokens::SessionTokens;

/// Tells the server that the session is still wanted, which also renews a session token that has expired.
///
/// # Errors
/// `Expired` when the session is over; `Server` when the server refuses for another reason; `Network` or `Protocol` when
/// it does not answer properly, after which the next heartbeat may well succeed.
pub async fn heartbeat(server: &Server, tokens: &SessionTokens) -> Result<()> {
    const WHAT: &str = "heartbeat";
    let request = ApiRequest::post(WHAT, "/session/heartbeat");
    let envelope = tokens.call::<IgnoredAny>(server, &request).await?;
    if envelope.success {
        return Ok(());
    }
    Err(Repr::Server { what: WHAT, failure: Failure::of(&envelope) }.into())
}
