//! What `EXPLAIN USING JSON` says that a statement will read.

use serde_json::Value;
use snafu::OptionExt;
use snowflake_query::{Pool, Query};

use crate::error::{PlanSnafu, Result};

/// How much a statement will read at most: what is left once the plan has been pruned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) partitions: u64,
    pub(super) partitions_total: u64,
    pub(super) bytes: u64,
}

impl Plan {
    /// Reads the answer. Where it has no sums, the scans are added up; `None` when the text is no plan at all.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let plan: Value = serde_json::from_str(text).ok()?;
        let stats = plan.get("GlobalStats").filter(|stats| stats.is_object());
        let operations = plan.get("Operations").and_then(Value::as_array);
        match (stats, operations) {
            (None, None) => None,
            (Some(stats), _) if stats.get("bytesAssigned").is_some() => Some(Self::of(stats)),
            (_, steps) => {
                let scans = steps.into_iter().flatten().filter_map(Value::as_array).flatten();
                Some(scans.map(Self::of).fold(Self::default(), Self::and))
            }
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "an estimate needs no more than 53 bits of a number of bytes"
    )]
    pub(super) fn bytes_as_float(&self) -> f64 {
        self.bytes as f64
    }

    #[expect(clippy::cast_precision_loss, reason = "nor of a number of partitions")]
    pub(super) fn partitions_as_float(&self) -> f64 {
        self.partitions as f64
    }

    fn of(stats: &Value) -> Self {
        let figure = |name: &str| stats.get(name).and_then(whole).unwrap_or(0);
        Self {
            partitions: figure("partitionsAssigned"),
            partitions_total: figure("partitionsTotal"),
            bytes: figure("bytesAssigned"),
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            partitions: self.partitions.saturating_add(other.partitions),
            partitions_total: self.partitions_total.saturating_add(other.partitions_total),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }
}

/// Asks for the plan of a statement, which runs nothing.
pub(super) async fn explain(pool: &Pool, query: Query) -> Result<Plan> {
    let sql = format!("EXPLAIN USING JSON {}", query.sql());
    let result = pool.execute(query.as_another(sql)).await?;
    let text = result.rows.row(0).and_then(|row| row.get::<String>(0).ok());
    Ok(text.and_then(|text| Plan::parse(&text)).context(PlanSnafu)?)
}

/// A number that may have come as text.
fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Plan;

    #[test]
    fn the_sums_of_a_plan_are_read() {
        let plan = r#"{"GlobalStats":{"partitionsTotal":20,"partitionsAssigned":"3","bytesAssigned":1024},
            "Operations":[[{"id":0,"operation":"Result"}]]}"#;
        let read = Plan::parse(plan).unwrap();
        assert_eq!((read.partitions_total, read.partitions, read.bytes), (20, 3, 1024));
    }

    #[test]
    fn without_sums_the_scans_are_added_up() {
        let plan = r#"{"Operations":[[{"id":0,"operation":"Result"},
            {"id":1,"operation":"TableScan","partitionsTotal":4,"partitionsAssigned":2,"bytesAssigned":10},
            {"id":2,"operation":"TableScan","partitionsTotal":1,"partitionsAssigned":1,"bytesAssigned":5}]]}"#;
        let read = Plan::parse(plan).unwrap();
        assert_eq!((read.partitions_total, read.partitions, read.bytes), (5, 3, 15));
        assert_eq!(Plan::parse(r#"{"GlobalStats":{},"Operations":[]}"#), Some(Plan::default()));
    }

    proptest! {
        #[test]
        fn what_is_no_plan_is_none_and_nothing_panics(text in "\\PC{0,60}|[\\[\\]{}\":,0-9a-zA-Z]{0,60}") {
            let _ = Plan::parse(&text);
            prop_assert_eq!(Plan::parse("[]"), None);
            prop_assert_eq!(Plan::parse(r#"{"GlobalStats":null}"#), None);
        }
    }
}
