//! One connection: HTTP/1.1, short headers, no bodies, not for ever.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::Full;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;

use super::listener::Stop;
use super::reply::Reply;
use super::routes::Routes;

/// How long a client may take to send the head of a request, and to stay away between two.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// The longest head of a request, in bytes. Hyper wants at least 8 KiB.
const HEAD_BYTES: usize = 16 * 1024;
/// Age at which a connection is closed after the request that runs, so that nobody keeps one of few places.
const MAX_AGE: Duration = Duration::from_secs(120);
/// How long the answer to that request may take, so that a client that does not read cannot hold its place either.
const LAST_ANSWER: Duration = Duration::from_secs(10);

/// Answers the requests of a connection until it is over, too old, or everything stops.
pub(super) async fn serve_connection<R: Routes>(stream: TcpStream, routes: Arc<R>, stop: Stop) {
    // Small answers shall not wait for more.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let routes = Arc::clone(&routes);
        async move { Ok::<_, Infallible>(respond(&*routes, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let over = async {
        tokio::select! {
            () = stop.raised() => {}
            () = tokio::time::sleep(MAX_AGE) => {}
        }
    };
    // A connection that breaks is the client's business.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = over => connection.as_mut().graceful_shutdown(),
    }
    let _ = tokio::time::timeout(LAST_ANSWER, connection).await;
}

async fn respond<R: Routes>(routes: &R, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let reply = match *request.method() {
        Method::GET | Method::HEAD if !request.body().is_end_stream() => Reply::body_refused(),
        Method::GET | Method::HEAD => routes.answer(request.uri().path(), request.headers()).await,
        _ => Reply::method_not_allowed(),
    };
    reply.into()
}
