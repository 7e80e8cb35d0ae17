//! Bind values of the wire as values of the engine.

use snowflake_proto::wire::query::{Binding, BindingValue};

use super::super::SqlError;
use super::super::env::Env;
use super::super::time::Stamp;
use super::super::types::{MAX_BINARY, MAX_TEXT, SqlType, TEXT};
use super::super::value::{Number, Value, convert, parse_json, read_float, read_hex};

/// A bind value with its type.
#[derive(Clone, Debug)]
pub(in super::super) struct BindValue {
    pub(in super::super) data_type: SqlType,
    pub(in super::super) value: Value<'static>,
}

/// Reads a single bind value.
///
/// # Errors
/// `002003`-style errors never; the code of the conversion that fails, or `0A000` for array binds.
pub(in super::super) fn bind_value(binding: &Binding, env: &Env) -> Result<BindValue, SqlError> {
    let text = match &binding.value {
        BindingValue::Null => None,
        BindingValue::Text(text) => Some(text.as_str()),
        BindingValue::List(_) => {
            return Err(SqlError::new(
                "002049",
                "0A000",
                "SQL compilation error:\nArray bind currently not supported for this statement",
            ));
        }
    };
    let declared = declared_type(&binding.kind)?;
    let value = text.map_or(Ok(Value::Null), |text| read(text, &declared, env))?;
    let data_type = match (&declared, &value) {
        (SqlType::Number { .. }, Value::Number(number)) => {
            SqlType::Number { precision: number.precision().max(1), scale: number.scale }
        }
        (SqlType::Text { .. }, Value::Text(text)) => {
            SqlType::Text { length: u64::try_from(text.chars().count()).unwrap_or(MAX_TEXT) }
        }
        _ => declared,
    };
    Ok(BindValue { data_type, value })
}

/// Reads an array bind: the common type and one value per row.
///
/// # Errors
/// The code of the conversion that fails.
pub(in super::super) fn bind_column(
    binding: &Binding,
    env: &Env,
) -> Result<(SqlType, Vec<Value<'static>>), SqlError> {
    let BindingValue::List(texts) = &binding.value else {
        let single = bind_value(binding, env)?;
        return Ok((single.data_type, vec![single.value]));
    };
    let declared = declared_type(&binding.kind)?;
    // Text keeps its own form: it is read as the column's type when it gets there.
    let values = texts
        .iter()
        .map(|text| text.as_deref().map_or(Ok(Value::Null), |text| read(text, &declared, env)))
        .collect::<Result<Vec<_>, _>>()?;
    let scale = values.iter().filter_map(|value| match value {
        Value::Number(number) => Some(number.scale),
        _ => None,
    });
    let data_type = match declared {
        SqlType::Number { .. } => SqlType::Number { precision: 38, scale: scale.max().unwrap_or(0) },
        other => other,
    };
    Ok((data_type, values))
}

fn declared_type(kind: &str) -> Result<SqlType, SqlError> {
    Ok(match kind.to_ascii_uppercase().as_str() {
        "FIXED" | "NUMBER" | "DECFLOAT" => SqlType::Number { precision: 38, scale: 0 },
        "REAL" | "FLOAT" => SqlType::Float,
        "BOOLEAN" => SqlType::Boolean,
        "TEXT" | "ANY" | "VARCHAR" | "" => TEXT,
        "BINARY" => SqlType::Binary { length: MAX_BINARY },
        "DATE" => SqlType::Date,
        "TIME" => SqlType::Time { scale: 9 },
        "TIMESTAMP_NTZ" | "TIMESTAMP" => SqlType::TimestampNtz { scale: 9 },
        "TIMESTAMP_LTZ" => SqlType::TimestampLtz { scale: 9 },
        "TIMESTAMP_TZ" => SqlType::TimestampTz { scale: 9 },
        "VARIANT" => SqlType::Variant,
        "OBJECT" => SqlType::Object,
        "ARRAY" => SqlType::Array,
        other => return Err(SqlError::not_simulated(format!("bind values of type {other}"))),
    })
}

fn read(text: &str, declared: &SqlType, env: &Env) -> Result<Value<'static>, SqlError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let count: Option<i128> =
        if digits.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None };
    let unreadable = |code: &'static str, what: &str| SqlError::not_recognized(code, what, text);
    match declared {
        SqlType::Number { .. } => {
            Number::parse(text).map(Value::Number).ok_or_else(|| unreadable("100038", "Numeric value"))
        }
        SqlType::Float => {
            read_float(text).map(Value::Float).ok_or_else(|| unreadable("100038", "Numeric value"))
        }
        SqlType::Binary { .. } => read_hex(text)
            .map(|bytes| Value::Binary(bytes.into()))
            .ok_or_else(|| unreadable("100115", "Binary value")),
        SqlType::Variant | SqlType::Object | SqlType::Array => {
            Ok(parse_json(text)?.map_or(Value::Null, Value::json))
        }
        SqlType::Date => match count {
            // Milliseconds since 1970; nanoseconds where the count is too great for them.
            Some(count) => {
                let nanos =
                    if count.unsigned_abs() >= 31_536_000_000_000_000 { count } else { count * 1_000_000 };
                let days = Stamp::of_nanos(nanos).and_then(|stamp| stamp.days());
                days.map(Value::Date).ok_or_else(|| unreadable("100040", "Date"))
            }
            None => convert(Value::text(text), declared, env).map(Value::into_owned),
        },
        SqlType::Time { .. } => match count {
            Some(nanos) => i64::try_from(nanos).map(Value::Time).map_err(|_| unreadable("100108", "Time")),
            None => convert(Value::text(text), declared, env).map(Value::into_owned),
        },
        SqlType::TimestampNtz { .. } | SqlType::TimestampLtz { .. } => {
            match count.and_then(Stamp::of_nanos) {
                Some(stamp) if matches!(declared, SqlType::TimestampNtz { .. }) => Ok(Value::Ntz(stamp)),
                Some(stamp) => Ok(Value::Ltz(stamp)),
                None => convert(Value::text(text), declared, env).map(Value::into_owned),
            }
        }
        SqlType::TimestampTz { .. } => read_zoned(text, count, declared, env),
        _ => Ok(Value::text(text)),
    }
}

/// `"{nanoseconds} {offset + 1440}"`, nanoseconds alone, or any readable form.
fn read_zoned(
    text: &str,
    count: Option<i128>,
    declared: &SqlType,
    env: &Env,
) -> Result<Value<'static>, SqlError> {
    let parts = text.split_once(' ').and_then(|(nanos, offset)| {
        Some((Stamp::of_nanos(nanos.parse().ok()?)?, offset.parse::<i32>().ok()? - 1440))
    });
    match (parts, count.and_then(Stamp::of_nanos)) {
        (Some((stamp, offset)), _) => Ok(Value::Tz(stamp.shown_at(offset))),
        (None, Some(stamp)) => Ok(Value::Tz(stamp.shown_at(0))),
        (None, None) => convert(Value::text(text), declared, env).map(Value::into_owned),
    }
}
