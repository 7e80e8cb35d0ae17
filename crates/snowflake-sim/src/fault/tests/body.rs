//! Bodies that are slow, in pieces, damaged, or compressed otherwise than they should be.

use std::time::Duration;

use futures::StreamExt as _;
use http::header::CONTENT_LENGTH;
use serde_json::json;
use snowflake_proto::rowset;
use snowflake_transport::{ContentEncoding, ErrorKind, Request, RequestOptions, Transport as _};
use tokio::time::Instant;

use super::{get, kind, read, service};
use crate::fault::{Cut, Fault, Gzip, Rule};
use crate::script::Script;

const WHOLE: &str = r#"{"rows":3}"#;

/// A request that wants the bytes of the wire, as those for parts do.
fn raw() -> Request {
    let mut request = get("/data");
    RequestOptions::new("chunk").with_content_encoding(ContentEncoding::Keep).attach(&mut request);
    request
}

async fn wire(rule: Rule) -> Vec<u8> {
    let fault = Fault::new(service()).rule(rule);
    fault.send(raw()).await.unwrap().into_body().collect(1 << 20).await.unwrap().to_vec()
}

fn faulty(rule: Rule) -> Fault<Script> {
    Fault::new(service()).rule(rule)
}

#[tokio::test(start_paused = true)]
async fn r18_a_body_drips_at_its_rate_and_arrives_whole() {
    let mut slow = Vec::new();
    for rate in [1, 5, 1000] {
        let start = Instant::now();
        assert_eq!(read(&faulty(Rule::always().drip(rate))).await.unwrap(), WHOLE);
        slow.push(start.elapsed());
    }
    assert_eq!(slow, [10_000, 2_000, 100].map(Duration::from_millis));
}

#[tokio::test]
async fn a_sliced_body_arrives_in_pieces_and_whole() {
    let fault = faulty(Rule::always().slice(4));
    let body = fault.send(get("/data")).await.unwrap().into_body();
    let pieces: Vec<_> = body.into_stream().map(|piece| piece.unwrap().len()).collect().await;
    assert_eq!(pieces, [4, 4, 2]);
    assert_eq!(read(&faulty(Rule::always().slice(0))).await.unwrap(), WHOLE);
}

#[tokio::test]
async fn a_pace_keeps_the_end_that_a_cut_gave_the_body() {
    for rule in [Rule::always().cut(4, Cut::Short).slice(3), Rule::always().cut(4, Cut::Short).drip(1 << 20)]
    {
        let mut body = faulty(rule).send(get("/data")).await.unwrap().into_body();
        let mut received = 0;
        let error = loop {
            match body.next().await.unwrap() {
                Ok(piece) => received += piece.len(),
                Err(error) => break error,
            }
        };
        assert_eq!((received, error.kind()), (4, ErrorKind::Truncated));
        assert!(body.next().await.is_none());
    }
}

#[tokio::test]
async fn c04_a_cut_says_in_its_headers_what_the_wire_would_say() {
    let script = || {
        let reply = crate::Reply::bytes(WHOLE).with_header("content-length", "10");
        Script::new().expect(crate::Expect::get("/data").reply(reply))
    };
    for (how, length) in [(Cut::Short, Some("10")), (Cut::Clean, None)] {
        let fault = Fault::new(script()).rule(Rule::always().cut(4, how));
        let head = fault.send(get("/data")).await.unwrap();
        assert_eq!(head.headers().get(CONTENT_LENGTH).map(|value| value.to_str().unwrap()), length);
    }
}

#[tokio::test]
async fn a_seed_flips_the_same_bits_each_time() {
    let flips = |count, seed| wire(Rule::always().flip_bits(count, seed));
    let differing =
        |bytes: &[u8]| -> u32 { bytes.iter().zip(WHOLE.as_bytes()).map(|(a, b)| (a ^ b).count_ones()).sum() };
    let damaged = flips(3, 7).await;
    assert_eq!(differing(&damaged), 3);
    assert_eq!(damaged, flips(3, 7).await);
    assert_ne!(damaged, flips(3, 8).await);
    assert_eq!(differing(&flips(1000, 1).await), 80, "all bits there are");
}

#[tokio::test]
async fn s28_json_is_changed_by_pointer() {
    let rule =
        Rule::always().set_json("/rows", 4).set_json("/new", json!({"a": [1]})).remove_json("/new/a/0");
    assert_eq!(read(&faulty(rule)).await.unwrap(), r#"{"new":{"a":[]},"rows":4}"#);
}

#[tokio::test]
async fn c05_members_of_gzip_are_on_the_wire_and_inflate_to_the_whole() {
    let packed = wire(Rule::always().gzip(Gzip::Members(3))).await;
    let members = packed.windows(3).filter(|bytes| *bytes == [0x1f, 0x8b, 8]).count();
    assert_eq!(members, 3);
    assert_eq!(rowset::inflate(packed.into(), 0, 1000).unwrap(), WHOLE);
    assert_eq!(read(&faulty(Rule::always().gzip(Gzip::Members(3)))).await.unwrap(), WHOLE);
    // What is packed already is not packed again.
    let twice = wire(Rule::always().gzip(Gzip::Members(1)).gzip(Gzip::Members(2))).await;
    assert_eq!(rowset::inflate(twice.into(), 0, 1000).unwrap(), WHOLE);
}

#[tokio::test]
async fn damaged_gzip_is_on_the_wire_for_those_who_want_it_and_an_error_for_others() {
    for (gzip, expected) in [
        (Gzip::Truncate(9), ErrorKind::Truncated),
        (Gzip::Truncate(usize::MAX), ErrorKind::Truncated),
        (Gzip::NotGzip, ErrorKind::Content),
    ] {
        assert_eq!(kind(&faulty(Rule::always().gzip(gzip))).await, expected, "{gzip:?}");
        let packed = wire(Rule::always().gzip(gzip)).await;
        assert!(packed.starts_with(&[0x1f, 0x8b]), "{gzip:?}");
        assert!(rowset::inflate(packed.into(), 0, 1000).is_err(), "{gzip:?}");
    }
}

#[tokio::test]
async fn c17_a_bomb_inflates_to_far_more_than_arrives() {
    let bomb = wire(Rule::always().gzip(Gzip::Bomb(3))).await;
    assert!(bomb.len() < 64 * 1024, "{}", bomb.len());
    assert_eq!(rowset::inflate(bomb.into(), 0, 4 << 20).unwrap().len(), 3 << 20);
    let mut capped = get("/data");
    RequestOptions::new("query").with_body_cap(1 << 20).attach(&mut capped);
    let response = faulty(Rule::always().gzip(Gzip::Bomb(3))).send(capped).await.unwrap();
    assert_eq!(response.into_body().collect(8 << 20).await.unwrap_err().kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn an_answer_of_our_own_takes_any_headers_and_bytes() {
    let fault = faulty(Rule::always().answer(503, &[("retry-after", "2")], Vec::from([0xff_u8])));
    let response = fault.send(get("/data")).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (503, &"2".parse().unwrap())
    );
    assert_eq!(response.into_body().collect(9).await.unwrap(), [0xff_u8][..]);
    let fault = faulty(Rule::always().answer(503, &[("not a header", "2")], ""));
    assert_eq!(kind(&fault).await, ErrorKind::InvalidRequest);
}
