//! Log lines on stderr, as text or as JSON, and traces where they are asked for.

use std::fmt::{self, Write as _};
use std::io;

use clap::ValueEnum;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::runtime::Runtime;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::Error;
use super::json::Object;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One object a line, for machines.
    Json,
}

/// What is told about the program itself while it runs.
#[derive(Debug)]
pub(super) struct Telemetry {
    #[cfg(feature = "otlp")]
    traces: Option<super::otlp::Traces>,
}

impl Telemetry {
    /// Begins to log what RUST_LOG says, and to trace where a collector is named.
    pub(super) fn start(format: LogFormat, default: &str, runtime: &Runtime) -> Result<Self, Error> {
        let filter = match std::env::var(EnvFilter::DEFAULT_ENV) {
            Ok(text) if !text.trim().is_empty() => EnvFilter::try_new(text)?,
            _ => EnvFilter::try_new(default)?,
        };
        let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
        let lines = match format {
            LogFormat::Text => lines.with_ansi(false).boxed(),
            LogFormat::Json => lines.event_format(JsonLines).boxed(),
        };
        let registry = tracing_subscriber::registry().with(lines.with_filter(filter));
        #[cfg(feature = "otlp")]
        {
            let traces = super::otlp::Traces::start(runtime.handle())?;
            registry.with(traces.as_ref().map(super::otlp::Traces::layer)).init();
            Ok(Self { traces })
        }
        #[cfg(not(feature = "otlp"))]
        {
            let _ = runtime;
            registry.init();
            Ok(Self {})
        }
    }

    /// Sends what was not sent yet.
    pub(super) fn finish(self) {
        #[cfg(feature = "otlp")]
        if let Some(traces) = self.traces {
            traces.finish();
        }
    }
}

/// One JSON object for each event: when, how grave, from where, and its fields.
#[derive(Clone, Copy, Debug)]
struct JsonLines;

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let at = OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default();
        let object = Object::default()
            .text("timestamp", &at)
            .text("level", event.metadata().level().as_str())
            .text("target", event.metadata().target());
        let mut fields = Fields(object);
        event.record(&mut fields);
        writeln!(writer, "{}", fields.0.end())
    }
}

/// The fields of an event, as members of its object.
struct Fields(Object);

impl Fields {
    fn put(&mut self, put: impl FnOnce(Object) -> Object) {
        self.0 = put(std::mem::take(&mut self.0));
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(|object| object.text(field.name(), value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(|object| object.raw(field.name(), if value { "true" } else { "false" }));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(|object| object.raw(field.name(), &value.to_string()));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(|object| object.raw(field.name(), &value.to_string()));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON has no word for what is no number.
        let text = if value.is_finite() { value.to_string() } else { "null".to_owned() };
        self.put(|object| object.raw(field.name(), &text));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = String::new();
        // Writing to a text does not fail.
        let _ = write!(text, "{value:?}");
        self.put(|object| object.text(field.name(), &text));
    }
}
