//! Sessions whose token expires, once and for a thousand callers.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use snowflake_auth::{ApiRequest, Error, ErrorKind, Login, Server, heartbeat};
use snowflake_proto::wire::Envelope;
use snowflake_proto::{Recovery, ServerCode};
use snowflake_sim::{Expect, Reply, Script, Seen};
use snowflake_transport::{Delivery, ErrorKind as TransportErrorKind};

use crate::support::{
    HEARTBEAT, QUERY, RENEW, authorization, count, expired, failure, logged_in, renewed, success,
};

fn statement() -> ApiRequest {
    ApiRequest::post("query", QUERY)
        .with_request_id("11-22-33")
        .with_json(&json!({"sqlText": "select 1"}))
        .unwrap()
}

async fn call(server: &Server, login: &Login) -> Result<Envelope<Value>, Error> {
    login.tokens.call(server, &statement()).await
}

fn with_token(path: &str, token: &str) -> Expect {
    Expect::post(path).header("authorization", authorization(token))
}

/// S01: renewal with the master token, then the same request again.
#[tokio::test(start_paused = true)]
async fn s01_an_expired_session_is_renewed_and_the_request_repeated() {
    let expiries = [
        expired(),
        Reply::status(401),
        expired().with_status(401),
        failure("390104", "gone").with_status(401),
    ];
    for expiry in expiries {
        let (script, server, login) = logged_in().await;
        script.push(with_token(QUERY, "session-0").reply(expiry));
        script.push(with_token(RENEW, "master-0").reply(success(renewed(1))));
        script.push(with_token(QUERY, "session-1").reply(success(json!({"total": 1}))));
        let envelope = call(&server, &login).await.unwrap();
        assert_eq!(envelope.data.unwrap()["total"], json!(1));
        script.verify().unwrap();

        let seen = script.requests();
        assert_eq!(seen[2].json(), json!({"oldSessionToken": "session-0", "requestType": "RENEW"}));
        assert!(seen[2].query("requestId").is_some() && seen[2].query("request_guid").is_some());
        let ids: Vec<_> = [&seen[1], &seen[3]].map(|seen| seen.query("requestId")).to_vec();
        assert_eq!(ids, [Some("11-22-33".to_owned()), Some("11-22-33".to_owned())]);
        assert_ne!(seen[1].query("request_guid"), seen[3].query("request_guid"));
        assert_eq!(seen[1].body, seen[3].body);
        assert_eq!(login.tokens.authorization().expose(), "session-1");

        script.push(with_token(QUERY, "session-1").reply(success(Value::Null)));
        call(&server, &login).await.unwrap();
        script.verify().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn retries_say_so_and_keep_the_request_id() {
    let (script, server, login) = logged_in().await;
    script.push(Expect::post(QUERY).reply(Reply::status(503)));
    script.push(Expect::post(QUERY).reply(Reply::fail(TransportErrorKind::Reset, Delivery::MaybeSent)));
    script.push(Expect::post(QUERY).reply(success(Value::Null)));
    login.tokens.call::<Value>(&server, &statement().with_retry_pairs()).await.unwrap();
    let seen = &script.requests()[1..];
    let pairs = |name: &str| seen.iter().map(|seen| seen.query(name)).collect::<Vec<_>>();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(pairs("requestId"), [some("11-22-33"), some("11-22-33"), some("11-22-33")]);
    assert_eq!(pairs("retryCount"), [None, some("1"), some("2")]);
    assert_eq!(pairs("retryReason"), [None, some("503"), some("0")]);
    let starts = pairs("clientStartTime");
    assert!(starts[0].is_none() && starts[1].is_some() && starts[1] == starts[2]);
    assert_eq!(starts[1].as_deref(), Some("1772366400000"));
    assert_ne!(pairs("request_guid")[0], pairs("request_guid")[1]);
}

/// A server that knows one valid token at a time.
fn strict(script: &Script, valid: &'static str) {
    script.push(Expect::post(QUERY).any_times().reply_with(move |seen: &Seen| {
        let current = seen.header("authorization") == Some(authorization(valid).as_str());
        let reply = if current { success(Value::Null) } else { expired() };
        reply.after(Duration::from_millis(40))
    }));
}

/// S02: a thousand callers notice at once; one of them renews.
#[tokio::test(start_paused = true)]
async fn s02_a_thousand_expiries_are_one_renewal() {
    let (script, server, login) = logged_in().await;
    strict(&script, "session-1");
    script.push(Expect::post(RENEW).any_times().reply(success(renewed(1)).after(Duration::from_millis(200))));
    let answers = join_all((0..1000).map(|_| call(&server, &login))).await;
    assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(|envelope| envelope.success)));
    assert_eq!(count(&script, RENEW), 1);
    assert_eq!(count(&script, QUERY), 2000);
    call(&server, &login).await.unwrap();
    assert_eq!(count(&script, RENEW), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s02_a_thousand_expiries_on_many_threads_are_one_renewal() {
    let (script, server, login) = logged_in().await;
    script.push(Expect::post(QUERY).any_times().reply_with(|seen: &Seen| {
        let current = seen.header("authorization") == Some(authorization("session-1").as_str());
        if current { success(Value::Null) } else { expired() }
    }));
    script.push(Expect::post(RENEW).any_times().reply(success(renewed(1))));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..1000 {
        let (server, login) = (server.clone(), login.clone());
        tasks.spawn(async move { call(&server, &login).await.map(|envelope| envelope.success) });
    }
    assert!(tasks.join_all().await.iter().all(|answer| matches!(answer, Ok(true))));
    assert_eq!(count(&script, RENEW), 1);
}

/// S02: when the one renewal fails, all who waited fail with it, instead of trying a thousand times.
#[tokio::test(start_paused = true)]
async fn s02_a_failed_renewal_is_everyones_failure() {
    let (script, server, login) = logged_in().await;
    strict(&script, "never");
    script.push(Expect::post(RENEW).any_times().reply(Reply::status(404).after(Duration::from_millis(200))));
    let answers = join_all((0..1000).map(|_| call(&server, &login))).await;
    assert!(
        answers.iter().all(|answer| answer.as_ref().is_err_and(|error| error.kind() == ErrorKind::Network))
    );
    assert_eq!(count(&script, RENEW), 1);
    assert!(!login.tokens.is_dead());

    // The failure is over: whoever comes next asks again.
    let (script, server, login) = logged_in().await;
    strict(&script, "session-1");
    script.push(Expect::post(RENEW).reply(Reply::status(404)));
    script.push(Expect::post(RENEW).reply(success(renewed(1))));
    assert_eq!(call(&server, &login).await.unwrap_err().kind(), ErrorKind::Network);
    assert!(call(&server, &login).await.unwrap().success);
}

/// S03: no master token, no session; everybody learns it, and nobody asks again.
#[tokio::test(start_paused = true)]
async fn s03_a_refused_master_token_ends_the_session_for_all() {
    let refusals = [
        failure("390114", "Authentication token has expired."),
        failure("390111", "Session no longer exists."),
        failure("390113", "no"),
        failure("390115", "no"),
        failure("390112", "no"),
        failure("390400", "no"),
        Reply::status(401),
        Reply::status(403),
    ];
    for refusal in refusals {
        let (script, server, login) = logged_in().await;
        strict(&script, "never");
        script.push(Expect::post(RENEW).any_times().reply(refusal.after(Duration::from_millis(200))));
        let answers = join_all((0..50).map(|_| call(&server, &login))).await;
        for answer in answers {
            let error = answer.unwrap_err();
            assert_eq!((error.kind(), error.recovery()), (ErrorKind::Expired, Recovery::Reauthenticate));
        }
        assert!(login.tokens.is_dead());
        assert_eq!(count(&script, RENEW), 1);

        let before = script.requests().len();
        assert_eq!(call(&server, &login).await.unwrap_err().kind(), ErrorKind::Expired);
        assert_eq!(script.requests().len(), before);
    }
}

#[tokio::test(start_paused = true)]
async fn s03_a_session_that_the_server_forgot_is_dead() {
    for code in ["390111", "390104", "390114"] {
        let (script, server, login) = logged_in().await;
        script.push(Expect::post(QUERY).reply(failure(code, "Session no longer exists.")));
        let error = call(&server, &login).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Expired, Some(&ServerCode::new(code))));
        assert!(login.tokens.is_dead() && error.to_string().contains("log in again"), "{error}");
        script.verify().unwrap();
    }
}

