//! What a request asks of the transport beside its method, address, headers and body.

use std::time::Duration;

use crate::service::Request;

/// How one request wants to be carried; absent choices fall back to those of the transport.
///
/// It travels in the extensions of the request, so that every [`Transport`](crate::Transport) and every
/// wrapper around one can see it.
///
/// ```
/// use snowflake_transport::{Body, Request, RequestOptions};
///
/// let mut request = Request::new(Body::empty());
/// RequestOptions::new("query").with_body_cap(1024).attach(&mut request);
/// assert_eq!(RequestOptions::of(&request).endpoint, "query");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestOptions {
    /// The sort of request, as a word for logs and metric labels. Use few different ones.
    pub endpoint: &'static str,
    /// Whether the address itself may be logged.
    pub sensitivity: Sensitivity,
    /// Whether a compressed answer is inflated.
    pub content_encoding: ContentEncoding,
    /// What becomes of an answer that sends us elsewhere.
    pub redirects: Redirects,
    /// The most bytes an answer may have, on the wire and inflated.
    pub body_cap: Option<usize>,
    /// The longest wait for the head of the answer once the request is written.
    pub first_byte_timeout: Option<Duration>,
    /// The longest time for the whole exchange, the body of the answer included.
    pub total_timeout: Option<Duration>,
    /// The slowest answer that is still waited for.
    pub stall: Option<StallLimit>,
}

/// Whether the path of a request may appear in logs and errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sensitivity {
    /// The path may be shown; the query string never is.
    #[default]
    Plain,
    /// Only the host may be shown, as for pre-signed addresses.
    Sensitive,
}

/// What happens to a compressed answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContentEncoding {
    /// Ask for gzip and inflate what arrives with `Content-Encoding: gzip`.
    #[default]
    Undo,
    /// Hand out the bytes as they are on the wire, and ask for nothing.
    Keep,
}

/// What becomes of an answer that sends us elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Redirects {
    /// It is followed inside its origin, and an error otherwise.
    #[default]
    Follow,
    /// It is handed out like any other answer, for callers who have to sign for the other address.
    Return,
}

/// An answer has stalled when fewer than `min_bytes` arrive during `window` of waiting.
///
/// Only time spent waiting for the network counts: a slow reader never stalls an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StallLimit {
    /// The least number of bytes.
    pub min_bytes: u64,
    /// The time in which they must arrive; zero switches the limit off.
    pub window: Duration,
}

impl RequestOptions {
    /// Options for one sort of request, named by a word for logs and metric labels.
    pub fn new(endpoint: &'static str) -> Self {
        Self { endpoint, ..Self::default() }
    }

    /// Keeps the path of this request out of logs and errors.
    #[must_use]
    pub fn with_sensitivity(mut self, sensitivity: Sensitivity) -> Self {
        self.sensitivity = sensitivity;
        self
    }

    /// Chooses whether a compressed answer is inflated.
    #[must_use]
    pub fn with_content_encoding(mut self, encoding: ContentEncoding) -> Self {
        self.content_encoding = encoding;
        self
    }

    /// Chooses what becomes of an answer that sends us elsewhere.
    #[must_use]
    pub fn with_redirects(mut self, redirects: Redirects) -> Self {
        self.redirects = redirects;
        self
    }

    /// Limits the size of the answer, on the wire and inflated.
    #[must_use]
    pub fn with_body_cap(mut self, cap: usize) -> Self {
        self.body_cap = Some(cap);
        self
    }

    /// Limits the wait for the head of the answer once the request is written.
    #[must_use]
    pub fn with_first_byte_timeout(mut self, limit: Duration) -> Self {
        self.first_byte_timeout = Some(limit);
        self
    }

    /// Limits the whole exchange, the body of the answer included.
    #[must_use]
    pub fn with_total_timeout(mut self, limit: Duration) -> Self {
        self.total_timeout = Some(limit);
        self
    }

    /// Sets the slowest answer that is still waited for.
    #[must_use]
    pub fn with_stall(mut self, limit: StallLimit) -> Self {
        self.stall = Some(limit);
        self
    }

    /// Puts these options into a request, replacing any that were there.
    pub fn attach(self, request: &mut Request) {
        request.extensions_mut().insert(self);
    }

    /// The options that a request carries, or the defaults.
    pub fn of(request: &Request) -> Self {
        request.extensions().get::<Self>().cloned().unwrap_or_default()
    }
}

impl Default for RequestOptions {
    fn default() -> Self {
        Self {
            endpoint: "other",
            sensitivity: Sensitivity::default(),
            content_encoding: ContentEncoding::default(),
            redirects: Redirects::default(),
            body_cap: None,
            first_byte_timeout: None,
            total_timeout: None,
            stall: None,
        }
    }
}

impl StallLimit {
    /// The limit for calls of the service: 1 KiB in 20 s.
    pub const API: Self = Self { min_bytes: 1024, window: Duration::from_secs(20) };

    /// The limit for the parts of large results and files: 16 KiB in 20 s.
    pub const STORAGE: Self = Self { min_bytes: 16 * 1024, window: Duration::from_secs(20) };
}
