//! A recorded answer as a response.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;
use snowflake_transport::{Body, Delivery, Error, ErrorKind, Response};

use super::missing::NotRecorded;
use super::options::Speed;
use crate::encode::json;
use crate::recording::{Answer, Kept};

/// An answer on its way to the client.
#[derive(Debug)]
pub(crate) struct Served {
    after: Duration,
    response: Response,
    /// The `data` of a statement's end: it tells the names in force.
    pub(crate) data: Option<Value>,
}

impl Served {
    pub(super) fn answer(answer: &Answer, what: impl FnOnce() -> String) -> Result<Self, Error> {
        let (body, kind) = match &answer.body {
            Kept::Json(value) => (Bytes::from(value.to_string()), Some("application/json")),
            Kept::Rows(rows) => (json::part(rows).map_err(unusable)?.into(), None),
            Kept::Bytes(bytes) => (bytes.clone(), None),
            Kept::LeftOut(reason) => return Err(NotRecorded::left_out(what(), reason.as_str()).into()),
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = StatusCode::from_u16(answer.status).map_err(unusable)?;
        let headers = response.headers_mut();
        headers.extend(kind.map(|kind| (CONTENT_TYPE, HeaderValue::from_static(kind))));
        for (name, value) in &answer.headers {
            let name = HeaderName::try_from(name).map_err(unusable)?;
            headers.append(name, HeaderValue::try_from(value).map_err(unusable)?);
        }
        Ok(Self { after: Duration::from_millis(answer.after_ms), response, data: None })
    }

    /// An answer of our own.
    pub(super) fn json(value: Value) -> Result<Self, Error> {
        Self::answer(&Answer::ok(Kept::Json(value)), String::new)
    }

    /// The response, at its time.
    pub(crate) async fn at(self, speed: Speed) -> Response {
        if speed == Speed::Recorded && !self.after.is_zero() {
            tokio::time::sleep(self.after).await;
        }
        self.response
    }
}

fn unusable(cause: impl Into<snowflake_transport::BoxError>) -> Error {
    Error::reported(ErrorKind::InvalidRequest, Delivery::NotSent, cause)
}
