//! The settings of the HTTP transport.

use std::fmt;
use std::time::Duration;

use http::Uri;
use snowflake_proto::Secret;

use crate::request::StallLimit;

/// How [`HttpTransport`](crate::HttpTransport) connects and how long it waits.
///
/// ```
/// use std::time::Duration;
/// use snowflake_transport::TransportOptions;
///
/// let options = TransportOptions::default().with_connect_timeout(Duration::from_secs(5));
/// assert_eq!(options.connect_timeout, Duration::from_secs(5));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TransportOptions {
    /// The longest time for name lookup, TCP, proxy and TLS together.
    pub connect_timeout: Duration,
    /// The longest wait for the head of an answer once the request is written.
    pub first_byte_timeout: Duration,
    /// The slowest answer that is still waited for.
    pub stall: StallLimit,
    /// The longest time for one whole exchange, the body of the answer included.
    pub total_timeout: Option<Duration>,
    /// The most bytes an answer may have, on the wire and inflated.
    pub body_cap: usize,
    /// How long an unused connection is kept.
    pub idle_timeout: Duration,
    /// How many unused connections are kept for each host.
    pub max_idle: usize,
    /// Which versions of HTTP are offered.
    pub versions: HttpVersions,
    /// Certificates (PEM) that are trusted beside those of the operating system.
    pub root_certificates: Option<Vec<u8>>,
    /// Through which proxy everything goes. Never taken from the environment.
    pub proxy: Option<Proxy>,
}

/// Which versions of HTTP are offered to a server over TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HttpVersions {
    /// HTTP/2 where the server has it, HTTP/1.1 otherwise.
    #[default]
    Http1AndHttp2,
    /// HTTP/1.1 only.
    Http1Only,
}

/// An HTTP proxy that tunnels connections (`CONNECT`).
#[derive(Clone)]
pub struct Proxy {
    pub(crate) address: Uri,
    pub(crate) credentials: Option<(String, Secret)>,
}

impl Proxy {
    /// A proxy at an address such as `http://proxy.example.com:8080`.
    pub fn new(address: Uri) -> Self {
        Self { address, credentials: None }
    }

    /// Introduces ourselves to the proxy with a name and password (basic authentication).
    #[must_use]
    pub fn with_credentials(mut self, user: impl Into<String>, password: Secret) -> Self {
        self.credentials = Some((user.into(), password));
        self
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An address may hold a name and password before its host.
        f.debug_struct("Proxy")
            .field("host", &self.address.host())
            .field("port", &self.address.port_u16())
            .finish_non_exhaustive()
    }
}

impl TransportOptions {
    /// Limits name lookup, TCP, proxy and TLS together.
    #[must_use]
    pub fn with_connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// Limits the wait for the head of an answer once the request is written.
    #[must_use]
    pub fn with_first_byte_timeout(mut self, limit: Duration) -> Self {
        self.first_byte_timeout = limit;
        self
    }

    /// Sets the slowest answer that is still waited for.
    #[must_use]
    pub fn with_stall(mut self, limit: StallLimit) -> Self {
        self.stall = limit;
        self
    }

    /// Limits one whole exchange, the body of the answer included.
    #[must_use]
    pub fn with_total_timeout(mut self, limit: Duration) -> Self {
        self.total_timeout = Some(limit);
        self
    }

    /// Limits the size of an answer, on the wire and inflated.
    #[must_use]
    pub fn with_body_cap(mut self, cap: usize) -> Self {
        self.body_cap = cap;
        self
    }

    /// Sets how long an unused connection is kept.
    #[must_use]
    pub fn with_idle_timeout(mut self, limit: Duration) -> Self {
        self.idle_timeout = limit;
        self
    }

    /// Sets how many unused connections are kept for each host.
    #[must_use]
    pub fn with_max_idle(mut self, connections: usize) -> Self {
        self.max_idle = connections;
        self
    }

    /// Chooses which versions of HTTP are offered.
    #[must_use]
    pub fn with_versions(mut self, versions: HttpVersions) -> Self {
        self.versions = versions;
        self
    }

    /// Trusts further root certificates, given as PEM text, beside those of the operating system.
    #[must_use]
    pub fn with_root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates = Some(pem.into());
        self
    }

    /// Sends everything through a proxy.
    #[must_use]
    pub fn with_proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }
}

impl Default for TransportOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(30),
            first_byte_timeout: Duration::from_secs(120),
            stall: StallLimit::API,
            total_timeout: None,
            body_cap: 1 << 30,
            // Below the minute after which common load balancers drop a silent connection.
            idle_timeout: Duration::from_secs(50),
            max_idle: 16,
            versions: HttpVersions::default(),
            root_certificates: None,
            proxy: None,
        }
    }
}
