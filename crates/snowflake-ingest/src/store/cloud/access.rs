//! Clients that are replaced when their credentials have expired.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use snowflake_transport::BoxFuture;

use super::client::Client;
use super::refusal::Refusal;
use crate::error::Result;

/// A client, and how many there were before it.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) generation: u64,
    pub(super) client: Arc<dyn Client>,
    /// Whether these credentials were ever accepted.
    proven: AtomicBool,
}

/// Hands out clients.
pub(super) trait Access: fmt::Debug + Send + Sync {
    /// The client to be used for a file now.
    fn current<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Arc<Live>>>;

    /// A client with newer credentials than those of `seen`, which were refused. However many ask at the same
    /// time, the server is asked once.
    fn renew<'a>(&'a self, key: &'a str, seen: &'a Live) -> BoxFuture<'a, Result<Arc<Live>>>;

    /// A client of the place to which a refusal points; `None` if it must not be followed.
    fn follow<'a>(&'a self, seen: &'a Live, refusal: &'a Refusal)
    -> BoxFuture<'a, Result<Option<Arc<Live>>>>;
}

impl Live {
    pub(super) fn new(generation: u64, client: Arc<dyn Client>) -> Arc<Self> {
        Arc::new(Self { generation, client, proven: AtomicBool::new(false) })
    }

    /// Notes that the credentials were accepted.
    pub(super) fn prove(&self) {
        self.proven.store(true, Ordering::Relaxed);
    }

    /// Whether other credentials may help: if these came from a renewal and were never accepted, the next ones
    /// will be refused as well.
    pub(super) fn is_renewable(&self) -> bool {
        self.generation == 0 || self.proven.load(Ordering::Relaxed)
    }
}
