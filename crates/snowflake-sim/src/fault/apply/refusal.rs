//! The answers with which the service and its storage refuse what has expired.

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use snowflake_transport::{Body, Response};

use super::super::verb::Expiry;
use crate::service::{Reply, TokenError, answer, refusal};

/// The session token has expired.
pub(crate) fn session(how: Expiry) -> Response {
    let mut response = said(refusal::unauthorized(TokenError::Expired));
    if how == Expiry::Unauthorized {
        *response.status_mut() = StatusCode::UNAUTHORIZED;
    }
    response
}

/// The master token has expired.
pub(crate) fn master() -> Response {
    said(refusal::not_renewed(TokenError::Expired))
}

/// The result of a statement is gone.
pub(crate) fn result(query_id: &str) -> Response {
    said(answer::no_such_result(query_id))
}

/// The address of a part has expired.
pub(crate) fn part() -> Response {
    forbidden("AccessDenied", "Request has expired")
}

/// The credentials of a stage have expired.
pub(crate) fn credentials() -> Response {
    forbidden("ExpiredToken", "The provided token has expired.")
}

fn said(reply: Reply) -> Response {
    reply.into_response().map(Body::from)
}

fn forbidden(code: &str, message: &str) -> Response {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    response
}
