//! Queries and table statements, by the parser that DataFusion brings.

use datafusion::sql::sqlparser::ast::{Query, Statement};
use datafusion::sql::sqlparser::dialect::SnowflakeDialect;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::Token;

use super::super::SqlError;
use super::Tokens;

/// Reads one statement.
///
/// # Errors
/// `001003` with the place of the first token that does not belong.
pub(in super::super) fn parse_statement(tokens: &Tokens) -> Result<Statement, SqlError> {
    parse(tokens, |parser| parser.parse_statement())
}

/// Reads one query.
///
/// # Errors
/// As [`parse_statement`].
pub(in super::super) fn parse_query(tokens: &Tokens) -> Result<Box<Query>, SqlError> {
    parse(tokens, |parser| parser.parse_query())
}

fn parse<T>(
    tokens: &Tokens,
    read: impl FnOnce(&mut Parser<'_>) -> Result<T, ParserError>,
) -> Result<T, SqlError> {
    let mut parser = Parser::new(&SnowflakeDialect {}).with_tokens_with_locations(tokens.tokens.clone());
    let parsed = read(&mut parser).map_err(|error| syntax_error(&error, tokens))?;
    match parser.peek_token() {
        left if left.token == Token::EOF => Ok(parsed),
        left => {
            let line = i64::try_from(left.span.start.line).unwrap_or(1);
            let pos = i64::try_from(left.span.start.column).unwrap_or(1) - 1;
            let text =
                tokens.tokens.iter().position(|each| each.span == left.span).map(|at| tokens.source(at, at));
            Err(SqlError::syntax(line, pos, text.unwrap_or("<EOF>")))
        }
    }
}

/// The parser reports its place in prose: `…, found: x at Line: 1, Column: 8`.
fn syntax_error(error: &ParserError, tokens: &Tokens) -> SqlError {
    let (ParserError::ParserError(message) | ParserError::TokenizerError(message)) = error else {
        return SqlError::new("001003", "42000", "SQL compilation error:\nthe statement nests too deeply");
    };
    let place = message.rsplit_once(" at Line: ").and_then(|(before, place)| {
        let (line, column) = place.split_once(", Column: ")?;
        Some((before, line.trim().parse::<i64>().ok()?, column.trim().parse::<i64>().ok()?))
    });
    match place {
        Some((before, line, column)) => {
            let at = tokens.tokens.iter().position(|each| {
                i64::try_from(each.span.start.line) == Ok(line)
                    && i64::try_from(each.span.start.column) == Ok(column)
            });
            let found = before.rsplit_once("found: ").map_or("", |(_, found)| found);
            let text = at.map_or(found, |at| tokens.source(at, at));
            SqlError::syntax(line, column - 1, text)
        }
        None => {
            let end = tokens.tokens.last().map_or((1, 1), |last| {
                (
                    i64::try_from(last.span.end.line).unwrap_or(1),
                    i64::try_from(last.span.end.column).unwrap_or(1),
                )
            });
            SqlError::syntax(end.0, end.1 - 1, "<EOF>")
        }
    }
}
