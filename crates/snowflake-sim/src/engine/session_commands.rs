//! USE, SET, UNSET, ALTER SESSION and transactions.

use datafusion::sql::sqlparser::tokenizer::Token;
use serde_json::Value as Json;
use snowflake_proto::{Parameter, StatementType};

use super::access::Object;
use super::answer::status;
use super::run::{Run, invalid_zone};
use super::select::plan_query;
use super::syntax::{Cursor, OptionValue, Options, Tokens, parse_query};
use super::transaction::Transaction;
use super::value::Reader;
use super::{Outcome, SqlError};
use crate::parameters::typed;
use futures::TryStreamExt;

const DONE: &str = "Statement executed successfully.";

/// Runs USE, SET and UNSET.
///
/// # Errors
/// `002043` for an object that is not there.
pub(super) async fn execute(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let mut cursor = Cursor::new(tokens);
    if cursor.word("SET") {
        return set(run, &mut cursor).await;
    }
    if cursor.word("UNSET") {
        let name = cursor.identifier()?;
        cursor.end()?;
        run.session.state().variables.remove(&name);
        return status(DONE, StatementType::ALTER_SESSION);
    }
    cursor.expect_word("USE")?;
    use_object(run, &mut cursor)
}

fn use_object(run: &Run, cursor: &mut Cursor<'_>) -> Result<Outcome, SqlError> {
    let kinds = ["ROLE", "WAREHOUSE", "DATABASE", "SCHEMA", "SECONDARY"];
    let kind = kinds.into_iter().find(|kind| {
        let mut ahead = cursor.clone();
        ahead.word(kind) && !ahead.is_done()
    });
    if let Some(kind) = kind {
        cursor.expect_word(kind)?;
    }
    if kind == Some("SECONDARY") {
        cursor.expect_word("ROLES")?;
        cursor.identifier()?;
        cursor.end()?;
        return status(DONE, StatementType::USE);
    }
    let name = cursor.name()?;
    cursor.end()?;
    let single = || name.first().filter(|_| name.len() == 1).cloned().ok_or_else(SqlError::cannot_use);
    let catalog = run.engine().catalog();
    let mut state = run.session.state();
    let statement_type = match kind {
        Some("ROLE") => {
            let role = single()?;
            may_take(run, &role)?;
            state.context.role = Some(role);
            StatementType::USE
        }
        Some("WAREHOUSE") => {
            let warehouse = single()?;
            if !run.engine().fleet().contains(&warehouse) || !run.sees(&Object::warehouse(&warehouse)) {
                return Err(SqlError::cannot_use());
            }
            state.context.warehouse = Some(warehouse);
            StatementType::USE_WAREHOUSE
        }
        Some("SCHEMA") => {
            let (database, schema) = match name.as_slice() {
                [schema] => {
                    (state.context.database.clone().ok_or_else(SqlError::no_database)?, schema.clone())
                }
                [database, schema] => (database.clone(), schema.clone()),
                _ => return Err(SqlError::cannot_use()),
            };
            if catalog.schema(&database, &schema).is_err() || run.enter_schema(&database, &schema).is_err() {
                return Err(SqlError::cannot_use());
            }
            state.context.database = Some(database);
            state.context.schema = Some(schema);
            StatementType::USE_SCHEMA
        }
        _ => {
            let (database, schema) = match name.as_slice() {
                [database] => (database.clone(), None),
                [database, schema] if kind.is_none() => (database.clone(), Some(schema.clone())),
                _ => return Err(SqlError::cannot_use()),
            };
            let found = catalog.databases.get(&database).ok_or_else(SqlError::cannot_use)?;
            if run.enter_database(&database).is_err() {
                return Err(SqlError::cannot_use());
            }
            let there = |schema: &str| {
                found.schemas.contains_key(schema) && run.enter_schema(&database, schema).is_ok()
            };
            let schema = match schema {
                Some(schema) if there(&schema) => Some(schema),
                Some(_) => return Err(SqlError::cannot_use()),
                None => there("PUBLIC").then(|| "PUBLIC".to_owned()),
            };
            state.context.database = Some(database);
            state.context.schema = schema;
            StatementType::USE_DATABASE
        }
    };
    drop(state);
    drop(catalog);
    status(DONE, statement_type)
}

/// Whether the user may act in a role.
fn may_take(run: &Run, role: &str) -> Result<(), SqlError> {
    let access = run.engine().access();
    if !access.roles.contains_key(role) {
        return Err(SqlError::cannot_use());
    }
    if access.available(&run.context.user).contains(role) { Ok(()) } else { Err(not_assigned(role)) }
}

