//! T17, R27: answers that break the rules of HTTP cost an error and little memory, and are nobody else's.

use std::time::Duration;

use snowflake_sim::socket::RawReply;
use snowflake_transport::{ErrorKind, HttpTransport, RetryClass};

use crate::support::{exchange, fetch, gate, get, hasty, ok, options, raw, transport};

/// What a client may have taken in of an endless answer: what it holds and what the sockets do.
const LITTLE: u64 = 32 << 20;

/// Long enough to refuse a megabyte of headers in an unoptimised build on a busy machine; nothing waits for it.
const FIRST_BYTE: Duration = Duration::from_secs(30);

/// Sends a bad answer to the first two requests and a good one to all others, through a gate that counts.
async fn suffer(bad: RawReply) -> (ErrorKind, u64) {
    let name = format!("{bad:?}");
    let server = raw(move |request| if request.connection() < 3 { bad.clone() } else { ok("fine") }).await;
    let gate = gate(server.address()).await;
    let options = options().with_body_cap(1 << 20).with_first_byte_timeout(FIRST_BYTE);
    let transport = HttpTransport::new(options).unwrap();
    let request = || get(&gate.url("/"));
    let error = fetch(&hasty(2), &transport, RetryClass::Api, request).await.unwrap_err();
    gate.until(|traffic| traffic.open == 0).await;
    let taken = gate.traffic().answer_bytes;
    while gate.traffic().accepted < 2 {
        exchange(&transport, request()).await.unwrap_err();
    }
    assert_eq!(exchange(&transport, request()).await.unwrap().body(), "fine", "{name}");
    (error.kind(), taken)
}

#[tokio::test]
async fn t17_heads_that_break_the_rules_are_refused() {
    for bad in [
        RawReply::big_header(1 << 20),
        RawReply::many_headers(10_000),
        RawReply::two_lengths(5, 6, "abcdef"),
        RawReply::folded_header(),
        RawReply::answer(200, &[("Content-Length", "-1")], "abc"),
        RawReply::bytes("HTTP/9.9 200 OK\r\n\r\n"),
        RawReply::bytes([0; 64].as_slice()),
    ] {
        let name = format!("{bad:?}");
        assert_eq!(suffer(bad).await.0, ErrorKind::Content, "{name}");
    }
}

#[tokio::test]
async fn t17_chunks_whose_size_is_no_size_are_refused() {
    for size in ["zz", "", "-1", "fffffffffffffffff"] {
        assert_eq!(suffer(RawReply::chunk_of_size(size, "abc")).await.0, ErrorKind::Content, "{size}");
    }
}

#[tokio::test]
async fn t17_what_never_ends_is_given_up_before_it_fills_the_memory() {
    for (bad, expected) in [
        (RawReply::endless_header(), ErrorKind::Content),
        (RawReply::endless(), ErrorKind::TooLarge),
        (RawReply::lying_length(5 << 30, vec![b'x'; 2 << 20]), ErrorKind::TooLarge),
    ] {
        let (kind, taken) = suffer(bad).await;
        assert_eq!(kind, expected);
        assert!(taken < LITTLE, "{taken} bytes for {expected}");
    }
}

#[tokio::test]
async fn t17_a_flood_of_interim_answers_ends_at_the_first_byte_limit_and_a_few_are_borne() {
    let server = raw(|request| match request.target().as_str() {
        "/flood" => RawReply::interim(usize::MAX),
        _ => RawReply::interim(50),
    })
    .await;
    let limit = Duration::from_millis(200);
    let impatient = HttpTransport::new(options().with_first_byte_timeout(limit)).unwrap();
    let flood = || get(&server.url("/flood"));
    let error = fetch(&hasty(2), &impatient, RetryClass::Api, flood).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 2));
    assert_eq!(exchange(&transport(), get(&server.url("/"))).await.unwrap().status(), 200);
}

#[tokio::test]
async fn r27_an_answer_too_many_is_nobodys() {
    let server = raw(|request| ok(request.target()).duplicated()).await;
    let transport = transport();
    for number in 0..5 {
        let target = format!("/{number}");
        let answer = exchange(&transport, get(&server.url(&target))).await.unwrap();
        assert_eq!(answer.body(), &target);
    }
    assert_eq!(server.requests().len(), 5);
}
