//! A request, taken apart for the routes.

use std::borrow::Cow;
use std::io::Read as _;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::header::{CONTENT_ENCODING, HOST};
use http::request::Parts;
use http::{HeaderMap, Method};
use serde::de::DeserializeOwned;

use crate::protocol;

/// The greatest body as it arrives: a store takes large files in one piece.
pub(crate) const MAX_BODY: usize = 0x7fff_ffff;

/// The greatest body after inflating.
const MAX_INFLATED: usize = 256 << 20;

/// A request.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    /// The path as it came.
    pub(crate) path: String,
    /// The path's segments as they came, empty ones left out: one official driver writes two slashes.
    pub(crate) segments: Vec<String>,
    /// The query string as it came.
    pub(crate) query: String,
    /// Where the client came to, such as `http://127.0.0.1:8000`.
    pub(crate) origin: String,
    /// The body as it came.
    pub(crate) body: Bytes,
}

/// Why a request cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallError {
    /// The body is not what its headers say, or too long.
    Body,
    /// The body is not the JSON that the endpoint takes.
    Json,
}

impl Call {
    /// Takes a request apart. `address` stands in for a missing `Host`.
    pub(crate) fn new(parts: Parts, body: Bytes, address: &str) -> Self {
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let authority = parts.uri.authority().map(http::uri::Authority::as_str);
        let scheme = parts.uri.scheme_str().unwrap_or("http");
        let origin = format!("{scheme}://{}", host.or(authority).unwrap_or(address));
        let segments = parts.uri.path().split('/').filter(|segment| !segment.is_empty());
        let segments = segments.map(str::to_owned).collect();
        Self {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            segments,
            query: parts.uri.query().unwrap_or_default().to_owned(),
            origin,
            headers: parts.headers,
            body,
        }
    }

    /// A value of the query string, decoded; `None` when it is missing or empty.
    pub(crate) fn argument(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.into_owned())
    }

    /// The token in the `Authorization` header.
    pub(crate) fn token(&self) -> Option<&str> {
        protocol::token(&self.headers)
    }

    /// The body as the JSON that an endpoint takes, inflated if its headers say so.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, CallError> {
        let body = inflate(&self.headers, &self.body)?;
        serde_json::from_slice(&body).map_err(|_| CallError::Json)
    }
}

fn inflate<'a>(headers: &HeaderMap, body: &'a [u8]) -> Result<Cow<'a, [u8]>, CallError> {
    let is_gzip = headers
        .get(CONTENT_ENCODING)
        .is_some_and(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"gzip"));
    if !is_gzip || body.is_empty() {
        return Ok(body.into());
    }
    let mut inflated = Vec::new();
    let mut reader = MultiGzDecoder::new(body).take(MAX_INFLATED as u64 + 1);
    reader.read_to_end(&mut inflated).map_err(|_| CallError::Body)?;
    if inflated.len() > MAX_INFLATED { Err(CallError::Body) } else { Ok(inflated.into()) }
}
