//! What is stored: in tables, in stages, in files that were loaded.

use time::Date;

use super::super::SqlError;
use super::super::answer::count_value;
use super::super::catalog::{Load, ObjectPath, Relation, Table};
use super::super::information_schema::table_of;
use super::super::run::Run;
use super::super::types::{INTEGER, SqlType, TEXT};
use super::super::value::Value;
use super::field::{Field, Rows, count, day, known, object_id, table};

/// What the account holds on a day.
struct Held {
    date: Date,
    /// A database, or all of them.
    database: Option<String>,
    tables: u64,
    stages: u64,
}

const ACCOUNT: [Field<Held>; 5] = [
    Field::new("USAGE_DATE", SqlType::Date, |held| day(held.date)),
    Field::new("STORAGE_BYTES", INTEGER, |held| count(held.tables)),
    Field::new("STAGE_BYTES", INTEGER, |held| count(held.stages)),
    Field::new("FAILSAFE_BYTES", INTEGER, |_| count(0)),
    Field::new("HYBRID_TABLE_STORAGE_BYTES", INTEGER, |_| count(0)),
];
const DATABASE: [Field<Held>; 7] = [
    Field::new("USAGE_DATE", SqlType::Date, |held| day(held.date)),
    Field::new("DATABASE_ID", INTEGER, |held| {
        held.database.as_ref().map_or(Value::Null, |name| object_id("DATABASE", name))
    }),
    Field::new("DATABASE_NAME", TEXT, |held| held.database.clone().map_or(Value::Null, Value::text)),
    Field::new("DELETED", super::field::INSTANT, |_| Value::Null),
    Field::new("AVERAGE_DATABASE_BYTES", INTEGER, |held| count(held.tables)),
    Field::new("AVERAGE_FAILSAFE_BYTES", INTEGER, |_| count(0)),
    Field::new("AVERAGE_HYBRID_TABLE_STORAGE_BYTES", INTEGER, |_| count(0)),
];
const STAGE: [Field<Held>; 2] = [
    Field::new("USAGE_DATE", SqlType::Date, |held| day(held.date)),
    Field::new("AVERAGE_STAGE_BYTES", INTEGER, |held| count(held.stages)),
];

/// The tables of all databases.
fn tables(run: &Run) -> Vec<(ObjectPath, std::sync::Arc<Table>)> {
    let catalog = run.engine().catalog();
    let mut found = Vec::new();
    for (database, content) in &catalog.databases {
        for (schema, content) in &content.schemas {
            for (name, relation) in &content.relations {
                let Relation::Table(table) = relation else { continue };
                let (database, schema, name) = (database.clone(), schema.clone(), name.clone());
                found.push((ObjectPath { database, schema, name }, std::sync::Arc::clone(table)));
            }
        }
    }
    found
}

/// What is held today: what was held before is not remembered.
fn account(run: &Run) -> Held {
    let bytes = tables(run).iter().map(|(_, table)| size(table)).sum();
    let stages = run.engine().stages().held();
    Held { date: known(run).date(), database: None, tables: bytes, stages }
}

fn size(table: &Table) -> u64 {
    u64::try_from(table.version().bytes()).unwrap_or(u64::MAX)
}

/// The view `STORAGE_USAGE`.
pub(super) fn usage(run: &Run) -> Result<Rows, SqlError> {
    table(&[&ACCOUNT], [account(run)])
}

/// The view `STAGE_STORAGE_USAGE_HISTORY`.
pub(super) fn stages(run: &Run) -> Result<Rows, SqlError> {
    table(&[&STAGE], [account(run)])
}

/// The view `DATABASE_STORAGE_USAGE_HISTORY`.
pub(super) fn databases(run: &Run) -> Result<Rows, SqlError> {
    let (date, tables) = (known(run).date(), tables(run));
    let names: Vec<String> = run.engine().catalog().databases.keys().cloned().collect();
    let held = names.into_iter().map(|name| Held {
        date,
        tables: tables.iter().filter(|(path, _)| path.database == name).map(|(_, table)| size(table)).sum(),
        stages: 0,
        database: Some(name),
    });
    table(&[&DATABASE], held)
}

/// The views `COPY_HISTORY` and `LOAD_HISTORY`: every file that was loaded.
pub(super) fn loads(run: &Run) -> Result<Rows, SqlError> {
    let own = [
        ("FILE_NAME", TEXT),
        ("STAGE_LOCATION", TEXT),
        ("FILE_SIZE", INTEGER),
        ("TABLE_ID", INTEGER),
        ("TABLE_NAME", TEXT),
        ("TABLE_SCHEMA_ID", INTEGER),
        ("TABLE_SCHEMA_NAME", TEXT),
        ("SCHEMA_NAME", TEXT),
        ("TABLE_CATALOG_ID", INTEGER),
        ("TABLE_CATALOG_NAME", TEXT),
        ("CATALOG_NAME", TEXT),
        ("PIPE_NAME", TEXT),
    ];
    let mut rows = Vec::new();
    for (path, table) in tables(run) {
        let ids = [
            object_id("TABLE", &path.to_string()),
            object_id("SCHEMA", &format!("{}.{}", path.database, path.schema)),
            object_id("DATABASE", &path.database),
        ];
        for load in table.loads().past() {
            let [table, schema, database] = ids.clone();
            let place = load.file.rsplit_once('/').map_or("", |(place, _)| place);
            let own = vec![
                Value::text(load.file.clone()),
                Value::text(place),
                count_value(load.size),
                table,
                Value::text(path.name.clone()),
                schema,
                Value::text(path.schema.clone()),
                Value::text(path.schema.clone()),
                database,
                Value::text(path.database.clone()),
                Value::text(path.database.clone()),
                Value::Null,
            ];
            rows.push(own.into_iter().chain(load.facts()).collect());
        }
    }
    let columns: Vec<_> = own.into_iter().chain(Load::FACTS).collect();
    table_of(&columns, rows)
}
