//! How far two statements are from each other.

use serde_json::Value;
use snowflake_proto::sql::{Token, tokens};

use super::Statement;

/// How many tokens of a text are compared at most: the work for one pair is bounded by its square.
const COMPARED: usize = 128;

/// What a token that differs counts, where a name or bind counts one.
const TOKEN: usize = 2;

/// The distance between two statements whose normalized texts are these, unless it is `limit` or more.
pub(super) fn distance(left: (&Statement, &str), right: (&Statement, &str), limit: usize) -> Option<usize> {
    let ((left, left_text), (right, right_text)) = (left, right);
    let rest = names_apart(left, right)
        + binds_apart(&left.binds, &right.binds)
        + usize::from(left.describe_only != right.describe_only);
    let [left, right]: [Vec<_>; 2] =
        [left_text, right_text].map(|text| significant(text).take(COMPARED).collect());
    let edits = edits(&left, &right, limit.checked_sub(rest + 1)? / TOKEN)?;
    Some(edits * TOKEN + rest)
}

/// The tokens that mean something.
pub(super) fn significant(sql: &str) -> impl Iterator<Item = Token<'_>> {
    tokens(sql).filter(|token| !token.is_blank())
}

fn names_apart(left: &Statement, right: &Statement) -> usize {
    left.context.names().iter().zip(right.context.names()).filter(|(left, right)| **left != *right).count()
}

/// How many binds differ or are on one side only.
fn binds_apart(left: &Value, right: &Value) -> usize {
    let (Some(left), Some(right)) = (left.as_object(), right.as_object()) else {
        let one = left.as_object().or(right.as_object());
        return one.map_or(0, serde_json::Map::len);
    };
    let missing = right.keys().filter(|name| !left.contains_key(*name)).count();
    missing + left.iter().filter(|(name, value)| right.get(*name) != Some(value)).count()
}

/// The number of tokens to insert, delete or replace, unless it is more than `limit`.
fn edits(left: &[Token<'_>], right: &[Token<'_>], limit: usize) -> Option<usize> {
    let (left, right) = without_common_ends(left, right);
    if left.len().abs_diff(right.len()) > limit {
        return None;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (above, token) in left.iter().enumerate() {
        let mut diagonal = above;
        let mut before = above + 1;
        let mut least = before;
        let [first, cells @ ..] = row.as_mut_slice() else { break };
        *first = before;
        for (cell, other) in cells.iter_mut().zip(right) {
            let replaced = diagonal + usize::from(token != other);
            diagonal = *cell;
            before = replaced.min(diagonal + 1).min(before + 1);
            least = least.min(before);
            *cell = before;
        }
        if least > limit {
            return None;
        }
    }
    row.last().copied().filter(|edits| *edits <= limit)
}

fn without_common_ends<'s, 't>(
    left: &'s [Token<'t>],
    right: &'s [Token<'t>],
) -> (&'s [Token<'t>], &'s [Token<'t>]) {
    let start = left.iter().zip(right).take_while(|(left, right)| left == right).count();
    let (left, right) = (left.get(start..).unwrap_or_default(), right.get(start..).unwrap_or_default());
    let both = left.iter().rev().zip(right.iter().rev());
    let end = both.take_while(|(left, right)| left == right).count();
    let head = |tokens: &'s [Token<'t>]| tokens.get(..tokens.len() - end).unwrap_or_default();
    (head(left), head(right))
}

#[cfg(test)]
mod tests {
    use super::{edits, significant};

    #[test]
    fn edits_count_tokens() {
        let table = [
            ("select a from t", "select /* */ a\nfrom t", 0),
            ("select a from t", "select b from t", 1),
            ("select a from t", "select a, b from t", 2),
            ("select a from t", "", 4),
            ("select a, b from t", "select b, a from t", 2),
        ];
        for (left, right, wanted) in table {
            let [left, right]: [Vec<_>; 2] = [left, right].map(|sql| significant(sql).collect());
            assert_eq!(edits(&left, &right, 9), Some(wanted));
            assert_eq!(edits(&right, &left, wanted), Some(wanted));
            if wanted > 0 {
                assert_eq!(edits(&left, &right, wanted - 1), None);
            }
        }
    }
}
