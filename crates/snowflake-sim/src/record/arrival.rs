//! An answer that has come to its end, and what of it may be kept.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use snowflake_proto::rowset::inflate;

use super::tee::Copied;
use crate::protocol::body_json;
use crate::recording::{Answer, Kept};
use crate::scrub::Scrub;

/// The headers that say how to read a body, or what a store says of an object.
const KEPT_HEADERS: [&str; 5] =
    ["content-type", "content-encoding", "content-range", "etag", "last-modified"];
/// The beginnings of the names of headers in which stores describe an object.
const KEPT_PREFIXES: [&str; 3] = ["x-amz-", "x-ms-", "x-goog-"];

/// No body is inflated beyond this many bytes to look for secrets.
const MAX_PLAIN: usize = 256 * 1024 * 1024;

/// An answer as it came.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Copied,
    pub(super) after_ms: u64,
}

impl Arrival {
    /// Whether the client takes this for the outcome, and not for a reason to try again.
    pub(super) fn is_outcome(&self) -> bool {
        let again = [StatusCode::UNAUTHORIZED, StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
        !self.status.is_server_error() && !self.status.is_redirection() && !again.contains(&self.status)
    }

    pub(super) fn json(&self) -> Option<Value> {
        match &self.body {
            Copied::Whole(bytes) => body_json(bytes),
            Copied::TooLarge => None,
        }
    }

    pub(super) fn size(&self) -> usize {
        match &self.body {
            Copied::Whole(bytes) => bytes.len(),
            Copied::TooLarge => 0,
        }
    }

    /// An answer with this body instead of its own.
    pub(super) fn with(&self, body: Kept) -> Answer {
        Answer { after_ms: self.after_ms, status: self.status.as_u16(), headers: BTreeMap::new(), body }
    }

    /// The answer with its bytes and headers, unless a secret is seen in the bytes.
    pub(super) fn as_sent(&self, limit: usize, scrub: &Scrub) -> Answer {
        let mut answer = self.unseen(limit, scrub);
        if matches!(&answer.body, Kept::Bytes(bytes) if !is_harmless(bytes, scrub)) {
            answer.body = Kept::LeftOut("it holds a secret".to_owned());
        }
        answer
    }

    /// The answer with its headers, and with bytes that nobody looked at for secrets.
    pub(super) fn unseen(&self, limit: usize, scrub: &Scrub) -> Answer {
        let body = match &self.body {
            Copied::Whole(bytes) => Kept::Bytes(bytes.clone()),
            Copied::TooLarge => Kept::LeftOut(format!("it has more than {limit} bytes")),
        };
        let mut answer = self.with(body);
        for (name, value) in &self.headers {
            let name = name.as_str();
            let is_kept =
                KEPT_HEADERS.contains(&name) || KEPT_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
            if let (true, Ok(value)) = (is_kept, value.to_str()) {
                answer.headers.extend(scrub.header(name, value).map(|value| (name.to_owned(), value)));
            }
        }
        answer
    }
}

/// Whether no secret is seen in bytes, as far as one can see through compression.
pub(super) fn is_harmless(bytes: &Bytes, scrub: &Scrub) -> bool {
    let plain = inflate(bytes.clone(), 0, MAX_PLAIN);
    let plain = plain.as_ref().unwrap_or(bytes);
    let text = String::from_utf8_lossy(plain);
    scrub.text(&text) == text
}
