//! Reads what CREATE TASK and ALTER TASK say of a task.

use datafusion::sql::sqlparser::tokenizer::Token;
use serde_json::Value as Json;
use snowflake_proto::Parameter;

use super::super::SqlError;
use super::super::catalog::ObjectPath;
use super::super::run::Run;
use super::super::syntax::{Cursor, OptionValue, Options, Tokens};
use super::definition::Task;
use super::schedule::Schedule;
use crate::parameters::typed;

/// Options that change nothing here.
const IGNORED: [&str; 6] = [
    "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE",
    "USER_TASK_TIMEOUT_MS",
    "TASK_AUTO_RETRY_ATTEMPTS",
    "USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS",
    "LOG_LEVEL",
    "SUCCESS_INTEGRATION",
];

/// Takes over options such as `WAREHOUSE = wh` and session parameters.
///
/// # Errors
/// `001008` for a schedule that is none, `001007` for an option that there is not.
pub(super) fn apply(task: &mut Task, options: &Options) -> Result<(), SqlError> {
    for name in options.names().filter(|name| !IGNORED.contains(name)) {
        let Some(OptionValue::Text(text)) = options.get(name) else {
            return Err(unknown(name));
        };
        match name {
            "WAREHOUSE" => task.warehouse = Some(text.clone()),
            "SCHEDULE" => task.schedule = Some(Schedule::parse(text)?),
            "CONFIG" => task.config = Some(text.clone()),
            "COMMENT" => task.comment.clone_from(text),
            "ERROR_INTEGRATION" => task.error_integration = Some(text.clone()),
            "ALLOW_OVERLAPPING_EXECUTION" => {
                task.allows_overlap = options.boolean(name)?.unwrap_or_default();
            }
            "SUSPEND_TASK_AFTER_NUM_FAILURES" => {
                task.most_failures = options.number(name)?.unwrap_or_default();
            }
            other => {
                let parameter = Parameter::find(other).ok_or_else(|| unknown(other))?;
                task.parameters.insert(other.to_owned(), typed(parameter, &Json::String(text.clone())));
            }
        }
    }
    Ok(())
}

/// Forgets options.
///
/// # Errors
/// `001007` for an option that there is not.
pub(super) fn unset(task: &mut Task, cursor: &mut Cursor<'_>) -> Result<(), SqlError> {
    loop {
        let name = cursor.identifier()?;
        match name.as_str() {
            "WAREHOUSE" => task.warehouse = None,
            "SCHEDULE" => task.schedule = None,
            "CONFIG" => task.config = None,
            "COMMENT" => task.comment.clear(),
            "ERROR_INTEGRATION" => task.error_integration = None,
            other if task.parameters.remove(other).is_some() || IGNORED.contains(&other) => {}
            other => return Err(unknown(other)),
        }
        if !cursor.token(&Token::Comma) {
            return Ok(());
        }
    }
}

fn unknown(name: &str) -> SqlError {
    SqlError::new("001007", "22023", format!("SQL compilation error:\ninvalid parameter '{name}'"))
}

/// The tasks that a list such as `AFTER a, b` names, without its first word.
///
/// # Errors
/// `001003` when no name is next, `002003` when there is no such task.
pub(super) fn predecessors(run: &Run, cursor: &mut Cursor<'_>) -> Result<Vec<ObjectPath>, SqlError> {
    let mut found = Vec::new();
    loop {
        let name = cursor.name()?;
        let path = run.path(&name)?;
        let is_there =
            run.engine().catalog().schema(&path.database, &path.schema)?.tasks.contains_key(&path.name);
        if !is_there {
            return Err(SqlError::missing("Task", &name.join(".")));
        }
        found.push(path);
        if !cursor.token(&Token::Comma) {
            return Ok(found);
        }
    }
}

/// The condition after WHEN, up to the word AS outside parentheses or to the end.
pub(super) fn condition(cursor: &mut Cursor<'_>) -> Result<String, SqlError> {
    let rest = cursor.clone().rest();
    let mut depth = 0_usize;
    let end = rest.tokens.iter().position(|each| {
        match &each.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
            && matches!(&each.token, Token::Word(word) if word.quote_style.is_none() && word.value == "AS")
    });
    let end = end.unwrap_or(rest.tokens.len());
    if end == 0 {
        return Err(cursor.unexpected());
    }
    for _ in 0..end {
        cursor.next();
    }
    Ok(Tokens { text: rest.text, tokens: rest.tokens[..end].to_vec() }.all().to_owned())
}

/// The statement after AS.
///
/// # Errors
/// `001003` when there is none, `0A000` for a block.
pub(super) fn definition(cursor: &mut Cursor<'_>) -> Result<String, SqlError> {
    if cursor.is_done() {
        return Err(cursor.unexpected());
    }
    if cursor.sees("BEGIN") || cursor.sees("DECLARE") {
        return Err(SqlError::not_simulated("blocks of Snowflake Scripting"));
    }
    Ok(cursor.rest().all().to_owned())
}
