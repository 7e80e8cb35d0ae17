//! Texts where bind values could be.

use super::suspicion::{Confidence, Seen, Sign};
use super::token::{Cut, Placed};

/// The first text that a condition compares something with.
pub(super) fn seen(cut: &Cut<'_>) -> Option<Seen> {
    let first = cut.tokens.iter().find(|token| !token.is_sign(&["("]))?;
    if !first.is_word(&["SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE"]) {
        return None;
    }
    let is_condition = |token: &Placed<'_>| token.is_word(&["WHERE", "ON", "HAVING", "QUALIFY"]);
    let conditions = cut.tokens.iter().position(is_condition)?;
    let compared = cut.from(conditions).windows(2).find(|pair| match pair {
        [operator, value] => operator.is_comparison() && value.is_text(),
        _ => false,
    });
    Some(Seen {
        sign: Sign::LiteralInsteadOfBind,
        confidence: Confidence::Possible,
        offset: compared?.last()?.start,
        reason: "a text is compared with that a bind value could be, unless it is always the same",
    })
}
