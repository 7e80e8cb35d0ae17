//! Rows of a second query behind a compared literal.

use super::suspicion::{Confidence, Seen, Sign};
use super::token::{Cut, Placed};

/// What somebody who does not know the tables reads first.
const CATALOGUES: [&str; 3] = ["INFORMATION_SCHEMA", "ACCOUNT_USAGE", "SNOWFLAKE"];

/// Tokens of an added query that are looked at.
const FAR: usize = 256;

pub(super) fn seen<'a>(cut: &'a Cut<'_>) -> impl Iterator<Item = Seen> + 'a {
    let unions = cut.tokens.iter().enumerate().filter(|(_, token)| token.is_word(&["UNION"]));
    unions.filter(|(at, _)| is_behind_comparison(cut, *at)).filter_map(|(at, token)| {
        let added = cut.from(at + 1);
        let words = added
            .iter()
            .take(FAR)
            .take_while(|token| token.is_word(&["ALL", "DISTINCT"]) || token.is_sign(&["("]))
            .count();
        added.get(words).filter(|token| token.is_word(&["SELECT"]))?;
        let query = added.get(words + 1..).unwrap_or_default();
        let query = query.get(..FAR).unwrap_or(query);
        let (confidence, reason) = if is_made_up(query) {
            (
                Confidence::Likely,
                "constants fill the columns of a query that is added behind a compared literal",
            )
        } else if reads_catalogue(query) {
            (Confidence::Likely, "a query over the catalogue is added behind a compared literal")
        } else {
            (Confidence::Possible, "a query is added behind a compared literal")
        };
        Some(Seen { sign: Sign::UnionAfterLiteral, confidence, offset: token.start, reason })
    })
}

fn is_behind_comparison(cut: &Cut<'_>, at: usize) -> bool {
    let before = |steps: usize| at.checked_sub(steps).and_then(|at| cut.tokens.get(at));
    let closed = usize::from(before(1).is_some_and(|token| token.is_sign(&[")"])));
    before(1 + closed).is_some_and(Placed::is_literal)
        && before(2 + closed).is_some_and(Placed::is_comparison)
}

/// Whether the columns are constants, one of them NULL at least, up to the tables or the end.
fn is_made_up(query: &[Placed<'_>]) -> bool {
    let mut has_null = false;
    for token in query {
        if token.is_word(&["NULL"]) {
            has_null = true;
        } else if token.is_word(&["FROM"]) || token.is_semicolon() {
            break;
        } else if !(token.is_literal() || token.is_sign(&[",", "-"])) {
            return false;
        }
    }
    has_null
}

fn reads_catalogue(query: &[Placed<'_>]) -> bool {
    let mut tables = query.iter().skip_while(|token| !token.is_word(&["FROM"])).take(8);
    tables.any(|token| token.is_word(&CATALOGUES))
}
