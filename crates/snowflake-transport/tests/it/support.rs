//! Short cuts for services on loopback, requests and loops.

use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use snowflake_sim::socket::{
    Certificate, CertificateKind, Certificates, Gate, HttpServer, HttpServerOptions, RawReply, RawRequest,
    RawServer,
};
use snowflake_transport::{
    Accept, Body, BoxFuture, Error, HttpTransport, Request, Response, Retrier, RetryClass, RetryPolicy,
    Transport, TransportOptions,
};

/// The authority of this run, which `options` trusts.
pub(crate) static CERTIFICATES: LazyLock<Certificates> = LazyLock::new(|| Certificates::new().unwrap());

/// Answers each request with bytes made for it.
pub(crate) async fn raw<A>(answer: A) -> RawServer
where
    A: Fn(&RawRequest) -> RawReply + Send + Sync + 'static,
{
    RawServer::start(answer).await.unwrap()
}

/// Answers every request with the same bytes.
pub(crate) async fn always(reply: RawReply) -> RawServer {
    RawServer::always(reply).await.unwrap()
}

/// A complete answer of status 200.
pub(crate) fn ok(body: impl AsRef<[u8]>) -> RawReply {
    RawReply::answer(200, &[], body)
}

/// Over TLS: answers each request with its version of HTTP and its body.
pub(crate) async fn echo(options: HttpServerOptions) -> HttpServer {
    HttpServer::start(Echo, options.with_certificate(certificate(CertificateKind::Good))).await.unwrap()
}

pub(crate) fn certificate(kind: CertificateKind) -> Certificate {
    CERTIFICATES.mint(kind).unwrap()
}

#[derive(Debug)]
struct Echo;

impl Transport for Echo {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            let version = format!("{:?} ", request.version());
            let body = request.into_body().collect(usize::MAX).await?;
            Ok(Response::new([version.as_bytes(), &body].concat().into()))
        })
    }
}

/// A gate in front of a server.
pub(crate) async fn gate(to: SocketAddr) -> Gate {
    Gate::open(to).await.unwrap()
}

pub(crate) fn get(url: &str) -> Request {
    http::Request::get(url).body(Body::empty()).unwrap()
}

pub(crate) fn post(url: &str, body: &'static str) -> Request {
    http::Request::post(url).header("x-key", "k1").body(Body::from(body)).unwrap()
}

/// Trusts the test authority, so that no root certificates of the machine are needed.
pub(crate) fn options() -> TransportOptions {
    TransportOptions::default().with_root_certificates(CERTIFICATES.authority())
}

pub(crate) fn transport() -> HttpTransport {
    HttpTransport::new(options()).unwrap()
}

/// A loop that hardly waits between attempts.
pub(crate) fn hasty(attempts: u32) -> Retrier {
    let waits = (Duration::from_micros(10), Duration::from_millis(1));
    Retrier::new(RetryPolicy::default().with_max_attempts(attempts).with_waits(waits.0, waits.1))
}

/// Sends the same request until it is answered.
pub(crate) async fn fetch(
    retrier: &Retrier,
    transport: &dyn Transport,
    class: RetryClass,
    make: impl Fn() -> Request + Send + Sync,
) -> Result<http::Response<Bytes>, Error> {
    let make = |_attempt| {
        let request = make();
        Box::pin(async move { Ok::<_, Error>(request) }) as snowflake_transport::BoxFuture<'static, _>
    };
    retrier.fetch(transport, class, make, |_answer| Accept::Yes).await
}

/// Sends one request and reads its whole answer.
pub(crate) async fn exchange(
    transport: &dyn Transport,
    request: Request,
) -> Result<http::Response<Bytes>, Error> {
    let (head, body) = transport.send(request).await?.into_parts();
    Ok(http::Response::from_parts(head, body.collect(usize::MAX).await?))
}

/// The error and all its causes, as a user would see them.
pub(crate) fn story(error: &Error) -> String {
    let mut story = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        story = format!("{story}: {error}");
        cause = error.source();
    }
    story
}
