//! A socket whose connections are bounded in number, and which is closed in good order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use snafu::ResultExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::connection::serve_connection;
use super::routes::Routes;
use crate::error::{BindSnafu, Result};

/// The pause after a connection could not be accepted, as when the process is out of file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How much a listener lets its clients cost.
#[derive(Clone, Copy, Debug)]
pub(in crate::service) struct Limits {
    /// Connections at a time; more wait in the socket's queue.
    pub(in crate::service) connections: usize,
    /// How long requests that run may go on once the service stops.
    pub(in crate::service) grace: Duration,
}

/// Says to many when to stop.
#[derive(Clone, Debug)]
pub(in crate::service) struct Stop(watch::Receiver<bool>);

impl Stop {
    pub(in crate::service) fn new() -> (watch::Sender<bool>, Self) {
        let (sender, receiver) = watch::channel(false);
        (sender, Self(receiver))
    }

    /// Completes when it is time, also when whoever could say so is gone.
    pub(in crate::service) async fn raised(&self) {
        drop(self.0.clone().wait_for(|stopped| *stopped).await);
    }

    pub(in crate::service) fn is_raised(&self) -> bool {
        *self.0.borrow()
    }
}

/// A socket that waits for its routes.
#[derive(Debug)]
pub(in crate::service) struct Listener {
    socket: TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// Takes the port; 0 means any that is free.
    ///
    /// # Errors
    /// `Io`, naming the address.
    pub(in crate::service) async fn bind(address: SocketAddr) -> Result<Self> {
        let socket = TcpListener::bind(address).await.context(BindSnafu { address })?;
        let address = socket.local_addr().context(BindSnafu { address })?;
        Ok(Self { socket, address })
    }

    /// Where it listens.
    pub(in crate::service) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until it is told to stop; then requests that run may end, for the time of grace.
    pub(in crate::service) async fn serve<R: Routes>(self, routes: Arc<R>, limits: Limits, stop: Stop) {
        let room = Arc::new(Semaphore::new(limits.connections));
        // Aborts its connections when it is dropped.
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                () = stop.raised() => break,
                Some(_) = connections.join_next() => {}
                accepted = self.accept(&room) => {
                    if let Some((stream, place)) = accepted {
                        let connection = serve_connection(stream, Arc::clone(&routes), stop.clone());
                        connections.spawn(async move {
                            connection.await;
                            drop(place);
                        });
                    }
                }
            }
        }
        drop(self.socket);
        let ended = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(limits.grace, ended).await.is_err() {
            tracing::warn!(address = %self.address, "connections were cut off: their requests took too long");
        }
    }

    /// The next connection once there is room for one.
    async fn accept(&self, room: &Arc<Semaphore>) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
        let place = Arc::clone(room).acquire_owned().await.ok()?;
        match self.socket.accept().await {
            Ok((stream, _)) => Some((stream, place)),
            Err(error) => {
                // The peer was faster, or the process is out of file handles: a later one may do.
                tracing::debug!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                None
            }
        }
    }
}
