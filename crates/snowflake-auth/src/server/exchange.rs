//! From an API call to HTTP and back, once per attempt.

use std::future::ready;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use serde::de::DeserializeOwned;
use snowflake_proto::Secret;
use snowflake_proto::wire::Envelope;
use snowflake_transport::{Accept, Attempt, Body, BoxFuture, ErrorKind, Request, RequestOptions};
use url::form_urlencoded;

use crate::error::{Error, Repr, Result};
use crate::server::answer::{self, Answer};
use crate::server::request::{ApiRequest, Ids, MediaType};
use crate::server::{Failure, Server};

const CLIENT_APP_ID: HeaderName = HeaderName::from_static("client_app_id");
const CLIENT_APP_VERSION: HeaderName = HeaderName::from_static("client_app_version");
const SERVICE: HeaderName = HeaderName::from_static("x-snowflake-service");

/// In whose name a call is made.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Caller<'a> {
    /// The session or master token.
    pub(crate) authorization: Option<&'a Secret>,
    /// Where the server wants the calls of this session to go.
    pub(crate) service: Option<&'a str>,
}

/// Why an attempt's request could not be made, or its answer not be had.
enum Cause {
    /// Our own side: it goes to the caller as it is.
    Ours(Error),
    /// The transport's side: it is explained first.
    Transport(snowflake_transport::Error),
}

impl From<snowflake_transport::Error> for Cause {
    fn from(error: snowflake_transport::Error) -> Self {
        Self::Transport(error)
    }
}

impl Server {
    /// Makes a call whose body is the same in every attempt.
    pub(crate) async fn exchange<T>(&self, request: &ApiRequest, caller: Caller<'_>) -> Result<Envelope<T>>
    where
        T: DeserializeOwned + Send,
    {
        let body = request.body.clone();
        self.exchange_with(request, caller, move |_| Box::pin(ready(Ok(body.clone())))).await
    }

    /// Makes a call whose body is made afresh for every attempt.
    pub(crate) async fn exchange_with<'a, T, F>(
        &'a self,
        request: &'a ApiRequest,
        caller: Caller<'a>,
        mut body: F,
    ) -> Result<Envelope<T>>
    where
        T: DeserializeOwned + Send,
        F: FnMut(&Attempt) -> BoxFuture<'a, Result<Option<Bytes>>> + Send,
    {
        let call_id = self.entropy().uuid().to_string();
        let make = |attempt: Attempt| -> BoxFuture<'a, Result<Request, Cause>> {
            if let Some(history) = &request.history {
                history.note(&attempt);
            }
            let uri = self.uri(request, &call_id, &attempt);
            let body = body(&attempt);
            Box::pin(async move {
                let body = body.await.map_err(Cause::Ours)?;
                self.http_request(request, caller, uri, body).map_err(Cause::Ours)
            })
        };
        let mut answer = None;
        let accept = |response: &http::Response<Bytes>| {
            let verdict = answer::read::<T>(request.what, response);
            let accept = match &verdict {
                Answer::Doubtful(_) => Accept::RetryOnce("it is cut off or not from the service"),
                Answer::Envelope(_) | Answer::Unusable(_) => Accept::Yes,
            };
            answer = Some(verdict);
            accept
        };
        let mut retrier = self.retrier().clone();
        if let Some(attempts) = request.max_attempts {
            let policy = retrier.policy().with_max_attempts(attempts);
            retrier = retrier.with_policy(policy);
        }
        let fetched = retrier.fetch(self.transport().as_ref(), request.class, make, accept).await;
        match (fetched, answer) {
            (Ok(_), Some(Answer::Envelope(envelope))) => Ok(envelope),
            (Ok(_), Some(Answer::Doubtful(problem) | Answer::Unusable(problem))) => Err(problem.into()),
            (Ok(response), None) => match answer::read(request.what, &response) {
                Answer::Envelope(envelope) => Ok(envelope),
                Answer::Doubtful(problem) | Answer::Unusable(problem) => Err(problem.into()),
            },
            (Err(Cause::Ours(error)), _) => Err(error),
            // The second doubtful answer in a row: say what it was rather than that it was refused.
            (Err(Cause::Transport(error)), Some(Answer::Doubtful(problem)))
                if error.kind() == ErrorKind::Content =>
            {
                Err(problem.into())
            }
            (Err(Cause::Transport(error)), _) => Err(undelivered(request.what, error)),
        }
    }

    fn uri(&self, request: &ApiRequest, call_id: &str, attempt: &Attempt) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        match request.ids {
            Ids::PerCall => pairs.append_pair("requestId", call_id),
            Ids::PerAttempt => pairs.append_pair("requestId", &self.entropy().uuid().to_string()),
            Ids::Given => &mut pairs,
        };
        pairs.extend_pairs(&request.query);
        pairs.append_pair("request_guid", &self.entropy().uuid().to_string());
        if request.retry_pairs && attempt.number > 1 {
            pairs.append_pair("retryCount", &(attempt.number - 1).to_string());
            // An answer that was cut off is a failure of the delivery, whatever its status.
            let reason =
                attempt.previous_status.filter(|status| !(200..300).contains(status)).unwrap_or_default();
            pairs.append_pair("retryReason", &reason.to_string());
            pairs.append_pair("clientStartTime", &millis(attempt.first_started).to_string());
        }
        format!("{}{}?{}", self.address().origin(), request.path, pairs.finish())
    }

    fn http_request(
        &self,
        request: &ApiRequest,
        caller: Caller<'_>,
        uri: String,
        body: Option<Bytes>,
    ) -> Result<Request> {
        let client = self.client();
        let media_type = match request.media_type {
            MediaType::Json => "application/json",
            MediaType::Snowflake => "application/snowflake",
        };
        let mut builder = http::Request::builder()
            .method(request.method.clone())
            .uri(uri)
            .header(ACCEPT, media_type)
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, client.user_agent.as_str())
            .header(CLIENT_APP_ID, client.id.as_str())
            .header(CLIENT_APP_VERSION, client.version.as_str());
        if let Some(token) = caller.authorization {
            builder = builder.header(AUTHORIZATION, token_header(token)?);
        }
        if let Some(service) = caller.service {
            builder = builder.header(SERVICE, service);
        }
        let body = body.map_or_else(Body::empty, Body::from);
        let Ok(mut http) = builder.body(body) else {
            let message = "the request cannot be sent: its path, or the client's name or version, holds characters \
                           that HTTP does not allow";
            return Err(Error::configuration(message));
        };
        let mut options = RequestOptions::new(request.what);
        options.first_byte_timeout = request.first_byte_timeout;
        options.body_cap = Some(request.body_cap);
        options.attach(&mut http);
        Ok(http)
    }
}

fn token_header(token: &Secret) -> Result<HeaderValue> {
    let Ok(mut value) = HeaderValue::try_from(format!("Snowflake Token=\"{}\"", token.expose())) else {
        return Err(Error::configuration("the session token holds characters that cannot be sent"));
    };
    value.set_sensitive(true);
    Ok(value)
}

fn undelivered(what: &'static str, source: snowflake_transport::Error) -> Error {
    let failure = source.response().and_then(|response| Failure::in_body(response.body()));
    Repr::Transport { what, failure, source }.into()
}

fn millis(time: time::OffsetDateTime) -> i128 {
    time.unix_timestamp_nanos() / 1_000_000
}
