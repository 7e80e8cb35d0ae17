//! Conversions between Snowflake's types, with its errors.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, new_null_array};
use chrono_tz::Tz;

use super::super::SqlError;
use super::super::env::Env;
use super::super::time::{NANOS_PER_SECOND, Stamp, read_stamp, read_time};
use super::super::types::{SqlType, arrow_type};
use super::whole::cast_whole;
use super::{Builder, Number, Reader, Value, parse_json, to_json, to_text, variant_value};

/// Converts all values of an array, or fails.
///
/// # Errors
/// The code of the conversion that fails: `100038` for numbers, `100040` for dates and so on.
pub(in super::super) fn cast_array(
    array: &ArrayRef,
    from: &SqlType,
    to: &SqlType,
    env: &Env,
) -> Result<ArrayRef, SqlError> {
    let arrow = arrow_type(to);
    if from == to && *array.data_type() == arrow {
        return Ok(Arc::clone(array));
    }
    if array.null_count() == array.len() {
        return Ok(new_null_array(&arrow, array.len()));
    }
    if let Some(whole) = cast_whole(array, from, to) {
        return Ok(whole);
    }
    let reader = Reader::new(array)?;
    let mut builder = Builder::new(to, array.len());
    for row in 0..array.len() {
        builder.push(convert(reader.value(row), to, env)?)?;
    }
    Ok(builder.finish())
}

/// Converts one value.
///
/// # Errors
/// The code of the conversion that fails.
pub(in super::super) fn convert<'a>(
    value: Value<'a>,
    to: &SqlType,
    env: &Env,
) -> Result<Value<'a>, SqlError> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    let value = match value {
        Value::Json(text) if !to.is_semi_structured() => return from_variant(&text, to, env),
        value => value,
    };
    match to {
        SqlType::Number { precision, scale } => to_number(value, *precision, *scale),
        SqlType::Float => to_float(value),
        SqlType::Boolean => to_boolean(value),
        SqlType::Date => to_date(value, env),
        SqlType::Time { scale } => to_time(value, *scale, env),
        SqlType::TimestampNtz { scale } => Ok(Value::Ntz(to_wall(value, env)?.truncated(*scale))),
        SqlType::TimestampLtz { scale } => Ok(Value::Ltz(to_instant(value, env)?.truncated(*scale))),
        SqlType::TimestampTz { scale } => Ok(Value::Tz(to_zoned(value, env)?.truncated(*scale))),
        SqlType::Binary { .. } => to_binary(value),
        SqlType::Variant | SqlType::Object | SqlType::Array => to_semi_structured(value, to, env),
        SqlType::Text { length } => to_limited_text(value, *length, env),
        _ => Ok(to_text(value, env).map_or(Value::Null, Value::Text)),
    }
}

/// Converts one value; what cannot be converted is NULL.
pub(in super::super) fn convert_or_null<'a>(value: Value<'a>, to: &SqlType, env: &Env) -> Value<'a> {
    convert(value, to, env).unwrap_or(Value::Null)
}

fn from_variant<'a>(text: &str, to: &SqlType, env: &Env) -> Result<Value<'a>, SqlError> {
    let inner = variant_value(text);
    if matches!(inner, Value::Json(_)) && !matches!(to, SqlType::Text { .. }) {
        let name = to.wire_name().to_ascii_uppercase();
        return Err(SqlError::new(
            "100071",
            "22000",
            format!("Failed to cast variant value {text} to {name}"),
        ));
    }
    match (inner, to) {
        (Value::Json(text), _) => Ok(Value::text(text)),
        (Value::Number(number), SqlType::Text { .. }) => Ok(Value::text(number.to_string())),
        (inner, _) => convert(inner, to, env).map(Value::into_owned),
    }
}

fn impossible(value: &Value<'_>, to: &str) -> SqlError {
    let from = match value {
        Value::Number(_) => "NUMBER",
        Value::Float(_) => "FLOAT",
        Value::Boolean(_) => "BOOLEAN",
        Value::Date(_) => "DATE",
        Value::Time(_) => "TIME",
        Value::Ntz(_) => "TIMESTAMP_NTZ",
        Value::Ltz(_) => "TIMESTAMP_LTZ",
        Value::Tz(_) => "TIMESTAMP_TZ",
        Value::Binary(_) => "BINARY",
        _ => "VARCHAR",
    };
    SqlError::new(
        "001065",
        "22023",
        format!(
            "SQL compilation error:\nFunction CAST cannot be used with arguments of types {from} and {to}"
        ),
    )
}

