//! Which family a statement belongs to.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::super::access::{self, Made};
use super::super::history::kind_of;
use super::super::syntax::{Cursor, Tokens, lex, opens_path, split_tokens};
use super::super::{EngineSession, Outcome, SqlError, Statement};
use super::super::{
    copy, ddl, describe, dml, explain, select, session_commands, show, stage, task, transfer,
};
use super::Run;
use super::identifiers::resolve_identifiers;

/// Runs one statement of a session.
///
/// # Errors
/// Whatever the service would answer; `0A000` for what is not simulated.
pub(in super::super) async fn execute(
    session: &EngineSession,
    statement: Statement,
) -> Result<Outcome, SqlError> {
    let mut run = Run::new(session, statement)?;
    run.check()?;
    if let Some(outcome) = transfer::execute(&run).await? {
        return Ok(outcome);
    }
    let all = lex(&run.statement.sql)?;
    run.statement.work.is(kind_of(&all));
    let mut parts = split_tokens(&all);
    let tokens = match (parts.pop(), parts.len()) {
        (None, _) => {
            return Err(SqlError::new("000900", "42601", "SQL compilation error:\nEmpty SQL statement."));
        }
        (Some(only), 0) => only,
        (Some(_), others) => return Err(SqlError::statement_count(others + 1, 1)),
    };
    let tokens = resolve_identifiers(&run, tokens)?;
    let binds = placeholders(&tokens);
    let tokens = Box::pin(copy::provide(&mut run, tokens)).await?;
    let mut outcome = current(&run, &tokens).await.map_err(|error| placed(error, &tokens))?;
    if let Outcome::Rows(rows) = &mut outcome {
        rows.number_of_binds = binds;
        rows.array_bind_supported = binds > 0 && dml::takes_arrays(&tokens);
    }
    Ok(outcome)
}

/// How many different placeholders a statement has.
fn placeholders(tokens: &Tokens) -> usize {
    let mut found = std::collections::BTreeSet::new();
    for (at, each) in tokens.tokens.iter().enumerate() {
        match &each.token {
            Token::Placeholder(name) if name.starts_with(':') => {
                found.insert(name.clone());
            }
            Token::Colon if !opens_path(tokens, at) => {
                found.insert(format!(":{}", tokens.source(at + 1, at + 1)));
            }
            _ => {}
        }
    }
    found.len()
}

/// An identifier that is not there gets the place where it is written.
fn placed(error: SqlError, tokens: &Tokens) -> SqlError {
    if error.code != "000904" || error.line.is_some() {
        return error;
    }
    let name = error.message.rsplit_once("invalid identifier '").map(|(_, name)| name.trim_end_matches('\''));
    let last = name.and_then(|name| name.rsplit('.').next()).unwrap_or_default();
    match tokens.place_of(last) {
        Some((line, pos)) => {
            let message =
                error.message.replace("line 1 at position 0", &format!("line {line} at position {pos}"));
            SqlError { message, ..error }.at(line, pos)
        }
        None => error,
    }
}

/// Runs a statement again when a table that it was about to change has got other columns meanwhile.
async fn current(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    loop {
        match family(run, tokens).await {
            Err(error) if error == SqlError::table_changed() => run.check()?,
            outcome => return outcome,
        }
    }
}

/// Runs a statement if the role may.
async fn family(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    access::check(run, tokens)?;
    let made = Made::of(run, tokens);
    let outcome = by_first_word(run, tokens).await?;
    made.settle(run);
    Ok(outcome)
}

async fn by_first_word(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let cursor = Cursor::new(tokens);
    let first = match cursor.peek() {
        Some(Token::Word(word)) if word.quote_style.is_none() => word.value.as_str(),
        Some(Token::LParen) => "SELECT",
        _ => return Err(cursor.unexpected()),
    };
    match first {
        "SELECT" | "WITH" | "VALUES" => Box::pin(select::execute(run, tokens)).await,
        "INSERT" => Box::pin(dml::insert(run, tokens)).await,
        "UPDATE" => Box::pin(dml::update(run, tokens)).await,
        "DELETE" => Box::pin(dml::delete(run, tokens)).await,
        "MERGE" => Box::pin(dml::merge(run, tokens)).await,
        "TRUNCATE" => Box::pin(dml::truncate(run, tokens)).await,
        "COPY" => Box::pin(copy::execute(run, tokens)).await,
        "GRANT" => access::grant(run, tokens).await,
        "REVOKE" => access::revoke(run, tokens).await,
        "CREATE" | "ALTER" | "DROP" if access::defines(tokens) => access::define(run, tokens).await,
        "CREATE" => Box::pin(ddl::create(run, tokens)).await,
        "DROP" => Box::pin(ddl::drop_object(run, tokens)).await,
        "ALTER" => Box::pin(ddl::alter(run, tokens)).await,
        "COMMENT" => Box::pin(ddl::comment(run, tokens)).await,
        "EXECUTE" => Box::pin(task::execute(run, tokens)).await,
        "SHOW" => show::execute(run, tokens),
        "DESC" | "DESCRIBE" => Box::pin(describe::execute(run, tokens)).await,
        "USE" | "SET" | "UNSET" => Box::pin(session_commands::execute(run, tokens)).await,
        "BEGIN" | "START" | "COMMIT" | "ROLLBACK" => {
            Box::pin(session_commands::transaction(run, tokens)).await
        }
        "LIST" | "LS" => stage::list(run, tokens).await,
        "REMOVE" | "RM" => stage::remove(run, tokens).await,
        "EXPLAIN" => explain::execute(run, tokens),
        "CALL" | "UNDROP" | "DECLARE" => Err(SqlError::not_simulated(first)),
        _ => Err(cursor.unexpected()),
    }
}
