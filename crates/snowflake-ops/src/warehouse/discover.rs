//! What a warehouse is for, from what its account says of it.

use super::{WarehouseConfig, WarehouseSize, WarehouseStatus, WorkloadType};
use crate::account_usage::spelled;

/// Waiting statements for each cluster that a warehouse whose comment names no number may have.
const DEPTH: u32 = 8;

/// Words of names, and the work that they stand for.
const WORDS: [(WorkloadType, &[&str]); 6] = [
    (WorkloadType::Interactive, &["INTERACTIVE", "ADHOC", "APP", "API", "WEB"]),
    (WorkloadType::Reporting, &["REPORT", "REPORTS", "REPORTING", "BI", "DASHBOARD", "DASHBOARDS"]),
    (WorkloadType::Analytics, &["ANALYTICS", "ANALYSIS", "ANALYST", "ANALYSTS"]),
    (WorkloadType::Batch, &["BATCH", "ETL", "ELT", "DBT", "TRANSFORM", "TRANSFORMING"]),
    (WorkloadType::Loading, &["LOAD", "LOADING", "LOADER", "INGEST", "INGESTION", "COPY"]),
    (WorkloadType::DataScience, &["ML", "DS", "DATASCIENCE", "SCIENCE", "TRAINING", "FEATURES", "SNOWPARK"]),
];

/// The configuration that follows from a warehouse of the account.
///
/// A comment that holds `workloads: batch, analytics` or `max_queue_depth: 20`, each up to the next semicolon, decides.
/// Without one the words of the name do, and the type `SNOWPARK-OPTIMIZED` stands for data science. A warehouse of
/// which nothing of this is true is for any work.
pub(super) fn discovered(status: &WarehouseStatus) -> WarehouseConfig {
    let comment = status.comment.as_deref().unwrap_or_default();
    let depth = setting(comment, "max_queue_depth").and_then(|depth| depth.parse().ok());
    let said = setting(comment, "workloads");
    let said = said.map(|words| words.split(',').filter_map(WorkloadType::parse).collect::<Vec<_>>());
    WarehouseConfig {
        name: spelled(&status.name),
        size: status.size.unwrap_or(WarehouseSize::XSmall),
        max_queue_depth: depth.unwrap_or_else(|| status.max_clusters.saturating_mul(DEPTH)),
        preferred_workloads: said.unwrap_or_else(|| named(status)),
    }
}

/// The configuration of a warehouse of which nothing but the name is known.
pub(super) fn unseen(name: String) -> WarehouseConfig {
    let size = WarehouseSize::XSmall;
    WarehouseConfig { name, size, max_queue_depth: DEPTH, preferred_workloads: Vec::new() }
}

/// What stands behind `key:` or `key =` up to the next semicolon or the end of the line.
fn setting<'a>(comment: &'a str, key: &str) -> Option<&'a str> {
    comment.split([';', '\n']).find_map(|part| {
        let (name, value) = part.split_once([':', '='])?;
        let is_key = name.trim().replace('-', "_").eq_ignore_ascii_case(key);
        is_key.then(|| value.trim())
    })
}

fn named(status: &WarehouseStatus) -> Vec<WorkloadType> {
    let upper = status.name.to_uppercase();
    let words: Vec<&str> = upper.split(|c: char| !c.is_alphanumeric()).collect();
    let is_large = status.warehouse_type.as_deref().is_some_and(|kind| kind.starts_with("SNOWPARK"));
    let suits = |kind: WorkloadType, known: &[&str]| {
        known.iter().any(|word| words.contains(word)) || (is_large && kind == WorkloadType::DataScience)
    };
    WORDS.iter().filter(|(kind, known)| suits(*kind, known)).map(|(kind, _)| *kind).collect()
}
