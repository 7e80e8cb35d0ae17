//! R11, R12 as far as HTTP can tell, and what happens to compressed and oversized answers.

use snowflake_sim::socket::RawReply;
use snowflake_transport::{
    Accept, BoxFuture, ContentEncoding, Error, ErrorKind, Request, RequestOptions, RetryClass,
};

use crate::support::{always, exchange, fetch, get, hasty, ok, options, raw, transport};

const GZIP: &[(&str, &str)] = &[("Content-Encoding", "gzip")];

/// Two gzip members holding "one " and "two".
const TWO_MEMBERS: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0xcf, 0x4b, 0x55, 0x00, 0x00, 0x49,
    0x61, 0xac, 0x23, 0x04, 0x00, 0x00, 0x00, 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03,
    0x2b, 0x29, 0xcf, 0x07, 0x00, 0x66, 0x8a, 0xca, 0x11, 0x03, 0x00, 0x00, 0x00,
];

#[tokio::test]
async fn r11_an_answer_shorter_than_announced_is_asked_for_once_more() {
    let server = always(RawReply::lying_length(40, r#"{"data":{"rowset":"#).then_close()).await;
    let error = fetch(&hasty(9), &transport(), RetryClass::Api, || get(&server.url("/"))).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), server.requests().len()), (ErrorKind::Truncated, 2, 2));
    let error =
        fetch(&hasty(4), &transport(), RetryClass::Storage, || get(&server.url("/"))).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Truncated, 4));
}

#[tokio::test]
async fn r11_a_chunked_answer_without_its_end_is_cut_too() {
    let bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n";
    let server = always(RawReply::bytes(bytes).then_close()).await;
    let error = exchange(&transport(), get(&server.url("/"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
}

#[tokio::test]
async fn r12_a_reader_that_finds_an_answer_cut_gets_it_once_more() {
    let server = raw(|request| match request.connection() {
        2 => RawReply::until_close("{\"whole\":true}"),
        _ => RawReply::until_close("{\"whole\":"),
    })
    .await;
    let transport = transport();
    let whole = |answer: &http::Response<bytes::Bytes>| {
        if answer.body().ends_with(b"}") { Accept::Yes } else { Accept::RetryOnce("its JSON is cut") }
    };
    let make =
        |_attempt| -> BoxFuture<'_, Result<Request, Error>> { Box::pin(async { Ok(get(&server.url("/"))) }) };
    let answer = hasty(9).fetch(&transport, RetryClass::Api, make, whole).await.unwrap();
    assert_eq!(answer.body(), "{\"whole\":true}");
    let error = hasty(9).fetch(&transport, RetryClass::Api, make, whole).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Content, 2));
    assert_eq!(error.response().unwrap().body(), "{\"whole\":");
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn gzip_is_asked_for_and_undone_with_all_its_members() {
    let server = always(RawReply::answer(200, GZIP, TWO_MEMBERS)).await;
    let answer = exchange(&transport(), get(&server.url("/"))).await.unwrap();
    assert_eq!(answer.body(), "one two");
    assert!(
        answer.headers().get("content-encoding").is_none()
            && answer.headers().get("content-length").is_none()
    );
    assert!(server.requests()[0].text().contains("accept-encoding: gzip\r\n"));
}

#[tokio::test]
async fn raw_answers_stay_as_they_are_on_the_wire() {
    let server = always(RawReply::answer(200, GZIP, TWO_MEMBERS)).await;
    let mut request = get(&server.url("/"));
    RequestOptions::new("chunk").with_content_encoding(ContentEncoding::Keep).attach(&mut request);
    let answer = exchange(&transport(), request).await.unwrap();
    assert_eq!(answer.body(), TWO_MEMBERS);
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    assert!(!server.requests()[0].text().contains("accept-encoding"));
}

#[tokio::test]
async fn a_compressed_answer_that_is_cut_without_a_length_is_noticed() {
    let head = RawReply::bytes("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n");
    let server = always(head.and(&TWO_MEMBERS[..TWO_MEMBERS.len() - 1]).then_close()).await;
    let error = exchange(&transport(), get(&server.url("/"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
}

#[tokio::test]
async fn an_answer_has_the_size_that_is_allowed_and_is_not_asked_for_again() {
    let server = always(ok("x".repeat(1000))).await;
    let capped = |cap| {
        let mut request = get(&server.url("/"));
        RequestOptions::new("query").with_body_cap(cap).attach(&mut request);
        request
    };
    assert!(exchange(&transport(), capped(1000)).await.is_ok());
    let error = fetch(&hasty(5), &transport(), RetryClass::Api, || capped(999)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::TooLarge, 1));
    let transport = snowflake_transport::HttpTransport::new(options().with_body_cap(10)).unwrap();
    assert_eq!(exchange(&transport, get(&server.url("/"))).await.unwrap_err().kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn answers_without_a_body_are_complete_whatever_their_headers_say() {
    let server = always(RawReply::bytes("HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n")).await;
    assert_eq!(exchange(&transport(), get(&server.url("/"))).await.unwrap().body(), "");
    let bytes = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 50\r\n\r\n";
    let server = always(RawReply::bytes(bytes)).await;
    let head = http::Request::head(server.url("/")).body(snowflake_transport::Body::empty()).unwrap();
    let answer = exchange(&transport(), head).await.unwrap();
    assert_eq!((answer.body().len(), answer.headers()["content-length"].to_str().unwrap()), (0, "50"));
}
