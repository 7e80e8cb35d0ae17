//! What stands between `object_store` and the network.
//!
//! `object_store` quotes addresses, with their signatures, and whole answers in its errors, expands what it reads
//! of them, and knows nothing of expiring credentials. So it is shown good answers only: every other one reaches
//! it as a lost request whose cause is our own [`Failure`], which is all that we take out of its errors again.

use std::sync::Arc;

use http::{HeaderMap, Method};
use snowflake_transport::{BoxFuture, Delivery, Error, ErrorKind, Request, Response, Transport};

use super::failure::Failure;
use super::refusal::{Meaning, Refusal, holds_error};
use super::site::Cloud;

/// A transport that answers well or not at all.
#[derive(Debug)]
pub(super) struct Gate {
    inner: Arc<dyn Transport>,
    cloud: Cloud,
    /// Headers that all requests get after they were signed.
    headers: HeaderMap,
}

impl Gate {
    pub(super) fn new(inner: Arc<dyn Transport>, cloud: Cloud, headers: HeaderMap) -> Self {
        Self { inner, cloud, headers }
    }

    async fn exchange(&self, mut request: Request) -> Result<Response, Error> {
        request.headers_mut().extend(self.headers.clone());
        let is_object = matches!(*request.method(), Method::GET | Method::HEAD);
        let answer = match self.inner.send(request).await {
            Ok(answer) => answer,
            Err(error) => return Err(lost(error)),
        };
        let (mut head, body) = answer.into_parts();
        let text = body.as_bytes().cloned().unwrap_or_default();
        if !head.status.is_success() || (!is_object && holds_error(&text)) {
            return Err(self.refused(Refusal::read(head.status, &head.headers, &text)));
        }
        // One header of another alphabet would make the whole answer unreadable.
        head.headers = readable(head.headers);
        Ok(Response::from_parts(head, body))
    }

    fn refused(&self, refusal: Refusal) -> Error {
        let kind = match refusal.meaning(self.cloud, false) {
            Meaning::Busy => AGAIN,
            _ => ErrorKind::InvalidRequest,
        };
        Error::reported(kind, Delivery::MaybeSent, Failure::refused(refusal))
    }
}

impl Transport for Gate {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(self.exchange(request))
    }
}

/// The kind of failure after which `object_store` repeats any request. Whatever we send may be repeated: an
/// object is written as a whole, and one that we wrote ourselves is recognised.
const AGAIN: ErrorKind = ErrorKind::Connect;

fn lost(error: Error) -> Error {
    let kind = match error.kind() {
        ErrorKind::Connect
        | ErrorKind::Timeout
        | ErrorKind::Stalled
        | ErrorKind::Reset
        | ErrorKind::Truncated
        | ErrorKind::Content => AGAIN,
        _ => ErrorKind::InvalidRequest,
    };
    Error::reported(kind, Delivery::MaybeSent, Failure::Lost(Arc::new(error)))
}

fn readable(headers: HeaderMap) -> HeaderMap {
    let mut kept = HeaderMap::with_capacity(headers.len());
    for (name, value) in &headers {
        if value.to_str().is_ok() {
            kept.append(name, value.clone());
        }
    }
    kept
}
