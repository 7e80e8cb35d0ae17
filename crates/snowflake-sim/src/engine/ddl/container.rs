//! Databases and schemas.

use snowflake_proto::StatementType;

use super::super::answer::status;
use super::super::catalog::{Database, Schema};
use super::super::run::Run;
use super::super::syntax::{Cursor, Name, Options};
use super::super::{Outcome, SqlError};
use super::Head;

pub(super) fn create_database(run: &Run, cursor: &mut Cursor<'_>, head: Head) -> Result<Outcome, SqlError> {
    let name = cursor.identifier()?;
    if cursor.sees("CLONE") || cursor.sees("FROM") || cursor.sees("AS") {
        return Err(SqlError::not_simulated("CREATE DATABASE from another object"));
    }
    let options = Options::read(cursor)?;
    cursor.end()?;
    let mut catalog = run.engine().catalog_mut();
    if catalog.databases.contains_key(&name) && !head.or_replace {
        drop(catalog);
        if head.if_not_exists {
            return status(format!("{name} already exists, statement succeeded."), StatementType::DDL);
        }
        return Err(SqlError::exists(&name));
    }
    let mut database = Database::new(run.env.now);
    database.kind = head.kind;
    options.text("COMMENT").unwrap_or_default().clone_into(&mut database.comment);
    catalog.databases.insert(name.clone(), database);
    let mut state = run.session.state();
    state.context.database = Some(name.clone());
    state.context.schema = Some("PUBLIC".to_owned());
    drop(state);
    drop(catalog);
    status(format!("Database {name} successfully created."), StatementType::DDL)
}

pub(super) fn create_schema(run: &Run, cursor: &mut Cursor<'_>, head: Head) -> Result<Outcome, SqlError> {
    let name = cursor.name()?;
    if cursor.sees("CLONE") {
        return Err(SqlError::not_simulated("CREATE SCHEMA … CLONE"));
    }
    let _ = cursor.words(&["WITH", "MANAGED", "ACCESS"]);
    let options = Options::read(cursor)?;
    cursor.end()?;
    let (database, schema) = run.schema_path(&name)?;
    let mut catalog = run.engine().catalog_mut();
    let found =
        catalog.databases.get_mut(&database).ok_or_else(|| SqlError::missing("Database", &database))?;
    if found.schemas.contains_key(&schema) && !head.or_replace {
        drop(catalog);
        if head.if_not_exists {
            return status(format!("{schema} already exists, statement succeeded."), StatementType::DDL);
        }
        return Err(SqlError::exists(&format!("{database}.{schema}")));
    }
    let mut created = Schema::new(run.env.now);
    created.kind = head.kind;
    options.text("COMMENT").unwrap_or_default().clone_into(&mut created.comment);
    found.schemas.insert(schema.clone(), created);
    let mut state = run.session.state();
    state.context.database = Some(database);
    state.context.schema = Some(schema.clone());
    drop(state);
    drop(catalog);
    status(format!("Schema {schema} successfully created."), StatementType::DDL)
}

pub(super) fn drop_database(run: &Run, name: &Name) -> bool {
    let [name] = name.as_slice() else { return false };
    let mut catalog = run.engine().catalog_mut();
    let dropped = catalog.databases.remove(name).is_some();
    let mut state = run.session.state();
    if dropped && state.context.database.as_ref() == Some(name) {
        state.context.database = None;
        state.context.schema = None;
    }
    dropped
}

pub(super) fn drop_schema(run: &Run, name: &Name) -> Result<bool, SqlError> {
    let (database, schema) = run.schema_path(name)?;
    let mut catalog = run.engine().catalog_mut();
    let Some(found) = catalog.databases.get_mut(&database) else { return Ok(false) };
    let dropped = found.schemas.remove(&schema).is_some();
    let mut state = run.session.state();
    if dropped
        && state.context.database.as_ref() == Some(&database)
        && state.context.schema.as_ref() == Some(&schema)
    {
        state.context.schema = None;
    }
    Ok(dropped)
}
