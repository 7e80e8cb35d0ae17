//! Values as text, as casts to VARCHAR write them.

use std::borrow::Cow;
use std::fmt::Write;

use super::super::env::Env;
use super::super::time::Stamp;
use super::Value;
use super::json::variant_value;

/// The text of a value; none for NULL.
pub(in super::super) fn to_text<'a>(value: Value<'a>, env: &Env) -> Option<Cow<'a, str>> {
    Some(Cow::Owned(match value {
        Value::Null => return None,
        Value::Text(text) => return Some(text),
        Value::Number(number) => number.to_string(),
        Value::Float(value) => write_float(value),
        Value::Boolean(value) => value.to_string(),
        Value::Date(days) => env.output.date.write(&Stamp::of_days(days)),
        Value::Time(nanos) => env.output.time.write(&Stamp::of_nanos_i64(nanos)),
        Value::Ntz(stamp) => env.output.ntz.write(&stamp),
        Value::Ltz(stamp) => env.output.ltz.write(&stamp.shown_in(env.zone)),
        Value::Tz(stamp) => env.output.tz.write(&stamp),
        Value::Binary(bytes) => hex(&bytes),
        Value::Json(text) => match variant_value(&text) {
            // A VARIANT that holds text gives the text itself, anything else its JSON.
            Value::Text(inner) => inner.into_owned(),
            Value::Null => return None,
            _ => return Some(text),
        },
    }))
}

/// Upper-case hexadecimal digits.
pub(in super::super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let written = write!(out, "{byte:02X}");
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
        out
    })
}

/// A double as Snowflake writes it: shortest digits, an exponent from 1e15 on.
pub(in super::super) fn write_float(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let size = value.abs();
    if size != 0.0 && !(1e-5..1e15).contains(&size) {
        let text = format!("{value:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
        return format!("{mantissa}e{sign}{digits:0>2}");
    }
    format!("{value}")
}
