//! The Rust tables of the metrics.

use std::fmt::Write as _;

use super::catalogue::{Catalogue, Label, Merge, Metric, Unit};
use crate::codegen::rust;

/// The table of all metrics and of what asks for the figures of an account.
pub(super) fn table(catalogue: &Catalogue) -> String {
    let mut text = rust::header("Metrics", "metrics");
    text.push_str(
        "use std::time::Duration;\n\nuse metrics::Unit;\n\n\
         use super::table::{Metric, MetricKind, MetricLabel, MetricMerge, MetricSource, MetricValues};\n\n\
         /// Every metric, as the reference page lists them.\n\
         pub(super) static METRICS: &[Metric] = &[\n",
    );
    for metric in &catalogue.metric {
        entry(&mut text, catalogue, metric);
    }
    text.push_str(
        "];\n\n/// What the figures of an account come from.\n\
         pub(super) static SOURCES: &[MetricSource] = &[\n",
    );
    for collector in &catalogue.collector {
        let _ = writeln!(
            text,
            "MetricSource {{ name: {}, interval: Duration::from_secs({}), source: {}, needs_warehouse: {}, \
             grant: {}, delay: {} }},",
            rust::literal(&collector.name),
            collector.interval,
            rust::literal(&collector.source),
            collector.warehouse,
            rust::literal(&collector.grant),
            rust::literal(&collector.delay),
        );
    }
    text.push_str("];\n");
    text
}

fn entry(text: &mut String, catalogue: &Catalogue, metric: &Metric) {
    let labels: Vec<String> = metric.labels.iter().map(|name| label(catalogue, metric, name)).collect();
    let bounds: Vec<String> = catalogue.bounds(metric).iter().map(|bound| format!("{bound:?}")).collect();
    let unit = match metric.unit {
        Unit::Seconds => "Some(Unit::Seconds)",
        Unit::Bytes => "Some(Unit::Bytes)",
        Unit::Count | Unit::Rows => "Some(Unit::Count)",
        Unit::Credits | Unit::Timestamp => "None",
    };
    let merge = match metric.merge {
        Merge::Sum => "Sum",
        Merge::Max => "Max",
    };
    let _ = writeln!(
        text,
        "Metric {{ name: {}, kind: MetricKind::{}, unit: {unit}, help: {}, labels: &[{}], buckets: &[{}], \
         fraction: {}, merge: MetricMerge::{merge}, source: {} }},",
        rust::literal(&metric.name),
        metric.kind.variant(),
        rust::literal(&metric.help),
        labels.join(", "),
        bounds.join(", "),
        metric.fraction,
        rust::optional(metric.collector.as_deref()),
    );
}

fn label(catalogue: &Catalogue, metric: &Metric, name: &str) -> String {
    let values = match metric.values.get(name) {
        Some(values) => {
            let values: Vec<String> = values.iter().map(|value| rust::literal(value)).collect();
            format!("MetricValues::OneOf(&[{}])", values.join(", "))
        }
        None => format!("MetricValues::AtMost({})", catalogue.label(name).map_or(0, |label| label.cap)),
    };
    format!("MetricLabel {{ name: {}, values: {values} }}", rust::literal(name))
}

/// How many values the labels may have that statements themselves bring.
pub(super) fn caps(catalogue: &Catalogue) -> String {
    let mut text = rust::header("How many values labels may have", "metrics");
    let used = |label: &&Label| {
        catalogue.metric.iter().any(|metric| metric.owner == "query" && metric.labels.contains(&label.name))
    };
    for label in catalogue.label.iter().filter(used) {
        let _ = writeln!(text, "/// Of the label `{}`.", label.name);
        let _ = writeln!(text, "pub(super) const {}: usize = {};", label.name.to_uppercase(), label.cap);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::tests::SMALL;
    use super::*;

    #[test]
    fn a_metric_becomes_an_entry() {
        let text = table(&toml::from_str(SMALL).unwrap());
        assert!(text.contains("name: \"snowflake_a_total\", kind: MetricKind::Counter, unit: None"));
        assert!(text.contains("MetricLabel { name: \"warehouse\", values: MetricValues::AtMost(3) }"));
        assert!(
            text.contains(
                "MetricLabel { name: \"status\", values: MetricValues::OneOf(&[\"ok\", \"bad\"]) }"
            )
        );
        assert!(text.contains("buckets: &[0.5, 2.0], fraction: false"));
        assert!(text.contains("interval: Duration::from_secs(60)"));
    }

    #[test]
    fn only_labels_of_statements_have_a_cap_there() {
        let wanted = SMALL.replace("labels = [], buckets", "labels = [\"warehouse\"], buckets");
        assert!(caps(&toml::from_str(&wanted).unwrap()).contains("pub(super) const WAREHOUSE: usize = 3;"));
        assert!(!caps(&toml::from_str(SMALL).unwrap()).contains("WAREHOUSE"));
    }
}
