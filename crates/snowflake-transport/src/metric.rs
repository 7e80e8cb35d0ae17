//! The counters of this crate; every label has a small, fixed set of values.

use std::time::Duration;

use http::StatusCode;
use metrics::{counter, histogram};

use crate::error::{Error, ErrorKind};

/// Counts one attempt, how it ended and how long it took.
pub(crate) fn attempted(endpoint: &'static str, outcome: &'static str, elapsed: Duration) {
    counter!("snowflake_transport_requests_total", "endpoint" => endpoint, "outcome" => outcome).increment(1);
    histogram!("snowflake_transport_request_duration_seconds", "endpoint" => endpoint)
        .record(elapsed.as_secs_f64());
}

/// A request succeeded or was given up after so many attempts.
pub(crate) fn ended(endpoint: &'static str, attempts: u32) {
    histogram!("snowflake_transport_request_attempts", "endpoint" => endpoint).record(f64::from(attempts));
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
