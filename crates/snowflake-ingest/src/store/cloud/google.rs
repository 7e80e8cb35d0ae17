//! Google Cloud Storage, with a token or by signed address.
//!
//! The requests are our own: a signed address is an address and nothing else; a large object goes in one request
//! whose body is read while it is sent, as all drivers write it, while `object_store` wants it in memory or in
//! parts of a sort that no driver ever asked the service for; and the bucket may have to stand in the host.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, RANGE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use snowflake_transport::{Accept, Clock, Retrier, RetryClass, RetryPolicy, Transport};

use super::failure::Failure;
use super::headers;
use super::refusal::{Refusal, holds_error};
use super::site::Cloud;
use super::target::{Broken, Target};
use crate::store::content::Content;
use crate::store::contract::{Mode, Object};
use crate::store::metadata::Metadata;

/// The header that lets an object be written only where there is none.
const IF_GENERATION: HeaderName = HeaderName::from_static("x-goog-if-generation-match");

/// The size from which an upload may take longer than the usual limits allow, in bytes.
const LARGE: u64 = 64 << 20;

/// The way to Google Cloud.
#[derive(Debug)]
pub(super) struct Google {
    transport: Arc<dyn Transport>,
    retrier: Retrier,
}

impl Google {
    pub(super) fn new(transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        let policy = RetryPolicy::default()
            .with_max_attempts(6)
            .with_deadline(Duration::from_secs(600))
            .with_waits(Duration::from_millis(250), Duration::from_secs(16));
        Self { transport, retrier: Retrier::new(policy).with_clock(clock) }
    }

    async fn exchange(
        &self,
        method: Method,
        target: &Target,
        headers: HeaderMap,
        content: Option<&Content>,
    ) -> Result<Response<Bytes>, Failure> {
        let broken = Broken::default();
        let make = |_attempt| {
            let request = match broken.get() {
                Some(failure) => Err(failure),
                None => target.request(&method, &headers, content, &broken),
            };
            Box::pin(std::future::ready(request)) as _
        };
        let has_token = target.token.is_some();
        let accept = |answer: &Response<Bytes>| match answer.status() {
            StatusCode::FORBIDDEN if has_token => Accept::RetryOnce("the store refuses the token"),
            status if status.is_success() && method == Method::PUT && holds_error(answer.body()) => {
                Accept::Retry("the store reports an error")
            }
            _ => Accept::Yes,
        };
        // A body of any size has as much time as it needs to go on; each attempt is bounded by itself.
        let retrier = match content.map_or(0, Content::size) {
            0..=LARGE => self.retrier.clone(),
            _ => self.retrier.clone().with_policy(self.retrier.policy().without_deadline()),
        };
        let answer = retrier.fetch(&*self.transport, RetryClass::Storage, make, accept).await;
        let answer = answer.map_err(|failure: Failure| broken.get().unwrap_or(failure))?;
        match answer.status().is_success() {
            true => Ok(answer),
            false => Err(Failure::refused(Refusal::read(answer.status(), answer.headers(), answer.body()))),
        }
    }

    pub(super) async fn put(
        &self,
        target: &Target,
        content: &Content,
        metadata: &Metadata,
        mode: Mode,
    ) -> Result<(), Failure> {
        let mut sent = HeaderMap::new();
        sent.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        // What is not part of the signature is not accepted with a signed address.
        if mode == Mode::Create && target.token.is_some() {
            sent.insert(IF_GENERATION, HeaderValue::from_static("0"));
        }
        for (name, value) in headers::write(Cloud::Google, metadata) {
            let name = HeaderName::try_from(format!("{}{name}", Cloud::Google.prefix()));
            if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
                sent.insert(name, value);
            }
        }
        self.exchange(Method::PUT, target, sent, Some(content)).await.map(drop)
    }

    pub(super) async fn head(&self, target: &Target) -> Result<Object, Failure> {
        let answer = match self.exchange(Method::HEAD, target, HeaderMap::new(), None).await {
            // Some stand-ins for the service know no HEAD.
            Err(Failure::Refused(refusal)) if refusal.status == StatusCode::NOT_IMPLEMENTED => {
                return Ok(self.read(target, Some(0..1)).await?.0);
            }
            answer => answer?,
        };
        let size = number(answer.headers(), &CONTENT_LENGTH);
        Ok(object(answer.headers(), size.ok_or(Failure::Strange("it does not say how large the file is"))?))
    }

    pub(super) async fn read(
        &self,
        target: &Target,
        range: Option<Range<u64>>,
    ) -> Result<(Object, Vec<Bytes>), Failure> {
        let mut sent = HeaderMap::new();
        if let Some(range) = &range {
            let range = format!("bytes={}-{}", range.start, range.end.saturating_sub(1));
            sent.insert(RANGE, HeaderValue::try_from(range).map_err(|_| Failure::Unusable("no such range"))?);
        }
        let (head, body) = self.exchange(Method::GET, target, sent, None).await?.into_parts();
        let size = match range {
            None => body.len() as u64,
            Some(_) if head.status != StatusCode::PARTIAL_CONTENT => {
                return Err(Failure::Strange("it is not the range that was asked for"));
            }
            Some(range) => size_of_range(&head.headers, range.start)
                .ok_or(Failure::Strange("it does not say which range it is"))?,
        };
        Ok((object(&head.headers, size), vec![body]))
    }
}

fn object(headers: &HeaderMap, size: u64) -> Object {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let metadata = headers::read(|name| text(&format!("{}{name}", Cloud::Google.prefix())));
    Object { size, metadata, etag: text(ETAG.as_str()).map(str::to_owned) }
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

/// The size of the whole object, from `bytes a-b/size`.
fn size_of_range(headers: &HeaderMap, start: u64) -> Option<u64> {
    let (range, size) = headers.get(CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?.split_once('/')?;
    let (first, _last) = range.split_once('-')?;
    let is_asked_for = first.parse::<u64>().ok()? == start;
    if is_asked_for { size.parse().ok() } else { None }
}
