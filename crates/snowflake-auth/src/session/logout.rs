//! The end of a session.

use std::time::Duration;

use serde::de::IgnoredAny;
use serde_json::json;
use tokio::time::timeout;

use crate::error::Result;
use crate::server::{ApiRequest, Server};
use crate::session::tokens::SessionTokens;

/// A program that ends must not wait longer for a server that does not answer.
const LIMIT: Duration = Duration::from_secs(15);

/// Tells the server that the session is over, which also stops its statements.
///
/// This is a courtesy: it takes 15 seconds at the most, and a failure is only logged, because the server ends idle
/// sessions by itself.
/// Afterwards the tokens are dead.
/// Of several logouts at the same time only the first sends anything.
///
/// # Cancellation
/// Dropping the future leaves it open whether the server knows; the tokens are dead in any case.
pub async fn logout(server: &Server, tokens: &SessionTokens) {
    let Some(session) = tokens.take() else { return };
    match timeout(LIMIT, goodbye(server, &session)).await {
        Ok(Ok(())) => tracing::debug!(session_id = tokens.session_id(), "logged out"),
        // A session that the server no longer knows is what was wanted.
        Ok(Err(_)) if session.is_dead() => {}
        Ok(Err(error)) => tracing::debug!(session_id = tokens.session_id(), %error, "logout failed"),
        Err(_) => {
            tracing::debug!(session_id = tokens.session_id(), limit = ?LIMIT, "logout was not answered")
        }
    }
}

async fn goodbye(server: &Server, session: &SessionTokens) -> Result<()> {
    let request =
        ApiRequest::post("logout", "/session").with_query("delete", "true").with_json(&json!({}))?;
    session.call::<IgnoredAny>(server, &request).await.map(|_| ())
}