fn to_number<'a>(value: Value<'a>, precision: u8, scale: u8) -> Result<Value<'a>, SqlError> {
    let number = match value {
        Value::Number(number) => number,
        Value::Float(float) => {
            let text = super::write_float(float);
            Number::of_float(float, scale).ok_or_else(|| SqlError::number_out_of_range(&text))?
        }
        Value::Boolean(value) => Number::new(i128::from(value), 0),
        Value::Text(text) => {
            Number::parse(&text).ok_or_else(|| SqlError::not_recognized("100038", "Numeric value", &text))?
        }
        other => return Err(impossible(&other, "NUMBER")),
    };
    number.fit(precision, scale).map(Value::Number)
}

fn to_float(value: Value<'_>) -> Result<Value<'_>, SqlError> {
    Ok(Value::Float(match value {
        Value::Float(value) => value,
        Value::Number(number) => number.to_f64(),
        Value::Boolean(value) => f64::from(u8::from(value)),
        Value::Text(text) => {
            read_float(&text).ok_or_else(|| SqlError::not_recognized("100038", "Numeric value", &text))?
        }
        other => return Err(impossible(&other, "FLOAT")),
    }))
}

/// Reads a double in any of the spellings of drivers.
pub(in super::super) fn read_float(text: &str) -> Option<f64> {
    let text = text.trim();
    match text.to_ascii_lowercase().as_str() {
        "nan" => Some(f64::NAN),
        "inf" | "+inf" | "infinity" => Some(f64::INFINITY),
        "-inf" | "-infinity" => Some(f64::NEG_INFINITY),
        _ => text.parse().ok(),
    }
}

fn to_boolean(value: Value<'_>) -> Result<Value<'_>, SqlError> {
    Ok(Value::Boolean(match value {
        Value::Boolean(value) => value,
        Value::Number(number) => number.unscaled != 0,
        Value::Float(value) => value != 0.0,
        Value::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "on" | "1" => true,
            "false" | "f" | "no" | "n" | "off" | "0" => false,
            _ => return Err(SqlError::not_recognized("100037", "Boolean value", &text)),
        },
        other => return Err(impossible(&other, "BOOLEAN")),
    }))
}

fn to_date<'a>(value: Value<'a>, env: &Env) -> Result<Value<'a>, SqlError> {
    let days = match value {
        Value::Date(days) => Some(days),
        Value::Ntz(stamp) | Value::Tz(stamp) => stamp.days(),
        Value::Ltz(stamp) => stamp.shown_in(env.zone).days(),
        Value::Text(text) => {
            let read =
                env.input.date.as_ref().and_then(|format| format.read(&text)).or_else(|| read_stamp(&text));
            let found = read.and_then(|stamp| stamp.days());
            return found.map(Value::Date).ok_or_else(|| SqlError::not_recognized("100040", "Date", &text));
        }
        other => return Err(impossible(&other, "DATE")),
    };
    days.map(Value::Date).ok_or_else(|| SqlError::not_simulated("dates of that year"))
}

fn to_time<'a>(value: Value<'a>, scale: u8, env: &Env) -> Result<Value<'a>, SqlError> {
    let nanos = match value {
        Value::Time(nanos) => nanos,
        Value::Ntz(stamp) | Value::Tz(stamp) => stamp.nanos_of_day(),
        Value::Ltz(stamp) => stamp.shown_in(env.zone).nanos_of_day(),
        Value::Text(text) => {
            let read = env
                .input
                .time
                .as_ref()
                .and_then(|format| format.read(&text))
                .map(|stamp| stamp.nanos_of_day());
            let read = read.or_else(|| read_time(&text));
            read.ok_or_else(|| SqlError::not_recognized("100108", "Time", &text))?
        }
        other => return Err(impossible(&other, "TIME")),
    };
    let unit = 10_i64.pow(u32::from(9 - scale.min(9)));
    Ok(Value::Time(nanos / unit * unit))
}

/// Text or a number as a timestamp whose offset is kept.
fn stamp_of(value: Value<'_>, env: &Env) -> Result<Stamp, SqlError> {
    match value {
        Value::Text(text) => {
            let read = env.input.timestamp.as_ref().and_then(|format| format.read(&text));
            read.or_else(|| read_stamp(&text))
                .ok_or_else(|| SqlError::not_recognized("100035", "Timestamp", &text))
        }
        Value::Number(number) => number
            .rescaled(9)
            .and_then(|number| Stamp::of_nanos(number.unscaled))
            .ok_or_else(|| SqlError::not_recognized("100035", "Timestamp", &number.to_string())),
        Value::Float(value) => Number::of_float(value * f64::from(1_000_000_000_u32), 0)
            .and_then(|number| Stamp::of_nanos(number.unscaled))
            .ok_or_else(|| SqlError::not_recognized("100035", "Timestamp", &value.to_string())),
        Value::Date(days) => Ok(Stamp::of_days(days)),
        Value::Time(nanos) => Ok(Stamp::new(nanos / NANOS_PER_SECOND, Stamp::of_nanos_i64(nanos).nanos)),
        other => Err(impossible(&other, "TIMESTAMP")),
    }
}

