//! `GET_QUERY_OPERATOR_STATS`: the operations of a statement, and what each read.

use serde_json::json;

use super::super::SqlError;
use super::super::history::Operator;
use super::super::run::Run;
use super::super::types::{INTEGER, SqlType, TEXT};
use super::super::value::Value;
use super::arguments::Arguments;
use super::field::{Field, Rows, count, table};

/// One operation of a statement that has ended.
struct Step {
    query_id: String,
    step: u64,
    operator: Operator,
    /// The rows that it answered, where that is known.
    rows: Option<u64>,
}

const FIELDS: [Field<Step>; 8] = [
    Field::new("QUERY_ID", TEXT, |step| Value::text(step.query_id.clone())),
    Field::new("STEP_ID", INTEGER, |step| count(step.step)),
    Field::new("OPERATOR_ID", INTEGER, |step| super::super::answer::count_value(step.operator.id)),
    Field::new("PARENT_OPERATORS", SqlType::Array, |step| {
        step.operator.parent.map_or(Value::Null, |parent| Value::json(json!([parent]).to_string()))
    }),
    Field::new("OPERATOR_TYPE", TEXT, |step| Value::text(kind(step.operator.operation))),
    Field::new("OPERATOR_STATISTICS", SqlType::Variant, |step| Value::json(statistics(step).to_string())),
    Field::new("EXECUTION_TIME_BREAKDOWN", SqlType::Variant, |_| {
        Value::json(json!({"overall_percentage": 0.0}).to_string())
    }),
    Field::new("OPERATOR_ATTRIBUTES", SqlType::Variant, |step| {
        Value::json(attributes(&step.operator).to_string())
    }),
];

/// The operations of the statement with that id.
///
/// # Errors
/// `000709` when nothing is known of it, or it has not ended.
pub(super) fn function(run: &Run, arguments: &Arguments<'_>) -> Result<Rows, SqlError> {
    let id = arguments.text("QUERY_ID").ok_or_else(|| arguments.invalid("QUERY_ID"))?;
    let missing = || SqlError::new("000709", "02000", format!("Statement {id} not found"));
    let entry = run.engine().book().find(&id).ok_or_else(missing)?;
    let ended = entry.ended.as_ref().ok_or_else(missing)?;
    let steps = entry.work.steps();
    let last = steps.len();
    let all = (1..).zip(&steps).flat_map(|(number, operators)| {
        operators.iter().map({
            let id = id.clone();
            move |operator| {
                let is_answer = operator.parent.is_none() && u64::try_from(last) == Ok(number);
                let rows = operator.scanned.map(|scanned| scanned.rows);
                let rows = rows.or(is_answer.then_some(ended.rows.produced));
                Step { query_id: id.clone(), step: number, operator: operator.clone(), rows }
            }
        })
    });
    table(&[&FIELDS], all)
}

/// The kinds of joins are one type here.
fn kind(operation: &'static str) -> &'static str {
    if operation.ends_with("Join") && operation != "CartesianJoin" { "Join" } else { operation }
}

fn statistics(step: &Step) -> serde_json::Value {
    let mut statistics = json!({});
    if let Some(rows) = step.rows {
        statistics["output_rows"] = rows.into();
    }
    if let Some(scanned) = step.operator.scanned {
        statistics["io"] = json!({"bytes_scanned": scanned.bytes, "percentage_scanned_from_cache": 0.0, "scan_progress": 1.0});
        statistics["pruning"] = json!({
            "partitions_scanned": scanned.partitions,
            "partitions_total": scanned.partitions_total,
        });
    }
    statistics
}

fn attributes(operator: &Operator) -> serde_json::Value {
    let mut attributes = json!({"expressions": operator.expressions});
    if operator.operation == "TableScan" {
        attributes = json!({"columns": operator.expressions, "table_name": operator.object});
        if let Some(alias) = &operator.alias {
            attributes["table_alias"] = json!(alias);
        }
    }
    if operator.operation.ends_with("Join") {
        attributes["join_type"] = json!(operator.operation.trim_end_matches("Join").to_uppercase());
    }
    attributes
}
