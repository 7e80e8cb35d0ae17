//! A port of the loopback interface whose connections are handled until the listener is dropped.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use snafu::ResultExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::error::{Error, SocketSnafu};

#[derive(Debug)]
pub(super) struct Listener {
    address: SocketAddr,
    accepted: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Listener {
    /// Listens at a free port. The handler is called in the order in which connections come; their
    /// numbers begin with 1.
    pub(super) async fn open<H, F>(handle: H) -> Result<Self, Error>
    where
        H: Fn(usize, TcpStream) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context(SocketSnafu)?;
        let address = listener.local_addr().context(SocketSnafu)?;
        let accepted = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&accepted);
        let task = tokio::spawn(async move {
            // Ends its connections when it is dropped.
            let mut connections = JoinSet::new();
            loop {
                tokio::select! {
                    Some(_ended) = connections.join_next() => {}
                    stream = listener.accept() => match stream {
                        Ok((stream, _peer)) => {
                            // What is written in one piece shall leave in one piece.
                            let _ = stream.set_nodelay(true);
                            let number = count.fetch_add(1, Ordering::Relaxed) + 1;
                            connections.spawn(handle(number, stream));
                        }
                        // Out of file handles, or the peer was faster: the next one may do.
                        Err(_) => tokio::task::yield_now().await,
                    },
                }
            }
        });
        Ok(Self { address, accepted, task })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections came so far.
    pub(super) fn accepted(&self) -> usize {
        self.accepted.load(Ordering::Relaxed)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}
