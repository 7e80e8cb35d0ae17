//! The recorder whose figures the service shows.

use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};
use snafu::ResultExt;

use crate::error::{RecorderSnafu, Result};
use crate::metric::{describe_metrics, metric_catalogue, with_fractions};

/// A recorder of the `metrics` facade, and the page of everything that was reported to it.
///
/// There is one recorder in a process, and what a [`Service`](super::super::Service) shows is what that one was told.
/// Histograms have the buckets of the [catalogue](crate::metric_catalogue), so that `histogram_quantile` works on
/// them.
#[derive(Clone, Debug)]
pub struct Exposition {
    handle: PrometheusHandle,
}

impl Exposition {
    /// Installs the recorder for the whole process.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when the process has another recorder.
    pub fn install() -> Result<Self> {
        let (exposition, recorder) = Self::build().context(RecorderSnafu)?;
        metrics::set_global_recorder(recorder).map_err(BuildError::from).context(RecorderSnafu)?;
        describe_metrics();
        Ok(exposition)
    }

    /// The recorder, for a test or a program that puts several together.
    pub(in crate::service) fn build() -> Result<(Self, PrometheusRecorder), BuildError> {
        let mut builder = PrometheusBuilder::new();
        for metric in metric_catalogue().iter().filter(|metric| !metric.buckets.is_empty()) {
            builder =
                builder.set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), metric.buckets)?;
        }
        let recorder = builder.build_recorder();
        Ok((Self { handle: recorder.handle() }, recorder))
    }

    /// Everything in Prometheus' text format, version 0.0.4.
    #[must_use]
    pub fn page(&self) -> String {
        with_fractions(self.handle.render())
    }

    /// Frees what recorded histograms hold between two scrapes.
    pub(in crate::service) fn tidy(&self) {
        self.handle.run_upkeep();
    }
}

#[cfg(test)]
mod tests {
    use metrics::{counter, gauge, histogram};

    use super::*;

    #[test]
    fn durations_have_buckets_and_credits_count() {
        let (exposition, recorder) = Exposition::build().unwrap();
        metrics::with_local_recorder(&recorder, || {
            describe_metrics();
            histogram!("snowflake_query_duration_seconds", "warehouse" => "WH").record(0.2);
            counter!("snowflake_queries_total", "warehouse" => "WH", "status" => "success").increment(1);
            gauge!("snowflake_credits_used_total", "warehouse" => "WH").set(0.25);
        });
        let page = exposition.page();
        for line in [
            "# TYPE snowflake_query_duration_seconds histogram",
            "snowflake_query_duration_seconds_bucket{warehouse=\"WH\",le=\"0.25\"} 1",
            "snowflake_query_duration_seconds_bucket{warehouse=\"WH\",le=\"0.1\"} 0",
            "snowflake_query_duration_seconds_count{warehouse=\"WH\"} 1",
            "snowflake_queries_total{warehouse=\"WH\",status=\"success\"} 1",
            "# TYPE snowflake_credits_used_total counter",
            "snowflake_credits_used_total{warehouse=\"WH\"} 0.25",
        ] {
            assert!(page.lines().any(|found| found == line), "{line} is not in\n{page}");
        }
    }

    #[test]
    fn q01_names_with_quotes_stay_in_their_quotes() {
        let (exposition, recorder) = Exposition::build().unwrap();
        metrics::with_local_recorder(&recorder, || {
            gauge!("snowflake_warehouse_queued_queries", "warehouse" => "a \"b\"\nc{}").set(1.0);
        });
        let page = exposition.page();
        assert!(page.contains("{warehouse=\"a \\\"b\\\"\\nc{}\"} 1\n"), "{page}");
    }
}