fn to_wall(value: Value<'_>, env: &Env) -> Result<Stamp, SqlError> {
    let stamp = match value {
        Value::Ntz(stamp) | Value::Tz(stamp) => stamp,
        Value::Ltz(stamp) => stamp.shown_in(env.zone),
        other => stamp_of(other, env)?,
    };
    Ok(Stamp { offset: None, ..stamp })
}

fn to_instant(value: Value<'_>, env: &Env) -> Result<Stamp, SqlError> {
    Ok(match value {
        Value::Ltz(stamp) => stamp,
        Value::Ntz(stamp) | Value::Tz(stamp) => stamp.instant(env.zone),
        number @ (Value::Number(_) | Value::Float(_)) => stamp_of(number, env)?,
        Value::Text(text) if is_count(&text) => stamp_of(Value::Text(text), env)?,
        other => stamp_of(other, env)?.instant(env.zone),
    })
}

fn to_zoned(value: Value<'_>, env: &Env) -> Result<Stamp, SqlError> {
    Ok(match value {
        Value::Tz(stamp) => stamp,
        Value::Text(text) if !is_count(&text) => {
            let stamp = stamp_of(Value::Text(text), env)?;
            let instant = stamp.instant(env.zone);
            stamp.offset.map_or_else(|| instant.shown_in(env.zone), |minutes| instant.shown_at(minutes))
        }
        other => to_instant(other, env)?.shown_in(env.zone),
    })
}

/// Whether a text is a count since 1970, which is always in UTC.
fn is_count(text: &str) -> bool {
    let digits = text.trim().trim_start_matches('-');
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The instant of any date or timestamp, for comparisons; none for other values.
pub(in super::super) fn instant_of(value: &Value<'_>, zone: Tz) -> Option<Stamp> {
    match value {
        Value::Date(days) => Some(Stamp::of_days(*days).instant(zone)),
        Value::Ntz(stamp) | Value::Tz(stamp) => Some(stamp.instant(zone)),
        Value::Ltz(stamp) => Some(*stamp),
        _ => None,
    }
}

fn to_binary(value: Value<'_>) -> Result<Value<'_>, SqlError> {
    match value {
        Value::Binary(bytes) => Ok(Value::Binary(bytes)),
        Value::Text(text) => read_hex(&text).map(|bytes| Value::Binary(Cow::Owned(bytes))).ok_or_else(|| {
            SqlError::new(
                "100115",
                "22000",
                format!("The following string is not a legal hex-encoded value: '{text}'"),
            )
        }),
        other => Err(impossible(&other, "BINARY")),
    }
}

/// The bytes that hexadecimal digits of either case write.
pub(in super::super) fn read_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

fn to_semi_structured<'a>(value: Value<'a>, to: &SqlType, env: &Env) -> Result<Value<'a>, SqlError> {
    let text = match value {
        Value::Json(text) => text,
        Value::Text(text) if *to != SqlType::Variant => {
            Cow::Owned(parse_json(&text)?.unwrap_or_else(|| "null".to_owned()))
        }
        other => match to_json(other, env) {
            Some(text) => Cow::Owned(text),
            None => return Ok(Value::Null),
        },
    };
    match to {
        SqlType::Object if !text.starts_with('{') => {
            Err(SqlError::new("100071", "22000", format!("Failed to cast variant value {text} to OBJECT")))
        }
        SqlType::Array if !text.starts_with('[') => Ok(Value::json(format!("[{text}]"))),
        _ => Ok(Value::Json(text)),
    }
}

fn to_limited_text<'a>(value: Value<'a>, length: u64, env: &Env) -> Result<Value<'a>, SqlError> {
    let Some(text) = to_text(value, env) else { return Ok(Value::Null) };
    let fits =
        usize::try_from(length).map_or(true, |length| text.len() <= length || text.chars().count() <= length);
    if fits {
        return Ok(Value::Text(text));
    }
    Err(SqlError::new("100078", "22001", format!("String '{text}' is too long and would be truncated")))
}
