//! Signs that a statement's text was put together with somebody else's text in it.

use super::token::{Cut, Placed};
use super::{comment, condition, literal, stacked, union};

/// A sign that a statement may have been changed by a value that was written into its text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Suspicion {
    /// What was seen.
    pub sign: Sign,
    /// How much it says.
    pub confidence: Confidence,
    /// Where it is in the text, in bytes from its start.
    pub offset: usize,
    /// The line that it is in, from 1.
    pub line: usize,
    /// Why it is suspicious; no part of the text.
    pub reason: &'static str,
}

/// How much a sign says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Many statements that are meant so have it.
    Possible,
    /// Statements that are meant so rarely have it.
    Likely,
}

/// What was seen in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Sign {
    /// A quote, a quoted name, a text in dollars or a comment is never closed.
    Unclosed,
    /// One text holds several statements.
    Stacked,
    /// A comment hides the end of a condition.
    CutOff,
    /// A condition behind an `OR` is always true.
    Tautology,
    /// The rows of a second query are added behind a compared literal.
    UnionAfterLiteral,
    /// A text is compared with that a bind value could be.
    LiteralInsteadOfBind,
}

impl Sign {
    /// The word for it, such as `cut_off`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unclosed => "unclosed",
            Self::Stacked => "stacked",
            Self::CutOff => "cut_off",
            Self::Tautology => "tautology",
            Self::UnionAfterLiteral => "union_after_literal",
            Self::LiteralInsteadOfBind => "literal_instead_of_bind",
        }
    }
}

/// A sign without its line, which is counted at the end.
pub(super) struct Seen {
    pub(super) sign: Sign,
    pub(super) confidence: Confidence,
    pub(super) offset: usize,
    pub(super) reason: &'static str,
}

/// Looks for signs that values were written into a statement's text, in the order of the text.
///
/// This is for reviews, tests and audits. It protects nothing: bind values and [`SqlText`](super::SqlText) do.
///
/// # What it cannot see
/// It reads tokens, not grammar, and sees one text alone: not how it came about, and not what was meant.
///
/// - An injection that leaves ordinary SQL behind, such as another number, name or column, `OR price > 0`, a second
///   condition that happens to be true, or a subquery, looks like a statement that somebody wrote.
/// - Of conditions only those right behind an `OR` are looked at, and only constants, `x = x`, `IN`, `BETWEEN`, `LIKE`
///   and `IS` of constants: nothing is computed, cast or called.
/// - Texts inside `EXECUTE IMMEDIATE`, `$$…$$` and the bodies of procedures are not looked into.
/// - A statement without a single sign is not known to be safe, and a sign is no proof.
///
/// Harmless statements may have signs of [`Confidence::Possible`]; the query builders' `WHERE 1 = 1` has none.
///
/// ```
/// use snowflake_ops::{Confidence, Sign, suspicions};
///
/// let found = suspicions("SELECT * FROM users WHERE name = 'x' OR 1 = 1 --' AND active");
/// assert_eq!(found[1].sign, Sign::Tautology);
/// assert_eq!(found[1].confidence, Confidence::Likely);
/// assert!(suspicions("SELECT * FROM users WHERE name = ? AND active").is_empty());
/// ```
#[must_use]
pub fn suspicions(sql: &str) -> Vec<Suspicion> {
    let cut = Cut::of(sql);
    let mut seen: Vec<Seen> = unclosed(&cut).collect();
    seen.extend(stacked::seen(&cut));
    seen.extend(comment::seen(&cut));
    seen.extend(condition::seen(&cut));
    seen.extend(union::seen(&cut));
    seen.extend(literal::seen(&cut));
    seen.sort_by_key(|seen| (seen.offset, seen.sign));
    with_lines(sql, seen)
}

fn unclosed<'a>(cut: &'a Cut<'_>) -> impl Iterator<Item = Seen> + 'a {
    let all = cut.tokens.iter().chain(cut.comments.iter().map(|(_, comment)| comment));
    all.filter(|token| token.is_unclosed()).map(|token: &Placed<'_>| Seen {
        sign: Sign::Unclosed,
        confidence: Confidence::Likely,
        offset: token.start,
        reason: "it is never closed, as when a value brings a quote along",
    })
}

fn with_lines(sql: &str, seen: Vec<Seen>) -> Vec<Suspicion> {
    let (mut line, mut counted) = (1, 0);
    let mut found = Vec::with_capacity(seen.len());
    for Seen { sign, confidence, offset, reason } in seen {
        line += sql.get(counted..offset).map_or(0, |between| between.matches('\n').count());
        counted = offset;
        found.push(Suspicion { sign, confidence, offset, line, reason });
    }
    found
}
