//! Answers that several dialects give.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, ETAG, HeaderName};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

/// The namespace of S3's documents, which Google's have too.
pub(super) const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// An answer of XML.
pub(super) fn xml(body: &str) -> Response<Bytes> {
    let mut response = Response::new(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}").into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    response
}

/// An answer that only says which object there is now.
pub(super) fn tagged(code: StatusCode, etag: &str) -> Response<Bytes> {
    let mut response = status(code);
    insert(response.headers_mut(), ETAG, etag);
    response
}

/// An answer without words.
pub(super) fn status(code: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = code;
    response
}

/// Adds a header. The values of the store's own are always ones.
pub(super) fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
