//! A call of the server's API, before it becomes HTTP.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use serde::Serialize;
use snafu::ResultExt as _;
use snowflake_transport::RetryClass;

use crate::error::{EncodeSnafu, Result};
use crate::server::CallHistory;

/// Far beyond any answer: rows that do not fit are fetched apart.
const BODY_CAP: usize = 256 * 1024 * 1024;

/// What kind of answer is asked for. The server answers JSON to both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MediaType {
    /// `application/json`.
    #[default]
    Json,
    /// `application/snowflake`, for statements and their results.
    Snowflake,
}

/// One call: what to send where, and how often.
///
/// Its body is JSON that was written beforehand, so that every attempt and every replay sends the same bytes.
/// `Debug` shows neither the body nor the values of the query string.
#[derive(Clone)]
pub struct ApiRequest {
    pub(super) what: &'static str,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(Cow<'static, str>, String)>,
    pub(super) body: Option<Bytes>,
    pub(super) media_type: MediaType,
    pub(super) class: RetryClass,
    pub(super) ids: Ids,
    pub(super) retry_pairs: bool,
    pub(super) max_attempts: Option<u32>,
    pub(super) history: Option<Arc<CallHistory>>,
    pub(super) first_byte_timeout: Option<Duration>,
    pub(super) body_cap: usize,
}

/// Which identifiers a request carries in its query string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ids {
    /// A `requestId` of its own that all attempts share, and a `request_guid` per attempt.
    PerCall,
    /// The caller's own `requestId` is among the query pairs; only `request_guid` is added.
    Given,
    /// Both are new in every attempt: each attempt is a request of its own.
    PerAttempt,
}

impl ApiRequest {
    /// A `POST`. `what` names the call in errors, logs and metrics, such as `query` or `heartbeat`.
    pub fn post(what: &'static str, path: impl Into<String>) -> Self {
        Self::new(Method::POST, what, path.into())
    }

    /// A `GET`.
    pub fn get(what: &'static str, path: impl Into<String>) -> Self {
        Self::new(Method::GET, what, path.into())
    }

    fn new(method: Method, what: &'static str, path: String) -> Self {
        Self {
            what,
            method,
            path,
            query: Vec::new(),
            body: None,
            media_type: MediaType::Json,
            class: RetryClass::Api,
            ids: Ids::PerCall,
            retry_pairs: false,
            max_attempts: None,
            history: None,
            first_byte_timeout: None,
            body_cap: BODY_CAP,
        }
    }

    /// Adds a pair to the query string; it is percent-encoded on the way.
    #[must_use]
    pub fn with_query(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Uses this `requestId`, by which the server recognises a statement that it has already begun.
    /// It stays the same over all attempts and replays.
    #[must_use]
    pub fn with_request_id(mut self, id: impl fmt::Display) -> Self {
        self.ids = Ids::Given;
        self.query.insert(0, (Cow::Borrowed("requestId"), id.to_string()));
        self
    }

    /// Makes every attempt a request of its own, with identifiers of its own.
    #[must_use]
    pub(crate) fn with_ids_per_attempt(mut self) -> Self {
        self.ids = Ids::PerAttempt;
        self
    }

    /// Tells the server of earlier attempts: `retryCount`, `retryReason` and `clientStartTime` from the second on.
    #[must_use]
    pub fn with_retry_pairs(mut self) -> Self {
        self.retry_pairs = true;
        self
    }

    /// Writes the body.
    ///
    /// # Errors
    /// `Configuration` when `body` cannot be written as JSON.
    pub fn with_json<B: Serialize + ?Sized>(mut self, body: &B) -> Result<Self> {
        self.body = Some(Bytes::from(serde_json::to_vec(body).context(EncodeSnafu)?));
        Ok(self)
    }

    /// Chooses the kind of answer to ask for.
    #[must_use]
    pub fn with_media_type(mut self, media_type: MediaType) -> Self {
        self.media_type = media_type;
        self
    }

    /// Says what may be assumed when deciding whether to repeat the call.
    #[must_use]
    pub fn with_retry_class(mut self, class: RetryClass) -> Self {
        self.class = class;
        self
    }

    /// Makes at most so many attempts, whatever the server's policy says.
    #[must_use]
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts);
        self
    }

    /// Keeps account of the attempts, those of a replay after a renewal included.
    #[must_use]
    pub fn with_history(mut self, history: &Arc<CallHistory>) -> Self {
        self.history = Some(Arc::clone(history));
        self
    }

    /// Limits the wait for the head of an answer; a statement can be held for a long time before it is answered.
    #[must_use]
    pub fn with_first_byte_timeout(mut self, limit: Duration) -> Self {
        self.first_byte_timeout = Some(limit);
        self
    }

    /// Limits the size of the answer in bytes.
    #[must_use]
    pub fn with_body_cap(mut self, cap: usize) -> Self {
        self.body_cap = cap;
        self
    }
}

impl fmt::Debug for ApiRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiRequest")
            .field("what", &self.what)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("class", &self.class)
            .finish_non_exhaustive()
    }
}
