//! What stands in FROM and is no name: places in stages, and table functions over files and histories.
//!
//! The parser is given a name in place of each. The rows behind the names are read before the statement
//! is planned.

use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Word};

use super::super::SqlError;
use super::super::usage::is_function;
use super::{Cursor, Name, Options, Tokens};

/// What a name was put in place of.
#[derive(Clone, Debug)]
pub(in super::super) enum Source {
    /// `@stage/path (FILE_FORMAT => …, PATTERN => …)`, without the `@`.
    Stage { address: String, options: Options },
    /// `TABLE(INFER_SCHEMA(LOCATION => …, …))`.
    Inferred(Options),
    /// `TABLE(VALIDATE(table, JOB_ID => …))`.
    Rejected { table: Name, options: Options },
    /// `TABLE(INFORMATION_SCHEMA.COPY_HISTORY(TABLE_NAME => …, …))`, up to the first argument that is
    /// computed.
    Loads(Options),
    /// A table function that answers a history, and its arguments.
    History { function: String, arguments: Tokens },
}

/// The statement with names in place of its sources, and what each name stands for.
///
/// # Errors
/// `001003` when an argument is missing or there is one too many.
pub(in super::super) fn replace_sources(tokens: Tokens) -> Result<(Tokens, Vec<(String, Source)>), SqlError> {
    let mut sources = Vec::new();
    let mut replaced = Vec::with_capacity(tokens.tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.tokens.get(at) {
        let opens = matches!(at.checked_sub(1).and_then(|before| tokens.tokens.get(before)),
            Some(before) if is_word(before, &["FROM", "JOIN"]) || before.token == Token::Comma);
        match if opens { source(&tokens, at)? } else { None } {
            Some((source, end)) => {
                let name = format!("$SOURCE{}", sources.len());
                let word = Word { value: name.clone(), quote_style: Some('"'), keyword: Keyword::NoKeyword };
                replaced.push(TokenWithSpan { token: Token::Word(word), span: token.span });
                sources.push((name, source));
                at = end;
            }
            None => {
                replaced.push(token.clone());
                at += 1;
            }
        }
    }
    Ok((Tokens { text: tokens.text, tokens: replaced }, sources))
}

fn is_word(token: &TokenWithSpan, words: &[&str]) -> bool {
    matches!(&token.token, Token::Word(word) if word.quote_style.is_none() && words.contains(&word.value.as_str()))
}

/// The source that begins at a token, and the token after it.
fn source(tokens: &Tokens, at: usize) -> Result<Option<(Source, usize)>, SqlError> {
    let mut cursor = Cursor::at(tokens, at);
    let is_stage = match cursor.peek() {
        Some(Token::AtSign) => true,
        // A text after a comma is an argument, not a place.
        Some(Token::SingleQuotedString(text)) => {
            text.starts_with('@')
                && at.checked_sub(1).is_some_and(|before| is_word(&tokens.tokens[before], &["FROM", "JOIN"]))
        }
        _ => false,
    };
    if is_stage {
        let address = cursor.stage_address()?;
        let mut options = Options::default();
        if cursor.peek() == Some(&Token::LParen) {
            options = arguments(&cursor.parenthesised()?)?;
        }
        return Ok(Some((Source::Stage { address, options }, cursor.position())));
    }
    if !cursor.word("TABLE") || cursor.peek() != Some(&Token::LParen) {
        return Ok(None);
    }
    let call = cursor.parenthesised()?;
    Ok(function(&call)?.map(|source| (source, cursor.position())))
}

fn function(call: &Tokens) -> Result<Option<Source>, SqlError> {
    let mut cursor = Cursor::new(call);
    let Ok(name) = cursor.name() else { return Ok(None) };
    let name = name.last().map_or("", String::as_str);
    let is_history = is_function(name);
    if !is_history && !["INFER_SCHEMA", "VALIDATE", "COPY_HISTORY"].contains(&name) {
        return Ok(None);
    }
    let inner = cursor.parenthesised()?;
    cursor.end()?;
    Ok(Some(match name {
        _ if is_history => Source::History { function: name.to_owned(), arguments: inner },
        "INFER_SCHEMA" => Source::Inferred(arguments(&inner)?),
        "VALIDATE" => {
            let mut cursor = Cursor::new(&inner);
            let table = cursor.name()?;
            cursor.expect(&Token::Comma)?;
            let options = Options::read_named(&mut cursor)?;
            cursor.end()?;
            Source::Rejected { table, options }
        }
        _ => Source::Loads(computed(&inner)),
    }))
}

fn arguments(tokens: &Tokens) -> Result<Options, SqlError> {
    let mut cursor = Cursor::new(tokens);
    let options = Options::read_named(&mut cursor)?;
    cursor.end()?;
    Ok(options)
}

/// The arguments that are written out; others are times, which choose nothing here.
fn computed(tokens: &Tokens) -> Options {
    let all = tokens.tokens.split(|each| each.token == Token::Comma);
    let mut options = Options::default();
    for part in all {
        let part = Tokens { text: tokens.text.clone(), tokens: part.to_vec() };
        options = options.or(&arguments(&part).unwrap_or_default());
    }
    options
}
