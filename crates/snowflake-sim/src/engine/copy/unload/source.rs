//! What is unloaded: a query, or all of a table or view, in parts or as one.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::super::super::SqlError;
use super::super::super::rewrite::{Tables, name_items};
use super::super::super::run::Run;
use super::super::super::select::{Planned, plan_query};
use super::super::super::syntax::{Cursor, Tokens, lex, parse_query, select_titles};

/// The rows, and whether their last column says which part each belongs to.
pub(super) struct Rows {
    pub(super) planned: Planned,
    pub(super) partitioned: bool,
}

/// Reads `FROM (query) | table [PARTITION BY (expression)]` from what follows FROM on.
///
/// # Errors
/// Whatever is wrong with the query.
pub(super) fn rows(run: &Run, cursor: &mut Cursor<'_>) -> Result<Rows, SqlError> {
    let query = if cursor.peek() == Some(&Token::LParen) {
        cursor.parenthesised()?
    } else {
        let quoted = |part: &String| format!("\"{}\"", part.replace('"', "\"\""));
        let name: Vec<String> = cursor.name()?.iter().map(quoted).collect();
        lex(&format!("SELECT * FROM {}", name.join(".")))?
    };
    if !cursor.words(&["PARTITION", "BY"]) {
        return Ok(Rows { planned: planned(run, &query)?, partitioned: false });
    }
    let expression = cursor.parenthesised()?;
    let parts = [
        &lex("WITH \"$ROWS\" AS (")?,
        &query,
        &lex(") SELECT \"$ROWS\".*, CAST((")?,
        &expression,
        &lex(") AS VARCHAR) AS \"$PART\" FROM \"$ROWS\"")?,
    ];
    let tokens = parts.into_iter().flat_map(|part| part.tokens.iter().cloned()).collect();
    let tokens = Tokens { text: query.text.clone(), tokens };
    let query = parse_query(&tokens)?;
    Ok(Rows { planned: plan_query(run, query, Tables::new())?, partitioned: true })
}

fn planned(run: &Run, tokens: &Tokens) -> Result<Planned, SqlError> {
    let mut query = parse_query(tokens)?;
    name_items(&mut query, select_titles(tokens).as_deref());
    plan_query(run, query, Tables::new())
}
