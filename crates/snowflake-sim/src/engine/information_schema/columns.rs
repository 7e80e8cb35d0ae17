//! Columns.

use super::super::SqlError;
use super::super::answer::{Answer, count_value, optional, text};
use super::super::catalog::{ObjectPath, Relation, TableColumn};
use super::super::run::Run;
use super::super::types::{MAX_TEXT, SqlType};
use super::super::value::Value;
use super::containers::yes;
use super::relations::relations;
use super::{NAME, columns_of, views};

pub(super) const COLUMNS: &str = "TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION: number, COLUMN_DEFAULT, \
     IS_NULLABLE, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH: number, CHARACTER_OCTET_LENGTH: number, \
     NUMERIC_PRECISION: number, NUMERIC_PRECISION_RADIX: number, NUMERIC_SCALE: number, \
     DATETIME_PRECISION: number, INTERVAL_TYPE, INTERVAL_PRECISION, CHARACTER_SET_CATALOG, \
     CHARACTER_SET_SCHEMA, CHARACTER_SET_NAME, COLLATION_CATALOG, COLLATION_SCHEMA, COLLATION_NAME, \
     DOMAIN_CATALOG, DOMAIN_SCHEMA, DOMAIN_NAME, UDT_CATALOG, UDT_SCHEMA, UDT_NAME, SCOPE_CATALOG, \
     SCOPE_SCHEMA, SCOPE_NAME, MAXIMUM_CARDINALITY: number, DTD_IDENTIFIER, IS_SELF_REFERENCING, IS_IDENTITY, \
     IDENTITY_GENERATION, IDENTITY_START, IDENTITY_INCREMENT, IDENTITY_MAXIMUM, IDENTITY_MINIMUM, \
     IDENTITY_CYCLE, IDENTITY_ORDERED, SCHEMA_EVOLUTION_RECORD, COMMENT, DATA_TYPE_ALIAS";

/// The columns of all tables and views, the system's own among them.
///
/// # Errors
/// `002003` when the database is missing.
pub(super) fn columns(run: &Run, database: &str, answer: &mut Answer) -> Result<(), SqlError> {
    for (path, relation) in relations(run, database)? {
        let columns: &[TableColumn] = match &relation {
            Relation::Table(table) => table.columns(),
            Relation::View(view) => &view.columns,
        };
        add(answer, &path, columns);
    }
    for view in views() {
        let (database, schema, name) = (database.to_owned(), NAME.to_owned(), view.to_owned());
        add(answer, &ObjectPath { database, schema, name }, &columns_of(view).unwrap_or_default());
    }
    Ok(())
}

fn add(answer: &mut Answer, path: &ObjectPath, columns: &[TableColumn]) {
    for (at, column) in columns.iter().enumerate() {
        let mut row = vec![
            ("TABLE_CATALOG", text(&path.database)),
            ("TABLE_SCHEMA", text(&path.schema)),
            ("TABLE_NAME", text(&path.name)),
            ("COLUMN_NAME", text(&column.name)),
            ("ORDINAL_POSITION", count_value(at + 1)),
            ("COLUMN_DEFAULT", optional(column.default.as_deref())),
            ("IS_NULLABLE", yes(column.nullable)),
            ("DATA_TYPE", text(&name_of(&column.data_type))),
            ("IS_SELF_REFERENCING", yes(false)),
            ("IS_IDENTITY", yes(column.identity.is_some())),
            ("COMMENT", optional(column.comment.as_deref())),
            ("DATA_TYPE_ALIAS", text(&column.data_type.to_string())),
        ];
        row.extend(sizes(&column.data_type));
        if let Some((start, step)) = column.identity {
            row.extend([
                ("IDENTITY_GENERATION", text("BY DEFAULT")),
                ("IDENTITY_START", text(&start.to_string())),
                ("IDENTITY_INCREMENT", text(&step.to_string())),
                ("IDENTITY_CYCLE", yes(false)),
                ("IDENTITY_ORDERED", yes(false)),
            ]);
        }
        answer.named(row);
    }
}

/// The name of a type without its length, digits or scale.
fn name_of(data_type: &SqlType) -> String {
    match data_type {
        SqlType::Text { .. } => "TEXT".to_owned(),
        other => other.to_string().split('(').next().unwrap_or_default().to_owned(),
    }
}

/// Lengths, digits and scale of a type.
fn sizes(data_type: &SqlType) -> Vec<(&'static str, Value<'static>)> {
    let long = |length: u64| i64::try_from(length).map_or(Value::Null, Value::integer);
    let digits = |digits: u8| Value::integer(i64::from(digits));
    match data_type {
        SqlType::Text { length } => vec![
            ("CHARACTER_MAXIMUM_LENGTH", long(*length)),
            ("CHARACTER_OCTET_LENGTH", long(length.saturating_mul(4).min(MAX_TEXT.max(*length)))),
        ],
        SqlType::Binary { length } => {
            vec![("CHARACTER_MAXIMUM_LENGTH", long(*length)), ("CHARACTER_OCTET_LENGTH", long(*length))]
        }
        SqlType::Number { precision, scale } => vec![
            ("NUMERIC_PRECISION", digits(*precision)),
            ("NUMERIC_PRECISION_RADIX", Value::integer(10)),
            ("NUMERIC_SCALE", digits(*scale)),
        ],
        SqlType::Time { scale }
        | SqlType::TimestampNtz { scale }
        | SqlType::TimestampLtz { scale }
        | SqlType::TimestampTz { scale } => vec![("DATETIME_PRECISION", digits(*scale))],
        _ => Vec::new(),
    }
}
