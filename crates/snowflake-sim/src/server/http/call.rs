//! A request, taken apart for the routes.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::header::{AUTHORIZATION, CONTENT_ENCODING, HOST};
use http::request::Parts;
use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

/// The greatest body, after inflating.
pub(super) const MAX_BODY: usize = 256 << 20;

/// A request.
pub(in crate::server) struct Call {
    pub(in crate::server) method: Method,
    pub(in crate::server) headers: HeaderMap,
    /// The path's segments, empty ones left out: one official driver writes two slashes.
    pub(in crate::server) segments: Vec<String>,
    /// The query string as it came.
    pub(in crate::server) query: String,
    /// Where the client came to, such as `http://127.0.0.1:8000`.
    pub(in crate::server) origin: String,
    body: Bytes,
}

/// Why a request cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server) enum CallError {
    /// The body is not what its headers say, or too long.
    Body,
    /// The body is not the JSON that the endpoint takes.
    Json,
}

impl Call {
    /// Takes a request apart. `address` stands in for a missing `Host`.
    pub(super) fn new(parts: Parts, body: Bytes, address: &str) -> Result<Self, CallError> {
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let authority = parts.uri.authority().map(http::uri::Authority::as_str);
        let origin = format!("http://{}", host.or(authority).unwrap_or(address));
        let segments =
            parts.uri.path().split('/').filter(|segment| !segment.is_empty()).map(decode).collect();
        let body = inflate(&parts.headers, body)?;
        Ok(Self {
            method: parts.method,
            segments,
            query: parts.uri.query().unwrap_or_default().to_owned(),
            origin,
            headers: parts.headers,
            body,
        })
    }

    /// A value of the query string, decoded; `None` when it is missing or empty.
    pub(in crate::server) fn argument(&self, name: &str) -> Option<String> {
        let pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| decode(&value.replace('+', " ")))
            .find(|v| !v.is_empty())
    }

    /// The token in the `Authorization` header.
    pub(in crate::server) fn token(&self) -> Option<&str> {
        let header = self.headers.get(AUTHORIZATION)?.to_str().ok()?;
        header.strip_prefix("Snowflake Token=\"")?.strip_suffix('"')
    }

    /// The body as the JSON that an endpoint takes.
    pub(in crate::server) fn json<T: DeserializeOwned>(&self) -> Result<T, CallError> {
        serde_json::from_slice(&self.body).map_err(|_| CallError::Json)
    }
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn inflate(headers: &HeaderMap, body: Bytes) -> Result<Bytes, CallError> {
    let is_gzip = headers
        .get(CONTENT_ENCODING)
        .is_some_and(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"gzip"));
    if !is_gzip || body.is_empty() {
        return Ok(body);
    }
    let mut inflated = Vec::new();
    let mut reader = MultiGzDecoder::new(body.as_ref()).take(MAX_BODY as u64 + 1);
    reader.read_to_end(&mut inflated).map_err(|_| CallError::Body)?;
    if inflated.len() > MAX_BODY { Err(CallError::Body) } else { Ok(inflated.into()) }
}
