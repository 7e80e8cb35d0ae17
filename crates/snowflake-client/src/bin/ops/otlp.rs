//! Traces to an OpenTelemetry collector, over the client's own transport.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use snowflake_client::transport::{Body, HttpTransport, Transport, TransportOptions};
use tokio::runtime::Handle;
use tracing::instrument::WithSubscriber as _;
use tracing::subscriber::NoSubscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

use super::Error;

/// What names a collector; the exporter reads them itself.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
/// The spans that are exported.
const SPANS: &str = "snowflake=info";
/// How long a collector may take for one batch.
const LIMIT: Duration = Duration::from_secs(10);
/// The longest answer of a collector that is read.
const MAX_ANSWER: usize = 1024 * 1024;

/// Sends the spans of this program to a collector.
#[derive(Debug)]
pub(super) struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Begins to export, where the environment names a collector.
    pub(super) fn start(runtime: &Handle) -> Result<Option<Self>, Error> {
        let named = |name: &&str| std::env::var(name).is_ok_and(|value| !value.trim().is_empty());
        if !ENDPOINTS.iter().any(named) {
            return Ok(None);
        }
        let transport = HttpTransport::new(TransportOptions::default())?;
        let client = OverTransport { transport: Arc::new(transport), runtime: runtime.clone() };
        let exporter = SpanExporter::builder().with_http().with_http_client(client).build()?;
        let resource = Resource::builder().with_service_name("snowflake-ops").build();
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        Ok(Some(Self { provider }))
    }

    /// What hands spans over.
    pub(super) fn layer<S>(&self) -> impl Layer<S>
    where
        S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    {
        let layer: OpenTelemetryLayer<S, SdkTracer> =
            tracing_opentelemetry::layer().with_tracer(self.provider.tracer("snowflake-ops"));
        layer.with_filter(EnvFilter::new(SPANS))
    }

    /// Sends what was not sent yet. Must not be called from within the runtime, which it waits for.
    pub(super) fn finish(self) {
        if let Err(error) = self.provider.shutdown_with_timeout(LIMIT) {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}

/// The exporter's HTTP client: its thread has no runtime of its own, so requests are sent from the program's.
struct OverTransport {
    transport: Arc<dyn Transport>,
    runtime: Handle,
}

impl fmt::Debug for OverTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OverTransport").finish_non_exhaustive()
    }
}

impl HttpClient for OverTransport {
    fn send_bytes<'this, 'answer>(
        &'this self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'answer>>
    where
        'this: 'answer,
        Self: 'answer,
    {
        // Spans about sending spans would never end.
        let exchange =
            exchange(Arc::clone(&self.transport), request).with_subscriber(NoSubscriber::default());
        let task = self.runtime.spawn(exchange);
        Box::pin(async move { task.await? })
    }
}

async fn exchange(
    transport: Arc<dyn Transport>,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, HttpError> {
    let answered = async {
        let (parts, body) = transport.send(request.map(Body::from)).await?.into_parts();
        let body = body.collect(MAX_ANSWER).await?;
        Ok(Response::from_parts(parts, body))
    };
    tokio::time::timeout(LIMIT, answered).await?
}
