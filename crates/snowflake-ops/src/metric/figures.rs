//! Setting the figures of an account: a bounded number of series, and none that has gone stale.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use metrics::{Label, gauge};

use super::generated::METRICS;
use super::table::{Metric, MetricMerge, MetricValues};

/// What stands for the values beyond the bound.
const OTHER: &str = "other";

/// The series that are shown, by the metric's name.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    shown: Mutex<HashMap<&'static str, BTreeSet<Vec<String>>>>,
}

impl Figures {
    /// Shows these values of a metric and no others: the values of its labels, in the order of the catalogue, and the
    /// number.
    ///
    /// Of a label without a fixed set of values the largest ones stay, and all others become `other`. A series that is
    /// no longer among them becomes 0, since a recorder cannot be told to forget it; one that counts stays as it is.
    pub(crate) fn set(&self, name: &'static str, rows: impl IntoIterator<Item = (Vec<String>, f64)>) {
        let Some(metric) = METRICS.iter().find(|metric| metric.name == name) else {
            tracing::warn!(name, "a figure is not in the catalogue");
            return;
        };
        let series = bounded(metric, rows.into_iter().collect());
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = shown.entry(metric.name).or_default();
        if !metric.fraction {
            for gone in shown.iter().filter(|values| !series.contains_key(*values)) {
                show(metric, gone, 0.0);
            }
        }
        for (values, number) in &series {
            show(metric, values, *number);
        }
        shown.extend(series.into_keys());
    }
}

fn show(metric: &Metric, values: &[String], number: f64) {
    let labels = metric.labels.iter().zip(values);
    let labels: Vec<Label> = labels.map(|(label, value)| Label::new(label.name, value.clone())).collect();
    gauge!(metric.name, labels).set(number);
}

/// The rows with so many different values in each label as it may have.
fn bounded(metric: &Metric, mut rows: Vec<(Vec<String>, f64)>) -> BTreeMap<Vec<String>, f64> {
    for (place, label) in metric.labels.iter().enumerate() {
        let kept = kept(label.values, place, &rows);
        for value in rows.iter_mut().filter_map(|(values, _)| values.get_mut(place)) {
            if !kept.contains(value.as_str()) {
                OTHER.clone_into(value);
            }
        }
    }
    let mut series = BTreeMap::new();
    for (values, number) in rows {
        series
            .entry(values)
            .and_modify(|sum: &mut f64| match metric.merge {
                MetricMerge::Sum => *sum += number,
                MetricMerge::Max => *sum = sum.max(number),
            })
            .or_insert(number);
    }
    series
}

/// The values of the label at this place that are shown under their own name.
fn kept(values: MetricValues, place: usize, rows: &[(Vec<String>, f64)]) -> BTreeSet<String> {
    let cap = match values {
        MetricValues::OneOf(known) => return known.iter().map(|value| (*value).to_owned()).collect(),
        MetricValues::AtMost(cap) => cap,
    };
    let mut weights: BTreeMap<&str, f64> = BTreeMap::new();
    for (values, number) in rows {
        if let Some(value) = values.get(place) {
            *weights.entry(value).or_default() += number.abs();
        }
    }
    let mut ranked: Vec<(&str, f64)> = weights.into_iter().collect();
    if ranked.len() > cap {
        ranked.sort_by(|left, right| right.1.total_cmp(&left.1).then_with(|| left.0.cmp(right.0)));
        // One of the places goes to `other`.
        ranked.truncate(cap.saturating_sub(1));
    }
    ranked.into_iter().map(|(value, _)| value.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;

    fn rows(rows: &[(&[&str], f64)]) -> Vec<(Vec<String>, f64)> {
        let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        rows.iter().map(|(values, number)| (owned(values), *number)).collect()
    }

    /// What a recorder shows after these calls, without comments.
    fn shown(calls: impl FnOnce(&Figures)) -> Vec<String> {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        metrics::with_local_recorder(&recorder, || calls(&Figures::default()));
        let text = handle.render();
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut lines: Vec<String> = lines.map(str::to_owned).collect();
        lines.sort();
        lines
    }

    #[test]
    fn a_series_that_is_gone_becomes_zero() {
        let lines = shown(|figures| {
            figures.set("snowflake_database_bytes", rows(&[(&["A"], 5.0), (&["B"], 7.5)]));
            figures.set("snowflake_database_bytes", rows(&[(&["B"], 8.0)]));
        });
        assert_eq!(
            lines,
            ["snowflake_database_bytes{database=\"A\"} 0", "snowflake_database_bytes{database=\"B\"} 8"]
        );
    }

    #[test]
    fn o08_what_counts_never_falls() {
        let lines = shown(|figures| {
            figures.set("snowflake_credits_used_total", rows(&[(&["A"], 0.25)]));
            figures.set("snowflake_credits_used_total", Vec::new());
        });
        assert_eq!(lines, ["snowflake_credits_used_total{warehouse=\"A\"} 0.25"]);
    }

    #[test]
    fn o11_the_largest_values_keep_their_names() {
        let name = |number: usize| format!("T{number:04}");
        let many = (0..1000_u32).map(|number| {
            let values = vec!["D".to_owned(), "S".to_owned(), name(number as usize)];
            (values, f64::from(number))
        });
        let lines = shown(|figures| figures.set("snowflake_table_active_bytes", many));
        assert_eq!(lines.len(), 200);
        assert!(lines.iter().any(|line| line.contains("table=\"T0999\"} 999")));
        assert!(!lines.iter().any(|line| line.contains("table=\"T0800\"")));
        let rest: u32 = (0..=800).sum();
        assert!(lines.iter().any(|line| line.ends_with(&format!("table=\"other\"}} {rest}"))), "{lines:?}");
    }

    #[test]
    fn series_without_a_sum_show_the_largest() {
        let name = "snowflake_account_query_latency_seconds";
        let many =
            (0..150_u32).map(|number| (vec![format!("W{number}"), "50".to_owned()], f64::from(number)));
        let lines = shown(|figures| figures.set(name, many));
        assert_eq!(lines.len(), 100);
        assert!(lines.contains(&format!("{name}{{warehouse=\"other\",percentile=\"50\"}} 50")), "{lines:?}");
    }

    #[test]
    fn o11_a_value_outside_a_fixed_set_is_shown_as_other() {
        let lines = shown(|figures| {
            let row = (["D", "S", "T", "exploded"].map(str::to_owned).to_vec(), 2.0);
            figures.set("snowflake_task_runs", [row]);
        });
        assert!(lines[0].contains("state=\"other\""), "{lines:?}");
    }

    #[test]
    fn a_name_that_nobody_knows_is_not_shown() {
        assert!(shown(|figures| figures.set("snowflake_unheard_of", rows(&[(&[], 1.0)]))).is_empty());
    }
}
