//! `EXPLAIN [USING TABULAR | JSON | TEXT] statement` and `SYSTEM$EXPLAIN_PLAN_JSON`.

use snowflake_proto::StatementType;

use super::super::answer::{Answer, COUNT};
use super::super::history::Operator;
use super::super::rewrite::Tables;
use super::super::run::Run;
use super::super::select::plan_query;
use super::super::syntax::{Cursor, Tokens, lex, split_tokens};
use super::super::types::SqlType;
use super::super::value::Value;
use super::super::{Outcome, SqlError};
use super::{derived, json, tabular, text};

/// Runs EXPLAIN.
///
/// # Errors
/// Whatever is wrong with the statement, by Snowflake's codes; `0A000` for kinds of statements that are not
/// explained.
pub(in super::super) fn execute(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let mut cursor = Cursor::new(tokens);
    cursor.expect_word("EXPLAIN")?;
    let format = if cursor.word("USING") { cursor.identifier()? } else { "TABULAR".to_owned() };
    if !["TABULAR", "JSON", "TEXT"].contains(&format.as_str()) {
        return Err(cursor.unexpected());
    }
    let operators = explained(run, &cursor.rest())?;
    let content = match format.as_str() {
        "JSON" => json::document(&operators)?,
        "TEXT" => text::tree(&operators),
        _ => return tabular::table(&operators).finish(StatementType::EXPLAIN),
    };
    let mut answer = Answer::of_text(&["content"]);
    answer.row(vec![Value::text(content)]);
    answer.finish(StatementType::EXPLAIN)
}

/// What `SYSTEM$EXPLAIN_PLAN_JSON` answers for a statement, or for the id of one that was run.
///
/// # Errors
/// As [`execute`].
pub(in super::super) fn plan_json(run: &Run, statement: &str) -> Result<String, SqlError> {
    let known = run.engine().book().find(statement.trim());
    let sql = known.map_or_else(|| statement.to_owned(), |entry| entry.asked.sql.clone());
    let parts = split_tokens(&lex(&sql)?);
    let [only] = parts.as_slice() else { return Err(SqlError::statement_count(parts.len(), 1)) };
    json::document(&explained(run, only)?)
}

/// The operations of a statement, root first.
fn explained(run: &Run, tokens: &Tokens) -> Result<Vec<Operator>, SqlError> {
    let derived = derived::of(run, tokens)?;
    let mut operators = match derived.query {
        Some(query) => plan_query(run, query, Tables::new())?.outline()?,
        None => vec![operator("Result", None)],
    };
    if let Some((operation, object)) = derived.change {
        for each in operators.iter_mut().skip(1) {
            each.id += 1;
            each.parent = each.parent.map(|parent| parent + 1);
        }
        operators.insert(1.min(operators.len()), operator(operation, Some(object)));
        if let Some(root) = operators.first_mut() {
            root.expressions = vec![derived.answer.to_owned()];
        }
    }
    Ok(operators)
}

/// An operation that is no part of a query: the root, or a change under it.
fn operator(operation: &'static str, object: Option<String>) -> Operator {
    let is_root = object.is_none();
    Operator {
        id: usize::from(!is_root),
        parent: (!is_root).then_some(0),
        operation,
        object,
        alias: None,
        expressions: Vec::new(),
        scanned: None,
    }
}

/// Counts of partitions and bytes have this type.
pub(super) const NUMBER: SqlType = COUNT;
