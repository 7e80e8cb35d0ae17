//! R16, T01 to T03: who is trusted, which versions are spoken, and handshakes that are cut off.

use std::sync::Arc;

use snowflake_sim::socket::{
    CertificateKind, HttpServer, HttpServerOptions, RawReply, RawServer, TlsVersions,
};
use snowflake_sim::{Expect, Script};
use snowflake_transport::{Error, ErrorKind, HttpTransport, HttpVersions, RetryClass, TransportOptions};

use crate::support::{certificate, echo, exchange, fetch, get, hasty, options, post, story, transport};

/// Asks a server with such a certificate, and makes sure that it was not told a thing.
async fn refused(kind: CertificateKind) -> Error {
    let script = Arc::new(Script::new().expect(Expect::post("/").any_times()));
    let options = HttpServerOptions::default().with_certificate(certificate(kind));
    let server = HttpServer::start(Arc::clone(&script), options).await.unwrap();
    let request = || post(&server.url("/"), "password");
    let error = fetch(&hasty(5), &transport(), RetryClass::Login, request).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.was_sent()), (ErrorKind::Tls, 1, false), "{kind:?}");
    assert_eq!((script.requests().len(), server.connections()), (0, 1), "{kind:?}");
    error
}

#[tokio::test]
async fn http2_is_spoken_where_it_is_offered_and_can_be_declined_by_either_side() {
    let (both, first) = (HttpVersions::Http1AndHttp2, HttpVersions::Http1Only);
    for (ours, theirs, spoken) in
        [(both, both, "HTTP/2.0 hello"), (first, both, "HTTP/1.1 hello"), (both, first, "HTTP/1.1 hello")]
    {
        let server = echo(HttpServerOptions::default().with_http_versions(theirs)).await;
        let transport = HttpTransport::new(options().with_versions(ours)).unwrap();
        let answer = exchange(&transport, post(&server.url("/"), "hello")).await.unwrap();
        assert_eq!(answer.body(), spoken);
    }
}

#[tokio::test]
async fn r16_a_handshake_that_the_other_side_closes_is_tried_again() {
    let server = echo(HttpServerOptions::default().with_broken_handshakes(2)).await;
    let (transport, request) = (transport(), || post(&server.url("/"), "hello"));
    let answer = fetch(&hasty(5), &transport, RetryClass::Once, request).await.unwrap();
    assert_eq!((answer.body().as_ref(), server.connections()), (&b"HTTP/2.0 hello"[..], 3));
    assert!(exchange(&transport, request()).await.is_ok());

    let server = echo(HttpServerOptions::default().with_broken_handshakes(3)).await;
    let request = || post(&server.url("/"), "hello");
    let error = fetch(&hasty(3), &transport, RetryClass::Once, request).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.was_sent()), (ErrorKind::Connect, 3, false));
}

#[tokio::test]
async fn t01_a_certificate_for_another_host_is_refused_once_and_for_all() {
    let story = story(&refused(CertificateKind::OtherHost).await);
    assert!(story.contains("not valid for name \"localhost\""), "{story}");
}

#[tokio::test]
async fn t02_certificates_that_are_no_good_are_refused_and_the_cause_is_told() {
    for (kind, cause) in [
        (CertificateKind::SelfSigned, "UnknownIssuer"),
        (CertificateKind::Expired, "expired"),
        (CertificateKind::NotYetValid, "not valid yet"),
        (CertificateKind::WrongUse, "extended key usage"),
        (CertificateKind::NameConstraint, "NameConstraintViolation"),
        (CertificateKind::LongChain(20), "MaximumPathDepthExceeded"),
    ] {
        let story = story(&refused(kind).await);
        assert!(story.contains(cause), "{kind:?}: {story}");
    }
}

#[tokio::test]
async fn t02_a_short_chain_is_good_and_an_authority_that_nobody_named_is_not() {
    let options = HttpServerOptions::default().with_certificate(certificate(CertificateKind::LongChain(3)));
    let script = Script::new().expect(Expect::get("/").any_times());
    let server = HttpServer::start(script, options).await.unwrap();
    assert_eq!(exchange(&transport(), get(&server.url("/"))).await.unwrap().status(), 200);
    // Without the authority the machine's own roots decide; without any, there is no transport at all.
    let error = match HttpTransport::new(TransportOptions::default()) {
        Ok(transport) => exchange(&transport, get(&server.url("/"))).await.unwrap_err(),
        Err(error) => error,
    };
    assert_eq!(error.kind(), ErrorKind::Tls);
}

#[tokio::test]
async fn t03_tls_1_2_and_1_3_are_spoken_and_nothing_older() {
    for versions in [TlsVersions::Tls12Only, TlsVersions::Tls13Only] {
        let server = echo(HttpServerOptions::default().with_tls_versions(versions)).await;
        let answer = exchange(&transport(), post(&server.url("/"), "hello")).await.unwrap();
        assert_eq!(answer.body(), "HTTP/2.0 hello", "{versions:?}");
    }
    let old = RawServer::unasked(RawReply::tls_1_1_hello()).await.unwrap();
    let url = format!("https://localhost:{}/", old.address().port());
    let error = fetch(&hasty(5), &transport(), RetryClass::Api, || get(&url)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.was_sent()), (ErrorKind::Tls, 1, false));
    assert_eq!(
        error.to_string(),
        format!("the TLS handshake with localhost:{} failed", old.address().port())
    );
}
