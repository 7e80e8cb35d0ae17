//! What of a statement's text is kept.

use snowflake_proto::sql::{Literals, TokenKind, normalize, tokens};

use super::fingerprint::of_normalized;

/// More of a text than this is not looked at: nobody shall wait for an audit.
const LOOKED_AT: usize = 1024 * 1024;
/// More of a text than this is not kept.
const KEPT: usize = 16 * 1024;

/// What of a statement's text an audit keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuditStatements {
    /// Nothing but its fingerprint and its first word.
    Fingerprint,
    /// Its shape: keywords and names, with `<s>` and `<n>` in the place of texts and numbers, without comments, and
    /// without what follows the `?` of a URL. Names stay, also those that somebody quoted in place of a text.
    #[default]
    Shape,
    /// The whole text, with whatever personal data and secrets it holds.
    Full,
}

/// A text as an audit keeps it.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) fingerprint: String,
    pub(super) verb: Option<String>,
    pub(super) statement: Option<String>,
    /// Whether the text is longer than what is kept, or than what the fingerprint is of.
    pub(super) is_cut: bool,
}

impl Kept {
    pub(super) fn of(sql: &str, keep: AuditStatements) -> Self {
        let looked_at = start(sql, LOOKED_AT);
        let normalized = normalize(looked_at, Literals::Mask);
        let statement = match keep {
            AuditStatements::Fingerprint => None,
            AuditStatements::Shape => Some(without_queries(&normalized)),
            AuditStatements::Full => Some(sql.to_owned()),
        };
        let kept = statement.as_deref().map_or("", |text| start(text, KEPT)).to_owned();
        Self {
            fingerprint: of_normalized(&normalized),
            verb: verb(&normalized),
            is_cut: looked_at.len() < sql.len()
                || statement.as_ref().is_some_and(|text| kept.len() < text.len()),
            statement: statement.map(|_| kept),
        }
    }
}

/// The first word, where it is one of SQL's own rather than anything that somebody made up.
fn verb(normalized: &str) -> Option<String> {
    let first = tokens(normalized).find(|token| !token.is_blank() && token.text != "(")?;
    let is_plain = first.text.len() <= 16 && first.text.bytes().all(|byte| byte.is_ascii_uppercase());
    (first.kind == TokenKind::Word && is_plain).then(|| first.text.to_owned())
}

/// Signed URLs carry their signature behind the question mark.
fn without_queries(normalized: &str) -> String {
    let parts = tokens(normalized).map(|token| match token.kind {
        TokenKind::Url => token.text.split('?').next().unwrap_or_default(),
        _ => token.text,
    });
    parts.collect()
}

/// At most so many bytes from the start.
fn start(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}
