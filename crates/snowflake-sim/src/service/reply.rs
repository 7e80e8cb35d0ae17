//! Answers: the service says nearly everything with status 200 and an envelope.

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;
use snowflake_proto::wire::Envelope;

/// An answer. Boxed, because it travels as the error of what every route checks first.
#[derive(Debug)]
pub(crate) struct Reply(Box<Response<Bytes>>);

impl Reply {
    /// An envelope, with status 200.
    pub(crate) fn envelope<T: Serialize>(envelope: &Envelope<T>) -> Self {
        Self::status_envelope(StatusCode::OK, envelope)
    }

    /// A success that says nothing else.
    pub(crate) fn empty() -> Self {
        Self::envelope(&Envelope::<()>::empty())
    }

    /// A failure without a payload, with status 200.
    pub(crate) fn failure(code: &str, message: &str) -> Self {
        Self::envelope(&Envelope::<()>::failure(code, message, None))
    }

    /// A request that does not make sense.
    pub(crate) fn bad_request(message: &str) -> Self {
        Self::status_envelope(StatusCode::BAD_REQUEST, &Envelope::<()>::failure("390400", message, None))
    }

    fn status_envelope<T: Serialize>(status: StatusCode, envelope: &Envelope<T>) -> Self {
        match serde_json::to_vec(envelope) {
            Ok(body) => Self::bytes(status, "application/json", body.into()),
            Err(_) => Self::text(StatusCode::INTERNAL_SERVER_ERROR, "the answer could not be written"),
        }
    }

    /// A few words and a status.
    pub(crate) fn text(status: StatusCode, words: &'static str) -> Self {
        Self::bytes(status, "text/plain", Bytes::from_static(words.as_bytes()))
    }

    /// Bytes as a store keeps them, gzip'd already or plain.
    pub(crate) fn stored(body: Bytes, is_gzip: bool) -> Self {
        let mut reply = Self::bytes(StatusCode::OK, "application/octet-stream", body);
        if is_gzip {
            reply.0.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        reply
    }

    fn bytes(status: StatusCode, content_type: &'static str, body: Bytes) -> Self {
        let mut response = Response::new(body);
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self(Box::new(response))
    }

    /// An answer that is not the service's own, such as a store's.
    pub(crate) fn foreign(response: Response<Bytes>) -> Self {
        Self(Box::new(response))
    }

    /// The status.
    #[cfg(feature = "server")]
    pub(crate) fn status(&self) -> StatusCode {
        self.0.status()
    }

    /// The answer for whoever carries it.
    pub(crate) fn into_response(self) -> Response<Bytes> {
        *self.0
    }
}
