//! Metrics: the table that they are described by, their reference page, and what watches them.

mod alerts;
mod catalogue;
mod dashboard;
mod monitoring;
mod page;
mod source;
mod usage;

use super::Generated;
pub(super) use catalogue::Catalogue;
pub(super) use monitoring::Monitoring;
pub(super) use usage::complaints;

pub(super) fn generate(catalogue: &Catalogue, monitoring: &Monitoring) -> Result<Vec<Generated>, String> {
    catalogue.check()?;
    monitoring.check(catalogue)?;
    Ok(vec![
        Generated { path: "crates/snowflake-ops/src/metric/generated.rs", text: source::table(catalogue) },
        Generated { path: "crates/snowflake-query/src/metric/generated.rs", text: source::caps(catalogue) },
        Generated { path: "docs/reference/metrics.md", text: page::page(catalogue) },
        Generated { path: "docs/deploy/grafana-dashboard.json", text: dashboard::dashboard(monitoring) },
        Generated { path: "docs/deploy/prometheus-alerts.yaml", text: alerts::rules(monitoring) },
    ])
}
