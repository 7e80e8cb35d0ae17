//! Alerts as JSON, posted to an address.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method};
use serde_json::{Value, json};
use snafu::ResultExt;
use snowflake_query::Pool;
use snowflake_transport::{
    Accept, Body, BoxFuture, Error as TransportError, Request, RequestOptions, Retrier, RetryClass,
    RetryPolicy, Sensitivity, Transport,
};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::Url;

use super::alert::{Alert, AlertKind};
use super::sink::AlertSink;
use crate::error::{ConfigurationSnafu, Result, WebhookRefusedSnafu, WebhookSnafu};

/// Longer answers are of no interest.
const ANSWER_CAP: usize = 64 * 1024;
const TIMEOUT: Duration = Duration::from_secs(10);

/// Posts alerts as JSON, and tries again as the policy of retries says.
///
/// The body has `id`, `text` (the message, which chat services show), `budget`, `kind`, `spent_credits`,
/// `allowed_credits`, `period_start`, `period_end` and what the kind of alert has in figures. It holds no secret, and
/// is not signed: let the address be one that nobody guesses. The address is shown nowhere but for its host.
pub struct WebhookSink {
    url: Url,
    transport: Arc<dyn Transport>,
    retrier: Retrier,
}

impl WebhookSink {
    /// Posts to this address, by the transport, the clock and the randomness of a pool.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for a text that is no `https` or `http` address.
    pub fn new(pool: &Pool, url: &str) -> Result<Self> {
        let parsed = Url::parse(url).ok();
        let usable = parsed.filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
        let Some(url) = usable else {
            return ConfigurationSnafu { message: "the address of a webhook is none of https or http" }
                .fail()?;
        };
        let policy = RetryPolicy::default().with_max_attempts(4).with_deadline(Duration::from_secs(60));
        let retrier = Retrier::new(policy)
            .with_clock(Arc::clone(pool.clock()))
            .with_entropy(Arc::clone(pool.entropy()));
        Ok(Self { url, transport: Arc::clone(pool.transport()), retrier })
    }

    /// Posts by another transport, such as one with another proxy than the service needs.
    #[must_use]
    pub fn with_transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = transport;
        self
    }

    /// Tries again by another policy than four attempts within a minute.
    #[must_use]
    pub fn with_policy(mut self, policy: RetryPolicy) -> Self {
        self.retrier = self.retrier.with_policy(policy);
        self
    }

    async fn post(&self, alert: &Alert) -> Result<()> {
        let host = || self.url.host_str().unwrap_or_default().to_owned();
        let body = Bytes::from(body(alert).to_string());
        let make = |_attempt| -> BoxFuture<'_, Result<Request, TransportError>> {
            let request = self.request(body.clone());
            Box::pin(async move { Ok(request) })
        };
        let answer = self.retrier.fetch(&self.transport, RetryClass::Api, make, |_| Accept::Yes).await;
        let status = answer.with_context(|_| WebhookSnafu { host: host() })?.status();
        if status.is_success() {
            return Ok(());
        }
        WebhookRefusedSnafu { host: host(), status: status.as_u16() }.fail()?
    }

    fn request(&self, body: Bytes) -> Request {
        let mut request = Request::new(Body::from(body));
        *request.method_mut() = Method::POST;
        if let Ok(uri) = self.url.as_str().parse() {
            *request.uri_mut() = uri;
        }
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        RequestOptions::new("webhook")
            .with_sensitivity(Sensitivity::Sensitive)
            .with_body_cap(ANSWER_CAP)
            .with_total_timeout(TIMEOUT)
            .attach(&mut request);
        request
    }
}

impl AlertSink for WebhookSink {
    fn deliver<'a>(&'a self, alert: &'a Alert) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.post(alert))
    }
}

/// The path of a webhook's address is often what allows to post there.
impl fmt::Debug for WebhookSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookSink").field("host", &self.url.host_str()).finish_non_exhaustive()
    }
}

fn body(alert: &Alert) -> Value {
    let instant = |at: OffsetDateTime| at.format(&Rfc3339).unwrap_or_default();
    let mut body = json!({
        "id": alert.id,
        "text": alert.to_string(),
        "budget": alert.budget,
        "kind": alert.kind.as_str(),
        "spent_credits": alert.spent,
        "allowed_credits": alert.allowed,
        "period_start": instant(alert.period_start),
        "period_end": instant(alert.period_end),
        "at": instant(alert.at),
    });
    let figures = match &alert.kind {
        AlertKind::Threshold { part } => json!({ "threshold": part }),
        AlertKind::BurnRate { rate, factor, window } => {
            json!({ "burn_rate": rate, "factor": factor, "window_seconds": window.as_secs() })
        }
        AlertKind::Forecast(forecast) => {
            json!({ "forecast_credits": forecast.credits, "low": forecast.low, "high": forecast.high })
        }
    };
    if let (Some(body), Value::Object(figures)) = (body.as_object_mut(), figures) {
        body.extend(figures);
    }
    body
}
