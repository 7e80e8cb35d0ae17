//! R17, R18, R19: services that never answer, hardly answer, or answer too late.

use std::time::Duration;

use snowflake_sim::{Expect, Reply, Script};
use snowflake_transport::{
    ErrorKind, HttpTransport, Retrier, RetryClass, RetryPolicy, StallLimit, Transport as _,
};
use tokio::time::Instant;

use crate::support::{Wire, answer, exchange, fetch, get, hasty, options, post};

const SHORT: Duration = Duration::from_millis(60);

#[tokio::test]
async fn r17_a_service_that_does_not_answer_is_asked_again() {
    let wire = Wire::serve(|number, mut connection| async move {
        connection.request().await;
        if number < 3 {
            return connection.hang().await;
        }
        connection.write(&answer(200, &[], "at last")).await;
    })
    .await;
    let transport = HttpTransport::new(options().with_first_byte_timeout(SHORT)).unwrap();
    let request = || post(&wire.url("/"), "body");
    let answer = fetch(&hasty(5), &transport, RetryClass::Api, request).await.unwrap();
    assert_eq!((answer.body().as_ref(), wire.requests().len()), (&b"at last"[..], 3));
}

#[tokio::test]
async fn r17_a_service_that_never_answers_ends_at_the_deadline() {
    let wire = Wire::serve(|_number, mut connection| async move {
        connection.request().await;
        connection.hang().await;
    })
    .await;
    let transport = HttpTransport::new(options()).unwrap();
    let retrier = Retrier::new(RetryPolicy::default().with_deadline(SHORT));
    let error = fetch(&retrier, &transport, RetryClass::Api, || wire.get()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.was_sent()), (ErrorKind::Timeout, 1, true));
    assert!(error.is_timeout());
}

#[tokio::test]
async fn r17_a_connection_that_is_never_made_ends_at_its_limit() {
    // The handshake is never answered, which is part of connecting.
    let wire = Wire::serve(|_number, connection| connection.hang()).await;
    let transport = HttpTransport::new(options().with_connect_timeout(SHORT)).unwrap();
    let error = exchange(&transport, get(&format!("https://{}/", wire.address))).await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Timeout, false));
    assert_eq!(error.to_string(), format!("connecting to {} took longer than 60ms", wire.address));
}

#[tokio::test]
async fn r18_an_answer_that_stops_in_the_middle_is_asked_for_again() {
    let wire = Wire::serve(|number, mut connection| async move {
        connection.request().await;
        let whole = answer(200, &[], "x".repeat(5000));
        if number == 1 {
            connection.write(&whole[..400]).await;
            return connection.hang().await;
        }
        connection.write(&whole).await;
    })
    .await;
    let stall = StallLimit { min_bytes: 1024, window: SHORT };
    let transport = HttpTransport::new(options().with_stall(stall)).unwrap();
    let error = exchange(&transport, wire.get()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stalled);
    let answer = fetch(&hasty(5), &transport, RetryClass::Api, || wire.get()).await.unwrap();
    assert_eq!(answer.body().len(), 5000);
}

#[tokio::test]
async fn the_whole_exchange_may_be_limited() {
    let wire = Wire::serve(|_number, mut connection| async move {
        connection.request().await;
        connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf").await;
        connection.hang().await;
    })
    .await;
    let transport = HttpTransport::new(options().with_total_timeout(SHORT)).unwrap();
    let response = transport.send(wire.get()).await.unwrap();
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
