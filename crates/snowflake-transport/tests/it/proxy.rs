//! T11, T12: proxies that decline, fall silent, break off or are gone, and that are never bypassed.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use snowflake_proto::Secret;
use snowflake_sim::socket::{
    CertificateKind, Gate, HttpServer, HttpServerOptions, Mishap, ProxyKind, ProxyServer,
};
use snowflake_sim::{Expect, Script};
use snowflake_transport::{Body, ErrorKind, HttpTransport, Proxy, RetryClass};

use crate::support::{certificate, echo, exchange, fetch, get, hasty, options, post, story};

const PASSWORD: &str = "p:@/%";

fn through(proxy: &ProxyServer) -> HttpTransport {
    let proxy = Proxy::new(proxy.url().parse().unwrap()).with_credentials("user", Secret::new(PASSWORD));
    HttpTransport::new(options().with_proxy(proxy).with_connect_timeout(Duration::from_millis(500))).unwrap()
}

fn knowing() -> ProxyKind {
    ProxyKind::Credentials { user: "user".into(), password: PASSWORD.into() }
}

#[tokio::test]
async fn a_proxy_is_asked_for_a_tunnel_and_told_who_we_are() {
    let server = echo(HttpServerOptions::default()).await;
    let proxy = ProxyServer::start(knowing()).await.unwrap();
    let answer = exchange(&through(&proxy), post(&server.url("/"), "hello")).await.unwrap();
    assert_eq!(answer.body(), "HTTP/2.0 hello");
    assert_eq!(proxy.connects(), [format!("localhost:{}", server.address().port())]);
}

#[tokio::test]
async fn t11_a_proxy_that_does_not_know_us_is_no_way_and_its_password_stays_secret() {
    let server = echo(HttpServerOptions::default()).await;
    let proxy = ProxyServer::start(knowing()).await.unwrap();
    let stranger = Proxy::new(proxy.url().parse().unwrap());
    let transport = HttpTransport::new(options().with_proxy(stranger)).unwrap();
    let error = exchange(&transport, get(&server.url("/"))).await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Connect, false));
    assert!(story(&error).contains("proxy authorization required"), "{}", story(&error));

    proxy.turn(ProxyKind::Denying(407));
    let transport = through(&proxy);
    let request = || post(&server.url("/"), "hello");
    let error = fetch(&hasty(3), &transport, RetryClass::Once, request).await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Connect, false));
    assert!(!format!("{error} {error:?} {transport:?}").contains(PASSWORD));
    assert_eq!(server.connections(), 0);
    proxy.turn(knowing());
    assert!(exchange(&transport, request()).await.is_ok());
}

#[tokio::test]
async fn t11_a_proxy_that_fails_falls_silent_or_breaks_off_is_asked_again() {
    let server = echo(HttpServerOptions::default()).await;
    for (kind, error_kind) in [
        (ProxyKind::Denying(502), ErrorKind::Connect),
        (ProxyKind::Hanging, ErrorKind::Timeout),
        (ProxyKind::ClosingAfter(0), ErrorKind::Connect),
        (ProxyKind::ClosingAfter(50), ErrorKind::Connect),
    ] {
        let proxy = ProxyServer::start(kind.clone()).await.unwrap();
        let transport = through(&proxy);
        let request = || post(&server.url("/"), "hello");
        let error = fetch(&hasty(2), &transport, RetryClass::Once, request).await.unwrap_err();
        let found = (error.kind(), error.attempts(), error.was_sent());
        assert_eq!(found, (error_kind, 2, false), "{kind:?}");
        assert_eq!(proxy.connects().len(), 2, "{kind:?}");
        proxy.turn(ProxyKind::Working);
        let answer = fetch(&hasty(2), &transport, RetryClass::Once, request).await.unwrap();
        assert_eq!(answer.body(), "HTTP/2.0 hello", "{kind:?}");
    }
}

#[tokio::test]
async fn t11_a_tunnel_that_closes_in_the_middle_of_an_answer_is_opened_again() {
    let big = vec![b'x'; 1 << 20];
    let reply = snowflake_sim::Reply::bytes(big);
    let script = Script::new().expect(Expect::get("/").any_times().reply(reply));
    let tls = HttpServerOptions::default().with_certificate(certificate(CertificateKind::Good));
    let server = HttpServer::start(script, tls).await.unwrap();
    let proxy = ProxyServer::start(ProxyKind::ClosingAfter(100_000)).await.unwrap();
    let transport = through(&proxy);
    let error = exchange(&transport, get(&server.url("/"))).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Reset | ErrorKind::Truncated), "{error:?}");
    proxy.turn(ProxyKind::Working);
    let answer = fetch(&hasty(3), &transport, RetryClass::Storage, || get(&server.url("/"))).await.unwrap();
    assert_eq!(answer.body().len(), 1 << 20);
}

#[tokio::test]
async fn t12_behind_a_proxy_that_is_gone_nothing_is_reached() {
    let script = Arc::new(Script::new().expect(Expect::get("/").any_times()));
    let tls = HttpServerOptions::default().with_certificate(certificate(CertificateKind::Good));
    let secure = HttpServer::start(Arc::clone(&script), tls).await.unwrap();
    let plain = HttpServer::start(Arc::clone(&script), HttpServerOptions::default()).await.unwrap();
    let proxy = ProxyServer::start(ProxyKind::Working).await.unwrap();
    let gate = Gate::open(proxy.address()).await.unwrap();
    gate.add(Mishap::reset());
    let by_gate = Proxy::new(gate.url("").parse().unwrap());
    let transport = HttpTransport::new(options().with_proxy(by_gate)).unwrap();
    for server in [&secure, &plain] {
        for method in [Method::GET, Method::PUT, Method::POST] {
            let request = || {
                let request = http::Request::builder().method(method.clone()).uri(server.url("/"));
                request.body(Body::from("secret")).unwrap()
            };
            let error = fetch(&hasty(2), &transport, RetryClass::Storage, request).await.unwrap_err();
            assert_eq!((error.kind(), error.attempts(), error.was_sent()), (ErrorKind::Connect, 2, false));
        }
    }
    assert_eq!((secure.connections(), plain.connections(), script.requests().len()), (0, 0, 0));
    gate.clear();
    for server in [&secure, &plain] {
        assert_eq!(exchange(&transport, get(&server.url("/"))).await.unwrap().status(), 200);
    }
    assert_eq!((proxy.connects().len(), script.requests().len()), (2, 2));

    let address = proxy.url();
    drop(proxy);
    let proxy = Proxy::new(address.parse().unwrap());
    let transport = HttpTransport::new(options().with_proxy(proxy)).unwrap();
    let error = exchange(&transport, get(&secure.url("/"))).await.unwrap_err();
    assert_eq!((error.kind(), script.requests().len()), (ErrorKind::Connect, 2));
}

#[test]
fn a_proxy_must_be_an_address_without_credentials() {
    for address in ["https://proxy:1", "http://user:secret@proxy:1", "/path"] {
        let options = options().with_proxy(Proxy::new(address.parse().unwrap()));
        assert!(!format!("{options:?}").contains("secret"));
        assert_eq!(HttpTransport::new(options).unwrap_err().kind(), ErrorKind::InvalidRequest);
    }
}
