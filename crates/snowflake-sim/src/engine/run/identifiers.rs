//! Names that a statement takes from elsewhere: `IDENTIFIER('name')`, `IDENTIFIER(?)`,
//! `IDENTIFIER($variable)`, and `TABLE(…)` of the same.

use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Word};

use super::super::SqlError;
use super::super::syntax::{Cursor, Tokens, lex};
use super::super::value::{Value, to_text};
use super::Run;

/// Replaces every such name by the name itself.
///
/// # Errors
/// `002049` and `002211` when there is no such bind value or variable, `001003` when its text is no name.
pub(super) fn resolve_identifiers(run: &Run, tokens: Tokens) -> Result<Tokens, SqlError> {
    if !(0..tokens.tokens.len()).any(|at| Reference::at(&tokens.tokens[at..]).is_some()) {
        return Ok(tokens);
    }
    let mut resolved = Vec::with_capacity(tokens.tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.tokens.get(at) {
        let Some(reference) = Reference::at(&tokens.tokens[at..]) else {
            resolved.push(token.clone());
            at += 1;
            continue;
        };
        let (name, width) = reference.name(run)?;
        let name = to_text(name, &run.env).unwrap_or_default().into_owned();
        let name = lex(&name)?;
        let mut cursor = Cursor::new(&name);
        cursor.name()?;
        cursor.end()?;
        for mut each in name.tokens {
            each.span = token.span;
            // What comes out of IDENTIFIER is a name, even when it reads like a keyword.
            if let Token::Word(Word { keyword, .. }) = &mut each.token {
                *keyword = Keyword::NoKeyword;
            }
            resolved.push(each);
        }
        at += width;
    }
    Ok(Tokens { text: tokens.text, tokens: resolved })
}

/// A name that is taken from elsewhere: what stands behind the opening parenthesis.
struct Reference<'a>(&'a [TokenWithSpan]);

impl<'a> Reference<'a> {
    fn at(tokens: &'a [TokenWithSpan]) -> Option<Self> {
        let [word, open, rest @ ..] = tokens else { return None };
        let Token::Word(Word { value, quote_style: None, .. }) = &word.token else { return None };
        if open.token != Token::LParen {
            return None;
        }
        match (value.as_str(), rest) {
            ("IDENTIFIER", _) => Some(Self(rest)),
            // Anything else in TABLE is a function.
            ("TABLE", [argument, close, ..])
                if close.token == Token::RParen
                    && matches!(argument.token, Token::SingleQuotedString(_) | Token::Placeholder(_)) =>
            {
                Some(Self(rest))
            }
            _ => None,
        }
    }

    /// The name, and how many tokens it stands for.
    fn name(&self, run: &Run) -> Result<(Value<'static>, usize), SqlError> {
        match self.0 {
            [argument, close, ..] if close.token == Token::RParen => {
                let name = match &argument.token {
                    Token::SingleQuotedString(text) => Value::text(text.clone()),
                    Token::Placeholder(name) if name.starts_with(':') => run.bound(name)?.value,
                    Token::Placeholder(name) => run.variable(name)?,
                    Token::Word(word) => Value::text(word.to_string()),
                    _ => return Err(SqlError::not_simulated("IDENTIFIER of an expression")),
                };
                Ok((name, 4))
            }
            [colon, argument, close, ..] if colon.token == Token::Colon && close.token == Token::RParen => {
                Ok((run.bound(&argument.token.to_string())?.value, 5))
            }
            _ => Err(SqlError::not_simulated("IDENTIFIER of an expression")),
        }
    }
}
