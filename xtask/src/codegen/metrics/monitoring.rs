//! What fixtures/catalog/monitoring.toml says, and whether the metrics that it speaks of exist.

use serde::Deserialize;

use super::catalogue::Catalogue;
use crate::Outcome;
use crate::codegen::distinct;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::codegen) struct Monitoring {
    pub(super) row: Vec<Row>,
    pub(super) alert: Vec<Alert>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub(super) title: String,
    pub(super) panels: Vec<Panel>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Panel {
    pub(super) title: String,
    pub(super) kind: Kind,
    pub(super) unit: String,
    pub(super) help: String,
    pub(super) targets: Vec<Target>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Timeseries,
    Stat,
    Gauge,
    Bargauge,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Target {
    pub(super) expr: String,
    pub(super) legend: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Alert {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) when: String,
    #[serde(rename = "for")]
    pub(super) lasting: String,
    pub(super) severity: String,
    pub(super) summary: String,
    pub(super) advice: String,
}

impl Kind {
    /// Grafana's name of the panel.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Timeseries => "timeseries",
            Self::Stat => "stat",
            Self::Gauge => "gauge",
            Self::Bargauge => "bargauge",
        }
    }
}

impl Monitoring {
    /// Every series that is named must be in the catalogue, and every figure of an account must be drawn.
    pub(super) fn check(&self, catalogue: &Catalogue) -> Outcome {
        let panels = || self.row.iter().flat_map(|row| &row.panels);
        distinct("alert", self.alert.iter().map(|alert| alert.name.as_str()))?;
        distinct("row", self.row.iter().map(|row| row.title.as_str()))?;
        let drawn =
            panels().flat_map(|panel| panel.targets.iter().map(|target| (&panel.title, &target.expr)));
        let watched = self.alert.iter().map(|alert| (&alert.name, &alert.value));
        let mut complaints = Vec::new();
        for (place, expression) in drawn.chain(watched) {
            let strangers = series(expression).filter(|name| !catalogue.has_series(name));
            complaints.extend(strangers.map(|name| format!("{place}: there is no series {name}")));
        }
        let text: Vec<&str> =
            panels().flat_map(|panel| panel.targets.iter().flat_map(|target| series(&target.expr))).collect();
        let figures = catalogue.metric.iter().filter(|metric| metric.collector.is_some());
        let missing = figures.filter(|metric| !text.contains(&metric.name.as_str()));
        complaints.extend(missing.map(|metric| format!("{}: no panel shows it", metric.name)));
        if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n")) }
    }
}

/// The series of ours that an expression names.
fn series(expression: &str) -> impl Iterator<Item = &str> {
    let words = expression.split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_'));
    words.filter(|word| word.starts_with("snowflake_"))
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::catalogue::tests::SMALL;
    use super::*;

    pub(in crate::codegen::metrics) const WATCH: &str = r#"
        [[row]]
        title = "R"
        [[row.panels]]
        title = "P"
        kind = "stat"
        unit = "s"
        help = "Shows \"p\"."
        targets = [{ expr = "rate(snowflake_a_total{status=\"ok\"}[5m])", legend = "{{status}}" }]
        [[alert]]
        name = "A"
        value = "sum(snowflake_b_seconds_count)"
        when = "> 1"
        for = "5m"
        severity = "info"
        summary = "It is: {{ $value }}"
        advice = "look"
    "#;

    fn checked(from: &str, to: &str) -> Outcome {
        let monitoring: Monitoring = toml::from_str(&WATCH.replace(from, to)).unwrap();
        monitoring.check(&toml::from_str(SMALL).unwrap())
    }

    #[test]
    fn only_series_of_the_catalogue_are_watched_and_drawn() {
        assert_eq!(checked("", ""), Ok(()));
        let unknown = checked("snowflake_b_seconds_count", "snowflake_b_seconds");
        assert_eq!(unknown, Err("A: there is no series snowflake_b_seconds".to_owned()));
        let hidden = checked("snowflake_a_total", "snowflake_b_seconds_sum");
        assert_eq!(hidden, Err("snowflake_a_total: no panel shows it".to_owned()));
    }
}
