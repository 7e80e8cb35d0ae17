//! Several statements in one text.

use super::suspicion::{Confidence, Seen, Sign};
use super::token::Cut;

/// What an injected statement would begin with: words that change something.
const CHANGES: [&str; 19] = [
    "ALTER", "CALL", "COPY", "CREATE", "DELETE", "DROP", "EXECUTE", "GET", "GRANT", "INSERT", "MERGE", "PUT",
    "REMOVE", "REVOKE", "RM", "TRUNCATE", "UNDROP", "UPDATE", "USE",
];

pub(super) fn seen(cut: &Cut<'_>) -> Option<Seen> {
    if is_block(cut) {
        return None;
    }
    let first = cut.tokens.first()?;
    let after = |at: usize| cut.from(at + 1).first().filter(|next| !next.is_semicolon());
    let mut starts = cut.tokens.iter().enumerate().filter(|(_, token)| token.is_semicolon());
    let mut starts = starts.by_ref().filter_map(|(at, _)| after(at));
    let second = starts.next()?;
    let changes = first.is_word(&["SELECT", "WITH", "SHOW"])
        && (second.is_word(&CHANGES) || starts.any(|start| start.is_word(&CHANGES)));
    let (confidence, reason) = if changes {
        (Confidence::Likely, "a query is followed by a statement that changes something")
    } else {
        (Confidence::Possible, "one text holds several statements")
    };
    Some(Seen { sign: Sign::Stacked, confidence, offset: second.start, reason })
}

/// Whether semicolons separate the statements of a block: BEGIN … END, DECLARE, or the body of a procedure or task.
fn is_block(cut: &Cut<'_>) -> bool {
    let Some(first) = cut.tokens.first() else { return true };
    let begins_block = |at: usize| {
        let next = cut.from(at + 1).first();
        next.is_some_and(|next| !next.is_semicolon() && !next.is_word(&["TRANSACTION", "WORK", "NAME"]))
    };
    if first.is_word(&["DECLARE"]) || (first.is_word(&["BEGIN"]) && begins_block(0)) {
        return true;
    }
    let body = cut.tokens.iter().take_while(|token| !token.is_semicolon());
    first.is_word(&["CREATE", "EXECUTE"])
        && body.enumerate().any(|(at, token)| token.is_word(&["BEGIN", "DECLARE"]) && begins_block(at))
}
