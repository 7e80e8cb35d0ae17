//! The span of a statement, with the fields that OpenTelemetry names for databases. It holds no SQL text.

use snowflake_proto::wire::query::Response;
use tracing::Span;
use tracing::field::{Empty, display};
use uuid::Uuid;

use super::QueryId;
use super::summary::Summary;
use crate::error::Error;
use crate::session::Core;

/// A span for the time from submitting a statement to its answer.
pub(crate) fn span(core: &Core, request_id: Uuid, sql: &str) -> Span {
    let span = tracing::info_span!(
        "query.submit",
        otel.kind = "client",
        otel.name = Empty,
        otel.status_code = Empty,
        db.system.name = "snowflake",
        db.namespace = Empty,
        db.operation.name = Empty,
        db.query.summary = Empty,
        db.response.returned_rows = Empty,
        db.response.status_code = Empty,
        server.address = Empty,
        server.port = Empty,
        "error.type" = Empty,
        %request_id,
        query_id = Empty,
        session_id = core.session_id,
    );
    if !span.is_disabled() {
        describe(&span, core, &Summary::of(sql));
    }
    span
}

fn describe(span: &Span, core: &Core, summary: &Summary) {
    let address = core.server.address();
    let names = core.state().names.clone();
    let namespace: Vec<String> = [names.database, names.schema].into_iter().flatten().collect();
    span.record("otel.name", summary.text.as_str());
    if !namespace.is_empty() {
        span.record("db.namespace", namespace.join("|"));
    }
    span.record("db.operation.name", summary.operation.as_str());
    span.record("db.query.summary", summary.text.as_str());
    span.record("server.address", address.host.as_str());
    span.record("server.port", address.port.unwrap_or(address.protocol.default_port()));
}

/// The server took the statement and runs it by itself.
pub(crate) fn taken(span: &Span, query_id: QueryId) {
    span.record("query_id", display(query_id));
}

/// The statement came to its end.
pub(crate) fn done(span: &Span, query_id: QueryId, response: &Response) {
    span.record("query_id", display(query_id));
    span.record("db.response.returned_rows", rows(response));
}

/// The statement failed.
pub(crate) fn failed(span: &Span, error: &Error) {
    span.record("otel.status_code", "ERROR");
    span.record("error.type", error.kind().as_str());
    if let Some(code) = error.code() {
        span.record("db.response.status_code", code.as_str());
    }
    if let Some(query_id) = error.query_id() {
        span.record("query_id", display(query_id));
    }
}

/// The rows of the result that the answer announces.
pub(crate) fn rows(response: &Response) -> u64 {
    response.total.and_then(|rows| u64::try_from(rows).ok()).unwrap_or(0)
}
