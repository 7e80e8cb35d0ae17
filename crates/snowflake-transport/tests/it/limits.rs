//! R17, R18, R19: services that never answer, hardly answer, or answer too late.

use std::time::Duration;

use snowflake_sim::socket::{Mishap, RawReply};
use snowflake_sim::{Expect, Reply, Script};
use snowflake_transport::{
    ErrorKind, HttpTransport, Retrier, RetryClass, RetryPolicy, StallLimit, Transport as _,
};
use tokio::time::Instant;

use crate::support::{always, exchange, fetch, gate, get, hasty, ok, options, post};

const SHORT: Duration = Duration::from_millis(60);

#[tokio::test]
async fn r17_a_service_that_does_not_answer_is_asked_again() {
    let server = always(ok("at last")).await;
    let gate = gate(server.address()).await;
    gate.add(Mishap::stall_after(0).times(2));
    let transport = HttpTransport::new(options().with_first_byte_timeout(SHORT)).unwrap();
    let request = || post(&gate.url("/"), "body");
    let answer = fetch(&hasty(5), &transport, RetryClass::Api, request).await.unwrap();
    assert_eq!((answer.body().as_ref(), server.requests().len()), (&b"at last"[..], 3));
}

#[tokio::test]
async fn r17_a_service_that_never_answers_ends_at_the_deadline() {
    let server = always(RawReply::bytes("").then_hang()).await;
    let transport = HttpTransport::new(options()).unwrap();
    let retrier = Retrier::new(RetryPolicy::default().with_deadline(SHORT));
    let error = fetch(&retrier, &transport, RetryClass::Api, || get(&server.url("/"))).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.was_sent()), (ErrorKind::Timeout, 1, true));
    assert!(error.is_timeout());
}

#[tokio::test]
async fn r17_a_connection_that_is_never_made_ends_at_its_limit() {
    // The handshake is never answered, which is part of connecting.
    let server = always(RawReply::bytes("")).await;
    let transport = HttpTransport::new(options().with_connect_timeout(SHORT)).unwrap();
    let error = exchange(&transport, get(&format!("https://{}/", server.address()))).await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Timeout, false));
    assert_eq!(error.to_string(), format!("connecting to {} took longer than 60ms", server.address()));
}

#[tokio::test]
async fn r18_an_answer_that_stops_in_the_middle_is_asked_for_again() {
    let server = always(ok("x".repeat(5000))).await;
    let gate = gate(server.address()).await;
    gate.add(Mishap::stall_after(400).times(2));
    let stall = StallLimit { min_bytes: 1024, window: SHORT };
    let transport = HttpTransport::new(options().with_stall(stall)).unwrap();
    let request = || get(&gate.url("/"));
    assert_eq!(exchange(&transport, request()).await.unwrap_err().kind(), ErrorKind::Stalled);
    let answer = fetch(&hasty(5), &transport, RetryClass::Storage, request).await.unwrap();
    assert_eq!((answer.body().len(), server.requests().len()), (5000, 3));
    // What was given up on is closed, and what works is kept.
    gate.until(|traffic| traffic.open == 1).await;
    assert_eq!(exchange(&transport, request()).await.unwrap().body().len(), 5000);
    assert_eq!(gate.traffic().accepted, 3);
}

#[tokio::test]
async fn r18_an_answer_that_drips_is_given_up_and_asked_for_again() {
    let server = always(ok("x".repeat(5000))).await;
    let gate = gate(server.address()).await;
    gate.add(Mishap::drip(500).times(1));
    let stall = StallLimit { min_bytes: 1024, window: Duration::from_millis(200) };
    let transport = HttpTransport::new(options().with_stall(stall)).unwrap();
    let answer = fetch(&hasty(5), &transport, RetryClass::Api, || get(&gate.url("/"))).await.unwrap();
    assert_eq!((answer.body().len(), server.requests().len()), (5000, 2));
}

#[tokio::test]
async fn c03_who_drops_a_stalled_answer_frees_its_socket() {
    let server = always(ok("x".repeat(5000))).await;
    let gate = gate(server.address()).await;
    gate.add(Mishap::stall_after(2500));
    let transport = HttpTransport::new(options()).unwrap();
    let mut answer = transport.send(get(&gate.url("/"))).await.unwrap().into_body();
    answer.next().await.unwrap().unwrap();
    assert_eq!(gate.traffic().open, 1);
    drop(answer);
    let freed = gate.until(|traffic| traffic.open == 0);
    tokio::time::timeout(Duration::from_secs(5), freed).await.unwrap();
    gate.clear();
    assert_eq!(exchange(&transport, get(&gate.url("/"))).await.unwrap().body().len(), 5000);
}

#[tokio::test]
async fn the_whole_exchange_may_be_limited() {
    let server = always(RawReply::lying_length(10, "half")).await;
    let transport = HttpTransport::new(options().with_total_timeout(SHORT)).unwrap();
    let response = transport.send(get(&server.url("/"))).await.unwrap();
    assert_eq!(response.status(), 200);
    let error = response.into_body().collect(100).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string()),
        (ErrorKind::Timeout, "the exchange took longer than 60ms".into())
    );
}

#[tokio::test(start_paused = true)]
async fn r19_the_deadline_includes_the_time_of_the_requests() {
    let slow = Reply::status(503).after(Duration::from_secs(20));
    let script = Script::new().expect(Expect::get("/").any_times().reply(slow));
    let retrier = Retrier::new(RetryPolicy::default().with_deadline(Duration::from_secs(60)));
    let start = Instant::now();
    let error = fetch(&retrier, &script, RetryClass::Api, || get("http://h/")).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 3));
    assert_eq!(error.status().unwrap().as_u16(), 503);
    let over = start.elapsed().checked_sub(Duration::from_secs(60)).unwrap();
    assert!(over <= Duration::from_millis(2), "{over:?} too late");
}

#[tokio::test(start_paused = true)]
async fn r19_a_wait_that_would_outlast_the_deadline_is_not_begun() {
    let later = Reply::status(503).with_header("retry-after", "15");
    let script = Script::new().expect(Expect::get("/").any_times().reply(later));
    let retrier = Retrier::new(RetryPolicy::default().with_deadline(Duration::from_secs(40)));
    let start = Instant::now();
    let error = fetch(&retrier, &script, RetryClass::Api, || get("http://h/")).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 3));
    assert_eq!(start.elapsed().as_secs(), 30);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(15)));
}
