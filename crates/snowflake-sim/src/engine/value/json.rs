//! JSON text: what VARIANT, OBJECT and ARRAY hold.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::super::SqlError;
use super::super::env::Env;
use super::{Number, Value, to_text};

/// Reads JSON text into its canonical form: no blanks, keys in order.
///
/// # Errors
/// `100069` for text that is no JSON.
pub(in super::super) fn parse_json(text: &str) -> Result<Option<String>, SqlError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    serde_json::from_str::<Json>(text).map(|json| Some(json.to_string())).map_err(|cause| {
        // The cause is not kept: Snowflake's message states the position alone.
        SqlError::new(
            "100069",
            "22P02",
            format!(
                "Error parsing JSON: {}, pos {}",
                text.chars().take(64).collect::<String>(),
                cause.column()
            ),
        )
    })
}

/// The JSON text of a value, as a cast to VARIANT makes it.
pub(in super::super) fn to_json(value: Value<'_>, env: &Env) -> Option<String> {
    Some(match value {
        Value::Null => return None,
        Value::Json(text) => text.into_owned(),
        Value::Number(number) => trimmed(number),
        Value::Float(value) if value.is_finite() => serde_json::Number::from_f64(value)?.to_string(),
        Value::Boolean(value) => value.to_string(),
        other => Json::String(to_text(other, env)?.into_owned()).to_string(),
    })
}

/// A number without the zeros that its scale adds.
fn trimmed(number: Number) -> String {
    let text = number.to_string();
    if number.scale == 0 { text } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() }
}

/// The value inside a VARIANT; objects and arrays stay JSON.
pub(in super::super) fn variant_value(text: &str) -> Value<'_> {
    match text.as_bytes().first() {
        Some(b'{' | b'[') => Value::Json(Cow::Borrowed(text)),
        Some(b'"') => serde_json::from_str::<String>(text).map_or(Value::Null, Value::text),
        Some(b't') => Value::Boolean(true),
        Some(b'f') => Value::Boolean(false),
        Some(b'-' | b'0'..=b'9') => match Number::parse(text) {
            Some(number) if !text.contains(['e', 'E']) => Value::Number(number),
            _ => text.parse().map_or(Value::Null, Value::Float),
        },
        _ => Value::Null,
    }
}
