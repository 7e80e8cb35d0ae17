//! Statements that make, drop and change objects.

mod alter;
mod columns;
mod comment;
mod constraints;
mod container;
pub(super) mod stage;
mod table;
mod template;
mod view;
mod warehouse;

use snowflake_proto::StatementType;

pub(super) use comment::comment;
pub(super) use table::put as put_table;

use super::answer::status;
use super::catalog::{Kind, ObjectPath};
use super::run::Run;
use super::session_commands::alter_session;
use super::syntax::{Cursor, Tokens};
use super::{Outcome, SqlError, task};

/// What stands between CREATE and the object's name.
#[derive(Clone, Copy, Debug)]
struct Head {
    or_replace: bool,
    if_not_exists: bool,
    kind: Kind,
}

/// Runs CREATE.
///
/// # Errors
/// `002002` when the object exists, `0A000` for kinds that are not simulated.
pub(super) async fn create(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let mut cursor = Cursor::new(tokens);
    cursor.expect_word("CREATE")?;
    let or_replace = cursor.words(&["OR", "REPLACE"]);
    let _ = cursor.word("LOCAL") || cursor.word("GLOBAL");
    let kind = if cursor.word("TEMP") || cursor.word("TEMPORARY") || cursor.word("VOLATILE") {
        Kind::Temporary
    } else if cursor.word("TRANSIENT") {
        Kind::Transient
    } else {
        Kind::Permanent
    };
    let mut head = Head { or_replace, if_not_exists: false, kind };
    if cursor.sees("TABLE") && template::has_template(tokens) {
        return template::create(run, &mut cursor, head).await;
    }
    if cursor.sees("TABLE") {
        return table::create(run, tokens).await;
    }
    let mut ahead = cursor.clone();
    let secure = ahead.word("SECURE");
    if ahead.word("VIEW") {
        return view::create(run, tokens, &mut ahead, head, secure);
    }
    if run.describes() {
        return status("Statement executed successfully.", StatementType::DDL);
    }
    let what = cursor.identifier()?;
    if what == "FILE" {
        cursor.expect_word("FORMAT")?;
    }
    head.if_not_exists = cursor.words(&["IF", "NOT", "EXISTS"]);
    run.commit().await?;
    match what.as_str() {
        "DATABASE" => container::create_database(run, &mut cursor, head),
        "SCHEMA" => container::create_schema(run, &mut cursor, head),
        "WAREHOUSE" => warehouse::create(run, &mut cursor, head),
        "STAGE" => stage::create(run, &mut cursor, head),
        "FILE" => stage::create_format(run, &mut cursor, head),
        "TASK" => create_task(run, &mut cursor, head),
        other => Err(SqlError::not_simulated(format!("CREATE {other}"))),
    }
}

fn create_task(run: &Run, cursor: &mut Cursor<'_>, head: Head) -> Result<Outcome, SqlError> {
    let (path, made) = task::create(run, cursor)?;
    let exists = run.engine().catalog().schema(&path.database, &path.schema)?.tasks.contains_key(&path.name);
    if let Some(outcome) = taken(exists, head, &path)? {
        return Ok(outcome);
    }
    run.engine().put_task(&path, made)?;
    status(format!("Task {} successfully created.", path.name), StatementType::DDL)
}

/// Runs DROP.
///
/// # Errors
/// `002003` when the object is missing.
pub(super) async fn drop_object(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let mut cursor = Cursor::new(tokens);
    cursor.expect_word("DROP")?;
    let what = cursor.identifier()?;
    if what == "FILE" {
        cursor.expect_word("FORMAT")?;
    }
    if !["DATABASE", "SCHEMA", "WAREHOUSE", "STAGE", "FILE", "TABLE", "VIEW", "TASK"].contains(&what.as_str())
    {
        return Err(SqlError::not_simulated(format!("DROP {what}")));
    }
    let if_exists = cursor.words(&["IF", "EXISTS"]);
    let name = cursor.name()?;
    let _ = cursor.word("CASCADE") || cursor.word("RESTRICT");
    cursor.end()?;
    if run.describes() {
        return status("Statement executed successfully.", StatementType::DDL);
    }
    run.commit().await?;
    let (dropped, missing) = match what.as_str() {
        "DATABASE" => (container::drop_database(run, &name), "Database"),
        "SCHEMA" => (container::drop_schema(run, &name)?, "Schema"),
        "WAREHOUSE" => (warehouse::drop(run, &name), "Warehouse"),
        "STAGE" => (stage::drop(run, &name)?, "Stage"),
        "FILE" => (stage::drop_format(run, &name)?, "File format"),
        "TABLE" => (table::drop(run, &name)?, "Table"),
        "TASK" => (task::drop(run, &name)?, "Task"),
        _ => (view::drop(run, &name)?, "View"),
    };
    let last = name.last().map_or("", String::as_str);
    if dropped {
        return status(format!("{last} successfully dropped."), StatementType::DDL);
    }
    if if_exists {
        let sentence = format!("Drop statement executed successfully ({last} already dropped).");
        return status(sentence, StatementType::DDL);
    }
    Err(SqlError::missing(missing, &name.join(".")))
}

/// Runs ALTER.
///
/// # Errors
/// `0A000` for what is not simulated.
pub(super) async fn alter(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let mut cursor = Cursor::new(tokens);
    cursor.expect_word("ALTER")?;
    if cursor.word("SESSION") {
        return alter_session(run, &mut cursor);
    }
    if run.describes() {
        return status("Statement executed successfully.", StatementType::DDL);
    }
    if cursor.word("WAREHOUSE") {
        return warehouse::alter(run, &mut cursor);
    }
    if cursor.word("TABLE") {
        run.commit().await?;
        return alter::table(run, &mut cursor).await;
    }
    if cursor.word("TASK") {
        run.commit().await?;
        return task::alter(run, &mut cursor);
    }
    let what = cursor.identifier()?;
    Err(SqlError::not_simulated(format!("ALTER {what}")))
}

/// What CREATE does when the name may be taken: go on, or say that nothing was to be done.
fn taken(exists: bool, head: Head, path: &ObjectPath) -> Result<Option<Outcome>, SqlError> {
    if !exists || head.or_replace {
        return Ok(None);
    }
    if head.if_not_exists {
        return status(format!("{} already exists, statement succeeded.", path.name), StatementType::DDL)
            .map(Some);
    }
    Err(SqlError::exists(&path.to_string()))
}
