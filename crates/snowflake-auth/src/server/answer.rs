//! Whether the bytes of an answer are the envelope that was asked for.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use snowflake_proto::wire::Envelope;

use crate::error::Repr;
use crate::server::Failure;

/// What an answer turned out to be.
#[derive(Debug)]
pub(super) enum Answer<T> {
    /// The envelope.
    Envelope(Envelope<T>),
    /// Cut off, or somebody else's page: another attempt may be answered better.
    Doubtful(Repr),
    /// An answer that would be the same again.
    Unusable(Repr),
}

/// Reads a complete answer.
pub(super) fn read<T: DeserializeOwned>(what: &'static str, response: &http::Response<Bytes>) -> Answer<T> {
    let status = response.status();
    if !status.is_success() {
        let failure = Failure::in_body(response.body());
        return Answer::Unusable(Repr::Status { what, status, failure });
    }
    match serde_json::from_slice(response.body()) {
        Ok(envelope) => Answer::Envelope(envelope),
        Err(error) => unreadable(what, response, error),
    }
}

fn unreadable<T>(
    what: &'static str,
    response: &http::Response<Bytes>,
    error: serde_json::Error,
) -> Answer<T> {
    let (status, body) = (response.status(), response.body());
    let length = body.len();
    if body.trim_ascii_start().first() != Some(&b'{') || error.classify() == Category::Syntax {
        let content_type = content_type(response);
        return Answer::Doubtful(Repr::UnexpectedContent { what, status, content_type, length });
    }
    if error.classify() == Category::Eof {
        return Answer::Doubtful(Repr::Truncated { what, status, length });
    }
    // A failure carries other data than a success does; what counts is its code.
    match serde_json::from_slice::<Envelope<IgnoredAny>>(body) {
        Ok(Envelope { success: false, code, message, headers, .. }) => {
            Answer::Envelope(Envelope { data: None, success: false, code, message, headers })
        }
        _ => Answer::Unusable(Repr::Undecodable { what, source: error }),
    }
}

fn content_type(response: &http::Response<Bytes>) -> String {
    let value = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next()).map_or("unknown", str::trim);
    essence.chars().take(64).collect()
}
