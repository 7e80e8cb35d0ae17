//! Statements without their literals.

use super::{Token, TokenKind};

const NUMBER: Token<'static> = Token { kind: TokenKind::Masked, text: "<n>" };
const TEXT: Token<'static> = Token { kind: TokenKind::Masked, text: "<s>" };

/// Words behind which a sign belongs to the number that follows.
const BEFORE_VALUES: [&str; 24] = [
    "ALL", "AND", "BETWEEN", "BY", "CASE", "DEFAULT", "DISTINCT", "ELSE", "HAVING", "IN", "INTERVAL", "LIKE",
    "LIMIT", "NOT", "OFFSET", "ON", "OR", "QUALIFY", "RETURN", "SELECT", "SET", "THEN", "WHEN", "WHERE",
];

/// Puts markers in the place of literals.
///
/// The signs of a number go with it, and equal markers that follow each other in the list of an `IN`
/// become one.
pub(super) fn mask<'a>(tokens: impl Iterator<Item = Token<'a>>) -> Vec<Token<'a>> {
    let mut masked: Vec<Token<'a>> = Vec::new();
    let mut lists = Vec::new();
    for token in tokens {
        if token.is_symbol(&["("]) {
            lists.push(masked.last().is_some_and(is_in));
        } else if token.is_symbol(&[",", ")"]) {
            if lists.last() == Some(&true) {
                join_last_two(&mut masked);
            }
            if token.text == ")" {
                lists.pop();
            }
        }
        let marker = match token.kind {
            TokenKind::Number => NUMBER,
            TokenKind::Text => TEXT,
            _ => token,
        };
        if marker == NUMBER {
            drop_signs(&mut masked);
        }
        masked.push(marker);
    }
    masked
}

fn is_in(token: &Token<'_>) -> bool {
    token.kind == TokenKind::Word && token.text.eq_ignore_ascii_case("IN")
}

/// Removes the signs at the end that belong to a number behind them.
fn drop_signs(tokens: &mut Vec<Token<'_>>) {
    while let Some((sign, before)) = tokens.split_last() {
        let is_operand = before.last().is_some_and(|token| match token.kind {
            TokenKind::Symbol => token.is_symbol(&[")", "]", "}"]),
            TokenKind::Word => !BEFORE_VALUES.iter().any(|word| token.text.eq_ignore_ascii_case(word)),
            kind => kind != TokenKind::Semicolon,
        });
        if is_operand || !sign.is_symbol(&["+", "-"]) {
            break;
        }
        tokens.pop();
    }
}

/// Makes one of two equal markers that are elements of a list.
fn join_last_two(tokens: &mut Vec<Token<'_>>) {
    if let [.., open, first, comma, second] = tokens.as_slice()
        && open.is_symbol(&["(", ","])
        && first.kind == TokenKind::Masked
        && comma.is_symbol(&[","])
        && first == second
    {
        tokens.truncate(tokens.len() - 2);
    }
}