/// S04: a server that refuses the token it has just issued is not asked for ever.
#[tokio::test(start_paused = true)]
async fn s04_a_renewed_token_that_is_refused_ends_the_session() {
    let (script, server, login) = logged_in().await;
    strict(&script, "never");
    let mut number = 0;
    script.push(Expect::post(RENEW).any_times().reply_with(move |_: &Seen| {
        number += 1;
        success(renewed(number))
    }));
    let answers = join_all((0..100).map(|_| call(&server, &login))).await;
    assert!(
        answers.iter().all(|answer| answer.as_ref().is_err_and(|error| error.kind() == ErrorKind::Expired))
    );
    assert!(login.tokens.is_dead());
    assert!(count(&script, RENEW) <= 2, "{}", count(&script, RENEW));

    let before = script.requests().len();
    assert_eq!(call(&server, &login).await.unwrap_err().recovery(), Recovery::Reauthenticate);
    assert_eq!(script.requests().len(), before, "nothing more is sent in its name");
}

/// S05: whoever renews may be dropped at any moment; another goes on.
#[tokio::test(start_paused = true)]
async fn s05_a_dropped_renewal_is_taken_over() {
    for drop_after in [0, 39, 41, 100, 239] {
        let (script, server, login) = logged_in().await;
        strict(&script, "session-1");
        script.push(
            Expect::post(RENEW).any_times().reply(success(renewed(1)).after(Duration::from_millis(200))),
        );
        let patience = Duration::from_millis(drop_after);
        let first = tokio::time::timeout(patience, call(&server, &login));
        let others = join_all((0..20).map(|_| call(&server, &login)));
        let (first, others) = futures::join!(first, others);
        assert!(first.is_err());
        assert!(others.iter().all(Result::is_ok));
        assert!(count(&script, RENEW) <= 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_was_replaced_meanwhile_is_not_renewed_again() {
    let (script, server, login) = logged_in().await;
    let old = login.tokens.authorization();
    script.push(Expect::post(RENEW).reply(success(renewed(1))));
    login.tokens.renew(&old, &server).await.unwrap();
    login.tokens.renew(&old, &server).await.unwrap();
    script.verify().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_renewal_without_a_token_names_the_field_and_one_without_master_keeps_the_old() {
    let (script, server, login) = logged_in().await;
    let old = login.tokens.authorization();
    script.push(Expect::post(RENEW).reply(success(json!({"masterToken": "m"}))));
    let error = login.tokens.renew(&old, &server).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Protocol, Some("sessionToken")));
    assert!(!login.tokens.is_dead());

    script.push(with_token(RENEW, "master-0").reply(success(json!({"sessionToken": "session-1"}))));
    login.tokens.renew(&old, &server).await.unwrap();
    script.push(with_token(RENEW, "master-0").reply(success(renewed(2))));
    login.tokens.renew(&login.tokens.authorization(), &server).await.unwrap();
    script.verify().unwrap();
}

#[tokio::test(start_paused = true)]
async fn failures_of_statements_are_left_to_the_caller() {
    let (script, server, login) = logged_in().await;
    let body = json!({
        "success": false, "code": "001003", "message": "syntax error",
        "data": {"sqlState": "42000", "queryId": "01b2", "line": 1, "pos": 3}
    });
    script.push(Expect::post(QUERY).reply(Reply::json(&body)));
    let envelope = call(&server, &login).await.unwrap();
    assert_eq!((envelope.success, envelope.code.as_deref()), (false, Some("001003")));
    assert_eq!(envelope.data.unwrap()["sqlState"], json!("42000"));
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_renews_and_reports() {
    let (script, server, login) = logged_in().await;
    script.push(with_token(HEARTBEAT, "session-0").reply(expired()));
    script.push(Expect::post(RENEW).reply(success(renewed(1))));
    script.push(
        with_token(HEARTBEAT, "session-1")
            .when("no body", |seen| seen.body.is_empty())
            .reply(Reply::json(&crate::login_answers::recorded("heartbeat"))),
    );
    heartbeat(&server, &login.tokens).await.unwrap();
    script.push(Expect::post(HEARTBEAT).reply(failure("390999", "odd")));
    assert_eq!(heartbeat(&server, &login.tokens).await.unwrap_err().kind(), ErrorKind::Server);
    script.verify().unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_service_that_the_server_names_is_repeated_to_it() {
    let (script, server, login) = logged_in().await;
    login.tokens.set_service(Some("svc-7"));
    script.push(Expect::post(QUERY).header("x-snowflake-service", "svc-7").reply(success(Value::Null)));
    call(&server, &login).await.unwrap();
    login.tokens.set_service(Some(""));
    script.push(
        Expect::post(QUERY)
            .when("no service", |seen| seen.header("x-snowflake-service").is_none())
            .reply(success(Value::Null)),
    );
    call(&server, &login).await.unwrap();
    script.verify().unwrap();
}

#[test]
fn futures_can_move_between_threads_and_errors_are_small() {
    fn sendable<T: Send>(_: &T) {}
    let script = Arc::new(Script::new());
    let server = crate::support::server(&script);
    let password = crate::support::password();
    let options = crate::support::options();
    sendable(&snowflake_auth::login(&server, &password, &options));
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}
