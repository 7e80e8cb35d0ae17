//! What requests and answers say, as far as an onlooker needs it.

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, Uri};
use serde_json::Value;
use snowflake_proto::rowset::inflate;
use snowflake_proto::{Recovery, ServerCode};
use snowflake_transport::{Error, Request};

/// No request's body is inflated beyond this many bytes.
const MAX_BODY: usize = 256 * 1024 * 1024;

/// The token of `Authorization: Snowflake Token="…"`.
pub(crate) fn token(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(AUTHORIZATION)?.to_str().ok()?;
    text.strip_prefix("Snowflake Token=\"")?.strip_suffix('"')
}

/// The first value of a query parameter, with its escapes undone.
pub(crate) fn query(uri: &Uri, name: &str) -> Option<String> {
    let pairs = url::form_urlencoded::parse(uri.query()?.as_bytes());
    pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// The JSON object of a body, which may be gzip'd.
pub(crate) fn body_json(body: &Bytes) -> Option<Value> {
    let plain = inflate(body.clone(), 0, MAX_BODY).ok()?;
    serde_json::from_slice(&plain).ok().filter(Value::is_object)
}

/// Whether an answer says that the token has to be renewed, or that the session is over.
pub(crate) fn is_session_trouble(envelope: &Value) -> bool {
    let code = envelope.get("code").and_then(Value::as_str).unwrap_or_default();
    envelope.get("success") != Some(&Value::Bool(true))
        && matches!(ServerCode::new(code).recovery(), Recovery::RenewSession | Recovery::Reauthenticate)
}

/// The head of a request and its whole body.
pub(crate) async fn read(request: Request) -> Result<(Parts, Bytes), Error> {
    let (head, body) = request.into_parts();
    Ok((head, body.collect(MAX_BODY).await?))
}
