//! The server on a loopback socket, HTTP/1.1 and HTTP/2.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::server::routes;
use crate::server::state::Shared;
use crate::service::{Call, MAX_BODY, Reply};

/// The task that accepts connections. Dropping it closes the socket and every connection.
#[derive(Debug)]
pub(in crate::server) struct Listener {
    task: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

/// Takes a port of the loopback interface; 0 means any that is free.
pub(in crate::server) async fn bind(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

impl Listener {
    /// Serves the connections of a socket.
    pub(in crate::server) fn serve(listener: TcpListener, shared: Arc<Shared>, address: SocketAddr) -> Self {
        let stop = watch::Sender::new(false);
        let stopped = stop.subscribe();
        let address: Arc<str> = address.to_string().into();
        Self { task: tokio::spawn(accept(listener, shared, address, stopped)), stop }
    }

    /// Stops accepting, and waits until every connection is closed.
    pub(in crate::server) async fn stop(mut self) {
        self.stop.send_replace(true);
        // An error means that the task is gone already.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(
    listener: TcpListener,
    shared: Arc<Shared>,
    address: Arc<str>,
    mut stopped: watch::Receiver<bool>,
) {
    // Aborts its connections when it is dropped.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = async { drop(stopped.wait_for(|stopped| *stopped).await) } => return,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, Arc::clone(&shared), Arc::clone(&address)));
                }
                // Out of file handles, or the peer was faster: the next one may do.
                Err(_) => tokio::task::yield_now().await,
            },
        }
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>, address: Arc<str>) {
    // Small answers shall not wait for more.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| respond(request, Arc::clone(&shared), Arc::clone(&address)));
    // A connection that breaks is the client's business.
    let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
}

async fn respond(
    request: Request<Incoming>,
    shared: Arc<Shared>,
    address: Arc<str>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let reply = match Limited::new(body, MAX_BODY).collect().await {
        Err(_) => Reply::text(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long, or it broke off"),
        Ok(body) => routes::answer(&shared, Call::new(parts, body.to_bytes(), &address)).await,
    };
    Ok(reply.into_response().map(Full::new))
}
