//! Secrets that a statement spells out, such as `PASSWORD = '…'`.

use snowflake_proto::sql::{Token, TokenKind, tokens};

use super::looks::Mark;
use super::placeholder::is_placeholder;

/// Properties whose values are secrets.
const PROPERTIES: [&str; 13] = [
    "ACCESS_TOKEN",
    "API_KEY",
    "AWS_KEY_ID",
    "AWS_SECRET_KEY",
    "AWS_TOKEN",
    "AZURE_SAS_TOKEN",
    "CLIENT_SECRET",
    "MASTER_KEY",
    "OAUTH_CLIENT_SECRET",
    "OAUTH_REFRESH_TOKEN",
    "PASSPHRASE",
    "PASSWORD",
    "SECRET_STRING",
];

/// Marks the texts that stand behind such a property, between their quotes.
pub(super) fn secrets(text: &str, marks: &mut Vec<Mark>) {
    if !text.contains('=') || !(text.contains('\'') || text.contains("$$")) {
        return;
    }
    let mut before: [Option<Token<'_>>; 2] = [None, None];
    let mut start = 0;
    for token in tokens(text) {
        let end = start + token.text.len();
        if let [Some(property), Some(sign)] = before
            && token.kind == TokenKind::Text
            && matches!(sign.text, "=" | "=>")
            && PROPERTIES.iter().any(|known| property.text.eq_ignore_ascii_case(known))
        {
            let quote = if token.text.starts_with('$') { "$$" } else { "'" };
            let value = token.text.strip_prefix(quote).unwrap_or_default();
            let value = value.strip_suffix(quote).unwrap_or(value);
            if !value.is_empty() && !is_placeholder(value) {
                let from = start + quote.len();
                marks.push(Mark { range: from..from + value.len(), what: "a secret in a statement" });
            }
        }
        if !token.is_blank() {
            before = [before[1], Some(token)];
        }
        start = end;
    }
}
