//! Values bound to placeholders among the options of a statement.

use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, Word};

use super::super::SqlError;
use super::super::run::Run;
use super::super::syntax::Tokens;
use super::super::value::{Value, to_text};

/// The statement with what is bound in place of its placeholders.
///
/// # Errors
/// `002049` when nothing is bound to one, or the code of the conversion that fails.
pub(super) fn bound(run: &Run, mut tokens: Tokens) -> Result<Tokens, SqlError> {
    for each in &mut tokens.tokens {
        let Token::Placeholder(name) = &each.token else { continue };
        if !name.starts_with(':') {
            continue;
        }
        let value: Value<'static> = run.bound(name)?.value;
        let word = |text: &str| {
            Token::Word(Word { value: text.to_owned(), quote_style: None, keyword: Keyword::NoKeyword })
        };
        each.token = match value {
            Value::Null => word("NULL"),
            Value::Boolean(value) => word(if value { "TRUE" } else { "FALSE" }),
            Value::Number(number) => Token::Number(number.to_string(), false),
            other => Token::SingleQuotedString(to_text(other, &run.env).unwrap_or_default().into_owned()),
        };
    }
    Ok(tokens)
}
