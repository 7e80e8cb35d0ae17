//! The answers with which the service and its storage refuse what has expired.

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::Value;
use snowflake_proto::wire::Envelope;
use snowflake_transport::{Body, Response};

use super::super::verb::Expiry;

/// The session token has expired.
pub(crate) fn session(how: Expiry) -> Response {
    let status = match how {
        Expiry::InBody => StatusCode::OK,
        Expiry::Unauthorized => StatusCode::UNAUTHORIZED,
    };
    envelope(status, "390112", "Your session has expired. Please login again.", None)
}

/// The master token has expired.
pub(crate) fn master() -> Response {
    envelope(StatusCode::OK, "390114", "The master token has expired. Please login again.", None)
}

/// The result of a statement is gone.
pub(crate) fn result(query_id: &str) -> Response {
    let data = serde_json::json!({"errorCode": "000612", "sqlState": "02000", "queryId": query_id});
    envelope(StatusCode::OK, "000612", "Result not found.", Some(data))
}

/// The address of a part has expired.
pub(crate) fn part() -> Response {
    forbidden("AccessDenied", "Request has expired")
}

/// The credentials of a stage have expired.
pub(crate) fn credentials() -> Response {
    forbidden("ExpiredToken", "The provided token has expired.")
}

fn envelope(status: StatusCode, code: &str, message: &str, data: Option<Value>) -> Response {
    let envelope = Envelope::failure(code, message, data);
    // Strings and null: there is nothing in it that cannot be written as JSON.
    let body = serde_json::to_string(&envelope).unwrap_or_default();
    refused(status, "application/json", body)
}

fn forbidden(code: &str, message: &str) -> Response {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    refused(StatusCode::FORBIDDEN, "application/xml", body)
}

fn refused(status: StatusCode, media_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}
