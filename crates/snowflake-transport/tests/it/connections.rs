//! R14, R15: connections that cannot be made, that break, and that went stale while unused.

use snowflake_sim::{Expect, Reply, Script};
use snowflake_transport::{Delivery, Error, ErrorKind, RetryClass};
use tokio::net::TcpListener;

use crate::support::{Wire, answer, exchange, fetch, get, hasty, post, transport};

async fn text(result: Result<http::Response<bytes::Bytes>, Error>) -> String {
    String::from_utf8(result.unwrap().into_body().to_vec()).unwrap()
}

#[tokio::test]
async fn r14_a_refused_connection_names_host_and_port() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("http://{address}/path?token=secret");
    let error = fetch(&hasty(3), &transport(), RetryClass::Once, || get(&url)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.was_sent()), (ErrorKind::Connect, 3, false));
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, format!("could not connect to {address}"));
    assert!(!format!("{error:?}").contains("secret"));
}

#[tokio::test]
async fn r14_an_unknown_host_is_named() {
    let error = exchange(&transport(), get("https://no-such-host.invalid/")).await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Connect, false));
    assert_eq!(error.to_string(), "could not connect to no-such-host.invalid:443");
}

#[tokio::test]
async fn r14_a_name_that_is_found_at_the_third_try_is_no_failure() {
    let unknown = || Reply::fail(ErrorKind::Connect, Delivery::NotSent);
    let script = Script::new()
        .expect(Expect::get("/").times(2).reply(unknown()))
        .expect(Expect::get("/").reply(Reply::bytes("found")));
    let answer = fetch(&hasty(5), &script, RetryClass::Once, || get("http://late.example.com/")).await;
    assert_eq!(text(answer).await, "found");
    script.verify().unwrap();
}

#[tokio::test]
async fn r15_a_reset_after_the_request_is_retried() {
    let wire = Wire::serve(|number, mut connection| async move {
        connection.request().await;
        if number < 3 {
            return connection.reset();
        }
        connection.write(&answer(200, &[], "third")).await;
    })
    .await;
    let request = || post(&wire.url("/"), "the same body");
    assert_eq!(text(fetch(&hasty(5), &transport(), RetryClass::Api, request).await).await, "third");
    assert_eq!(wire.requests().len(), 3);
    assert!(wire.requests().iter().all(|request| request.ends_with("the same body")));
}

#[tokio::test]
async fn r15_a_reset_in_the_middle_of_the_answer_is_retried() {
    let wire = Wire::serve(|number, mut connection| async move {
        connection.request().await;
        let whole = answer(200, &[], "x".repeat(1 << 20));
        if number < 3 {
            connection.write(&whole[..1000]).await;
            return connection.reset();
        }
        connection.write(&whole).await;
    })
    .await;
    let answer = fetch(&hasty(5), &transport(), RetryClass::Api, || wire.get()).await.unwrap();
    assert_eq!(answer.body().len(), 1 << 20);
    assert_eq!(wire.requests().len(), 3);
}

#[tokio::test]
async fn r15_what_must_not_run_twice_is_not_repeated_after_a_reset() {
    let wire = Wire::serve(|_number, mut connection| async move {
        connection.request().await;
        connection.reset();
    })
    .await;
    let request = || post(&wire.url("/"), "pay");
    let error = fetch(&hasty(5), &transport(), RetryClass::Once, request).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.was_sent()), (ErrorKind::Reset, 1, true));
    assert_eq!(wire.requests().len(), 1);
}

#[tokio::test]
async fn connections_are_kept_and_reused() {
    let wire = Wire::answering(answer(200, &[], "again")).await;
    let transport = transport();
    for _ in 0..5 {
        assert_eq!(text(exchange(&transport, wire.get()).await).await, "again");
    }
    assert_eq!((wire.connections(), wire.requests().len()), (1, 5));
}

#[tokio::test]
async fn a_connection_that_went_stale_costs_nobody_an_error() {
    let wire = Wire::serve(|_number, mut connection| async move {
        // One answer, and then the connection ends although it was said to be kept.
        connection.request().await;
        connection.write(&answer(200, &["Connection: keep-alive"], "once")).await;
    })
    .await;
    let transport = transport();
    for _ in 0..5 {
        let request = || post(&wire.url("/"), "body");
        assert_eq!(text(fetch(&hasty(3), &transport, RetryClass::Api, request).await).await, "once");
    }
    assert_eq!((wire.connections(), wire.requests().len()), (5, 5));
}

#[tokio::test]
async fn addresses_that_are_not_http_are_refused() {
    for url in ["ftp://host/", "/no-host"] {
        let error = exchange(&transport(), get(url)).await.unwrap_err();
        assert_eq!((error.kind(), error.was_sent()), (ErrorKind::InvalidRequest, false));
    }
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_not_asked_for_again_and_again() {
    let wire = Wire::answering("220 mail.example.com ESMTP\r\n").await;
    let error = fetch(&hasty(9), &transport(), RetryClass::Api, || wire.get()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Content, 2));
}
