//! Where a normalized statement has a space.

use super::{Token, TokenKind};

/// Whether a space stands between two tokens that follow each other.
///
/// Two tokens touch only where they can never be read as one.
pub(super) fn is_spaced(left: Token<'_>, right: Token<'_>) -> bool {
    let touches = match right.kind {
        TokenKind::Path | TokenKind::Semicolon => true,
        TokenKind::Symbol => left.kind != TokenKind::Url && symbol_touches(left, right.text),
        _ => false,
    };
    !(touches || takes_next(left, right))
}

/// Whether a sign stands at the end of what is left of it.
fn symbol_touches(left: Token<'_>, sign: &str) -> bool {
    match sign {
        ")" | "]" | "}" | "," => true,
        "(" => left.kind == TokenKind::Stage || is_value(left),
        "[" => is_value(left),
        "." => is_value(left) || left.is_symbol(&["."]),
        "::" => is_value(left) || is_literal(left.kind),
        _ => false,
    }
}

/// Whether the left token wants no space behind it.
fn takes_next(left: Token<'_>, right: Token<'_>) -> bool {
    if left.kind != TokenKind::Symbol {
        return false;
    }
    match left.text {
        "(" | "[" | "{" => true,
        "." => right.text == "*" || matches!(right.kind, TokenKind::Word | TokenKind::QuotedName),
        "::" => matches!(right.kind, TokenKind::Word | TokenKind::QuotedName),
        _ => false,
    }
}

fn is_value(token: Token<'_>) -> bool {
    match token.kind {
        TokenKind::Word | TokenKind::QuotedName | TokenKind::Placeholder | TokenKind::Path => true,
        _ => token.is_symbol(&[")", "]", "}"]),
    }
}

fn is_literal(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Number | TokenKind::Text | TokenKind::Masked)
}
