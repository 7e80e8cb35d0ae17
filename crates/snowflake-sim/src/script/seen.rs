//! A request as it was seen: its head and its whole body.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};
use serde_json::Value;
use snowflake_transport::{Body, Error, Request};

/// A request that a [`Script`](super::Script) was sent.
#[derive(Clone)]
#[non_exhaustive]
pub struct Seen {
    /// The method.
    pub method: Method,
    /// The whole address.
    pub uri: Uri,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Seen {
    pub(super) async fn read(request: Request) -> Result<Self, Error> {
        let (head, body): (_, Body) = request.into_parts();
        let body = body.collect(usize::MAX).await?;
        Ok(Self { method: head.method, uri: head.uri, headers: head.headers, body })
    }

    /// The path of the address.
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// The first value of a query parameter, with its escapes undone.
    pub fn query(&self, name: &str) -> Option<String> {
        let query = self.uri.query()?;
        url::form_urlencoded::parse(query.as_bytes())
            .find(|(key, _value)| key == name)
            .map(|(_key, value)| value.into_owned())
    }

    /// The first value of a header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON; `Null` if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path())
    }
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Queries, headers and bodies hold tokens; a test that wants them names them.
        f.debug_struct("Seen")
            .field("method", &self.method)
            .field("path", &self.path())
            .field("body_length", &self.body.len())
            .finish_non_exhaustive()
    }
}
