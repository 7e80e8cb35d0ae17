//! Columns.

use serde_json::json;

use super::super::SqlError;
use super::super::answer::{Answer, text};
use super::super::catalog::{Relation, TableColumn};
use super::super::run::Run;
use super::super::types::SqlType;
use super::super::value::Value;
use super::filter::{Filter, Scope};
use super::tables::relations;

const COLUMNS: &str = "table_name, schema_name, column_name, data_type, null?, default, kind, expression, \
                       comment, database_name, autoincrement, schema_evolution_record";

pub(super) fn columns(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = Answer::listing(COLUMNS);
    let only = match (&filter.scope, filter.table(run)?) {
        (_, Some(path)) => Some(path),
        // `SHOW COLUMNS IN x` names a table.
        (Scope::Unstated(name), None) => {
            run.path(name).ok().filter(|path| matches!(run.visible(path), Ok(Some(_))))
        }
        _ => None,
    };
    let found = match &only {
        Some(path) => run.visible(path)?.map(|relation| (path.clone(), relation)).into_iter().collect(),
        None => relations(run, filter)?,
    };
    let mut left = filter.limit();
    for (path, relation) in found {
        let columns: &[TableColumn] = match &relation {
            Relation::Table(table) => table.columns(),
            Relation::View(view) => &view.columns,
        };
        for column in columns.iter().filter(|column| filter.takes(&column.name)) {
            if left == 0 {
                return Ok(answer);
            }
            left -= 1;
            answer.named(vec![
                ("table_name", text(&path.name)),
                ("schema_name", text(&path.schema)),
                ("column_name", text(&column.name)),
                ("data_type", Value::text(data_type(column))),
                ("null?", text(if column.nullable { "true" } else { "NOT_NULL" })),
                ("default", text(column.default.as_deref().unwrap_or(""))),
                ("kind", text("COLUMN")),
                ("expression", text("")),
                ("comment", text(column.comment.as_deref().unwrap_or(""))),
                ("database_name", text(&path.database)),
                ("autoincrement", Value::text(column.counting().unwrap_or_default())),
            ]);
        }
    }
    Ok(answer)
}

/// The JSON text that `SHOW COLUMNS` writes for a type.
fn data_type(column: &TableColumn) -> String {
    let nullable = column.nullable;
    let described = match &column.data_type {
        SqlType::Number { precision, scale } => {
            json!({"type": "FIXED", "precision": precision, "scale": scale, "nullable": nullable})
        }
        SqlType::Text { length } => {
            json!({"type": "TEXT", "length": length, "byteLength": length.saturating_mul(4).min(16_777_216), "nullable": nullable, "fixed": false})
        }
        SqlType::Binary { length } => {
            json!({"type": "BINARY", "length": length, "byteLength": length, "nullable": nullable, "fixed": true})
        }
        SqlType::Time { scale }
        | SqlType::TimestampNtz { scale }
        | SqlType::TimestampLtz { scale }
        | SqlType::TimestampTz { scale } => {
            json!({"type": column.data_type.wire_name().to_uppercase(), "precision": 0, "scale": scale, "nullable": nullable})
        }
        other => json!({"type": other.wire_name().to_uppercase(), "nullable": nullable}),
    };
    described.to_string()
}
