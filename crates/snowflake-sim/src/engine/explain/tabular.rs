//! A plan as the table of `EXPLAIN USING TABULAR`.

use super::super::answer::Answer;
use super::super::history::{Operator, Scanned};
use super::super::value::Value;
use super::execute::NUMBER;

const COLUMNS: [&str; 10] = [
    "step",
    "id",
    "parentOperators",
    "operation",
    "objects",
    "alias",
    "expressions",
    "partitionsTotal",
    "partitionsAssigned",
    "bytesAssigned",
];
const NUMBERS: [&str; 5] = ["step", "id", "partitionsTotal", "partitionsAssigned", "bytesAssigned"];

/// A row for the whole plan, and one for each operation.
pub(super) fn table(operators: &[Operator]) -> Answer {
    let mut answer = Answer::of_text(&COLUMNS).with(&NUMBERS, &NUMBER);
    let total = counts(Scanned::sum(operators));
    answer.named(total.into_iter().chain([("operation", Value::text("GlobalStats"))]).collect());
    for operator in operators {
        let text = |text: &Option<String>| text.clone().map_or(Value::Null, Value::text);
        let own = [
            ("step", Value::integer(1)),
            ("id", super::super::answer::count_value(operator.id)),
            ("parentOperators", text(&operator.parent.map(|parent| format!("[{parent}]")))),
            ("operation", Value::text(operator.operation)),
            ("objects", text(&operator.object)),
            ("alias", text(&operator.alias)),
            ("expressions", text(&joined(&operator.expressions))),
        ];
        let counted = operator.scanned.map(counts).into_iter().flatten();
        answer.named(own.into_iter().chain(counted).collect());
    }
    answer
}

fn counts(scanned: Scanned) -> [(&'static str, Value<'static>); 3] {
    let number = |count: u64| i64::try_from(count).map_or(Value::Null, Value::integer);
    [
        ("partitionsTotal", number(scanned.partitions_total)),
        ("partitionsAssigned", number(scanned.partitions)),
        ("bytesAssigned", number(scanned.bytes_assigned)),
    ]
}

fn joined(expressions: &[String]) -> Option<String> {
    (!expressions.is_empty()).then(|| expressions.join(", "))
}
