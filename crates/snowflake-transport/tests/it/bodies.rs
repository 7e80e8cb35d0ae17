//! R11, R12 as far as HTTP can tell, and what happens to compressed and oversized answers.

use snowflake_transport::{
    Accept, BoxFuture, ContentEncoding, Error, ErrorKind, Request, RequestOptions, RetryClass,
};

use crate::support::{Wire, answer, exchange, fetch, hasty, options, transport};

/// Two gzip members holding "one " and "two".
const TWO_MEMBERS: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0xcf, 0x4b, 0x55, 0x00, 0x00, 0x49,
    0x61, 0xac, 0x23, 0x04, 0x00, 0x00, 0x00, 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03,
    0x2b, 0x29, 0xcf, 0x07, 0x00, 0x66, 0x8a, 0xca, 0x11, 0x03, 0x00, 0x00, 0x00,
];

async fn cut_at(bytes: Vec<u8>, length: usize) -> Wire {
    Wire::serve(move |_number, mut connection| {
        let cut = bytes[..length].to_vec();
        async move {
            connection.request().await;
            connection.write(&cut).await;
        }
    })
    .await
}

#[tokio::test]
async fn r11_an_answer_shorter_than_announced_is_asked_for_once_more() {
    let whole = answer(200, &[], r#"{"data":{"rowset":[["1"]]}}"#);
    let wire = cut_at(whole.clone(), whole.len() - 10).await;
    let error = fetch(&hasty(9), &transport(), RetryClass::Api, || wire.get()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), wire.requests().len()), (ErrorKind::Truncated, 2, 2));
    let error = fetch(&hasty(4), &transport(), RetryClass::Storage, || wire.get()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Truncated, 4));
}

#[tokio::test]
async fn r11_a_chunked_answer_without_its_end_is_cut_too() {
    let wire = Wire::serve(|_number, mut connection| async move {
        connection.request().await;
        connection.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n").await;
    })
    .await;
    let error = exchange(&transport(), wire.get()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
}

#[tokio::test]
async fn r12_a_reader_that_finds_an_answer_cut_gets_it_once_more() {
    let wire = Wire::serve(|number, mut connection| async move {
        connection.request().await;
        let body: &[u8] = if number == 2 { b"{\"whole\":true}" } else { b"{\"whole\":" };
        connection.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").await;
        connection.write(body).await;
    })
    .await;
    let transport = transport();
    let whole = |answer: &http::Response<bytes::Bytes>| {
        if answer.body().ends_with(b"}") { Accept::Yes } else { Accept::RetryOnce("its JSON is cut") }
    };
    let make = |_attempt| -> BoxFuture<'_, Result<Request, Error>> { Box::pin(async { Ok(wire.get()) }) };
    let answer = hasty(9).fetch(&transport, RetryClass::Api, make, whole).await.unwrap();
    assert_eq!(answer.body(), "{\"whole\":true}");
    let error = hasty(9).fetch(&transport, RetryClass::Api, make, whole).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Content, 2));
    assert_eq!(error.response().unwrap().body(), "{\"whole\":");
    assert_eq!(wire.requests().len(), 4);
}

#[tokio::test]
async fn gzip_is_asked_for_and_undone_with_all_its_members() {
    let wire = Wire::answering(answer(200, &["Content-Encoding: gzip"], TWO_MEMBERS)).await;
    let answer = exchange(&transport(), wire.get()).await.unwrap();
    assert_eq!(answer.body(), "one two");
    assert!(
        answer.headers().get("content-encoding").is_none()
            && answer.headers().get("content-length").is_none()
    );
    assert!(wire.requests()[0].contains("accept-encoding: gzip\r\n"));
}

#[tokio::test]
async fn raw_answers_stay_as_they_are_on_the_wire() {
    let wire = Wire::answering(answer(200, &["Content-Encoding: gzip"], TWO_MEMBERS)).await;
    let mut request = wire.get();
    RequestOptions::new("chunk").with_content_encoding(ContentEncoding::Keep).attach(&mut request);
    let answer = exchange(&transport(), request).await.unwrap();
    assert_eq!(answer.body(), TWO_MEMBERS);
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    assert!(!wire.requests()[0].contains("accept-encoding"));
}

#[tokio::test]
async fn a_compressed_answer_that_is_cut_without_a_length_is_noticed() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n";
    let wire = cut_at([head, TWO_MEMBERS].concat(), head.len() + TWO_MEMBERS.len() - 1).await;
    let error = exchange(&transport(), wire.get()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
}

#[tokio::test]
async fn an_answer_has_the_size_that_is_allowed_and_is_not_asked_for_again() {
    let wire = Wire::answering(answer(200, &[], "x".repeat(1000))).await;
    let capped = |cap| {
        let mut request = wire.get();
        RequestOptions::new("query").with_body_cap(cap).attach(&mut request);
        request
    };
    assert!(exchange(&transport(), capped(1000)).await.is_ok());
    let error = fetch(&hasty(5), &transport(), RetryClass::Api, || capped(999)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::TooLarge, 1));
    let transport = snowflake_transport::HttpTransport::new(options().with_body_cap(10)).unwrap();
    assert_eq!(exchange(&transport, wire.get()).await.unwrap_err().kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn answers_without_a_body_are_complete_whatever_their_headers_say() {
    let wire = Wire::answering("HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n").await;
    assert_eq!(exchange(&transport(), wire.get()).await.unwrap().body(), "");
    let wire =
        Wire::answering("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 50\r\n\r\n").await;
    let head = http::Request::head(wire.url("/")).body(snowflake_transport::Body::empty()).unwrap();
    let answer = exchange(&transport(), head).await.unwrap();
    assert_eq!((answer.body().len(), answer.headers()["content-length"].to_str().unwrap()), (0, "50"));
}
