//! Heartbeats for as long as a session lives.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::error::{Error, ErrorKind};
use crate::metric;
use crate::server::Server;
use crate::session::heartbeat;
use crate::session::interval::heartbeat_interval;
use crate::session::tokens::SessionTokens;

/// A server that takes longer over a heartbeat is not waited for.
const LIMIT: Duration = Duration::from_secs(300);

/// Sends heartbeats for as long as the session lives, and tells what ended it.
///
/// There is one in every [interval](heartbeat_interval), `wanted` or the usual one, at a point of it that is drawn once:
/// sessions that began together do not beat together.
/// Each is a single attempt that may take 300 seconds; what fails is made up for by the next one.
/// Heartbeats that were missed while the machine slept are not made up for.
/// A session token that has expired is renewed on the way.
///
/// The error is of the kind `Expired`: the session is dead for everyone who uses it, by word of the server or because
/// somebody logged out.
///
/// # Cancellation
/// Dropping the future ends the heartbeats and nothing else.
///
/// ```
/// # use std::sync::Arc;
/// # use std::time::Duration;
/// use snowflake_auth::{ErrorKind, LoginOptions, Password, Server, ServerOptions, keep_alive, login};
/// # use snowflake_proto::{AccountId, ServerAddress};
/// # use snowflake_sim::{Expect, Reply, Script};
/// # use serde_json::json;
/// # let transport = Arc::new(Script::new()
/// #     .expect(Expect::post("/session/v1/login-request").reply(Reply::json(&json!({
/// #         "success": true, "data": { "token": "t", "masterToken": "m", "masterValidityInSeconds": 14400 } }))))
/// #     .expect(Expect::post("/session/heartbeat").times(9).reply(Reply::json(&json!({ "success": true }))))
/// #     .expect(Expect::post("/session/heartbeat").reply(Reply::json(&json!({ "success": false, "code": "390111" })))));
/// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?.block_on(async {
/// # let account = AccountId::parse("myorg-myaccount")?;
/// # let address = ServerAddress::for_account(&account, None)?;
/// let server = Server::new(transport, address, ServerOptions::default());
/// let session = login(&server, &Password::new("alice", "correct horse"), &LoginOptions::new(account)).await?;
///
/// let heartbeats = tokio::spawn(async move {
///     let half_an_hour = Duration::from_secs(1800);
///     keep_alive(&server, &session.tokens, Some(half_an_hour)).await
/// });
/// // Ends when the server no longer knows the session, here five hours later.
/// assert_eq!(heartbeats.await?.kind(), ErrorKind::Expired);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub async fn keep_alive(server: &Server, tokens: &SessionTokens, wanted: Option<Duration>) -> Error {
    let interval = || heartbeat_interval(tokens.master_validity(), wanted);
    let now = || server.clock().now();
    let earliest = interval() / 4;
    let mut due = now() + earliest + server.entropy().duration(interval() - earliest);
    loop {
        sleep(due.saturating_duration_since(now())).await;
        match timeout(LIMIT, heartbeat::single(server, tokens)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) if error.kind() == ErrorKind::Expired => return error,
            Ok(Err(error)) => {
                tracing::debug!(session_id = tokens.session_id(), %error, "heartbeat failed");
            }
            Err(_) => {
                metric::heartbeat_unanswered();
                tracing::debug!(session_id = tokens.session_id(), limit = ?LIMIT, "heartbeat was not answered");
            }
        }
        due = next(due, interval(), now());
    }
}

/// The first of the times after `due`, an interval apart, that is still to come.
fn next(due: Instant, interval: Duration, now: Instant) -> Instant {
    let late = now.saturating_duration_since(due).as_nanos();
    let into = late.checked_rem(interval.as_nanos()).unwrap_or_default();
    let into = Duration::from_nanos(u64::try_from(into).unwrap_or(u64::MAX));
    now + interval.saturating_sub(into)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::next;

    #[test]
    fn s08_times_that_have_passed_are_skipped_and_the_rhythm_is_kept() {
        let due = Instant::now();
        let seconds = Duration::from_secs;
        let next = |late| next(due, seconds(900), due + late) - due;
        assert_eq!(next(Duration::ZERO), seconds(900));
        assert_eq!(next(seconds(899)), seconds(900));
        assert_eq!(next(seconds(900)), seconds(1800));
        assert_eq!(next(seconds(8 * 3600 + 1)), seconds(8 * 3600 + 900));
        assert_eq!(super::next(due, Duration::ZERO, due + seconds(5)), due + seconds(5));
    }
}
