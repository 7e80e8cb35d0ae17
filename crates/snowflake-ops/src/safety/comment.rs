//! Comments that hide the end of a condition.

use super::suspicion::{Confidence, Seen, Sign};
use super::token::{Cut, Placed};

pub(super) fn seen<'a>(cut: &'a Cut<'_>) -> impl Iterator<Item = Seen> + 'a {
    cut.comments.iter().filter_map(|(before, comment)| {
        let left = cut.tokens.get(before.checked_sub(1)?)?;
        let hidden =
            comment.token.text.strip_prefix("--").or_else(|| comment.token.text.strip_prefix("//"))?;
        if comment.is_first_of_line {
            return None;
        }
        let (confidence, reason) = judge(left, hidden)?;
        Some(Seen { sign: Sign::CutOff, confidence, offset: comment.start, reason })
    })
}

fn judge(left: &Placed<'_>, hidden: &str) -> Option<(Confidence, &'static str)> {
    let rest = hidden.trim_start_matches([' ', '\t', '-', '+']);
    let quotes = |quote: char| rest.matches(quote).count() % 2 == 1;
    if (rest.starts_with('\'') && quotes('\'')) || (rest.starts_with('"') && quotes('"')) {
        return Some((Confidence::Likely, "a comment begins with the closing quote of a value"));
    }
    let hidden = Cut::of(rest);
    if hides_condition(&hidden) {
        return Some((Confidence::Likely, "a comment hides a further condition of the same line"));
    }
    let closes = hidden.tokens.first().is_some_and(|first| first.is_sign(&[")"]));
    let ends = hidden.tokens.get(1).is_none_or(|next| next.is_word(&["AND", "OR"]) || next.is_semicolon());
    if closes && ends && left.is_literal() {
        return Some((Confidence::Likely, "a comment hides the bracket that closes a condition"));
    }
    None
}

/// `AND name = …` or the like, perhaps in brackets, rather than a sentence that begins with `and`.
fn hides_condition(hidden: &Cut<'_>) -> bool {
    let mut tokens = hidden.tokens.iter().skip_while(|token| token.is_sign(&[")"])).peekable();
    let starts = tokens.next().is_some_and(|token| token.is_word(&["AND", "OR"]));
    while tokens.next_if(|token| token.is_sign(&["("])).is_some() {}
    let is_named = tokens.next_if(|token| token.is_name()).is_some();
    while tokens.next_if(|token| token.is_sign(&["."])).is_some() {
        tokens.next();
    }
    starts && is_named && tokens.next().is_some_and(Placed::is_comparison)
}
