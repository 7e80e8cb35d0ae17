//! The tokens of a text with their places, as the rules look at them.

use snowflake_proto::sql::{Token, TokenKind, tokens};

/// A token that means something, or a comment.
#[derive(Clone, Copy)]
pub(super) struct Placed<'a> {
    pub(super) token: Token<'a>,
    /// Where it begins, in bytes.
    pub(super) start: usize,
    /// Whether a line ends between the token before and this one.
    pub(super) is_first_of_line: bool,
}

/// A text cut into tokens.
pub(super) struct Cut<'a> {
    /// What means something.
    pub(super) tokens: Vec<Placed<'a>>,
    /// Comments, each with the number of tokens before it.
    pub(super) comments: Vec<(usize, Placed<'a>)>,
}

impl<'a> Cut<'a> {
    pub(super) fn of(sql: &'a str) -> Self {
        let mut cut = Self { tokens: Vec::new(), comments: Vec::new() };
        let (mut start, mut is_first_of_line) = (0, true);
        for token in tokens(sql) {
            let placed = Placed { token, start, is_first_of_line };
            start += token.text.len();
            match token.kind {
                TokenKind::Space => is_first_of_line |= token.text.contains('\n'),
                TokenKind::Comment => cut.comments.push((cut.tokens.len(), placed)),
                _ => {
                    cut.tokens.push(placed);
                    is_first_of_line = false;
                }
            }
        }
        cut
    }

    /// What means something from a place on.
    pub(super) fn from(&self, at: usize) -> &[Placed<'a>] {
        self.tokens.get(at..).unwrap_or_default()
    }
}

impl Placed<'_> {
    /// Whether it is one of these words.
    pub(super) fn is_word(&self, words: &[&str]) -> bool {
        self.token.kind == TokenKind::Word
            && words.iter().any(|word| self.token.text.eq_ignore_ascii_case(word))
    }

    /// Whether it is one of these signs.
    pub(super) fn is_sign(&self, signs: &[&str]) -> bool {
        self.token.kind == TokenKind::Symbol && signs.contains(&self.token.text)
    }

    pub(super) fn is_comparison(&self) -> bool {
        self.is_sign(&["=", "<>", "!=", "<", ">", "<=", ">="])
            || self.is_word(&["LIKE", "ILIKE", "RLIKE", "REGEXP"])
    }

    pub(super) fn is_text(&self) -> bool {
        self.token.kind == TokenKind::Text
    }

    pub(super) fn is_literal(&self) -> bool {
        matches!(self.token.kind, TokenKind::Text | TokenKind::Number)
    }

    pub(super) fn is_name(&self) -> bool {
        matches!(self.token.kind, TokenKind::Word | TokenKind::QuotedName)
    }

    pub(super) fn is_semicolon(&self) -> bool {
        self.token.kind == TokenKind::Semicolon
    }

    /// Whether a quote, or the sign that opens a comment, has no other half.
    pub(super) fn is_unclosed(&self) -> bool {
        let text = self.token.text;
        match self.token.kind {
            TokenKind::Text if text.starts_with("$$") => text.len() < 4 || !text.ends_with("$$"),
            TokenKind::Text => !closes(text, b'\'', true),
            TokenKind::QuotedName => !closes(text, b'"', false),
            TokenKind::Comment => text.starts_with("/*") && (text.len() < 4 || !text.ends_with("*/")),
            _ => false,
        }
    }
}

/// Whether the last byte of a quoted text is the quote that closes it.
fn closes(text: &str, quote: u8, has_escapes: bool) -> bool {
    let mut bytes = text.bytes().skip(1).peekable();
    while let Some(byte) = bytes.next() {
        if byte == b'\\' && has_escapes {
            bytes.next();
        } else if byte == quote && bytes.next_if_eq(&quote).is_none() {
            return bytes.peek().is_none();
        }
    }
    false
}
