//! What is sent back.

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue, VARY,
};
use http::{Response, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};

/// An answer, ready to be sent.
#[derive(Debug)]
pub(in crate::service) struct Reply {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

impl Reply {
    pub(in crate::service) fn json(status: StatusCode, value: &Value) -> Self {
        let mut body = value.to_string();
        body.push('\n');
        Self::new(status, "application/json", Bytes::from(body))
    }

    /// The figures in Prometheus' text format.
    pub(in crate::service) fn exposition(body: Bytes) -> Self {
        let mut reply = Self::new(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", body);
        reply.headers.push((VARY, HeaderValue::from_static("accept-encoding")));
        reply
    }

    pub(in crate::service) fn gzipped(mut self) -> Self {
        self.headers.push((CONTENT_ENCODING, HeaderValue::from_static("gzip")));
        self
    }

    /// Nothing is at that path; here is what there is.
    pub(in crate::service) fn not_found(paths: &[&str]) -> Self {
        Self::json(StatusCode::NOT_FOUND, &json!({ "error": "there is nothing here", "paths": paths }))
    }

    pub(in crate::service) fn method_not_allowed() -> Self {
        let mut reply =
            Self::json(StatusCode::METHOD_NOT_ALLOWED, &json!({ "error": "only GET and HEAD are answered" }));
        reply.headers.push((ALLOW, HeaderValue::from_static("GET, HEAD")));
        reply.closing()
    }

    pub(in crate::service) fn body_refused() -> Self {
        Self::json(StatusCode::BAD_REQUEST, &json!({ "error": "a request here has no body" })).closing()
    }

    /// What is left of the request is not read.
    fn closing(mut self) -> Self {
        self.headers.push((CONNECTION, HeaderValue::from_static("close")));
        self
    }

    fn new(status: StatusCode, content_type: &'static str, body: Bytes) -> Self {
        let headers = vec![
            (CONTENT_TYPE, HeaderValue::from_static(content_type)),
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        Self { status, headers, body }
    }
}

impl From<Reply> for Response<Full<Bytes>> {
    fn from(reply: Reply) -> Self {
        let mut response = Response::new(Full::new(reply.body));
        *response.status_mut() = reply.status;
        response.headers_mut().extend(reply.headers);
        response
    }
}
