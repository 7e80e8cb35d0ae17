//! One spelling for all statements that differ only in how they are written.

use super::mask::mask;
use super::spacing::is_spaced;
use super::{Token, TokenKind, tokens};

/// What becomes of the literals of a statement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Literals {
    /// They stay as they are.
    #[default]
    Keep,
    /// `<s>` stands for every text and `<n>` for every number with its sign.
    ///
    /// Markers that repeat in the list of an `IN` become one, so that lists of any length agree.
    Mask,
}

/// Writes a statement in the one way that all its spellings share.
///
/// - Comments and white space count only where they separate two words; in the result a single space
///   separates, and the places that have one do not depend on the text's own.
/// - The ASCII letters of unquoted words and numbers become upper case. Quoted names, texts, placeholders,
///   the names of a path into a VARIANT, stages and URLs stay as they are.
/// - Semicolons at the end are dropped.
/// - Literals stay or are masked.
///
/// A normalized text does not change when it is normalized again.
/// The result is meant to be compared and read; nothing promises that the service would take it.
///
/// ```
/// use snowflake_proto::sql::{Literals, normalize};
///
/// let one = normalize("put file:///tmp/*.csv @s/a//b overwrite=true;", Literals::Keep);
/// assert_eq!(one, "PUT file:///tmp/*.csv @s/a//b OVERWRITE = TRUE");
/// assert_eq!(normalize("select 'it''s', -1.5", Literals::Mask), "SELECT <s>, <n>");
/// ```
#[must_use]
pub fn normalize(sql: &str, literals: Literals) -> String {
    let tokens = tokens(sql).filter(|token| !token.is_blank());
    match literals {
        Literals::Keep => written(tokens, sql.len()),
        Literals::Mask => written(mask(tokens).into_iter(), sql.len()),
    }
}

fn written<'a>(tokens: impl Iterator<Item = Token<'a>>, size: usize) -> String {
    let mut text = String::with_capacity(size);
    let mut end = 0;
    let mut left = None;
    for token in tokens {
        if left.is_some_and(|left| is_spaced(left, token)) {
            text.push(' ');
        }
        match token.kind {
            TokenKind::Word | TokenKind::Number => {
                text.extend(token.text.chars().map(|c| c.to_ascii_uppercase()));
            }
            _ => text.push_str(token.text),
        }
        if token.kind != TokenKind::Semicolon {
            end = text.len();
        }
        left = Some(token);
    }
    text.truncate(end);
    text
}
