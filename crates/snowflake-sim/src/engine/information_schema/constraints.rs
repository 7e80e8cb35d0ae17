//! Primary, unique and foreign keys.

use super::super::SqlError;
use super::super::answer::{Answer, text};
use super::super::catalog::{Constraint, ObjectPath, Relation};
use super::super::references::References;
use super::super::run::Run;
use super::super::value::Value;
use super::relations::relations;

pub(super) const TABLE_CONSTRAINTS: &str = "CONSTRAINT_CATALOG, CONSTRAINT_SCHEMA, CONSTRAINT_NAME, TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, \
     CONSTRAINT_TYPE, IS_DEFERRABLE, INITIALLY_DEFERRED, ENFORCED, COMMENT, CREATED: timestamp, \
     LAST_ALTERED: timestamp, RELY";
pub(super) const REFERENTIAL_CONSTRAINTS: &str = "CONSTRAINT_CATALOG, CONSTRAINT_SCHEMA, CONSTRAINT_NAME, UNIQUE_CONSTRAINT_CATALOG, \
     UNIQUE_CONSTRAINT_SCHEMA, UNIQUE_CONSTRAINT_NAME, MATCH_OPTION, UPDATE_RULE, DELETE_RULE, COMMENT, \
     CREATED: timestamp, LAST_ALTERED: timestamp";

fn constraints(run: &Run, database: &str) -> Result<Vec<(ObjectPath, Constraint)>, SqlError> {
    let mut found = Vec::new();
    for (path, relation) in relations(run, database)? {
        if let Relation::Table(table) = relation {
            found.extend(table.options.constraints.iter().map(|each| (path.clone(), each.clone())));
        }
    }
    Ok(found)
}

/// The constraints of all tables.
///
/// # Errors
/// `002003` when the database is missing.
pub(super) fn all(run: &Run, database: &str, answer: &mut Answer) -> Result<(), SqlError> {
    let references = References::new(run);
    for (path, constraint) in constraints(run, database)? {
        if constraint.reference().is_some_and(|reference| references.find(reference).is_none()) {
            continue;
        }
        answer.named(vec![
            ("CONSTRAINT_CATALOG", text(&path.database)),
            ("CONSTRAINT_SCHEMA", text(&path.schema)),
            ("CONSTRAINT_NAME", text(&constraint.name)),
            ("TABLE_CATALOG", text(&path.database)),
            ("TABLE_SCHEMA", text(&path.schema)),
            ("TABLE_NAME", text(&path.name)),
            ("CONSTRAINT_TYPE", text(constraint.kind_words())),
            ("IS_DEFERRABLE", text("NO")),
            ("INITIALLY_DEFERRED", text("YES")),
            ("ENFORCED", text("NO")),
            ("CREATED", Value::Ltz(constraint.created)),
            ("LAST_ALTERED", Value::Ltz(constraint.created)),
            ("RELY", text("NO")),
        ]);
    }
    Ok(())
}

/// Foreign keys alone, with the keys that they refer to.
///
/// # Errors
/// `002003` when the database is missing.
pub(super) fn referential(run: &Run, database: &str, answer: &mut Answer) -> Result<(), SqlError> {
    let references = References::new(run);
    for (path, constraint) in constraints(run, database)? {
        let Some(reference) = constraint.reference() else { continue };
        let Some(referred) = references.find(reference) else { continue };
        answer.named(vec![
            ("CONSTRAINT_CATALOG", text(&path.database)),
            ("CONSTRAINT_SCHEMA", text(&path.schema)),
            ("CONSTRAINT_NAME", text(&constraint.name)),
            ("UNIQUE_CONSTRAINT_CATALOG", text(&referred.path.database)),
            ("UNIQUE_CONSTRAINT_SCHEMA", text(&referred.path.schema)),
            ("UNIQUE_CONSTRAINT_NAME", text(&reference.key)),
            ("MATCH_OPTION", text(reference.matches)),
            ("UPDATE_RULE", text(&reference.on_update)),
            ("DELETE_RULE", text(&reference.on_delete)),
            ("CREATED", Value::Ltz(constraint.created)),
            ("LAST_ALTERED", Value::Ltz(constraint.created)),
        ]);
    }
    Ok(())
}
