//! Rules choose their requests, and the first with turns left applies.

use std::time::Duration;

use http::Method;
use serde_json::json;
use snowflake_transport::{ErrorKind, Transport as _};

use super::{get, kind, query, read, request, service, verdict, with_token};
use crate::fault::{Cut, Endpoint, Fault, Rule};
use crate::script::{Expect, Reply, Script};

#[tokio::test]
async fn rules_choose_by_method_path_and_turn() {
    let fault = Fault::new(service())
        .rule(Rule::on("/other").status(500))
        .rule(Rule::always().method(Method::POST).status(500))
        .rule(Rule::on("/da").nth(2).times(2).answer(429, &[("retry-after", "3")], "later"));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(fault.send(get("/data")).await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [200, 429, 429, 200]);
    assert_eq!(fault.hits(), [0, 0, 2]);
    assert_eq!(fault.inner().requests().len(), 2);
    fault.add(Rule::always().status(503));
    assert_eq!(fault.send(get("/data")).await.unwrap().status(), 503);
    fault.clear();
    assert_eq!(read(&fault).await.unwrap(), r#"{"rows":3}"#);
}

#[tokio::test]
async fn a_reset_does_not_reach_the_service_and_a_lost_response_does() {
    let fault =
        Fault::new(service()).rule(Rule::always().times(1).reset()).rule(Rule::always().lose_response());
    let error = read(&fault).await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Reset, false));
    assert_eq!(fault.inner().requests().len(), 0);
    let error = read(&fault).await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Reset, true));
    assert_eq!(fault.inner().requests().len(), 1);
}

#[tokio::test]
async fn bodies_are_cut_flipped_replaced_and_patched() {
    let fault = Fault::new(service())
        .rule(Rule::always().times(1).cut(4, Cut::Clean))
        .rule(Rule::always().times(1).cut(4, Cut::Short))
        .rule(Rule::always().times(1).cut(4, Cut::Reset))
        .rule(Rule::always().times(1).flip_bit(0))
        .rule(Rule::always().times(1).replace_body("<html>"))
        .rule(Rule::always().times(1).patch_json(|value| value["rows"] = json!(4)))
        .rule(Rule::always().times(1).replace_body("[1]").cut(2, Cut::Clean));
    assert_eq!(read(&fault).await.unwrap(), r#"{"ro"#);
    assert_eq!(kind(&fault).await, ErrorKind::Truncated);
    assert_eq!(kind(&fault).await, ErrorKind::Reset);
    assert_eq!(read(&fault).await.unwrap(), r#"z"rows":3}"#);
    assert_eq!(read(&fault).await.unwrap(), "<html>");
    assert_eq!(read(&fault).await.unwrap(), r#"{"rows":4}"#);
    assert_eq!(read(&fault).await.unwrap(), "[1");
}

#[tokio::test(start_paused = true)]
async fn delays_take_tokio_time_and_stalls_take_all_of_it() {
    let fault = Fault::new(service())
        .rule(Rule::always().times(1).delay(Duration::from_secs(9)))
        .rule(Rule::always().times(1).stall())
        .rule(Rule::always().times(1).cut(4, Cut::Stall));
    let start = tokio::time::Instant::now();
    assert_eq!(read(&fault).await.unwrap(), r#"{"rows":3}"#);
    assert_eq!(start.elapsed(), Duration::from_secs(9));
    for _ in 0..2 {
        assert!(tokio::time::timeout(Duration::from_secs(3600), read(&fault)).await.is_err());
    }
}

fn anything() -> Script {
    Script::new()
        .in_any_order()
        .expect(Expect::post("/queries/v1/query-request").any_times())
        .expect(Expect::get("/queries/01-a/result").any_times())
        .expect(Expect::get("/data").any_times())
        .expect(Expect::new(Method::PUT, "/data").any_times())
        .expect(Expect::post("/session/token-request").any_times().reply_with(|seen| {
            let new = format!("new-{}", seen.json()["oldSessionToken"].as_str().unwrap());
            Reply::json(&json!({"success": true, "data": {"sessionToken": new}}))
        }))
}

#[tokio::test]
async fn rules_choose_by_the_sort_of_request() {
    let fault = Fault::new(anything())
        .rule(Rule::at(Endpoint::Query).status(501))
        .rule(Rule::at(Endpoint::Part).nth(2).status(502))
        .rule(Rule::at(Endpoint::Storage).status(503))
        .rule(Rule::at(Endpoint::Any).status(504));
    assert_eq!(verdict(&fault, query("t")).await.0, 501);
    assert_eq!(verdict(&fault, get("/data")).await.0, 504);
    assert_eq!(verdict(&fault, get("/data")).await.0, 502);
    let put = request(Method::PUT, "/data").body(snowflake_transport::Body::empty()).unwrap();
    assert_eq!(verdict(&fault, put).await.0, 503);
    assert_eq!(verdict(&fault, get("/queries/01-a/result")).await.0, 504);
    assert_eq!(fault.hits(), [1, 1, 1, 2]);
}

#[tokio::test]
async fn rules_choose_by_session_which_keeps_its_number_when_its_token_is_renewed() {
    let fault = Fault::new(anything()).rule(Rule::at(Endpoint::Query).session(2).status(500));
    assert_eq!(verdict(&fault, query("a")).await.0, 200);
    assert_eq!(verdict(&fault, query("b")).await.0, 500);
    let renewal = json!({"oldSessionToken": "b", "requestType": "RENEW"});
    let renewal = with_token(Method::POST, "/session/token-request", "master", &renewal);
    assert_eq!(verdict(&fault, renewal).await.0, 200);
    assert_eq!(verdict(&fault, query("new-b")).await.0, 500);
    assert_eq!(verdict(&fault, query("a")).await.0, 200);
    assert_eq!(verdict(&fault, query("c")).await.0, 200);
}

#[tokio::test]
async fn rules_choose_by_a_condition_of_their_own_and_count_only_what_meets_it() {
    let of_b = |request: &snowflake_transport::Request| {
        request.headers().get("authorization").is_some_and(|value| value.as_bytes().ends_with(b"\"b\""))
    };
    let fault = Fault::new(anything()).rule(Rule::always().when(of_b).nth(2).status(500));
    let mut statuses = Vec::new();
    for token in ["a", "b", "a", "b", "a"] {
        statuses.push(verdict(&fault, query(token)).await.0);
    }
    assert_eq!(statuses, [200, 200, 200, 500, 200]);
}

#[tokio::test]
async fn neither_rules_nor_transports_show_tokens_or_conditions() {
    let fault = Fault::new(anything())
        .rule(Rule::at(Endpoint::Query).when(|_| true).expire_session(crate::fault::Expiry::InBody))
        .rule(Rule::always().answer(200, &[("x-token", "secret")], "secret").replace_body("secret"))
        .rule(Rule::always().set_json("/token", "secret").redirect(307, "https://a.example/?sig=secret"));
    verdict(&fault, query("secret-token")).await;
    let shown = format!("{fault:?}");
    assert!(shown.contains("Rule(query when (code): expire-session)"), "{shown}");
    assert!(!shown.contains("secret"), "{shown}");
}
