//! Databases and schemas.

use super::super::SqlError;
use super::super::answer::{Answer, text};
use super::super::catalog::{Kind, OWNER};
use super::super::run::Run;
use super::super::value::Value;
use super::{COMMENT, NAME};

pub(super) const DATABASES: &str = "DATABASE_NAME, DATABASE_OWNER, IS_TRANSIENT, COMMENT, CREATED: timestamp, \
                                    LAST_ALTERED: timestamp, RETENTION_TIME: number, TYPE, OWNER_ROLE_TYPE, \
                                    OBJECT_VISIBILITY: object";
pub(super) const SCHEMATA: &str = "CATALOG_NAME, SCHEMA_NAME, SCHEMA_OWNER, IS_TRANSIENT, IS_MANAGED_ACCESS, RETENTION_TIME: number, \
     DEFAULT_CHARACTER_SET_CATALOG, DEFAULT_CHARACTER_SET_SCHEMA, DEFAULT_CHARACTER_SET_NAME, SQL_PATH, \
     CREATED: timestamp, LAST_ALTERED: timestamp, COMMENT, OBJECT_VISIBILITY: object";
pub(super) const CATALOG_NAME: &str = "CATALOG_NAME";

/// `YES` or `NO`.
pub(super) fn yes(value: bool) -> Value<'static> {
    text(if value { "YES" } else { "NO" })
}

/// All databases of the account.
///
/// # Errors
/// None.
pub(super) fn databases(run: &Run, _database: &str, answer: &mut Answer) -> Result<(), SqlError> {
    for (name, database) in &run.engine().catalog().databases {
        answer.named(vec![
            ("DATABASE_NAME", text(name)),
            ("DATABASE_OWNER", text(OWNER)),
            ("IS_TRANSIENT", yes(database.kind == Kind::Transient)),
            ("COMMENT", text(&database.comment)),
            ("CREATED", Value::Ltz(database.created)),
            ("LAST_ALTERED", Value::Ltz(database.created)),
            ("RETENTION_TIME", Value::integer(1)),
            ("TYPE", text("STANDARD")),
            ("OWNER_ROLE_TYPE", text("ROLE")),
        ]);
    }
    Ok(())
}

/// The schemas of the database, this one among them.
///
/// # Errors
/// `002003` when the database is missing.
pub(super) fn schemata(run: &Run, database: &str, answer: &mut Answer) -> Result<(), SqlError> {
    let catalog = run.engine().catalog();
    let found = catalog.database(database)?;
    let own = found
        .schemas
        .iter()
        .map(|(name, schema)| (name.as_str(), OWNER, schema.kind, schema.created, schema.comment.as_str()));
    for (name, owner, kind, created, comment) in
        own.chain([(NAME, "", Kind::Permanent, found.created, COMMENT)])
    {
        answer.named(vec![
            ("CATALOG_NAME", text(database)),
            ("SCHEMA_NAME", text(name)),
            ("SCHEMA_OWNER", if owner.is_empty() { Value::Null } else { text(owner) }),
            ("IS_TRANSIENT", yes(kind == Kind::Transient)),
            ("IS_MANAGED_ACCESS", yes(false)),
            ("RETENTION_TIME", Value::integer(1)),
            ("CREATED", Value::Ltz(created)),
            ("LAST_ALTERED", Value::Ltz(created)),
            ("COMMENT", text(comment)),
        ]);
    }
    Ok(())
}

/// The database itself.
///
/// # Errors
/// None.
pub(super) fn catalog_name(_run: &Run, database: &str, answer: &mut Answer) -> Result<(), SqlError> {
    answer.row(vec![text(database)]);
    Ok(())
}
