//! What a scripted request is answered with.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;
use snowflake_transport::{Body, Delivery, Error, ErrorKind, Response};

/// An answer, a failure, or silence.
#[derive(Clone, Debug)]
pub struct Reply {
    outcome: Outcome,
    delay: Duration,
}

#[derive(Clone, Debug)]
enum Outcome {
    Answer { status: u16, headers: Vec<(String, String)>, body: Bytes },
    Failure { kind: ErrorKind, delivery: Delivery },
    Silence,
}

impl Reply {
    /// An empty answer with a status.
    pub fn status(status: u16) -> Self {
        Self::answer(status, Vec::new(), Bytes::new())
    }

    /// An answer of JSON with status 200.
    pub fn json(value: &Value) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self::answer(200, headers, value.to_string().into())
    }

    /// An answer of any bytes with status 200.
    pub fn bytes(body: impl Into<Bytes>) -> Self {
        Self::answer(200, Vec::new(), body.into())
    }

    /// No answer but a failure of the transport.
    pub fn fail(kind: ErrorKind, delivery: Delivery) -> Self {
        Self { outcome: Outcome::Failure { kind, delivery }, delay: Duration::ZERO }
    }

    /// No answer ever: the request waits until its sender gives up.
    pub fn silence() -> Self {
        Self { outcome: Outcome::Silence, delay: Duration::ZERO }
    }

    /// Changes the status of an answer.
    #[must_use]
    pub fn with_status(mut self, code: u16) -> Self {
        if let Outcome::Answer { status, .. } = &mut self.outcome {
            *status = code;
        }
        self
    }

    /// Adds a header to an answer.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let Outcome::Answer { headers, .. } = &mut self.outcome {
            headers.push((name.into(), value.into()));
        }
        self
    }

    /// Answers (or fails) only after some time, as tokio counts it.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    fn answer(status: u16, headers: Vec<(String, String)>, body: Bytes) -> Self {
        Self { outcome: Outcome::Answer { status, headers, body }, delay: Duration::ZERO }
    }

    pub(super) async fn into_response(self) -> Result<Response, Error> {
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        match self.outcome {
            Outcome::Answer { status, headers, body } => build(status, headers, body),
            Outcome::Failure { kind, delivery } => Err(Error::reported(kind, delivery, "as the script says")),
            Outcome::Silence => std::future::pending().await,
        }
    }
}

fn build(status: u16, headers: Vec<(String, String)>, body: Bytes) -> Result<Response, Error> {
    let mut response = Response::new(Body::from(body));
    let unusable =
        || Error::reported(ErrorKind::InvalidRequest, Delivery::NotSent, "the script's reply is not HTTP");
    *response.status_mut() = StatusCode::from_u16(status).map_err(|_invalid| unusable())?;
    for (name, value) in headers {
        let name = HeaderName::try_from(name).map_err(|_invalid| unusable())?;
        let value = HeaderValue::try_from(value).map_err(|_invalid| unusable())?;
        response.headers_mut().append(name, value);
    }
    Ok(response)
}
