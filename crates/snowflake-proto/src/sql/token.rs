//! A text as a sequence of tokens.

use std::fmt;

use super::scan;

/// A part of a SQL text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// What the part is.
    pub kind: TokenKind,
    /// The part as it stands in the text.
    pub text: &'a str,
}

/// What a part of a SQL text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenKind {
    /// White space.
    Space,
    /// `-- …`, `// …` without the end of the line, or `/* … */`, which does not nest.
    Comment,
    /// A keyword, an unquoted name, or `$1` and `$name`.
    Word,
    /// `"…"`, in which `""` is a quote.
    QuotedName,
    /// `'…'`, in which `''` is a quote and a backslash takes the next character, or `$$…$$`.
    Text,
    /// Digits with point and exponent; a sign is a [`TokenKind::Symbol`] of its own.
    Number,
    /// `?`, `:1` or `:name`.
    Placeholder,
    /// The names of a path into a VARIANT, whose case counts: `:b.c` of `a:b.c` and `.c` of `a[0].c`.
    Path,
    /// `@name`, `@%table` or `@~`, with the path behind it.
    Stage,
    /// An unquoted URL, such as the `file:///tmp/*.csv` of a PUT.
    Url,
    /// `<s>` or `<n>`, which [`normalize`](super::normalize) writes for a masked text or number.
    Masked,
    /// The end of a statement.
    Semicolon,
    /// Any other sign, such as `(`, `=` or `::`.
    Symbol,
}

/// Cuts a text into tokens, which joined give the text again.
///
/// It takes any text and time in proportion to its length.
/// What is never closed, such as a string without its last quote, reaches to the end.
///
/// ```
/// use snowflake_proto::sql::{TokenKind, tokens};
///
/// let kinds: Vec<_> = tokens("list @s/a//b --x").map(|token| token.kind).collect();
/// use TokenKind::{Comment, Space, Stage, Word};
/// assert_eq!(kinds, [Word, Space, Stage, Space, Comment]);
/// ```
pub fn tokens(sql: &str) -> impl Iterator<Item = Token<'_>> {
    Tokens { rest: sql, touching: None, meaning: None }
}

impl Token<'_> {
    /// Whether the token means nothing: white space or a comment.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        matches!(self.kind, TokenKind::Space | TokenKind::Comment)
    }

    /// Whether the token is one of these signs.
    pub(super) fn is_symbol(&self, signs: &[&str]) -> bool {
        self.kind == TokenKind::Symbol && signs.contains(&self.text)
    }
}

/// The text may hold a user's data, which no log should show.
impl fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({} bytes)", self.kind, self.text.len())
    }
}

struct Tokens<'a> {
    rest: &'a str,
    /// The token that ends where the rest begins.
    touching: Option<Token<'a>>,
    /// The last token that was not blank.
    meaning: Option<TokenKind>,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let (kind, length) = self.measure(self.rest.chars().next()?);
        let (text, rest) = self.rest.split_at_checked(length)?;
        let token = Token { kind, text };
        self.rest = rest;
        self.touching = Some(token);
        if !token.is_blank() {
            self.meaning = Some(kind);
        }
        Some(token)
    }
}

impl Tokens<'_> {
    /// The kind and the length of the token at the start of the rest.
    fn measure(&self, first: char) -> (TokenKind, usize) {
        let rest = self.rest;
        match first {
            _ if first.is_whitespace() => (TokenKind::Space, scan::while_true(rest, char::is_whitespace)),
            '-' if rest.starts_with("--") => (TokenKind::Comment, scan::line(rest)),
            '/' if rest.starts_with("//") => (TokenKind::Comment, scan::line(rest)),
            '/' if rest.starts_with("/*") => (TokenKind::Comment, scan::up_to(rest, 2, "*/")),
            '$' if rest.starts_with("$$") => (TokenKind::Text, scan::up_to(rest, 2, "$$")),
            '\'' => (TokenKind::Text, scan::text(rest)),
            '"' => (TokenKind::QuotedName, scan::quoted_name(rest)),
            ';' => (TokenKind::Semicolon, 1),
            '?' => (TokenKind::Placeholder, 1),
            '<' if rest.starts_with("<s>") || rest.starts_with("<n>") => (TokenKind::Masked, 3),
            '0'..='9' => (TokenKind::Number, scan::number(rest)),
            '@' => scan::stage(rest).map_or((TokenKind::Symbol, 1), |length| (TokenKind::Stage, length)),
            ':' => self.colon(),
            '.' => self.point(),
            _ => match scan::word(rest) {
                0 => (TokenKind::Symbol, scan::symbol(rest, first)),
                length => scan::url(rest, length)
                    .map_or((TokenKind::Word, length), |length| (TokenKind::Url, length)),
            },
        }
    }

    /// `:` starts a path behind an operand, separates behind a literal, and otherwise starts a placeholder.
    fn colon(&self) -> (TokenKind, usize) {
        let name = self.rest.get(1..).map_or(0, scan::word);
        let behind_literal =
            matches!(self.meaning, Some(TokenKind::Text | TokenKind::Number | TokenKind::Masked));
        match scan::path(self.rest) {
            Some(length) if self.is_operand() => (TokenKind::Path, length),
            _ if name > 0 && !behind_literal => (TokenKind::Placeholder, 1 + name),
            _ => (TokenKind::Symbol, scan::symbol(self.rest, ':')),
        }
    }

    /// `.` continues a path behind an index, separates names behind an operand, and otherwise may start a
    /// number.
    fn point(&self) -> (TokenKind, usize) {
        let touching = self.touching.map(|token| token.kind);
        let behind_literal =
            matches!(touching, Some(TokenKind::Number | TokenKind::Masked | TokenKind::Stage));
        let behind_index = self.touching.is_some_and(|token| token.is_symbol(&["]"]));
        if behind_index && let Some(length) = scan::path(self.rest) {
            return (TokenKind::Path, length);
        }
        match scan::number(self.rest) {
            length if length > 1 && !behind_literal && !self.is_operand() => (TokenKind::Number, length),
            _ => (TokenKind::Symbol, 1),
        }
    }

    /// Whether the rest touches something that has a value.
    fn is_operand(&self) -> bool {
        let Some(token) = self.touching else { return false };
        match token.kind {
            TokenKind::Word | TokenKind::QuotedName | TokenKind::Placeholder | TokenKind::Path => true,
            _ => token.is_symbol(&[")", "]", "}"]),
        }
    }
}
