//! How every request to a store travels, and how much of an answer is read.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, RANGE};
use http::{HeaderMap, Method};
use snowflake_transport::{
    BoxFuture, ContentEncoding, Error, Redirects, Request, RequestOptions, Response, Sensitivity, StallLimit,
    Transport,
};

/// As much as is read of a refusal, or of an answer that is no object, in bytes.
pub(super) const ANSWER: usize = 64 << 10;

/// The time that every request has, and the rate at which large bodies have to advance beyond it.
const ATTEMPT: Duration = Duration::from_secs(300);
const BYTES_PER_SECOND: u64 = 256 << 10;

/// A transport whose answers are whole and in memory, and no larger than was asked for.
#[derive(Debug)]
pub(super) struct Bounded {
    inner: Arc<dyn Transport>,
}

impl Bounded {
    pub(super) fn new(inner: Arc<dyn Transport>) -> Self {
        Self { inner }
    }

    async fn exchange(&self, mut request: Request) -> Result<Response, Error> {
        let is_get = request.method() == Method::GET;
        let wanted =
            if is_get { range(request.headers()).map_or(0, |range| range.end - range.start) } else { 0 };
        let cap = usize::try_from(wanted).unwrap_or(usize::MAX).max(ANSWER);
        let length = length(request.headers()).unwrap_or(0);
        let extra = Duration::from_secs(length.max(wanted) / BYTES_PER_SECOND);
        // Signatures stand in addresses and headers.
        RequestOptions::new("storage")
            .with_sensitivity(Sensitivity::Sensitive)
            .with_content_encoding(ContentEncoding::Keep)
            .with_redirects(Redirects::Return)
            .with_total_timeout(ATTEMPT + extra)
            .with_stall(StallLimit::STORAGE)
            .with_body_cap(cap)
            .attach(&mut request);
        let (head, body) = self.inner.send(request).await?.into_parts();
        let body = if head.status.is_success() && is_get {
            body.hold(cap).await?
        } else if head.status.is_success() {
            body.collect(cap).await?.into()
        } else {
            // What is known of a refusal is worth more than how its body ends.
            let (mut body, _end) = body.collect_partly(ANSWER).await;
            body.truncate(ANSWER);
            body.into()
        };
        Ok(Response::from_parts(head, body))
    }
}

impl Transport for Bounded {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(self.exchange(request))
    }
}

/// The size in bytes of what a request carries.
fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The bytes that a request asks for, of the form `bytes=a-b`.
fn range(headers: &HeaderMap) -> Option<Range<u64>> {
    let (first, last) = headers.get(RANGE)?.to_str().ok()?.strip_prefix("bytes=")?.split_once('-')?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then(|| first..last.saturating_add(1))
}
