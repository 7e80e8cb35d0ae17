//! R10: redirects inside an origin are followed, all others refused without a byte sent elsewhere.

use snowflake_sim::socket::{RawReply, RawRequest, RawServer};
use snowflake_transport::{Body, Error, ErrorKind, Redirects, Request, RequestOptions, RetryClass};

use crate::support::{always, exchange, fetch, get, hasty, ok, post, raw, transport};

/// A service that redirects `/n` to `/n-1` with 307 or 308 and answers `/0`.
async fn countdown() -> RawServer {
    raw(|request| match request.target().trim_start_matches('/').parse::<u16>().unwrap() {
        0 => ok("arrived"),
        hops => redirect(307 + u16::from(hops % 2 == 0), &format!("/{}", hops - 1)),
    })
    .await
}

fn redirect(status: u16, location: &str) -> RawReply {
    RawReply::answer(status, &[("Location", location)], "elsewhere")
}

async fn refused(location: &str) -> Error {
    let server = always(redirect(307, location)).await;
    let request = || post(&server.url("/login?token=secret"), "password");
    let error = fetch(&hasty(3), &transport(), RetryClass::Login, request).await.unwrap_err();
    assert_eq!(server.requests().len(), 1, "a refused redirect is final");
    error
}

#[tokio::test]
async fn r10_five_hops_inside_the_origin_keep_method_headers_and_body() {
    let server = countdown().await;
    let answer = exchange(&transport(), post(&server.url("/5"), "the body")).await.unwrap();
    assert_eq!(answer.body(), "arrived");
    let requests = server.requests();
    assert_eq!(requests.len(), 6);
    for (request, path) in requests.iter().map(RawRequest::text).zip(["/5", "/4", "/3", "/2", "/1", "/0"]) {
        assert!(request.starts_with(&format!("POST {path} HTTP/1.1\r\n")), "{request}");
        assert!(request.contains("x-key: k1") && request.ends_with("the body"), "{request}");
    }
}

#[tokio::test]
async fn r10_the_sixth_hop_is_refused() {
    let server = countdown().await;
    let error = exchange(&transport(), post(&server.url("/6"), "the body")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirect);
    assert_eq!(server.requests().len(), 6);
}

#[tokio::test]
async fn r10_another_origin_receives_no_byte() {
    let other = always(ok("stolen")).await;
    for location in [
        other.url("/login"),
        format!("//{}/", other.address()),
        format!("http://localhost:{}/", other.address().port()),
    ] {
        let error = refused(&location).await;
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Redirect, 1));
        assert_eq!(error.status().unwrap().as_u16(), 307);
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn r10_files_and_unreadable_locations_are_refused() {
    for location in ["file:///etc/passwd", "https://", "http://[::1", "ftp://127.0.0.1/"] {
        assert_eq!(refused(location).await.kind(), ErrorKind::Redirect, "{location}");
    }
    let server = always(RawReply::answer(308, &[], "")).await;
    let error = exchange(&transport(), get(&server.url("/"))).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "refused to follow a redirect (308 Permanent Redirect): it names no location"
    );
}

#[tokio::test]
async fn r10_a_redirect_that_would_change_the_method_is_refused() {
    for status in [301, 302, 303] {
        let server = always(redirect(status, "/elsewhere")).await;
        let error = exchange(&transport(), post(&server.url("/"), "x")).await.unwrap_err();
        assert_eq!((error.kind(), server.requests().len()), (ErrorKind::Redirect, 1));
    }
}

#[tokio::test]
async fn r10_a_stream_is_not_sent_twice() {
    let server = countdown().await;
    let body = futures::stream::iter([Ok(bytes::Bytes::from_static(b"once"))]);
    let request: Request =
        http::Request::post(server.url("/1")).body(Body::from_stream(body).with_length(4)).unwrap();
    let error = exchange(&transport(), request).await.unwrap_err();
    assert_eq!((error.kind(), server.requests().len()), (ErrorKind::Redirect, 1));
}

#[tokio::test]
async fn f17_a_caller_who_signs_requests_is_shown_the_redirect() {
    for (status, location) in [(301, "http://elsewhere.example/"), (307, "/here"), (302, "")] {
        let server = always(redirect(status, location)).await;
        let mut request = get(&server.url("/"));
        RequestOptions::new("storage").with_redirects(Redirects::Return).attach(&mut request);
        let answer = exchange(&transport(), request).await.unwrap();
        assert_eq!((answer.status().as_u16(), server.requests().len()), (status, 1));
        assert_eq!(answer.headers()["location"], location);
    }
}