/// A role that is there, but not for the user.
fn not_assigned(role: &str) -> SqlError {
    let message = format!(
        "SQL access control error:\nRequested role '{role}' is not assigned to the executing user. Specify another role to activate."
    );
    SqlError::new("003013", "42501", message)
}

/// `SET name = expression` and `SET (a, b) = (x, y)`.
async fn set(run: &Run, cursor: &mut Cursor<'_>) -> Result<Outcome, SqlError> {
    let names = if cursor.token(&Token::LParen) {
        let mut names = vec![cursor.identifier()?];
        while cursor.token(&Token::Comma) {
            names.push(cursor.identifier()?);
        }
        cursor.expect(&Token::RParen)?;
        names
    } else {
        vec![cursor.identifier()?]
    };
    cursor.expect(&Token::Eq)?;
    let rest = cursor.rest();
    let mut tokens = super::syntax::lex("SELECT")?;
    let inner = if names.len() > 1 { Cursor::new(&rest).parenthesised()? } else { rest };
    tokens.tokens.extend(inner.tokens);
    tokens.text.clone_from(&inner.text);
    let planned = plan_query(run, parse_query(&tokens)?, super::rewrite::Tables::new())?;
    if planned.columns.len() != names.len() {
        return Err(SqlError::invalid_argument("Assignment has as many values as variables"));
    }
    let batches: Vec<_> = planned.run().await?.try_collect().await?;
    let mut values = Vec::new();
    for at in 0..names.len() {
        let array = batches.first().map(|batch| batch.column(at));
        let array = array.ok_or_else(|| SqlError::invalid_argument("Assignment of no value"))?;
        values.push(Reader::new(array)?.value(0).into_owned());
    }
    run.session.state().variables.extend(names.into_iter().zip(values));
    status(DONE, StatementType::ALTER_SESSION)
}

/// Runs `ALTER SESSION SET …` and `ALTER SESSION UNSET …`, after those words.
///
/// # Errors
/// `001008` for a value that the parameter does not take.
pub(super) fn alter_session(run: &Run, cursor: &mut Cursor<'_>) -> Result<Outcome, SqlError> {
    if cursor.word("UNSET") {
        loop {
            let name = cursor.identifier()?;
            run.session.state().parameters.remove(&name);
            if !cursor.token(&Token::Comma) {
                break;
            }
        }
        cursor.end()?;
        return status(DONE, StatementType::ALTER_SESSION);
    }
    cursor.expect_word("SET")?;
    let options = Options::read(cursor)?;
    cursor.end()?;
    if options.is_empty() {
        return Err(cursor.unexpected());
    }
    let mut changed = Vec::new();
    for name in options.names() {
        let Some(OptionValue::Text(text)) = options.get(name) else { return Err(cursor.unexpected()) };
        let parameter = Parameter::find(name).ok_or_else(|| {
            SqlError::new(
                "001007",
                "22023",
                format!("SQL compilation error:\ninvalid session parameter '{name}'"),
            )
        })?;
        if name == "TIMEZONE" && text.parse::<chrono_tz::Tz>().is_err() {
            return Err(invalid_zone(text));
        }
        changed.push((name.to_owned(), typed(parameter, &Json::String(text.clone()))));
    }
    run.session.state().parameters.extend(changed);
    status(DONE, StatementType::ALTER_SESSION)
}

/// Runs BEGIN, COMMIT and ROLLBACK.
///
/// # Errors
/// `300010` when a change cannot be committed.
pub(super) async fn transaction(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let mut cursor = Cursor::new(tokens);
    if cursor.word("BEGIN") || cursor.words(&["START", "TRANSACTION"]) {
        let _ = cursor.word("TRANSACTION") || cursor.word("WORK");
        if cursor.word("NAME") {
            cursor.identifier()?;
        }
        if !cursor.is_done() {
            return Err(SqlError::not_simulated("blocks of Snowflake Scripting"));
        }
        let mut state = run.session.state();
        if state.transaction.is_none() {
            state.transaction = Some(Transaction::new(run.env.now));
        }
        drop(state);
        return status(DONE, StatementType::TRANSACTION);
    }
    let commits = cursor.word("COMMIT");
    if !commits {
        cursor.expect_word("ROLLBACK")?;
    }
    cursor.word("WORK");
    cursor.end()?;
    if commits {
        run.commit().await?;
        return status(DONE, StatementType::COMMIT);
    }
    run.session.state().transaction = None;
    status(DONE, StatementType::TRANSACTION)
}
