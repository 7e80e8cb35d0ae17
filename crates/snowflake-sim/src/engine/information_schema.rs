//! `INFORMATION_SCHEMA`: the catalogue as tables.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{Schema, SchemaRef};

use super::SqlError;
use super::answer::count_value;
use super::catalog::{Kind, Load, ObjectPath, Relation, TableColumn};
use super::run::Run;
use super::types::{INTEGER, SqlType, TEXT, field};
use super::value::{Builder, Value};

/// The name of the schema that every database has.
pub(super) const NAME: &str = "INFORMATION_SCHEMA";

/// The rows of one of its views.
///
/// # Errors
/// `002003` when the database is missing, `0A000` for a view that is not simulated.
pub(super) fn read(run: &Run, path: &ObjectPath) -> Result<(SchemaRef, Vec<RecordBatch>), SqlError> {
    let (columns, rows) = match path.name.as_str() {
        "SCHEMATA" => schemata(run, &path.database)?,
        "TABLES" => tables(run, &path.database)?,
        "COLUMNS" => columns(run, &path.database)?,
        "LOAD_HISTORY" => load_history(run, &path.database)?,
        other => return Err(SqlError::not_simulated(format!("INFORMATION_SCHEMA.{other}"))),
    };
    table_of(&columns, rows)
}

