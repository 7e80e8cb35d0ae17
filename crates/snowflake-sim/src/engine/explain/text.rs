//! A plan as the tree of `EXPLAIN USING TEXT`.

use std::fmt::Write as _;

use super::super::history::{Operator, Scanned};

/// The sums, and a line for each operation, deeper for each that reads it.
pub(super) fn tree(operators: &[Operator]) -> String {
    let sum = Scanned::sum(operators);
    let mut text = format!(
        "GlobalStats:\n    partitionsTotal={}\n    partitionsAssigned={}\n    bytesAssigned={}\nOperations:\n",
        sum.partitions_total, sum.partitions, sum.bytes_assigned
    );
    let mut depths = vec![0_usize; operators.len()];
    for operator in operators {
        let depth = operator.parent.and_then(|parent| depths.get(parent)).map_or(0, |depth| depth + 1);
        if let Some(own) = depths.get_mut(operator.id) {
            *own = depth;
        }
        let _ = writeln!(text, "1:{}     {}->{}", operator.id, "     ".repeat(depth), line(operator));
    }
    text
}

fn line(operator: &Operator) -> String {
    let mut parts = vec![operator.operation.to_owned()];
    parts.extend(operator.object.clone());
    parts.extend(operator.alias.as_ref().map(|alias| format!("({alias})")));
    if !operator.expressions.is_empty() {
        parts.push(operator.expressions.join(", "));
    }
    parts.extend(operator.scanned.map(|scanned| {
        format!(
            "{{partitionsTotal={}, partitionsAssigned={}, bytesAssigned={}}}",
            scanned.partitions_total, scanned.partitions, scanned.bytes_assigned
        )
    }));
    parts.join("  ")
}
