//! Statements as tokens with their places, unquoted names in upper case.

use std::ops::Range;

use datafusion::sql::sqlparser::dialect::SnowflakeDialect;
use datafusion::sql::sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer, TokenizerError};

use super::super::SqlError;

/// One statement: its text and its tokens without blanks and comments.
#[derive(Clone, Debug)]
pub(in super::super) struct Tokens {
    pub(in super::super) text: String,
    pub(in super::super) tokens: Vec<TokenWithSpan>,
}

/// Cuts a text into tokens.
///
/// Unquoted words become upper case, as Snowflake folds names; keywords stay recognisable. Every `?`
/// becomes the placeholder of its number.
///
/// # Errors
/// `001003` when a literal or comment does not end.
pub(in super::super) fn lex(sql: &str) -> Result<Tokens, SqlError> {
    let mut tokenizer = Tokenizer::new(&SnowflakeDialect {}, sql).with_unescape(false);
    let found = tokenizer.tokenize_with_location().map_err(unreadable)?;
    let mut questions = 0;
    let mut path = Path::default();
    let mut tokens = Vec::with_capacity(found.len());
    for mut each in found {
        if matches!(each.token, Token::Whitespace(_) | Token::EOF) {
            continue;
        }
        let in_path = path.takes(&each);
        match &mut each.token {
            Token::Word(word) if word.quote_style.is_none() && !in_path => word.value.make_ascii_uppercase(),
            Token::Word(word) if word.quote_style == Some('"') => {
                word.value = word.value.replace("\"\"", "\"")
            }
            Token::SingleQuotedString(text) => *text = unescaped(text),
            Token::Placeholder(text) if text == "?" => {
                questions += 1;
                *text = format!(":{questions}");
            }
            _ => {}
        }
        tokens.push(each);
    }
    Ok(Tokens { text: sql.to_owned(), tokens })
}

/// The text that a literal stands for: doubled quotes and backslash escapes undone.
fn unescaped(written: &str) -> String {
    let mut text = String::with_capacity(written.len());
    let mut letters = written.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => {
                letters.next_if_eq(&'\'');
                text.push('\'');
            }
            '\\' => match letters.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('r') => text.push('\r'),
                Some('b') => text.push('\u{8}'),
                Some('f') => text.push('\u{c}'),
                Some('0') if !letters.peek().is_some_and(char::is_ascii_digit) => text.push('\0'),
                Some(kind @ ('u' | 'x')) => {
                    let width = if kind == 'u' { 4 } else { 2 };
                    let digits: String = letters.clone().take(width).collect();
                    match u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32) {
                        Some(code) if digits.len() == width => {
                            text.push(code);
                            letters.by_ref().take(width).for_each(drop);
                        }
                        _ => text.push(kind),
                    }
                }
                Some(other) => text.push(other),
                None => text.push('\\'),
            },
            other => text.push(other),
        }
    }
    text
}

/// Follows paths into a VARIANT, such as `v:Customer.Name[0]`, whose names keep their case.
#[derive(Default)]
struct Path {
    inside: bool,
    /// Where the token before ended, if a path may follow it.
    operand_end: Option<Location>,
}

impl Path {
    /// Whether a token is part of a path.
    fn takes(&mut self, each: &TokenWithSpan) -> bool {
        let follows = self.operand_end == Some(each.span.start);
        let opens = follows && each.token == Token::Colon;
        self.inside = opens || self.inside && (follows || self.operand_end.is_none()) && is_path(&each.token);
        self.operand_end = match &each.token {
            Token::Word(_) | Token::Placeholder(_) | Token::RParen | Token::RBracket => Some(each.span.end),
            _ if self.inside => None,
            _ => Some(Location::empty()),
        };
        self.inside
    }
}

fn is_path(token: &Token) -> bool {
    matches!(token, Token::Word(_) | Token::Period | Token::Colon | Token::LBracket | Token::RBracket)
        || matches!(token, Token::Number(..) | Token::SingleQuotedString(_))
}

/// Whether the token at a place is the colon of a path rather than of a placeholder.
pub(in super::super) fn opens_path(tokens: &Tokens, at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|before| tokens.tokens.get(before)) else { return false };
    let operand =
        matches!(before.token, Token::Word(_) | Token::Placeholder(_) | Token::RParen | Token::RBracket);
    operand && tokens.tokens.get(at).is_some_and(|colon| colon.span.start == before.span.end)
}

fn unreadable(error: TokenizerError) -> SqlError {
    let line = i64::try_from(error.location.line).unwrap_or(1);
    let pos = i64::try_from(error.location.column).unwrap_or(1) - 1;
    let message = format!(
        "SQL compilation error:\nparse error line {line} at position {pos} near '<EOF>'. {}",
        error.message
    );
    SqlError::new("001003", "42000", message).at(line, pos)
}

/// The parts between semicolons, without empty ones.
pub(in super::super) fn split_tokens(tokens: &Tokens) -> Vec<Tokens> {
    tokens
        .tokens
        .split(|each| each.token == Token::SemiColon)
        .filter(|part| !part.is_empty())
        .map(|part| Tokens { text: tokens.text.clone(), tokens: part.to_vec() })
        .collect()
}

impl Tokens {
    /// The source text from one token up to another, both included.
    pub(in super::super) fn source(&self, from: usize, to: usize) -> &str {
        let (Some(first), Some(last)) = (self.tokens.get(from), self.tokens.get(to)) else { return "" };
        let range = self.offset(first.span.start)..self.offset(last.span.end);
        self.text.get(range).unwrap_or("")
    }

    /// The source text of all tokens.
    pub(in super::super) fn all(&self) -> &str {
        self.source(0, self.tokens.len().saturating_sub(1))
    }

    /// The byte range of a token.
    pub(in super::super) fn range(&self, at: usize) -> Range<usize> {
        self.tokens.get(at).map_or(self.text.len()..self.text.len(), |token| {
            self.offset(token.span.start)..self.offset(token.span.end)
        })
    }

    /// Where a name stands: its line from 1 and position from 0.
    pub(in super::super) fn place_of(&self, name: &str) -> Option<(i64, i64)> {
        let found =
            self.tokens.iter().find(|each| matches!(&each.token, Token::Word(word) if word.value == name))?;
        let line = i64::try_from(found.span.start.line).ok()?;
        Some((line, i64::try_from(found.span.start.column).ok()? - 1))
    }

    fn offset(&self, location: Location) -> usize {
        let (mut line, mut column) = (1, 1);
        for (at, each) in self.text.char_indices() {
            if line == location.line && column == location.column {
                return at;
            }
            if each == '\n' {
                line += 1;
                column = 1;
            } else {
                column += 1;
            }
        }
        self.text.len()
    }
}
