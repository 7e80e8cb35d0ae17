//! What has expired is refused until something new is handed out.

use std::sync::atomic::{AtomicU32, Ordering};

use http::Method;
use serde_json::{Value, json};
use snowflake_transport::{Body, Transport as _};

use super::{get, query, request, text, verdict, with_token};
use crate::fault::{Endpoint, Expiry, Fault, Rule};
use crate::script::{Expect, Reply, Script};

const RENEW: &str = "/session/token-request";
const LOGIN: &str = "/session/v1/login-request";

/// A service that hands out a new token and a new address each time.
fn service() -> Script {
    let counter = AtomicU32::new(0);
    let next = move || counter.fetch_add(1, Ordering::Relaxed) + 1;
    let addresses = AtomicU32::new(0);
    let described = move |id: &str| {
        let n = addresses.fetch_add(1, Ordering::Relaxed);
        let address = format!("https://store.example.com/part?signature={n}");
        Reply::json(&json!({"success": true, "data": {"queryId": id, "chunks": [{"url": address}]}}))
    };
    let described = std::sync::Arc::new(described);
    let again = std::sync::Arc::clone(&described);
    Script::new()
        .in_any_order()
        .expect(Expect::post("/queries/v1/query-request").any_times().reply_with(move |_| described("01-a")))
        .expect(Expect::get("/queries/01-a/result").any_times().reply_with(move |_| again("01-a")))
        .expect(Expect::get("/queries/01-b/result").any_times())
        .expect(Expect::get("/part").any_times())
        .expect(Expect::new(Method::PUT, "/stage/file").any_times())
        .expect(Expect::post("/session/heartbeat").any_times())
        .expect(Expect::post(RENEW).any_times().reply_with(move |_| {
            let data = json!({"sessionToken": format!("s{}", next()), "masterToken": "m2"});
            Reply::json(&json!({"success": true, "data": data}))
        }))
        .expect(Expect::post(LOGIN).any_times().reply_with(|_| {
            Reply::json(&json!({"success": true, "data": {"token": "s9", "masterToken": "m9"}}))
        }))
}

fn renewal(master: &str, old: &str) -> snowflake_transport::Request {
    with_token(Method::POST, RENEW, master, &json!({"oldSessionToken": old, "requestType": "RENEW"}))
}

fn part(signature: u32) -> snowflake_transport::Request {
    let address = format!("https://store.example.com/part?signature={signature}");
    http::Request::get(address).body(Body::empty()).unwrap()
}

fn ok() -> (u16, String) {
    (200, String::new())
}

