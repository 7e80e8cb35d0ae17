//! Where the server is and how it is talked to.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use snowflake_proto::wire::Envelope;
use snowflake_proto::{Secret, ServerAddress};
use snowflake_transport::{Clock, Entropy, Retrier, RetryPolicy, Transport};

use crate::error::Result;
use crate::server::exchange::Caller;
use crate::server::{ApiRequest, ClientId};

/// A server, and the way to it. Clones share everything.
#[derive(Clone, Debug)]
pub struct Server {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    transport: Arc<dyn Transport>,
    address: ServerAddress,
    options: ServerOptions,
}

/// How a server is talked to; the defaults suit the real service.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    client: ClientId,
    retrier: Retrier,
}

impl ServerOptions {
    /// What the client says it is.
    #[must_use]
    pub fn with_client(mut self, client: ClientId) -> Self {
        self.client = client;
        self
    }

    /// The retry loop, which also says what time it is and where identifiers come from.
    /// Sharing one among all servers makes them share its budget.
    #[must_use]
    pub fn with_retrier(mut self, retrier: Retrier) -> Self {
        self.retrier = retrier;
        self
    }

    /// How often and how long the retry loop tries again.
    #[must_use]
    pub fn with_retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retrier = self.retrier.with_policy(policy);
        self
    }

    /// Where times come from, in place of the machine's clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.retrier = self.retrier.with_clock(clock);
        self
    }

    /// Where identifiers and waits of random length come from, in place of the operating system.
    #[must_use]
    pub fn with_entropy(mut self, entropy: Arc<dyn Entropy>) -> Self {
        self.retrier = self.retrier.with_entropy(entropy);
        self
    }
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self { client: ClientId::default(), retrier: Retrier::new(RetryPolicy::default()) }
    }
}

impl Server {
    /// The server at `address`, reached through `transport`.
    pub fn new(transport: Arc<dyn Transport>, address: ServerAddress, options: ServerOptions) -> Self {
        Self { inner: Arc::new(Inner { transport, address, options }) }
    }

    /// Makes one call and returns its envelope, whether it reports success or not.
    ///
    /// # Errors
    /// `Network` when no usable answer was delivered, or one with an HTTP status that is no success; `Protocol` when
    /// the answer is not the JSON that was expected.
    pub async fn call<T>(&self, request: &ApiRequest, authorization: Option<&Secret>) -> Result<Envelope<T>>
    where
        T: DeserializeOwned + Send,
    {
        self.exchange(request, Caller { authorization, service: None }).await
    }

    /// The address of the server.
    #[must_use]
    pub fn address(&self) -> &ServerAddress {
        &self.inner.address
    }

    /// What carries the requests.
    #[must_use]
    pub fn transport(&self) -> &Arc<dyn Transport> {
        &self.inner.transport
    }

    /// What the client says it is.
    #[must_use]
    pub fn client(&self) -> &ClientId {
        &self.inner.options.client
    }

    /// The retry loop that all calls go through.
    #[must_use]
    pub fn retrier(&self) -> &Retrier {
        &self.inner.options.retrier
    }

    /// Where times come from.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        self.retrier().clock()
    }

    /// Where identifiers come from.
    #[must_use]
    pub fn entropy(&self) -> &Arc<dyn Entropy> {
        self.retrier().entropy()
    }
}
