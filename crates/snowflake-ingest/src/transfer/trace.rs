//! The span of a file that is moved, with the fields that OpenTelemetry names for databases. It names no file.

use tracing::Span;
use tracing::field::Empty;

use crate::error::{Error, Result};

/// A span for the transfer of one file: `PUT` or `GET`.
pub(super) fn span(operation: &'static str) -> Span {
    tracing::debug_span!(
        "file.transfer",
        otel.kind = "client",
        otel.name = operation,
        otel.status_code = Empty,
        db.system.name = "snowflake",
        db.operation.name = operation,
        bytes = Empty,
        "error.type" = Empty,
    )
}

/// The file was moved and is this large, or could not be moved.
pub(super) fn done(span: &Span, outcome: Result<u64, &Error>) {
    match outcome {
        Ok(bytes) => {
            span.record("bytes", bytes);
        }
        Err(error) => {
            span.record("otel.status_code", "ERROR");
            span.record("error.type", error.kind().as_str());
        }
    }
}
