//! A tap counts what passes and sees every secret that strays.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::stream;
use serde_json::{Value, json};
use snowflake_transport::{Body, ErrorKind, Request, Transport as _};

use super::{Canary, Place, Tap};
use crate::{Cut, Endpoint, Fault, Rule, StandIn};

const PASSWORD: &str = "canary \"of\" ann/1";
const SERVICE: &str = "https://acct.example.com";

fn tap() -> Tap<Fault<StandIn>> {
    Tap::new(Fault::new(StandIn::new()))
        .canary(Canary::new("password", PASSWORD).allowed(Place::body().on(Endpoint::Login)))
}

fn post(target: &str, token: &str, body: impl Into<Body>) -> Request {
    let target = if target.starts_with('/') { format!("{SERVICE}{target}") } else { target.to_owned() };
    let header = format!("Snowflake Token=\"{token}\"");
    http::Request::post(target).header("authorization", header).body(body.into()).unwrap()
}

async fn answer<T: snowflake_transport::Transport>(tap: &Tap<T>, request: Request) -> Value {
    let body = tap.send(request).await.unwrap().into_body().collect(usize::MAX).await.unwrap();
    serde_json::from_slice(&body).unwrap_or_default()
}

/// Logs in, and gives the session token and the master token.
async fn login(tap: &Tap<Fault<StandIn>>) -> (String, String) {
    let body = json!({"data": {"LOGIN_NAME": "ann", "PASSWORD": PASSWORD}}).to_string();
    let answer = answer(tap, post("/session/v1/login-request", "None", body)).await;
    let text = |name: &str| answer["data"][name].as_str().unwrap().to_owned();
    (text("token"), text("masterToken"))
}

fn leaks<T: snowflake_transport::Transport>(tap: &Tap<T>) -> Vec<String> {
    tap.traffic().leaks.iter().map(ToString::to_string).collect()
}

#[tokio::test(start_paused = true)]
async fn a07_secrets_in_their_places_are_no_leaks() {
    let tap = tap();
    let (token, master) = login(&tap).await;
    answer(&tap, post("/session/heartbeat", &token, "")).await;
    let renewal = json!({"oldSessionToken": token, "requestType": "RENEW"}).to_string();
    let renewed = answer(&tap, post("/session/token-request", &master, renewal)).await;
    assert!(renewed["data"]["sessionToken"].is_string());
    assert_eq!(leaks(&tap), [""; 0]);
    // The password, and two tokens of each kind.
    assert_eq!(tap.canaries().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a07_a_secret_is_seen_in_every_form_and_part_of_a_request() {
    let tap = tap();
    let (token, master) = login(&tap).await;
    let encoded: String = url::form_urlencoded::byte_serialize(PASSWORD.as_bytes()).collect();
    let wrapped = STANDARD.encode(format!("user ann: {PASSWORD}."));
    let requests = [
        post("/telemetry/send", &token, format!("before {PASSWORD} after")),
        post("/telemetry/send", &token, json!([PASSWORD]).to_string()),
        post(&format!("/session/heartbeat?p={encoded}"), &token, ""),
        post("/telemetry/send", &token, wrapped),
        post("/session/heartbeat", &master, ""),
        post("https://storage.example/bucket", &token, ""),
        post("https://acct.example.com:8443/session/heartbeat", &token, ""),
        post("http://acct.example.com/session/v1/login-request", "None", json!([PASSWORD]).to_string()),
    ];
    for request in requests {
        answer(&tap, request).await;
    }
    assert_eq!(
        leaks(&tap),
        [
            "the password in the body of a request to acct.example.com (any)",
            "the password in the body of a request to acct.example.com (any)",
            "the password in the query of a request to acct.example.com (heartbeat)",
            "the password in the body of a request to acct.example.com (any)",
            "the master token in the header authorization of a request to acct.example.com (heartbeat)",
            "the session token in the header authorization of a request to storage.example (storage)",
            "the session token in the header authorization of a request to acct.example.com (heartbeat)",
            "the password in the body of a request to acct.example.com (login)",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a07_a_secret_is_seen_across_the_pieces_of_a_stream_and_once() {
    let tap = tap();
    let (first, second) = PASSWORD.split_at(7);
    let pieces = ["x", first, second, "y"].map(|piece| Ok(Bytes::from(piece.to_owned())));
    let body = Body::from_stream(stream::iter(pieces));
    let mut request = post("https://storage.example/bucket", "", "");
    *request.body_mut() = body;
    // Nobody reads the body of a request that leads nowhere; the stand-in reads it all.
    answer(&tap, request).await;
    assert_eq!(leaks(&tap).len(), 1);
    assert_eq!(tap.traffic().bytes_sent, u64::try_from(PASSWORD.len() + 2).unwrap());
}

#[tokio::test(start_paused = true)]
async fn what_is_open_is_counted_until_it_ends_or_is_dropped() {
    let tap = tap();
    let (token, _) = login(&tap).await;
    let before = tap.traffic();
    assert_eq!((before.in_flight, before.open_bodies), (0, 0));

    let response = tap.send(post("/session/heartbeat", &token, "")).await.unwrap();
    assert_eq!(tap.traffic().open_bodies, 1);
    drop(response);
    assert_eq!(tap.traffic().open_bodies, 0);

    tap.inner().add(Rule::on("/session/heartbeat").times(1).stall());
    let request = post("/session/heartbeat", &token, "");
    let hour = std::time::Duration::from_secs(3_600);
    assert!(tokio::time::timeout(hour, tap.send(request)).await.is_err());
    tap.inner().add(Rule::on("/session/heartbeat").times(1).reset());
    assert!(tap.send(post("/session/heartbeat", &token, "")).await.is_err());
    tap.inner().add(Rule::on("/session/heartbeat").times(1).cut(3, Cut::Reset));
    let cut = tap.send(post("/session/heartbeat", &token, "")).await.unwrap();
    assert_eq!(cut.into_body().collect(usize::MAX).await.unwrap_err().kind(), ErrorKind::Reset);

    let passed = tap.traffic().since(&before);
    assert_eq!((passed.total(), passed.count(Endpoint::Heartbeat)), (4, 4));
    assert_eq!((passed.given_up, passed.failures), (1, 1));
    assert_eq!((passed.in_flight, passed.open_bodies, passed.most_open), (0, 0, 1));
    assert_eq!(passed.bytes_received, 3);
    assert_eq!(passed.hosts["acct.example.com"], 4);
}
