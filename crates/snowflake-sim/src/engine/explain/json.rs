//! A plan as the JSON of `EXPLAIN USING JSON`.

use serde::Serialize;

use super::super::SqlError;
use super::super::history::{Operator, Scanned};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document<'a> {
    global_stats: Stats,
    /// One list for each step.
    operations: [Vec<Operation<'a>>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stats {
    partitions_total: u64,
    partitions_assigned: u64,
    bytes_assigned: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Operation<'a> {
    id: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_operators: Option<[usize; 1]>,
    operation: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    objects: Option<[&'a str; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alias: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    expressions: &'a [String],
    #[serde(flatten)]
    stats: Option<Stats>,
}

/// The document of a plan.
///
/// # Errors
/// Never in practice: `300010` when it cannot be written.
pub(super) fn document(operators: &[Operator]) -> Result<String, SqlError> {
    let operations = operators.iter().map(|operator| Operation {
        id: operator.id,
        parent_operators: operator.parent.map(|parent| [parent]),
        operation: operator.operation,
        objects: operator.object.as_deref().map(|object| [object]),
        alias: operator.alias.as_deref(),
        expressions: &operator.expressions,
        stats: operator.scanned.map(Stats::from),
    });
    let document =
        Document { global_stats: Scanned::sum(operators).into(), operations: [operations.collect()] };
    serde_json::to_string(&document).map_err(SqlError::internal)
}

impl From<Scanned> for Stats {
    fn from(scanned: Scanned) -> Self {
        Self {
            partitions_total: scanned.partitions_total,
            partitions_assigned: scanned.partitions,
            bytes_assigned: scanned.bytes_assigned,
        }
    }
}
