//! `COMMENT ON`.

use std::sync::Arc;

use snowflake_proto::StatementType;

use super::super::answer::status;
use super::super::catalog::{ObjectPath, Relation};
use super::super::run::Run;
use super::super::syntax::{Cursor, Name, Tokens};
use super::super::{Outcome, SqlError};
use super::alter::{Subject, remake};

/// Runs `COMMENT [IF EXISTS] ON kind name IS 'text'`.
///
/// # Errors
/// `002003` when the object is missing, `0A000` for kinds that are not simulated.
pub(in super::super) async fn comment(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let mut cursor = Cursor::new(tokens);
    cursor.expect_word("COMMENT")?;
    let if_exists = cursor.words(&["IF", "EXISTS"]);
    cursor.expect_word("ON")?;
    let kind = cursor.identifier()?;
    if kind == "FILE" {
        cursor.expect_word("FORMAT")?;
    }
    let name = if kind == "COLUMN" { column_name(&mut cursor)? } else { cursor.name()? };
    cursor.expect_word("IS")?;
    let text = cursor.expect_string()?;
    cursor.end()?;
    let done = || status("Statement executed successfully.", StatementType::DDL);
    if run.describes() {
        return done();
    }
    run.commit().await?;
    match set(run, &kind, &name, text).await {
        Err(error) if if_exists && error.code == "002003" => done(),
        other => other.and_then(|()| done()),
    }
}

/// The name of a column, which has the name of its table before it.
fn column_name(cursor: &mut Cursor<'_>) -> Result<Name, SqlError> {
    let mut name = cursor.name()?;
    if cursor.token(&datafusion::sql::sqlparser::tokenizer::Token::Period) {
        name.push(cursor.identifier()?);
    }
    Ok(name)
}

async fn set(run: &Run, kind: &str, name: &Name, text: String) -> Result<(), SqlError> {
    let spelled = name.join(".");
    match kind {
        "TABLE" => {
            let path = run.path(name)?;
            let subject = Subject { table: run.table(&path, &spelled)?, path };
            remake(run, &subject, |options| options.comment = text).await
        }
        "COLUMN" => column(run, name, text).await,
        "DATABASE" => {
            let mut catalog = run.engine().catalog_mut();
            let found = catalog.databases.get_mut(&spelled);
            found.ok_or_else(|| SqlError::missing("Database", &spelled))?.comment = text;
            Ok(())
        }
        "SCHEMA" => {
            let (database, schema) = run.schema_path(name)?;
            run.engine().catalog_mut().schema_mut(&database, &schema)?.comment = text;
            Ok(())
        }
        "VIEW" | "STAGE" | "FILE" => in_schema(run, kind, &run.path(name)?, text),
        other => Err(SqlError::not_simulated(format!("COMMENT ON {other}"))),
    }
}

async fn column(run: &Run, name: &Name, text: String) -> Result<(), SqlError> {
    let Some((column, table)) = name.split_last().filter(|(_, table)| !table.is_empty()) else {
        return Err(SqlError::invalid_argument(
            "COMMENT ON COLUMN needs the name of a table and of a column",
        ));
    };
    let path = run.path(&table.to_vec())?;
    let subject = Subject { table: run.table(&path, &table.join("."))?, path };
    let at = subject.table.columns().iter().position(|each| each.name == *column);
    let at = at.ok_or_else(|| SqlError::invalid_identifier(column))?;
    remake(run, &subject, |options| options.columns[at].comment = Some(text)).await
}

/// Comments on an object that is kept in a schema whole.
fn in_schema(run: &Run, kind: &str, path: &ObjectPath, text: String) -> Result<(), SqlError> {
    let mut catalog = run.engine().catalog_mut();
    let schema = catalog.schema_mut(&path.database, &path.schema)?;
    let (found, words) = match kind {
        "VIEW" => {
            let found = schema.relations.get_mut(&path.name).and_then(|relation| match relation {
                Relation::View(view) => Some(&mut Arc::make_mut(view).comment),
                Relation::Table(_) => None,
            });
            (found, "View")
        }
        "STAGE" => {
            (schema.stages.get_mut(&path.name).map(|stage| &mut Arc::make_mut(stage).comment), "Stage")
        }
        _ => {
            let found = schema.formats.get_mut(&path.name).map(|format| &mut Arc::make_mut(format).comment);
            (found, "File format")
        }
    };
    *found.ok_or_else(|| SqlError::missing(words, &path.to_string()))? = text;
    Ok(())
}
