//! Telling a recorder what the metrics are.

use metrics::{Label, counter, describe_counter, describe_gauge, describe_histogram};

use super::generated::{METRICS, SOURCES};
use super::table::{Metric, MetricKind, MetricSource, MetricValues};

/// Every metric that the crates report through the `metrics` facade, and every figure of an account.
///
/// A recorder that keeps histograms in buckets finds their bounds here.
///
/// ```
/// let durations = snowflake_ops::metric_catalogue().iter().find(|metric| metric.name == "snowflake_query_duration_seconds");
/// assert!(durations.is_some_and(|metric| metric.buckets.contains(&60.0)));
/// ```
#[must_use]
pub fn metric_catalogue() -> &'static [Metric] {
    METRICS
}

/// What the figures of an account come from.
#[must_use]
pub fn metric_sources() -> &'static [MetricSource] {
    SOURCES
}

/// Gives the recorder that is installed the help text and the unit of every metric, and starts at zero the counters
/// whose labels are known beforehand: an increase from nothing is none that a monitoring system could see.
///
/// Call it once, after installing a recorder; without one it does nothing.
pub fn describe_metrics() {
    for metric in METRICS {
        describe(metric);
        start(metric);
    }
}

fn describe(metric: &Metric) {
    let Metric { name, help, .. } = *metric;
    match (metric.kind, metric.unit) {
        (MetricKind::Counter, Some(unit)) if !metric.fraction => describe_counter!(name, unit, help),
        (MetricKind::Counter, None) if !metric.fraction => describe_counter!(name, help),
        (MetricKind::Histogram, Some(unit)) => describe_histogram!(name, unit, help),
        (MetricKind::Histogram, None) => describe_histogram!(name, help),
        (_, Some(unit)) => describe_gauge!(name, unit, help),
        (_, None) => describe_gauge!(name, help),
    }
}

fn start(metric: &Metric) {
    if metric.kind != MetricKind::Counter || metric.fraction {
        return;
    }
    let mut series: Vec<Vec<Label>> = vec![Vec::new()];
    for label in metric.labels {
        let MetricValues::OneOf(values) = label.values else { return };
        let with =
            |labels: &Vec<Label>, value| [labels.as_slice(), &[Label::new(label.name, value)]].concat();
        series = series.iter().flat_map(|labels| values.iter().map(|value| with(labels, *value))).collect();
    }
    for labels in series {
        counter!(metric.name, labels).increment(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_the_dashboard_are_there() {
        let names = [
            ("snowflake_queries_total", MetricKind::Counter, &["warehouse", "status"][..]),
            ("snowflake_query_duration_seconds", MetricKind::Histogram, &["warehouse"]),
            ("snowflake_credits_used_total", MetricKind::Counter, &["warehouse"]),
            ("snowflake_pool_sessions", MetricKind::Gauge, &["state"]),
            ("snowflake_warehouse_queued_queries", MetricKind::Gauge, &["warehouse"]),
            ("snowflake_copy_rows_loaded_total", MetricKind::Counter, &[]),
        ];
        for (name, kind, labels) in names {
            let metric = METRICS.iter().find(|metric| metric.name == name).unwrap();
            let found: Vec<&str> = metric.labels.iter().map(|label| label.name).collect();
            assert_eq!((metric.kind, found.as_slice()), (kind, labels), "{name}");
        }
    }

    #[test]
    fn figures_of_the_account_have_a_source_and_all_sources_are_of_use() {
        for metric in METRICS.iter().filter_map(|metric| metric.source) {
            assert!(SOURCES.iter().any(|source| source.name == metric), "{metric}");
        }
        for source in SOURCES {
            assert!(METRICS.iter().any(|metric| metric.source == Some(source.name)), "{}", source.name);
        }
    }

    #[cfg(feature = "service")]
    #[test]
    fn counters_with_known_labels_begin_at_zero() {
        let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, describe_metrics);
        let text = recorder.handle().render();
        assert!(text.contains("# HELP snowflake_copy_rows_loaded_total Rows that COPY INTO"), "{text}");
        assert!(text.contains("snowflake_copy_rows_loaded_total 0\n"), "{text}");
        assert!(
            text.contains("snowflake_bulk_loads_total{method=\"files\",status=\"failed\"} 0\n"),
            "{text}"
        );
        assert!(!text.contains("snowflake_queries_total{"), "whose warehouse? {text}");
    }
}
