//! Answers to a login: whole, cut, foreign and malformed.

use std::sync::Arc;

use serde_json::{Value, json};
use snowflake_auth::{Error, ErrorKind, Login, login};
use snowflake_proto::Recovery;
use snowflake_sim::{Expect, Reply, Script};
use snowflake_transport::{Delivery, ErrorKind as TransportErrorKind};

use crate::support::{LOGIN, options, password, server, session, success};

/// Answers of the real service, from the test data of its Node.js driver (Apache-2.0); names are made up.
pub(crate) fn recorded(name: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("recorded.json")).unwrap();
    all[name].clone()
}

async fn answered(replies: Vec<Reply>) -> (Result<Login, Error>, usize) {
    let script = Arc::new(Script::new());
    for reply in replies {
        script.push(Expect::post(LOGIN).reply(reply));
    }
    let login = login(&server(&script), &password(), &options()).await;
    script.verify().unwrap();
    (login, script.requests().len())
}

#[tokio::test]
async fn recorded_logins_are_understood() {
    let (login, _) = answered(vec![Reply::json(&recorded("login"))]).await;
    let login = login.unwrap();
    assert_eq!(login.session_id, 51_539_800_306);
    assert_eq!(login.tokens.authorization().expose(), "SESSION_TOKEN");
    assert_eq!(login.tokens.master_validity().as_secs(), 14_400);
    assert_eq!(login.parameters["CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY"], json!(3600));
    assert_eq!(login.context, snowflake_auth::Context::default());

    let (login, _) = answered(vec![Reply::json(&recorded("login_with_expired_token"))]).await;
    assert!(login.unwrap().tokens.session_validity().is_zero());
}

/// R11: the announced length is not reached: the transport notices.
#[tokio::test(start_paused = true)]
async fn r11_a_login_cut_below_its_length_is_asked_again_once() {
    let cut = || Reply::fail(TransportErrorKind::Truncated, Delivery::MaybeSent);
    let (login, requests) = answered(vec![cut(), success(session())]).await;
    assert!(login.is_ok());
    assert_eq!(requests, 2);

    let (login, requests) = answered(vec![cut(), cut()]).await;
    let error = login.unwrap_err();
    assert_eq!((error.kind(), error.recovery()), (ErrorKind::Network, Recovery::RetryIfIdempotent));
    assert_eq!(error.transport().unwrap().kind(), TransportErrorKind::Truncated);
    assert_eq!(requests, 2);
}

/// R12: without an announced length only the JSON tells that something is missing.
#[tokio::test(start_paused = true)]
async fn r12_cut_json_is_asked_again_once() {
    let whole = json!({"success": true, "data": session()}).to_string();
    for end in [1, whole.len() / 2, whole.len() - 1] {
        let cut = || Reply::bytes(whole.as_bytes()[..end].to_vec());
        let (login, requests) = answered(vec![cut(), success(session())]).await;
        assert!(login.is_ok());
        assert_eq!(requests, 2);

        let (login, requests) = answered(vec![cut(), cut()]).await;
        let error = login.unwrap_err();
        assert_eq!((error.kind(), error.recovery()), (ErrorKind::Network, Recovery::RetryIfIdempotent));
        assert!(error.to_string().contains(&format!("cut off after {end} bytes")), "{error}");
        assert_eq!(requests, 2);
    }
}

/// R13: somebody else answers, such as the login page of a hotel's network.
#[tokio::test(start_paused = true)]
async fn r13_foreign_answers_are_asked_again_once_and_described_without_their_text() {
    let bodies = ["<html>pay 5 EUR</html>", "", "null", "[]", "\"text\"", "{broken pay"];
    for body in bodies {
        let page = || Reply::bytes(body).with_header("content-type", "text/html; charset=utf-8");
        let (login, requests) = answered(vec![page(), success(session())]).await;
        assert!(login.is_ok());
        assert_eq!(requests, 2);

        let (login, _) = answered(vec![page(), page()]).await;
        let error = login.unwrap_err();
        assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Protocol, 200));
        let text = error.to_string();
        assert!(text.contains("text/html") && text.contains(&format!("{} bytes", body.len())), "{text}");
        assert!(!crate::support::all_texts(&error).contains("pay"), "{text}");
    }
}

/// S28: an answer that lacks what a session needs is named by its field.
#[tokio::test(start_paused = true)]
async fn s28_a_malformed_login_names_the_field() {
    let patches = [
        ("token", Value::Null),
        ("token", json!("")),
        ("token", json!(17)),
        ("masterToken", Value::Null),
        ("masterToken", json!({})),
        ("sessionId", Value::Null),
        ("sessionId", json!(9_223_372_036_854_775_808_u64)),
        ("sessionId", json!("9223372036854775808")),
        ("sessionId", json!("12x")),
        ("sessionId", json!(1.5)),
        ("validityInSeconds", json!(-1)),
        ("masterValidityInSeconds", json!(-1)),
        ("validityInSeconds", json!("soon")),
    ];
    for (field, value) in patches {
        let mut data = session();
        data[field] = value;
        let (login, requests) = answered(vec![success(data)]).await;
        let error = login.unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Protocol, Some(field)));
        assert!(error.to_string().contains(field), "{error}");
        assert_eq!(requests, 1);
    }
    let (login, _) = answered(vec![success(Value::Null)]).await;
    assert_eq!(login.unwrap_err().field(), Some("data"));
}

#[tokio::test]
async fn s28_odd_but_usable_logins_are_accepted() {
    for (field, value) in [
        ("validityInSeconds", json!(0)),
        ("validityInSeconds", json!(1_000_000_000_000_i64)),
        ("validityInSeconds", Value::Null),
        ("masterValidityInSeconds", json!("14400")),
        ("sessionId", json!("4611686018427387900")),
        ("sessionId", json!(9_223_372_036_854_775_807_i64)),
        ("parameters", Value::Null),
        ("sessionInfo", Value::Null),
    ] {
        let mut data = session();
        data[field] = value;
        let (login, _) = answered(vec![success(data)]).await;
        assert!(login.is_ok(), "{field}: {login:?}");
    }
}

#[tokio::test]
async fn a_server_that_never_mentions_a_master_token_has_sessions_that_end() {
    let mut data = session();
    data.as_object_mut().unwrap().retain(|field, _| !["masterToken", "sessionId"].contains(&field.as_str()));
    let (login, _) = answered(vec![success(data)]).await;
    let tokens = login.unwrap().tokens;
    let script = Arc::new(Script::new());
    let error = tokens.renew(&tokens.authorization(), &server(&script)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Expired);
    assert!(tokens.is_dead());
    assert!(script.requests().is_empty());
}

#[tokio::test]
async fn an_answer_of_other_types_is_a_protocol_error_without_a_retry() {
    let mut data = session();
    data["parameters"] = json!("none");
    let (login, requests) = answered(vec![success(data)]).await;
    assert_eq!(login.unwrap_err().kind(), ErrorKind::Protocol);
    assert_eq!(requests, 1);

    let (login, requests) = answered(vec![Reply::json(&json!({"data": session()}))]).await;
    assert_eq!(login.unwrap_err().kind(), ErrorKind::Protocol);
    assert_eq!(requests, 1);
}
