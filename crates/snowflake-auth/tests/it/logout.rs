//! The end of a session, which must never hold anybody up.

use std::time::Duration;

use serde_json::json;
use snowflake_auth::{ErrorKind, heartbeat, logout};
use snowflake_sim::{Expect, Reply};
use tokio::time::Instant;

use crate::login_answers::recorded;
use crate::support::{HEARTBEAT, LOGOUT, RENEW, authorization, expired, logged_in, renewed, success};

#[tokio::test(start_paused = true)]
async fn a_logout_says_goodbye_and_ends_the_tokens() {
    let (script, server, login) = logged_in().await;
    script.push(
        Expect::post(LOGOUT)
            .query("delete", "true")
            .header("authorization", authorization("session-0"))
            .when("an empty object", |seen| seen.json() == json!({}))
            .reply(Reply::json(&recorded("logout"))),
    );
    logout(&server, &login.tokens).await;
    script.verify().unwrap();
    assert!(login.tokens.is_dead());
    let error = heartbeat(&server, &login.tokens).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Expired);
    assert!(error.to_string().contains("closed"), "{error}");
    assert!(!script.requests().iter().any(|seen| seen.path() == HEARTBEAT));
}

#[tokio::test(start_paused = true)]
async fn s25_a_session_that_is_gone_is_logged_out() {
    let (script, server, login) = logged_in().await;
    script.push(Expect::post(LOGOUT).reply(Reply::json(&recorded("logout_session_gone"))));
    logout(&server, &login.tokens).await;
    script.verify().unwrap();
}

#[tokio::test(start_paused = true)]
async fn s25_an_expired_session_is_renewed_once_to_log_out() {
    let (script, server, login) = logged_in().await;
    script.push(Expect::post(LOGOUT).reply(Reply::json(&recorded("logout_session_expired"))));
    script.push(Expect::post(RENEW).reply(success(renewed(1))));
    script.push(Expect::post(LOGOUT).header("authorization", authorization("session-1")).reply(expired()));
    logout(&server, &login.tokens).await;
    script.verify().unwrap();
}

#[tokio::test(start_paused = true)]
async fn s25_a_server_that_fails_or_stalls_costs_at_most_fifteen_seconds() {
    for reply in [Reply::status(500), Reply::silence(), Reply::status(503).with_header("retry-after", "10")] {
        let (script, server, login) = logged_in().await;
        script.push(Expect::post(LOGOUT).reply(reply).any_times());
        let started = Instant::now();
        logout(&server, &login.tokens).await;
        assert!(started.elapsed() <= Duration::from_secs(15), "{:?}", started.elapsed());
        assert!(login.tokens.is_dead());
    }
}

#[tokio::test(start_paused = true)]
async fn s25_of_three_logouts_one_is_sent() {
    let (script, server, login) = logged_in().await;
    script.push(Expect::post(LOGOUT).reply(success(json!(null)).after(Duration::from_secs(1))));
    futures::join!(
        logout(&server, &login.tokens),
        logout(&server, &login.tokens),
        logout(&server, &login.tokens)
    );
    script.verify().unwrap();
}
