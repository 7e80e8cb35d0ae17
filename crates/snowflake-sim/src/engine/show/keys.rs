//! Primary, unique and foreign keys. They are declared, never enforced.

use super::super::SqlError;
use super::super::answer::{Answer, COUNT, INSTANT, count_value, instant_value};
use super::super::catalog::{ObjectPath, Relation, TableColumn};
use super::super::run::Run;
use super::super::value::Value;
use super::filter::Filter;
use super::tables::relations;

pub(super) fn primary(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    keys(run, filter, "PRIMARY", |column| column.primary_key)
}

pub(super) fn unique(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    keys(run, filter, "UNIQUE", |column| column.unique)
}

fn keys(
    run: &Run,
    filter: &Filter,
    kind: &str,
    is_key: fn(&TableColumn) -> bool,
) -> Result<Answer, SqlError> {
    let mut answer = Answer::of_text(&[
        "created_on",
        "database_name",
        "schema_name",
        "table_name",
        "column_name",
        "key_sequence",
        "constraint_name",
        "rely",
        "comment",
    ])
    .with(&["created_on"], &INSTANT)
    .with(&["key_sequence"], &COUNT);
    let only: Option<ObjectPath> = filter.table(run)?;
    for (path, relation) in relations(run, filter)? {
        let Relation::Table(table) = relation else { continue };
        if only.as_ref().is_some_and(|only| *only != path) {
            continue;
        }
        for (at, column) in table.columns().iter().filter(|column| is_key(column)).enumerate() {
            answer.named(vec![
                ("created_on", instant_value(table.options.created)),
                ("database_name", Value::text(path.database.clone())),
                ("schema_name", Value::text(path.schema.clone())),
                ("table_name", Value::text(path.name.clone())),
                ("column_name", Value::text(column.name.clone())),
                ("key_sequence", count_value(at + 1)),
                ("constraint_name", Value::text(format!("SYS_CONSTRAINT_{}_{kind}", path.name))),
                ("rely", Value::text("false")),
            ]);
        }
    }
    Ok(answer)
}

/// Foreign keys are accepted and forgotten.
pub(super) fn imported() -> Answer {
    Answer::of_text(&[
        "created_on",
        "pk_database_name",
        "pk_schema_name",
        "pk_table_name",
        "pk_column_name",
        "fk_database_name",
        "fk_schema_name",
        "fk_table_name",
        "fk_column_name",
        "key_sequence",
        "update_rule",
        "delete_rule",
        "fk_name",
        "pk_name",
        "deferrability",
        "rely",
        "comment",
    ])
    .with(&["created_on"], &INSTANT)
    .with(&["key_sequence"], &COUNT)
}
