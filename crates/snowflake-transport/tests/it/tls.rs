//! TLS: who is trusted, which version of HTTP is spoken, and tunnels.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use snowflake_proto::Secret;
use snowflake_transport::{ErrorKind, HttpTransport, HttpVersions, Proxy, RetryClass, TransportOptions};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::support::{Wire, answer, exchange, fetch, get, hasty, options, post};

/// Answers with the version of HTTP and the body of the request; drop to stop it.
pub(crate) struct Service {
    address: SocketAddr,
    _tasks: JoinSet<()>,
}

pub(crate) async fn service() -> Service {
    let chain =
        vec![CertificateDer::from_pem_slice(include_bytes!("../certificates/localhost.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("../certificates/localhost.key.pem")).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _peer)) = listener.accept().await {
            connections.spawn(serve(acceptor.clone(), stream));
        }
    });
    Service { address, _tasks: tasks }
}

async fn serve(acceptor: TlsAcceptor, stream: TcpStream) {
    // A client that does not trust us ends the handshake, which is what some tests are about.
    let Ok(stream) = acceptor.accept(stream).await else { return };
    let echo = service_fn(|request: http::Request<hyper::body::Incoming>| async move {
        let version = format!("{:?} ", request.version());
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let echoed = [version.as_bytes(), &body].concat();
        Ok::<_, Infallible>(http::Response::new(Full::new(Bytes::from(echoed))))
    });
    let _closed = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), echo).await;
}

impl Service {
    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}/", self.address.port())
    }
}

#[tokio::test]
async fn http2_is_spoken_where_it_is_offered_and_can_be_declined() {
    let service = service().await;
    for (versions, spoken) in
        [(HttpVersions::Http1AndHttp2, "HTTP/2.0 hello"), (HttpVersions::Http1Only, "HTTP/1.1 hello")]
    {
        let transport = HttpTransport::new(options().with_versions(versions)).unwrap();
        let answer = exchange(&transport, post(&service.url(), "hello")).await.unwrap();
        assert_eq!(answer.body(), spoken);
    }
}

#[tokio::test]
async fn many_requests_share_one_http2_connection() {
    let service = service().await;
    let transport = HttpTransport::new(options()).unwrap();
    let mut requests = JoinSet::new();
    for _ in 0..50 {
        let (transport, url) = (transport.clone(), service.url());
        requests.spawn(async move { exchange(&transport, post(&url, "x")).await.unwrap().into_body() });
    }
    assert!(requests.join_all().await.iter().all(|body| body == "HTTP/2.0 x"));
}

#[tokio::test]
async fn an_untrusted_certificate_and_a_wrong_name_are_refused_once_and_for_all() {
    let service = service().await;
    let trusting = HttpTransport::new(options()).unwrap();
    let by_number = format!("https://{}/", service.address);
    let error =
        fetch(&hasty(5), &trusting, RetryClass::Api, || post(&by_number, "password")).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.was_sent()), (ErrorKind::Tls, 1, false));
    assert_eq!(error.to_string(), format!("the TLS handshake with {} failed", service.address));
    // Without the authority the machine's own roots decide; without any, there is no transport at all.
    let error = match HttpTransport::new(TransportOptions::default()) {
        Ok(transport) => exchange(&transport, get(&service.url())).await.unwrap_err(),
        Err(error) => error,
    };
    assert_eq!(error.kind(), ErrorKind::Tls);
}

#[tokio::test]
async fn a_handshake_that_the_other_side_cuts_off_is_tried_again() {
    let wire = Wire::serve(|_number, connection| async move { connection.reset() }).await;
    let url = format!("https://localhost:{}/", wire.address.port());
    let transport = HttpTransport::new(options()).unwrap();
    let error = fetch(&hasty(3), &transport, RetryClass::Once, || get(&url)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.was_sent()), (ErrorKind::Connect, 3, false));
    assert_eq!(wire.connections(), 3);
}

#[tokio::test]
async fn a_proxy_is_asked_for_a_tunnel_and_told_who_we_are() {
    let service = service().await;
    let target = service.address;
    let proxy = Wire::serve(move |_number, mut connection| async move {
        connection.request().await;
        connection.write(b"HTTP/1.1 200 Connected\r\n\r\n").await;
        connection.forward(target).await;
    })
    .await;
    let address = proxy.url("").parse().unwrap();
    let through = Proxy::new(address).with_credentials("user", Secret::new("pass"));
    let transport = HttpTransport::new(options().with_proxy(through)).unwrap();
    let answer = exchange(&transport, post(&service.url(), "hello")).await.unwrap();
    assert_eq!(answer.body(), "HTTP/2.0 hello");
    let asked = &proxy.requests()[0];
    assert!(asked.starts_with(&format!("CONNECT localhost:{} HTTP/1.1\r\n", target.port())), "{asked}");
    assert!(asked.to_lowercase().contains("proxy-authorization: basic dxnlcjpwyxnz"), "{asked}");
}

#[tokio::test]
async fn a_proxy_that_declines_or_is_not_there_is_a_failed_connection() {
    let declining = Wire::answering(answer(407, &[], "")).await;
    let transport =
        HttpTransport::new(options().with_proxy(Proxy::new(declining.url("").parse().unwrap()))).unwrap();
    let error = exchange(&transport, get("https://localhost:1/")).await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Connect, false));
    // Behind a proxy that is gone nothing is reached, though the service itself could be.
    let service = service().await;
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let transport =
        HttpTransport::new(options().with_proxy(Proxy::new(format!("http://{gone}").parse().unwrap())))
            .unwrap();
    assert_eq!(exchange(&transport, get(&service.url())).await.unwrap_err().kind(), ErrorKind::Connect);
}

#[test]
fn a_proxy_must_be_an_address_without_credentials() {
    for address in ["https://proxy:1", "http://user:secret@proxy:1", "/path"] {
        let options = options().with_proxy(Proxy::new(address.parse().unwrap()));
        assert!(!format!("{options:?}").contains("secret"));
        assert_eq!(HttpTransport::new(options).unwrap_err().kind(), ErrorKind::InvalidRequest);
    }
}
