//! R10: redirects inside an origin are followed, all others refused without a byte sent elsewhere.

use snowflake_transport::{Body, Error, ErrorKind, Request, RetryClass};

use crate::support::{Wire, answer, exchange, fetch, hasty, post, transport};

/// A service that redirects `/n` to `/n-1` with 307 or 308 and answers `/0`.
async fn countdown() -> Wire {
    Wire::serve(|_number, mut connection| async move {
        while let Some(request) = connection.request().await {
            let path = request.split(' ').nth(1).unwrap();
            let hops: usize = path.trim_start_matches('/').parse().unwrap();
            let bytes = match hops {
                0 => answer(200, &[], "arrived"),
                hops => answer(
                    307 + u16::from(hops % 2 == 0),
                    &[&format!("Location: /{}", hops - 1)],
                    "elsewhere",
                ),
            };
            connection.write(&bytes).await;
        }
    })
    .await
}

async fn refused(location: &str) -> Error {
    let header = format!("Location: {location}");
    let wire = Wire::answering(answer(307, &[&header], "")).await;
    let request = || post(&wire.url("/login?token=secret"), "password");
    let error = fetch(&hasty(3), &transport(), RetryClass::Login, request).await.unwrap_err();
    assert_eq!(wire.requests().len(), 1, "a refused redirect is final");
    error
}

#[tokio::test]
async fn r10_five_hops_inside_the_origin_keep_method_headers_and_body() {
    let wire = countdown().await;
    let answer = exchange(&transport(), post(&wire.url("/5"), "the body")).await.unwrap();
    assert_eq!(answer.body(), "arrived");
    let requests = wire.requests();
    assert_eq!(requests.len(), 6);
    for (request, path) in requests.iter().zip(["/5", "/4", "/3", "/2", "/1", "/0"]) {
        assert!(request.starts_with(&format!("POST {path} HTTP/1.1\r\n")), "{request}");
        assert!(request.contains("x-key: k1") && request.ends_with("the body"), "{request}");
    }
}

#[tokio::test]
async fn r10_the_sixth_hop_is_refused() {
    let wire = countdown().await;
    let error = exchange(&transport(), post(&wire.url("/6"), "the body")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirect);
    assert_eq!(wire.requests().len(), 6);
}

#[tokio::test]
async fn r10_another_origin_receives_no_byte() {
    let other = Wire::answering(answer(200, &[], "stolen")).await;
    for location in [
        other.url("/login"),
        format!("//{}/", other.address),
        format!("http://localhost:{}/", other.address.port()),
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
    let wire = Wire::answering(answer(308, &[], "")).await;
    let error = exchange(&transport(), wire.get()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "refused to follow a redirect (308 Permanent Redirect): it names no location"
    );
}

#[tokio::test]
async fn r10_a_redirect_that_would_change_the_method_is_refused() {
    for status in [301, 302, 303] {
        let wire = Wire::answering(answer(status, &["Location: /elsewhere"], "")).await;
        let error = exchange(&transport(), post(&wire.url("/"), "x")).await.unwrap_err();
        assert_eq!((error.kind(), wire.requests().len()), (ErrorKind::Redirect, 1));
    }
}

#[tokio::test]
async fn r10_a_stream_is_not_sent_twice() {
    let wire = countdown().await;
    let body = futures::stream::iter([Ok(bytes::Bytes::from_static(b"once"))]);
    let request: Request =
        http::Request::post(wire.url("/1")).body(Body::from_stream(body).with_length(4)).unwrap();
    let error = exchange(&transport(), request).await.unwrap_err();
    assert_eq!((error.kind(), wire.requests().len()), (ErrorKind::Redirect, 1));
}
