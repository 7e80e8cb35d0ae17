//! Primary, unique and foreign keys.

use super::super::SqlError;
use super::super::answer::{Answer, count_value, instant_value, text};
use super::super::catalog::{Constraint, ObjectPath, Relation};
use super::super::references::{References, Referred};
use super::super::run::Run;
use super::filter::Filter;
use super::tables::relations;

const OWN: &str = "created_on: time, database_name, schema_name, table_name, column_name, key_sequence: count, \
                   constraint_name, rely, comment";
const FOREIGN: &str = "created_on: time, pk_database_name, pk_schema_name, pk_table_name, pk_column_name, fk_database_name, \
     fk_schema_name, fk_table_name, fk_column_name, key_sequence: count, update_rule, delete_rule, fk_name, \
     pk_name, deferrability, rely, comment";

pub(super) fn primary(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    own(run, filter, Constraint::is_primary)
}

pub(super) fn unique(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    own(run, filter, Constraint::is_unique)
}

fn own(run: &Run, filter: &Filter, is_meant: fn(&Constraint) -> bool) -> Result<Answer, SqlError> {
    let mut answer = Answer::listing(OWN);
    for (path, constraint) in constraints(run, filter)? {
        if !is_meant(&constraint) {
            continue;
        }
        for (at, column) in constraint.columns.iter().enumerate() {
            answer.named(vec![
                ("created_on", instant_value(constraint.created)),
                ("database_name", text(&path.database)),
                ("schema_name", text(&path.schema)),
                ("table_name", text(&path.name)),
                ("column_name", text(column)),
                ("key_sequence", count_value(at + 1)),
                ("constraint_name", text(&constraint.name)),
                ("rely", text("false")),
            ]);
        }
    }
    Ok(answer)
}

/// The constraints of the tables in scope.
fn constraints(run: &Run, filter: &Filter) -> Result<Vec<(ObjectPath, Constraint)>, SqlError> {
    let only = filter.table(run)?;
    let mut found = Vec::new();
    for (path, relation) in relations(run, filter)? {
        let Relation::Table(table) = relation else { continue };
        if only.as_ref().is_none_or(|only| *only == path) {
            found.extend(table.options.constraints.iter().map(|each| (path.clone(), each.clone())));
        }
    }
    Ok(found)
}

/// The foreign keys of the tables in scope.
pub(super) fn imported(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = Answer::listing(FOREIGN);
    let references = References::new(run);
    for (path, constraint) in constraints(run, filter)? {
        if let Some(found) = constraint.reference().and_then(|reference| references.find(reference)) {
            relate(&mut answer, &path, &constraint, &found);
        }
    }
    Ok(answer)
}

/// The foreign keys, of any table, that refer to the tables in scope.
pub(super) fn exported(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = Answer::listing(FOREIGN);
    let only = filter.table(run)?;
    let scope = relations(run, filter)?;
    let references = References::new(run);
    for (path, table) in references.tables() {
        for constraint in &table.options.constraints {
            let Some(found) = constraint.reference().and_then(|reference| references.find(reference)) else {
                continue;
            };
            let is_meant =
                only.as_ref().map_or_else(|| scope.contains_key(found.path), |only| only == found.path);
            if is_meant {
                relate(&mut answer, path, constraint, &found);
            }
        }
    }
    Ok(answer)
}

/// One row for each column of a foreign key.
fn relate(answer: &mut Answer, path: &ObjectPath, constraint: &Constraint, referred: &Referred<'_>) {
    let Some(reference) = constraint.reference() else { return };
    for (at, (column, referred_column)) in constraint.columns.iter().zip(&referred.key.columns).enumerate() {
        answer.named(vec![
            ("created_on", instant_value(constraint.created)),
            ("pk_database_name", text(&referred.path.database)),
            ("pk_schema_name", text(&referred.path.schema)),
            ("pk_table_name", text(&referred.path.name)),
            ("pk_column_name", text(referred_column)),
            ("fk_database_name", text(&path.database)),
            ("fk_schema_name", text(&path.schema)),
            ("fk_table_name", text(&path.name)),
            ("fk_column_name", text(column)),
            ("key_sequence", count_value(at + 1)),
            ("update_rule", text(&reference.on_update)),
            ("delete_rule", text(&reference.on_delete)),
            ("fk_name", text(&constraint.name)),
            ("pk_name", text(&reference.key)),
            ("deferrability", text("NOT DEFERRABLE")),
            ("rely", text("false")),
        ]);
    }
}
