//! The server as a transport, without a socket: the same routes, called directly.

use std::sync::Arc;

use snowflake_transport::{BoxFuture, Error, Request, Response, Transport};

use crate::server::routes;
use crate::server::state::Shared;
use crate::service::exchange;

/// A transport that hands every request to one server, whatever host it names.
#[derive(Clone, Debug)]
pub(in crate::server) struct InProcess {
    shared: Arc<Shared>,
    address: Arc<str>,
}

impl InProcess {
    pub(in crate::server) fn new(shared: Arc<Shared>, address: impl Into<Arc<str>>) -> Self {
        Self { shared, address: address.into() }
    }
}

impl Transport for InProcess {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let answer = move |call| async move { routes::answer(&self.shared, call).await };
        Box::pin(exchange(request, &self.address, answer))
    }
}
