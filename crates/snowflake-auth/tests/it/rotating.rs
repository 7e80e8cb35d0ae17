//! A service that replaces both tokens at every renewal and then knows the new ones only.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use snowflake_auth::{ApiRequest, Error, Login, LoginOptions, Server, login};
use snowflake_proto::wire::Envelope;
use snowflake_sim::{Expect, ManualClock, Reply, Script, Seen};
use snowflake_transport::Transport;
use time::macros::datetime;

use crate::support::{
    LOGIN, QUERY, RENEW, account, authorization, expired, failure, password, renewed, server_over, session,
    success,
};

/// What becomes of a master token that was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OldMaster {
    /// It is refused.
    Refused,
    /// It is answered with the tokens that replaced it.
    Answered,
}

/// The service. The session token of its login has expired already.
pub(crate) fn service(old_master: OldMaster) -> Script {
    let current = Arc::new(AtomicU32::new(0));
    let known = Arc::clone(&current);
    Script::new()
        .in_any_order()
        .expect(Expect::post(LOGIN).any_times().reply(success(session())))
        .expect(Expect::post(RENEW).any_times().reply_with(move |seen| renew(&current, old_master, seen)))
        .expect(Expect::post(QUERY).any_times().reply_with(move |seen| {
            let number = known.load(Ordering::Relaxed);
            let valid = number > 0 && is(seen, &format!("session-{number}"));
            if valid { success(Value::Null) } else { expired() }
        }))
}

fn renew(current: &AtomicU32, old_master: OldMaster, seen: &Seen) -> Reply {
    let number = current.load(Ordering::Relaxed);
    if is(seen, &format!("master-{number}")) {
        current.store(number + 1, Ordering::Relaxed);
        return success(renewed(number + 1));
    }
    match old_master {
        OldMaster::Answered => success(renewed(number)),
        OldMaster::Refused => failure("390114", "Authentication token has expired."),
    }
}

fn is(seen: &Seen, token: &str) -> bool {
    seen.header("authorization") == Some(authorization(token).as_str())
}

/// A login over `transport`.
pub(crate) async fn connect(transport: Arc<dyn Transport>) -> (Server, Login) {
    let server = server_over(transport, Arc::new(ManualClock::ticking(datetime!(2026-03-01 12:00 UTC))));
    let login = login(&server, &password(), &LoginOptions::new(account())).await.unwrap();
    (server, login)
}

/// A statement in the session.
pub(crate) async fn call(server: &Server, login: &Login) -> Result<Envelope<Value>, Error> {
    let statement = ApiRequest::post("query", QUERY).with_json(&json!({"sqlText": "select 1"})).unwrap();
    login.tokens.call(server, &statement).await
}
