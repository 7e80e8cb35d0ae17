//! The reference page of the metrics.

use std::fmt::Write as _;

use super::catalogue::{Catalogue, Metric};
use crate::codegen::cell;

const OPENING: &str = "\
# Metrics

Written by `cargo xtask codegen` from `fixtures/catalog/metrics.toml`.

Every crate reports through the [`metrics`](https://docs.rs/metrics) facade: without a recorder the calls do nothing, \
and with one of yours, such as `metrics-exporter-prometheus`, they arrive there.
`snowflake_client::describe_metrics()` gives a recorder the help texts and units, `snowflake_client::metric_catalogue()` \
the buckets of the histograms.
`snowflake-ops serve` shows all of it on `/metrics`, and with it the figures of the account that its collectors gather.

The names of labels are the same everywhere. The set of their values is bounded: beyond the number given here, values \
are shown together as `other`.

Figures of Grafana's exporter for Snowflake have the names that they have there, and these labels: `warehouse` for its \
`name` and `id` of a warehouse, `database`, `schema` and `table` for its `…_name` and `…_id`.
";

pub(super) fn page(catalogue: &Catalogue) -> String {
    let mut text = String::from(OPENING);
    let mut group = "";
    for metric in &catalogue.metric {
        if metric.group != group {
            group = &metric.group;
            let _ = writeln!(
                text,
                "\n## {group}\n\n| Name | Kind | Unit | Labels | What it is | From |\n|---|---|---|---|---|---|"
            );
        }
        line(&mut text, metric);
    }
    labels(&mut text, catalogue);
    collectors(&mut text, catalogue);
    text
}

fn line(text: &mut String, metric: &Metric) {
    let labels: Vec<String> = metric
        .labels
        .iter()
        .map(|label| match metric.values.get(label) {
            Some(values) => format!("`{label}`: {}", values.join(", ")),
            None => format!("`{label}`"),
        })
        .collect();
    let from = match &metric.collector {
        Some(collector) => format!("collector `{collector}`"),
        None => format!("`snowflake-{}`", metric.owner),
    };
    let _ = writeln!(
        text,
        "| `{}` | {} | {} | {} | {} | {from} |",
        metric.name,
        metric.kind.word(),
        metric.unit.word(),
        labels.join("; "),
        cell(&metric.help),
    );
}

fn labels(text: &mut String, catalogue: &Catalogue) {
    text.push_str(
        "\n## Labels without a fixed set of values\n\n| Label | Values | At most |\n|---|---|---|\n",
    );
    for label in &catalogue.label {
        let _ = writeln!(text, "| `{}` | {} | {} |", label.name, cell(&label.from), label.cap);
    }
}

fn collectors(text: &mut String, catalogue: &Catalogue) {
    text.push_str(
        "\n## Collectors\n\n\
         Each asks on its own schedule. One that needs a warehouse makes it run: with the smallest size, and with an \
         automatic suspension after 60 seconds, a run costs at least one minute of it, 1/60 credit. \
         Collectors that are due at the same time share that minute.\n\n\
         | Collector | Every | Asks | Needs a warehouse | Needs the grant | The source is late by |\n\
         |---|---|---|---|---|---|\n",
    );
    for collector in &catalogue.collector {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} | {} |",
            collector.name,
            every(collector.interval),
            cell(&collector.source),
            if collector.warehouse { "yes" } else { "no" },
            cell(&collector.grant),
            cell(&collector.delay),
        );
    }
}

/// `6 h`, `1 min`.
fn every(seconds: u64) -> String {
    match seconds {
        seconds if seconds.is_multiple_of(3600) => format!("{} h", seconds / 3600),
        seconds if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::tests::SMALL;
    use super::*;

    #[test]
    fn a_metric_becomes_a_line() {
        let text = page(&toml::from_str(SMALL).unwrap());
        let wanted = "| `snowflake_a_total` | counter | credits | `warehouse`; `status`: ok, bad | Counts \\| a. | collector `credits` |";
        assert!(text.contains(wanted), "{text}");
        assert!(text.contains("| `warehouse` | The warehouse | 3 |"));
        assert!(text.contains("| `credits` | 1 min | S | yes | g | none |"));
        assert_eq!([every(7200), every(90)], ["2 h", "90 s"]);
    }
}
