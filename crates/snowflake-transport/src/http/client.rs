//! One exchange over HTTP: send, wait for the head in time, follow the origin's own redirects.

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, HeaderValue};
use http::request::Parts;
use http::{Method, Uri};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use snafu::OptionExt as _;
use tokio::time::{Instant, timeout_at};

use super::connector::Connector;
use super::failure;
use super::guard::Guarded;
use super::inflate::{self, Inflated};
use super::limits::Limits;
use super::redirect::{self, MAX_HOPS};
use super::upload::{Progress, Upload};
use crate::body::Body;
use crate::error::{Error, InvalidRequestSnafu, Limit, RedirectSnafu, Repr};
use crate::options::TransportOptions;
use crate::request::{ContentEncoding, Redirects, RequestOptions, Sensitivity};
use crate::service::{BoxFuture, Request, Response, Transport};

/// How much of a body over HTTP/2 may be under way: enough to keep a long fast line busy.
const STREAM_WINDOW: u32 = 2 << 20;
const CONNECTION_WINDOW: u32 = 8 << 20;

/// Carries requests over HTTP/1.1 and HTTP/2, with TLS through rustls and ring.
///
/// Connections are kept and shared; clones share them too. Redirects inside an origin are followed up
/// to five times, all others refused.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    client: Client<Connector, Upload>,
    options: TransportOptions,
}

impl HttpTransport {
    /// A transport with these options. It connects when the first request is sent.
    ///
    /// # Errors
    ///
    /// `Tls` if there are no root certificates at all, `InvalidRequest` if those given or the proxy
    /// cannot be used.
    pub fn new(options: TransportOptions) -> Result<Self, Error> {
        let client = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(options.idle_timeout)
            .pool_max_idle_per_host(options.max_idle)
            // A request that met a connection which had just died is sent again if nothing was written.
            .retry_canceled_requests(true)
            .http2_initial_stream_window_size(STREAM_WINDOW)
            .http2_initial_connection_window_size(CONNECTION_WINDOW)
            .build(Connector::new(&options)?);
        Ok(Self { client, options })
    }

    async fn exchange(&self, request: Request) -> Result<Response, Error> {
        let started = Instant::now();
        let options = RequestOptions::of(&request);
        let limits = Limits::new(&self.options, &options, started);
        let (mut parts, mut body) = request.into_parts();
        let inflate = options.content_encoding == ContentEncoding::Undo;
        if inflate && !parts.headers.contains_key(ACCEPT_ENCODING) {
            parts.headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        }
        let mut hops = 0;
        let response = loop {
            let replay = body.as_bytes().cloned();
            let response = self.send_once(&parts, body, &limits).await?;
            let status = response.status();
            if options.redirects == Redirects::Return {
                break response;
            }
            let Some(next) = redirect::next_hop(status, response.headers(), &parts.uri)? else {
                break response;
            };
            hops += 1;
            let refused = |reason| RedirectSnafu { status, reason };
            snafu::ensure!(hops <= MAX_HOPS, refused("there were too many in a row"));
            let replay: Bytes = replay.context(refused("the body cannot be sent a second time"))?;
            (body, parts.uri) = (replay.into(), next);
        };
        trace(&parts, &options, &response, started);
        Ok(receive(response, limits, inflate && parts.method != Method::HEAD))
    }

    async fn send_once(
        &self,
        parts: &Parts,
        body: Body,
        limits: &Limits,
    ) -> Result<http::Response<Incoming>, Error> {
        let address = address(&parts.uri)?;
        let (upload, progress) = Upload::new(body, Instant::now());
        let mut request = http::Request::new(upload);
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = parts.uri.clone();
        *request.headers_mut() = parts.headers.clone();
        let answer = in_time(self.client.request(request), limits, &progress).await?;
        Ok(answer.map_err(|error| failure::before_head(error, address, progress.delivery()))?)
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(self.exchange(request))
    }
}

/// Waits for the head of an answer: so long after the last piece of the request left, and no longer
/// than the exchange may take.
async fn in_time<F: Future + Send>(
    answer: F,
    limits: &Limits,
    progress: &Progress,
) -> Result<F::Output, Error> {
    let mut answer = std::pin::pin!(answer);
    loop {
        let first_byte = progress.last().checked_add(limits.first_byte);
        let Some(until) = first_byte.into_iter().chain(limits.deadline).min() else {
            return Ok(answer.await);
        };
        if let Ok(answer) = timeout_at(until, answer.as_mut()).await {
            return Ok(answer);
        }
        let delivery = progress.delivery();
        if let (Some(deadline), Some(after)) = (limits.deadline, limits.total)
            && deadline <= until
        {
            return Err(Repr::Timeout { limit: Limit::Total, after, delivery }.into());
        }
        // A body that is still leaving moves this limit with every piece.
        if progress.last().checked_add(limits.first_byte) <= Some(until) {
            return Err(Repr::Timeout { limit: Limit::FirstByte, after: limits.first_byte, delivery }.into());
        }
    }
}

fn receive(response: http::Response<Incoming>, limits: Limits, inflate: bool) -> Response {
    let (mut head, incoming) = response.into_parts();
    let guarded = Guarded::new(incoming, limits);
    let body = if inflate && inflate::announced(&mut head.headers) {
        Body::wrap(Inflated::new(guarded, limits.body_cap))
    } else {
        Body::wrap(guarded)
    };
    http::Response::from_parts(head, body)
}

/// The host and port of a request, for errors.
fn address(uri: &Uri) -> Result<String, Error> {
    let invalid = |reason| InvalidRequestSnafu { reason };
    let port = match uri.scheme_str() {
        Some("https") => 443,
        Some("http") => 80,
        _ => return Ok(invalid("its address is neither http nor https").fail()?),
    };
    let host = uri.host().context(invalid("its address has no host"))?;
    Ok(format!("{host}:{}", uri.port_u16().unwrap_or(port)))
}

fn trace(parts: &Parts, options: &RequestOptions, response: &http::Response<Incoming>, started: Instant) {
    let path = match options.sensitivity {
        Sensitivity::Plain => parts.uri.path(),
        Sensitivity::Sensitive => "",
    };
    tracing::debug!(
        endpoint = options.endpoint,
        method = %parts.method,
        host = parts.uri.host(),
        path,
        status = response.status().as_u16(),
        version = ?response.version(),
        elapsed = ?started.elapsed(),
        "request answered",
    );
}
