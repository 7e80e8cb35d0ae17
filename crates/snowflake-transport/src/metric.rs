//! The counters of this crate; every label has a small, fixed set of values.

use http::StatusCode;
use metrics::counter;

use crate::error::{Error, ErrorKind};

/// Counts one attempt and how it ended.
pub(crate) fn count_request(endpoint: &'static str, outcome: &'static str) {
    counter!("snowflake_transport_requests_total", "endpoint" => endpoint, "outcome" => outcome).increment(1);
}

/// Counts one repetition and why it was needed.
pub(crate) fn count_retry(endpoint: &'static str, reason: &'static str) {
    counter!("snowflake_transport_retries_total", "endpoint" => endpoint, "reason" => reason).increment(1);
}

/// The label of an answer.
pub(crate) fn status_label(status: StatusCode) -> &'static str {
    match status.as_u16() {
        200..=299 => "ok",
        300..=399 => "redirection",
        408 => "408",
        429 => "429",
        400..=499 => "client_error",
        503 => "503",
        _ => "server_error",
    }
}

/// The label of a failure: its kind, or the status that was the failure.
pub(crate) fn failure_label(error: &Error) -> &'static str {
    match (error.kind(), error.status()) {
        (ErrorKind::Status, Some(status)) => status_label(status),
        (kind, _) => kind.as_str(),
    }
}
