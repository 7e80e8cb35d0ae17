//! What texts and JSON values may be.

use serde_json::Value as Json;

use super::super::super::time::{read_stamp, read_time};
use super::super::super::types::{SqlType, TEXT};
use super::super::super::value::Number;

/// The narrowest type that a text can be read as.
pub(super) fn of_text(text: &str) -> SqlType {
    let text = text.trim();
    if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
        return SqlType::Boolean;
    }
    if let Some(number) = Number::parse(text) {
        return if text.contains(['e', 'E']) { SqlType::Float } else { of_number(number) };
    }
    of_time(text)
}

fn of_number(number: Number) -> SqlType {
    SqlType::Number { precision: number.precision(), scale: number.scale }
}

fn of_time(text: &str) -> SqlType {
    let is_day = text.contains(['-', '/']);
    if is_day && read_stamp(text).is_some() {
        return if text.contains(':') { SqlType::TimestampNtz { scale: 9 } } else { SqlType::Date };
    }
    if !is_day && text.contains(':') && read_time(text).is_some() { SqlType::Time { scale: 9 } } else { TEXT }
}

/// The type of a value; none for null.
pub(super) fn of_json(value: &Json) -> Option<SqlType> {
    Some(match value {
        Json::Null => return None,
        Json::Bool(_) => SqlType::Boolean,
        Json::Number(number) => {
            let text = number.to_string();
            match Number::parse(&text) {
                Some(number) if !text.contains(['e', 'E']) => of_number(number),
                _ => SqlType::Float,
            }
        }
        Json::String(text) => of_time(text),
        Json::Array(_) => SqlType::Array,
        Json::Object(_) => SqlType::Object,
    })
}

/// A type that values of both can be read as.
pub(super) fn joined(one: &SqlType, other: &SqlType) -> SqlType {
    use SqlType as T;
    let nested = |data_type: &SqlType| data_type.is_semi_structured();
    match (one, other) {
        (one, other) if one == other => one.clone(),
        (T::Number { precision: p1, scale: s1 }, T::Number { precision: p2, scale: s2 }) => {
            let scale = *s1.max(s2);
            let whole = (p1 - s1).max(p2 - s2);
            T::Number { precision: (whole + scale).min(38), scale }
        }
        (T::Float, T::Number { .. }) | (T::Number { .. }, T::Float) => T::Float,
        (T::Date, T::TimestampNtz { .. }) | (T::TimestampNtz { .. }, T::Date) => T::TimestampNtz { scale: 9 },
        (one, other) if nested(one) || nested(other) => T::Variant,
        _ => TEXT,
    }
}
