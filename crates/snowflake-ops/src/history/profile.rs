//! Where one statement spent its time.

use serde_json::Value;
use snowflake_query::{Pool, QueryBuilder, QueryId};

use super::record::ratio;
use crate::answer::{AnswerRow, read_all};
use crate::error::Result;

/// A filter is poor that leaves this share of the micro-partitions to be read, and a join explodes that answers so many times
/// the rows that it reads.
const POOR: f64 = 0.8;
const EXPLODING: f64 = 10.0;

/// Where one statement spent its time: the operators of its plan.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct QueryProfile {
    /// The operators, by step and number.
    pub operators: Vec<QueryOperator>,
}

/// One operator of a plan.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct QueryOperator {
    /// The step of the plan, from 1.
    pub step: u64,
    /// Its number in the step.
    pub id: u64,
    /// The operators that read it.
    pub parents: Vec<u64>,
    /// What it does: `TableScan`, `Join`, `Aggregate`.
    pub operator_type: String,
    /// The table that it reads or writes.
    pub table: Option<String>,
    /// Its share of the statement's time, 0 to 1.
    pub time: Option<f64>,
    /// Rows that it read.
    pub input_rows: Option<u64>,
    /// Rows that it gave on.
    pub output_rows: Option<u64>,
    /// Bytes that it read.
    pub bytes_scanned: Option<u64>,
    /// Micro-partitions that it read.
    pub partitions_scanned: Option<u64>,
    /// Micro-partitions of the table that it reads.
    pub partitions_total: Option<u64>,
    /// Bytes that went to the warehouse's disks.
    pub bytes_spilled_local: u64,
    /// Bytes that did not fit there either.
    pub bytes_spilled_remote: u64,
}

/// Where one statement of the last 14 days spent its time.
///
/// # Errors
/// [`Sql`](crate::ErrorKind::Sql) when the service does not know the statement or it has not ended, or when the role has
/// neither `OPERATE` nor `MONITOR` on its warehouse; the other kinds of a statement.
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement.
pub async fn query_profile(pool: &Pool, query_id: QueryId) -> Result<QueryProfile> {
    // The id has the shape of a UUID, so it is a literal as it stands.
    let sql = format!("SELECT * FROM TABLE(GET_QUERY_OPERATOR_STATS('{query_id}'))");
    let mut operators =
        read_all(pool, QueryBuilder::new(sql), "GET_QUERY_OPERATOR_STATS", QueryOperator::read).await?;
    operators.sort_by_key(|operator| (operator.step, operator.id));
    Ok(QueryProfile { operators })
}

impl QueryProfile {
    /// The operators that took most of the time, the greatest share first.
    #[must_use]
    pub fn most_expensive(&self, most: usize) -> Vec<&QueryOperator> {
        let mut operators: Vec<_> =
            self.operators.iter().filter(|operator| operator.time.is_some()).collect();
        operators.sort_by(|left, right| right.time.unwrap_or(0.0).total_cmp(&left.time.unwrap_or(0.0)));
        operators.truncate(most);
        operators
    }

    /// The joins that gave on at least ten times the rows that they read: a condition may be missing.
    #[must_use]
    pub fn exploding_joins(&self) -> Vec<&QueryOperator> {
        self.operators.iter().filter(|operator| operator.is_exploding()).collect()
    }

    /// The operators for which memory was not enough: a larger warehouse may help.
    #[must_use]
    pub fn spilling(&self) -> Vec<&QueryOperator> {
        let spills =
            |operator: &&QueryOperator| operator.bytes_spilled_local > 0 || operator.bytes_spilled_remote > 0;
        self.operators.iter().filter(spills).collect()
    }

    /// The scans of several micro-partitions that had to read at least 80 % of them: no filter fits how the table is clustered.
    #[must_use]
    pub fn poor_pruning(&self) -> Vec<&QueryOperator> {
        let is_poor = |operator: &&QueryOperator| {
            operator.partitions_total.is_some_and(|total| total > 1)
                && operator.pruning_ratio().is_some_and(|pruned| pruned <= 1.0 - POOR)
        };
        self.operators.iter().filter(is_poor).collect()
    }
}

impl QueryOperator {
    /// The share of the table's micro-partitions that it did not have to read, 0 to 1.
    #[must_use]
    pub fn pruning_ratio(&self) -> Option<f64> {
        let (scanned, total) = (self.partitions_scanned?, self.partitions_total.filter(|total| *total > 0)?);
        Some(1.0 - ratio(scanned.min(total), total))
    }

    fn is_exploding(&self) -> bool {
        let (Some(read), Some(given)) = (self.input_rows, self.output_rows) else { return false };
        self.operator_type.contains("Join") && read > 0 && ratio(given, read) >= EXPLODING
    }

    fn read(row: &AnswerRow<'_>) -> Result<Self> {
        let statistics = row.json("OPERATOR_STATISTICS").unwrap_or_default();
        let count = |path: &str| statistics.pointer(path).and_then(whole);
        let breakdown = row.json("EXECUTION_TIME_BREAKDOWN").unwrap_or_default();
        let attributes = row.json("OPERATOR_ATTRIBUTES").unwrap_or_default();
        let parents = row.json("PARENT_OPERATORS").unwrap_or_default();
        Ok(Self {
            step: row.required_count("STEP_ID")?,
            id: row.required_count("OPERATOR_ID")?,
            parents: parents.as_array().into_iter().flatten().filter_map(whole).collect(),
            operator_type: row.text("OPERATOR_TYPE")?,
            table: attributes.get("table_name").and_then(Value::as_str).map(str::to_owned),
            time: breakdown.get("overall_percentage").and_then(Value::as_f64).map(share),
            input_rows: count("/input_rows"),
            output_rows: count("/output_rows"),
            bytes_scanned: count("/io/bytes_scanned"),
            partitions_scanned: count("/pruning/partitions_scanned"),
            partitions_total: count("/pruning/partitions_total"),
            bytes_spilled_local: count("/spilling/bytes_spilled_local_storage").unwrap_or_default(),
            bytes_spilled_remote: count("/spilling/bytes_spilled_remote_storage").unwrap_or_default(),
        })
    }
}

fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// A share from 0 to 1, also where it is written as a percentage.
fn share(number: f64) -> f64 {
    if number > 1.0 { number / 100.0 } else { number }
}
