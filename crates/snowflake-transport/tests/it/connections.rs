//! R14, R15: connections that cannot be made, that break, and that went stale while unused.

use snowflake_sim::socket::{Mishap, RawReply};
use snowflake_sim::{Expect, Reply, Script};
use snowflake_transport::{Delivery, Error, ErrorKind, RetryClass};
use tokio::net::TcpListener;

use crate::support::{always, exchange, fetch, gate, get, hasty, ok, post, transport};

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
    let server = always(ok("third")).await;
    let gate = gate(server.address()).await;
    gate.add(Mishap::reset_after(0).times(2));
    let request = || post(&gate.url("/"), "the same body");
    let transport = transport();
    assert_eq!(text(fetch(&hasty(5), &transport, RetryClass::Api, request).await).await, "third");
    let requests = server.requests();
    assert_eq!((requests.len(), gate.traffic().accepted), (3, 3));
    assert!(requests.iter().all(|request| request.text().ends_with("the same body")));
    assert_eq!(text(exchange(&transport, request()).await).await, "third");
}

#[tokio::test]
async fn r15_a_reset_in_the_middle_of_the_request_is_retried_and_the_service_saw_no_whole_one() {
    let server = always(ok("fine")).await;
    let gate = gate(server.address()).await;
    gate.add(Mishap::reset_after(40).in_requests().times(2));
    let request = || post(&gate.url("/"), "the same body");
    let transport = transport();
    assert_eq!(text(fetch(&hasty(5), &transport, RetryClass::Api, request).await).await, "fine");
    assert_eq!((server.requests().len(), gate.traffic().accepted), (1, 3));
    assert_eq!(text(exchange(&transport, request()).await).await, "fine");
}

#[tokio::test]
async fn r15_a_reset_in_the_middle_of_the_answer_is_retried() {
    let server = always(ok("x".repeat(1 << 20))).await;
    let gate = gate(server.address()).await;
    gate.add(Mishap::reset_after(1000).times(2));
    let request = || get(&gate.url("/"));
    let transport = transport();
    let answer = fetch(&hasty(5), &transport, RetryClass::Api, request).await.unwrap();
    assert_eq!((answer.body().len(), server.requests().len()), (1 << 20, 3));
    assert_eq!(exchange(&transport, request()).await.unwrap().body().len(), 1 << 20);
}

#[tokio::test]
async fn r15_what_must_not_run_twice_is_not_repeated_after_a_reset() {
    let server = always(ok("paid")).await;
    let gate = gate(server.address()).await;
    gate.add(Mishap::reset_after(0));
    let request = || post(&gate.url("/"), "pay");
    let error = fetch(&hasty(5), &transport(), RetryClass::Once, request).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.was_sent()), (ErrorKind::Reset, 1, true));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn connections_are_kept_and_reused() {
    let server = always(ok("again")).await;
    let transport = transport();
    for _ in 0..5 {
        assert_eq!(text(exchange(&transport, get(&server.url("/"))).await).await, "again");
    }
    assert_eq!((server.connections(), server.requests().len()), (1, 5));
}

#[tokio::test]
async fn p13_a_connection_that_went_stale_costs_nobody_an_error() {
    let server = always(ok("once")).await;
    let gate = gate(server.address()).await;
    let transport = transport();
    for _ in 0..5 {
        let request = || post(&gate.url("/"), "body");
        assert_eq!(text(fetch(&hasty(3), &transport, RetryClass::Api, request).await).await, "once");
        gate.close_idle();
        gate.until(|traffic| traffic.open == 0).await;
    }
    assert_eq!((server.connections(), server.requests().len()), (5, 5));
}

#[tokio::test]
async fn p13_a_connection_that_ends_just_as_it_is_used_again_is_replaced_and_nothing_runs_twice() {
    let server = always(ok("once")).await;
    let gate = gate(server.address()).await;
    let transport = transport();
    let request = || post(&gate.url("/"), "body");
    // How long a request is, headers included.
    exchange(&transport, request()).await.unwrap();
    let length = gate.traffic().request_bytes;
    gate.add(Mishap::reset_after(length).in_requests().times(3));
    gate.close_idle();
    gate.until(|traffic| traffic.open == 0).await;
    for _ in 0..6 {
        assert_eq!(text(fetch(&hasty(3), &transport, RetryClass::Api, request).await).await, "once");
    }
    assert_eq!((server.requests().len(), gate.traffic().accepted), (7, 5));
}

#[tokio::test]
async fn p13_of_a_stale_connection_the_caller_learns_whether_it_may_ask_again() {
    let server = always(ok("paid")).await;
    let gate = gate(server.address()).await;
    let transport = transport();
    let request = || post(&gate.url("/"), "pay");
    let (mut paid, mut unknown) = (0, 0);
    for _ in 0..20 {
        match fetch(&hasty(3), &transport, RetryClass::Once, request).await {
            Ok(_answer) => paid += 1,
            Err(error) => {
                assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Reset, true));
                unknown += 1;
            }
        }
        gate.cut();
    }
    // The race between the cut and the next request ends either way, but never in a second payment.
    let requests = server.requests().len();
    assert!(
        requests >= paid && requests <= paid + unknown,
        "{paid} paid, {unknown} unknown, {requests} came"
    );
    assert!(paid > 0);
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
    let server = always(RawReply::bytes("220 mail.example.com ESMTP\r\n")).await;
    let request = || get(&server.url("/"));
    let error = fetch(&hasty(9), &transport(), RetryClass::Api, request).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Content, 2));
}