fn expired(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn s01_an_expired_session_is_refused_with_its_token_and_accepted_with_a_new_one() {
    for (how, status) in [(Expiry::InBody, 200), (Expiry::Unauthorized, 401)] {
        let fault = Fault::new(service()).rule(Rule::at(Endpoint::Query).nth(2).times(1).expire_session(how));
        assert_eq!(verdict(&fault, query("s0")).await, ok());
        assert_eq!(verdict(&fault, query("s0")).await, expired(status, "390112"));
        let beat = || with_token(Method::POST, "/session/heartbeat", "s0", &Value::Null);
        assert_eq!(verdict(&fault, beat()).await, expired(status, "390112"));
        assert_eq!(fault.inner().requests().len(), 1, "nothing of it reached the service");
        assert_eq!(verdict(&fault, renewal("m1", "s0")).await, ok());
        assert_eq!(verdict(&fault, query("s1")).await, ok());
        assert_eq!(verdict(&fault, query("s0")).await, expired(status, "390112"));
        fault.clear();
        assert_eq!(verdict(&fault, query("s0")).await, ok());
    }
}

#[tokio::test]
async fn a_session_does_not_expire_by_the_master_token_of_its_renewal() {
    let fault = Fault::new(service()).rule(Rule::always().nth(2).expire_session(Expiry::InBody));
    for _ in 0..3 {
        assert_eq!(verdict(&fault, renewal("m1", "s0")).await, ok());
    }
    assert_eq!(fault.hits(), [2]);
}

#[tokio::test]
async fn s03_an_expired_master_token_renews_nothing_until_a_login() {
    let fault = Fault::new(service()).rule(Rule::at(Endpoint::Renew).times(1).expire_master());
    for _ in 0..2 {
        assert_eq!(verdict(&fault, renewal("m1", "s0")).await, expired(200, "390114"));
    }
    assert_eq!(verdict(&fault, query("s0")).await, ok(), "its session goes on until its token expires");
    assert_eq!(verdict(&fault, request_login()).await, ok());
    assert_eq!(verdict(&fault, renewal("m9", "s9")).await, ok());
    assert_eq!(verdict(&fault, renewal("m2", "s1")).await, ok(), "a renewal hands out a master token too");
    assert_eq!(verdict(&fault, renewal("m1", "s0")).await, expired(200, "390114"));
}

fn request_login() -> snowflake_transport::Request {
    request(Method::POST, LOGIN).body(Body::from("{}")).unwrap()
}

#[tokio::test]
async fn expired_addresses_of_parts_are_refused_until_the_result_is_fetched_again() {
    let fault = Fault::new(service()).rule(Rule::at(Endpoint::Part).nth(2).times(1).expire_parts());
    assert_eq!(verdict(&fault, query("s0")).await, ok());
    assert_eq!(verdict(&fault, part(0)).await, ok());
    let refused = fault.send(part(0)).await.unwrap();
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["content-type"]),
        (403, &"application/xml".parse().unwrap())
    );
    assert!(text(refused).await.unwrap().contains("<Message>Request has expired</Message>"));
    assert_eq!(verdict(&fault, part(0)).await, expired(403, "AccessDenied"));
    assert_eq!(verdict(&fault, get("/queries/01-a/result")).await, ok());
    assert_eq!(verdict(&fault, part(1)).await, ok());
    assert_eq!(verdict(&fault, part(0)).await, expired(403, "AccessDenied"));
    fault.add(Rule::at(Endpoint::Part).times(1).expire_parts());
    for signature in [1, 0] {
        assert_eq!(verdict(&fault, part(signature)).await, expired(403, "AccessDenied"), "{signature}");
    }
}

#[tokio::test]
async fn expired_stage_credentials_are_refused_until_the_next_answer_to_a_statement() {
    let put = || request(Method::PUT, "/stage/file").body(Body::from("x")).unwrap();
    let fault = Fault::new(service()).rule(Rule::at(Endpoint::Storage).nth(2).times(1).expire_stage_creds());
    assert_eq!(verdict(&fault, put()).await, ok());
    assert_eq!(verdict(&fault, put()).await, expired(403, "ExpiredToken"));
    assert_eq!(verdict(&fault, part(0)).await, expired(403, "ExpiredToken"));
    assert_eq!(verdict(&fault, query("s0")).await, ok());
    assert_eq!(verdict(&fault, put()).await, ok());
}

#[tokio::test]
async fn forgotten_results_are_gone_and_later_ones_are_not() {
    let fault = Fault::new(service()).rule(Rule::at(Endpoint::Result).times(1).forget_result());
    for _ in 0..2 {
        assert_eq!(verdict(&fault, get("/queries/01-a/result")).await, expired(200, "000612"));
    }
    assert_eq!(verdict(&fault, query("s0")).await, ok());
    assert_eq!(verdict(&fault, get("/queries/01-a/result")).await, ok());
    assert_eq!(verdict(&fault, get("/queries/01-b/result")).await, expired(200, "000612"));
}

#[tokio::test]
async fn what_the_network_does_comes_before_what_the_service_says() {
    let fault = Fault::new(service())
        .rule(Rule::at(Endpoint::Query).times(1).expire_session(Expiry::InBody).lose_response())
        .rule(Rule::at(Endpoint::Query).times(1).cut(10, crate::fault::Cut::Clean));
    assert!(fault.send(query("s0")).await.is_err());
    let cut = fault.send(query("s0")).await.unwrap();
    assert_eq!(text(cut).await.unwrap().len(), 10);
    assert_eq!(fault.inner().requests().len(), 0);
}
