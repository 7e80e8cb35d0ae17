//! What fixtures/catalog/metrics.toml says, and the rules that it keeps.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Outcome;
use crate::codegen::distinct;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::codegen) struct Catalogue {
    pub(super) label: Vec<Label>,
    pub(super) buckets: Vec<Buckets>,
    pub(super) collector: Vec<Collector>,
    pub(super) metric: Vec<Metric>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Label {
    pub(super) name: String,
    pub(super) from: String,
    pub(super) cap: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Buckets {
    pub(super) name: String,
    pub(super) bounds: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Collector {
    pub(super) name: String,
    pub(super) interval: u64,
    pub(super) source: String,
    pub(super) warehouse: bool,
    pub(super) grant: String,
    pub(super) delay: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Metric {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) unit: Unit,
    #[serde(rename = "crate")]
    pub(super) owner: String,
    pub(super) group: String,
    pub(super) labels: Vec<String>,
    #[serde(default)]
    pub(super) values: BTreeMap<String, Vec<String>>,
    pub(super) buckets: Option<String>,
    #[serde(default)]
    pub(super) fraction: bool,
    pub(super) collector: Option<String>,
    #[serde(default)]
    pub(super) merge: Merge,
    pub(super) help: String,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Counter,
    Gauge,
    Histogram,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Unit {
    Count,
    Seconds,
    Bytes,
    Credits,
    Rows,
    Timestamp,
}

#[derive(Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Merge {
    #[default]
    Sum,
    Max,
}

impl Kind {
    pub(super) fn variant(self) -> &'static str {
        match self {
            Self::Counter => "Counter",
            Self::Gauge => "Gauge",
            Self::Histogram => "Histogram",
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

impl Unit {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Count => "",
            Self::Seconds => "seconds",
            Self::Bytes => "bytes",
            Self::Credits => "credits",
            Self::Rows => "rows",
            Self::Timestamp => "seconds since 1970",
        }
    }
}

impl Catalogue {
    /// What a label without a fixed set of values takes its values from.
    pub(super) fn label(&self, name: &str) -> Option<&Label> {
        self.label.iter().find(|label| label.name == name)
    }

    pub(super) fn bounds(&self, metric: &Metric) -> &[f64] {
        let named = metric.buckets.as_deref();
        let buckets = self.buckets.iter().find(|buckets| Some(buckets.name.as_str()) == named);
        buckets.map_or(&[], |buckets| &buckets.bounds)
    }

    /// Whether a series has this name: a metric, or a part of a histogram.
    pub(super) fn has_series(&self, name: &str) -> bool {
        self.metric.iter().any(|metric| match metric.kind {
            Kind::Histogram => ["_bucket", "_count", "_sum"]
                .iter()
                .any(|part| name.strip_suffix(part) == Some(metric.name.as_str())),
            Kind::Counter | Kind::Gauge => metric.name == name,
        })
    }

    pub(super) fn check(&self) -> Outcome {
        distinct("label", self.label.iter().map(|label| label.name.as_str()))?;
        distinct("buckets", self.buckets.iter().map(|buckets| buckets.name.as_str()))?;
        distinct("collector", self.collector.iter().map(|collector| collector.name.as_str()))?;
        distinct("metric", self.metric.iter().map(|metric| metric.name.as_str()))?;
        let complaints: Vec<String> = self
            .metric
            .iter()
            .filter_map(|metric| self.fault(metric).map(|fault| format!("{}: {fault}", metric.name)))
            .collect();
        if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n")) }
    }

    /// What is wrong with an entry.
    fn fault(&self, metric: &Metric) -> Option<String> {
        if (metric.kind == Kind::Counter) != metric.name.ends_with("_total") {
            return Some("counters end with _total, and nothing else does".to_owned());
        }
        if (metric.kind == Kind::Histogram) == self.bounds(metric).is_empty() {
            return Some("histograms have buckets, and nothing else does".to_owned());
        }
        if metric.fraction && metric.kind != Kind::Counter {
            return Some("only a counter needs to be told that it counts fractions".to_owned());
        }
        if let Some(name) = metric.labels.iter().find(|name| ["le", "quantile"].contains(&name.as_str())) {
            return Some(format!("Prometheus has a meaning of its own for the label {name}"));
        }
        let known = |name: &str| self.collector.iter().any(|collector| collector.name == name);
        if let Some(name) = metric.collector.as_deref().filter(|name| !known(name)) {
            return Some(format!("there is no collector {name}"));
        }
        if let Some(name) = metric.values.keys().find(|name| !metric.labels.contains(name)) {
            return Some(format!("it has values of {name}, which is none of its labels"));
        }
        let vague = |name: &&String| self.label(name).is_some() == metric.values.contains_key(*name);
        metric
            .labels
            .iter()
            .find(vague)
            .map(|name| format!("label {name} has either values of its own or an entry among the labels"))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A small catalogue that keeps the rules.
    pub(in crate::codegen::metrics) const SMALL: &str = r#"
        label = [{ name = "warehouse", from = "The warehouse", cap = 3 }]
        buckets = [{ name = "wait", bounds = [0.5, 2.0] }]
        collector = [{ name = "credits", interval = 60, source = "S", warehouse = true, grant = "g", delay = "none" }]
        metric = [
            { name = "snowflake_a_total", kind = "counter", unit = "credits", crate = "ops", group = "A",
              labels = ["warehouse", "status"], values = { status = ["ok", "bad"] }, fraction = true,
              collector = "credits", help = "Counts | a." },
            { name = "snowflake_b_seconds", kind = "histogram", unit = "seconds", crate = "query", group = "B",
              labels = [], buckets = "wait", help = "Times b." },
        ]
    "#;

    fn fault(from: &str, to: &str) -> String {
        let catalogue: Catalogue = toml::from_str(&SMALL.replacen(from, to, 1)).unwrap();
        catalogue.check().unwrap_err()
    }

    #[test]
    fn a_catalogue_that_keeps_the_rules_passes() {
        let catalogue: Catalogue = toml::from_str(SMALL).unwrap();
        assert_eq!(catalogue.check(), Ok(()));
        assert!(catalogue.has_series("snowflake_b_seconds_bucket"));
        assert!(!catalogue.has_series("snowflake_b_seconds"));
    }

    #[test]
    fn every_rule_is_kept() {
        assert!(fault("snowflake_a_total", "snowflake_a").contains("end with _total"));
        assert!(fault("buckets = \"wait\"", "buckets = \"nap\"").contains("have buckets"));
        assert!(fault("collector = \"credits\", help", "collector = \"debits\", help").contains("debits"));
        assert!(fault("{ status = [", "{ state = [").contains("none of its labels"));
        assert!(fault("\"status\"], values", "\"status\", \"role\"], values").contains("label role"));
        assert!(fault("\"status\"], values", "\"status\", \"quantile\"], values").contains("of its own"));
    }
}
