//! Metrics: the table that they are described by, their reference page, and what watches them.

mod catalogue;
mod page;
mod source;
mod usage;

use super::Generated;
pub(super) use catalogue::Catalogue;
pub(super) use usage::complaints;

pub(super) fn generate(catalogue: &Catalogue) -> Result<Vec<Generated>, String> {
    catalogue.check()?;
    Ok(vec![
        Generated { path: "crates/snowflake-ops/src/metric/generated.rs", text: source::table(catalogue) },
        Generated { path: "crates/snowflake-query/src/metric/generated.rs", text: source::caps(catalogue) },
        Generated { path: "docs/reference/metrics.md", text: page::page(catalogue) },
    ])
}