/// Rows as a table to query.
///
/// # Errors
/// `300010` when a value is not of its column's type.
pub(super) fn table_of(
    columns: &[(&str, SqlType)],
    rows: Vec<Vec<Value<'static>>>,
) -> Result<(SchemaRef, Vec<RecordBatch>), SqlError> {
    let fields: Vec<_> = columns.iter().map(|(name, data_type)| field(name, data_type, true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let mut builders: Vec<Builder> =
        columns.iter().map(|(_, data_type)| Builder::new(data_type, rows.len())).collect();
    for row in rows {
        for (builder, value) in builders.iter_mut().zip(row) {
            builder.push(value)?;
        }
    }
    let arrays = builders.into_iter().map(Builder::finish).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(SqlError::internal)?;
    Ok((schema, vec![batch]))
}

type Content = (Vec<(&'static str, SqlType)>, Vec<Vec<Value<'static>>>);

const CREATED: SqlType = SqlType::TimestampLtz { scale: 9 };

fn schemata(run: &Run, database: &str) -> Result<Content, SqlError> {
    let catalog = run.engine().catalog();
    let rows = catalog.database(database)?.schemas.iter().map(|(name, schema)| {
        vec![
            Value::text(database),
            Value::text(name.clone()),
            Value::text("ACCOUNTADMIN"),
            Value::Ltz(schema.created),
            Value::text(schema.comment.clone()),
        ]
    });
    let columns = vec![
        ("CATALOG_NAME", TEXT),
        ("SCHEMA_NAME", TEXT),
        ("SCHEMA_OWNER", TEXT),
        ("CREATED", CREATED),
        ("COMMENT", TEXT),
    ];
    Ok((columns, rows.collect()))
}

fn tables(run: &Run, database: &str) -> Result<Content, SqlError> {
    let catalog = run.engine().catalog();
    let mut rows = Vec::new();
    for (schema, content) in &catalog.database(database)?.schemas {
        for (name, relation) in &content.relations {
            let (kind, count, bytes, created, comment) = match relation {
                Relation::Table(table) => {
                    let version = table.version();
                    let counted = (count_value(version.rows), count_value(version.bytes()));
                    ("BASE TABLE", counted.0, counted.1, table.options.created, table.options.comment.clone())
                }
                Relation::View(view) => {
                    ("VIEW", Value::Null, Value::Null, view.created, view.comment.clone())
                }
            };
            let transient =
                matches!(relation, Relation::Table(table) if table.options.kind == Kind::Transient);
            rows.push(vec![
                Value::text(database),
                Value::text(schema.clone()),
                Value::text(name.clone()),
                Value::text("ACCOUNTADMIN"),
                Value::text(kind),
                Value::text(if transient { "YES" } else { "NO" }),
                count,
                bytes,
                Value::Ltz(created),
                Value::text(comment),
            ]);
        }
    }
    let columns = vec![
        ("TABLE_CATALOG", TEXT),
        ("TABLE_SCHEMA", TEXT),
        ("TABLE_NAME", TEXT),
        ("TABLE_OWNER", TEXT),
        ("TABLE_TYPE", TEXT),
        ("IS_TRANSIENT", TEXT),
        ("ROW_COUNT", INTEGER),
        ("BYTES", INTEGER),
        ("CREATED", CREATED),
        ("COMMENT", TEXT),
    ];
    Ok((columns, rows))
}

fn columns(run: &Run, database: &str) -> Result<Content, SqlError> {
    let catalog = run.engine().catalog();
    let mut rows = Vec::new();
    for (schema, content) in &catalog.database(database)?.schemas {
        for (name, relation) in &content.relations {
            let columns: &[TableColumn] = match relation {
                Relation::Table(table) => table.columns(),
                Relation::View(view) => &view.columns,
            };
            for (at, column) in columns.iter().enumerate() {
                rows.push(column_row(database, schema, name, at, column));
            }
        }
    }
    let columns = vec![
        ("TABLE_CATALOG", TEXT),
        ("TABLE_SCHEMA", TEXT),
        ("TABLE_NAME", TEXT),
        ("COLUMN_NAME", TEXT),
        ("ORDINAL_POSITION", INTEGER),
        ("COLUMN_DEFAULT", TEXT),
        ("IS_NULLABLE", TEXT),
        ("DATA_TYPE", TEXT),
        ("CHARACTER_MAXIMUM_LENGTH", INTEGER),
        ("NUMERIC_PRECISION", INTEGER),
        ("NUMERIC_SCALE", INTEGER),
        ("DATETIME_PRECISION", INTEGER),
        ("COMMENT", TEXT),
    ];
    Ok((columns, rows))
}

/// What has been loaded from staged files into the tables of a database.
fn load_history(run: &Run, database: &str) -> Result<Content, SqlError> {
    let catalog = run.engine().catalog();
    let mut rows = Vec::new();
    for (schema, content) in &catalog.database(database)?.schemas {
        for (name, relation) in &content.relations {
            let Relation::Table(table) = relation else { continue };
            for load in table.loads().past() {
                let own =
                    [Value::text(schema.clone()), Value::text(load.file.clone()), Value::text(name.clone())];
                rows.push(own.into_iter().chain(load.facts()).collect());
            }
        }
    }
    let columns = [("SCHEMA_NAME", TEXT), ("FILE_NAME", TEXT), ("TABLE_NAME", TEXT)];
    Ok((columns.into_iter().chain(Load::FACTS).collect(), rows))
}

fn column_row(
    database: &str,
    schema: &str,
    table: &str,
    at: usize,
    column: &TableColumn,
) -> Vec<Value<'static>> {
    let digits = |digits: u8| Value::integer(i64::from(digits));
    let length = match column.data_type {
        SqlType::Text { length } => i64::try_from(length).map_or(Value::Null, Value::integer),
        _ => Value::Null,
    };
    let (precision, scale) = match column.data_type {
        SqlType::Number { precision, scale } => (digits(precision), digits(scale)),
        _ => (Value::Null, Value::Null),
    };
    let fraction = match column.data_type {
        SqlType::Time { scale }
        | SqlType::TimestampNtz { scale }
        | SqlType::TimestampLtz { scale }
        | SqlType::TimestampTz { scale } => digits(scale),
        _ => Value::Null,
    };
    let optional = |text: &Option<String>| text.clone().map_or(Value::Null, Value::text);
    let name = match &column.data_type {
        SqlType::Text { .. } => "TEXT".to_owned(),
        other => other.to_string().split('(').next().unwrap_or_default().to_owned(),
    };
    vec![
        Value::text(database),
        Value::text(schema),
        Value::text(table),
        Value::text(column.name.clone()),
        count_value(at + 1),
        optional(&column.default),
        Value::text(if column.nullable { "YES" } else { "NO" }),
        Value::text(name),
        length,
        precision,
        scale,
        fraction,
        optional(&column.comment),
    ]
}
