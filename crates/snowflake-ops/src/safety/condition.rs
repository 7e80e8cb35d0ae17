//! Conditions that are always true.

use snowflake_proto::sql::TokenKind;

use super::suspicion::{Confidence, Seen, Sign};
use super::token::{Cut, Placed};

/// Brackets and elements that are looked at.
const FAR: usize = 8;

pub(super) fn seen<'a>(cut: &'a Cut<'_>) -> impl Iterator<Item = Seen> + 'a {
    let alternatives = cut.tokens.iter().enumerate().filter(|(_, token)| token.is_word(&["OR"]));
    alternatives.filter(|(at, _)| is_always_true(cut.from(at + 1))).map(|(_, token)| Seen {
        sign: Sign::Tautology,
        confidence: Confidence::Likely,
        offset: token.start,
        reason: "a condition behind an OR is always true",
    })
}

fn is_always_true(tokens: &[Placed<'_>]) -> bool {
    let mut rest = Rest(tokens);
    let mut negated = false;
    for _ in 0..FAR {
        if rest.takes(|token| token.is_word(&["NOT"])) {
            negated = !negated;
        } else if !rest.takes(|token| token.is_sign(&["("])) {
            break;
        }
    }
    rest.same_name().or_else(|| rest.constant_condition()).is_some_and(|truth| truth != negated)
}

/// A constant.
#[derive(Clone, PartialEq)]
enum Constant {
    Number(f64),
    Text(String),
    Truth(bool),
    Null,
}

/// The tokens that are not read yet.
#[derive(Clone, Copy)]
struct Rest<'a>(&'a [Placed<'a>]);

impl<'a> Rest<'a> {
    fn takes(&mut self, is: impl Fn(&Placed<'_>) -> bool) -> bool {
        let found = self.0.first().is_some_and(is);
        if found {
            self.skip();
        }
        found
    }

    fn skip(&mut self) {
        self.0 = self.0.get(1..).unwrap_or_default();
    }

    /// Whether a condition ends here.
    fn ends(self) -> bool {
        const BEHIND: [&str; 12] = [
            "AND",
            "OR",
            "GROUP",
            "ORDER",
            "LIMIT",
            "HAVING",
            "QUALIFY",
            "UNION",
            "INTERSECT",
            "EXCEPT",
            "MINUS",
            "THEN",
        ];
        self.0
            .first()
            .is_none_or(|token| token.is_semicolon() || token.is_sign(&[")"]) || token.is_word(&BEHIND))
    }

    /// `a.b = a.b`: true unless it is NULL.
    fn same_name(mut self) -> Option<bool> {
        let left = self.name()?;
        if !self.takes(|token| token.is_sign(&["="])) {
            return None;
        }
        let right = self.name()?;
        (left == right && self.ends()).then_some(true)
    }

    fn name(&mut self) -> Option<Vec<String>> {
        let mut parts = Vec::new();
        while parts.len() < 3 {
            let token = self.0.first().filter(|token| token.is_name())?;
            parts.push(match token.token.kind {
                TokenKind::Word => token.token.text.to_ascii_uppercase(),
                _ => token.token.text.to_owned(),
            });
            self.skip();
            if !self.takes(|token| token.is_sign(&["."])) {
                break;
            }
        }
        let is_constant = |word: &String| ["TRUE", "FALSE", "NULL"].contains(&word.as_str());
        (!parts.iter().any(is_constant)).then_some(parts)
    }

    /// What a condition of constants alone comes to; `None` where it is none, or is not understood.
    fn constant_condition(mut self) -> Option<bool> {
        let left = self.constant()?;
        if self.ends() {
            return match left {
                Constant::Number(number) => Some(number != 0.0),
                Constant::Truth(truth) => Some(truth),
                Constant::Text(_) | Constant::Null => None,
            };
        }
        if self.takes(|token| token.is_word(&["IS"])) {
            return self.is_null(&left);
        }
        let negated = self.takes(|token| token.is_word(&["NOT"]));
        let truth = if self.takes(|token| token.is_word(&["IN"])) {
            self.is_in(&left)?
        } else if self.takes(|token| token.is_word(&["BETWEEN"])) {
            self.is_between(&left)?
        } else {
            let operator = *self.0.first().filter(|token| token.is_comparison())?;
            self.skip();
            compare(&left, operator, &self.constant()?)?
        };
        self.ends().then_some(truth != negated)
    }

    fn is_null(mut self, left: &Constant) -> Option<bool> {
        let negated = self.takes(|token| token.is_word(&["NOT"]));
        let is_null = self.takes(|token| token.is_word(&["NULL"]));
        (is_null && self.ends()).then_some((*left == Constant::Null) != negated)
    }

    fn is_in(&mut self, left: &Constant) -> Option<bool> {
        if !self.takes(|token| token.is_sign(&["("])) {
            return None;
        }
        let mut found = false;
        for _ in 0..FAR {
            found |= equal(left, &self.constant()?)?;
            if self.takes(|token| token.is_sign(&[")"])) {
                return Some(found);
            }
            if !self.takes(|token| token.is_sign(&[","])) {
                return None;
            }
        }
        None
    }

    fn is_between(&mut self, left: &Constant) -> Option<bool> {
        let low = self.constant()?;
        if !self.takes(|token| token.is_word(&["AND"])) {
            return None;
        }
        let high = self.constant()?;
        let order = |a: &Constant, b: &Constant| ordering(a, b).map(std::cmp::Ordering::is_le);
        Some(order(&low, left)? && order(left, &high)?)
    }

    fn constant(&mut self) -> Option<Constant> {
        let mut sign = 1.0;
        while let Some(token) = self.0.first().filter(|token| token.is_sign(&["-", "+"])) {
            sign = if token.token.text == "-" { -sign } else { sign };
            self.skip();
        }
        let token = self.0.first()?;
        let constant = match token.token.kind {
            TokenKind::Number => Constant::Number(sign * token.token.text.parse::<f64>().ok()?),
            TokenKind::Text if !token.is_unclosed() => Constant::Text(content(token.token.text)),
            _ if token.is_word(&["TRUE"]) => Constant::Truth(true),
            _ if token.is_word(&["FALSE"]) => Constant::Truth(false),
            _ if token.is_word(&["NULL"]) => Constant::Null,
            _ => return None,
        };
        self.skip();
        Some(constant)
    }
}

/// What stands between the quotes, near enough to compare two of them.
fn content(text: &str) -> String {
    let trimmed = text.strip_prefix("$$").and_then(|text| text.strip_suffix("$$"));
    let trimmed = trimmed.or_else(|| text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')));
    trimmed.unwrap_or(text).replace("''", "'")
}

fn compare(left: &Constant, operator: Placed<'_>, right: &Constant) -> Option<bool> {
    if operator.is_word(&["LIKE", "ILIKE"]) {
        let (Constant::Text(text), Constant::Text(pattern)) = (left, right) else { return None };
        let is_all = !pattern.is_empty() && pattern.bytes().all(|byte| byte == b'%');
        return Some(is_all || text == pattern);
    }
    let order = ordering(left, right)?;
    Some(match operator.token.text {
        "=" => order.is_eq(),
        "<>" | "!=" => order.is_ne(),
        "<" => order.is_lt(),
        ">" => order.is_gt(),
        "<=" => order.is_le(),
        ">=" => order.is_ge(),
        _ => return None,
    })
}

fn equal(left: &Constant, right: &Constant) -> Option<bool> {
    ordering(left, right).map(std::cmp::Ordering::is_eq)
}

fn ordering(left: &Constant, right: &Constant) -> Option<std::cmp::Ordering> {
    match (left, right) {
        (Constant::Text(left), Constant::Text(right)) => Some(left.cmp(right)),
        (Constant::Truth(left), Constant::Truth(right)) => Some(left.cmp(right)),
        (Constant::Number(left), Constant::Number(right)) => left.partial_cmp(right),
        (Constant::Number(left), Constant::Text(right)) => left.partial_cmp(&right.trim().parse().ok()?),
        (Constant::Text(left), Constant::Number(right)) => {
            left.trim().parse::<f64>().ok()?.partial_cmp(right)
        }
        _ => None,
    }
}
