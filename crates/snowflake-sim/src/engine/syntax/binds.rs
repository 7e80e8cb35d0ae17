//! Bind values of the wire as values of the engine.

use snowflake_proto::wire::query::{Binding, BindingValue};

use super::super::SqlError;
use super::super::env::Env;
use super::super::time::Stamp;
use super::super::types::{MAX_BINARY, MAX_TEXT, SqlType, TEXT};
use super::super::value::{Number, Value, convert, parse_json, read_float, read_hex};

/// The milliseconds from which on dates are sent in nanoseconds.
const YEAR_2969: i128 = 31_536_000_000_000;

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
    let declared = bind_type(&binding.kind)?;
    let value = text.map_or(Ok(Value::Null), |text| read(text, &declared, env).map(Value::into_owned))?;
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

/// Reads the text of an array bind.
///
/// # Errors
/// The code of the conversion that fails.
pub(in super::super) fn read_bind<'a>(
    text: &'a str,
    declared: &SqlType,
    env: &Env,
) -> Result<Value<'a>, SqlError> {
    read(text, declared, env)
}

/// Reads the text of an array bind as a value of a table's column.
///
/// Drivers send dates and times of untyped columns as text too, in the digits that they have in typed
/// ones: whole days in milliseconds and nanoseconds since midnight. Other digits are read as text that a
/// statement writes.
///
/// # Errors
/// The code of the conversion that fails.
pub(in super::super) fn read_bind_for<'a>(
    text: &'a str,
    declared: &SqlType,
    target: &SqlType,
    env: &Env,
) -> Result<Value<'a>, SqlError> {
    let meant = match (declared, target) {
        (SqlType::Text { .. }, SqlType::Date)
            if count(text).is_some_and(|millis| millis % 86_400_000 == 0 && millis.abs() < YEAR_2969) =>
        {
            target
        }
        (SqlType::Text { .. }, SqlType::Time { .. }) if count(text).is_some_and(|nanos| nanos > 86_400) => {
            target
        }
        _ => declared,
    };
    convert(read(text, meant, env)?, target, env)
}

/// A whole number, as counts of days and times are sent.
fn count(text: &str) -> Option<i128> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// The type that a bind states.
///
/// # Errors
/// `0A000` for types that are not simulated.
pub(in super::super) fn bind_type(kind: &str) -> Result<SqlType, SqlError> {
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
        "OBJECT" | "MAP" => SqlType::Object,
        "ARRAY" => SqlType::Array,
        other => return Err(SqlError::not_simulated(format!("bind values of type {other}"))),
    })
}

fn read<'a>(text: &'a str, declared: &SqlType, env: &Env) -> Result<Value<'a>, SqlError> {
    let count = || count(text);
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
        SqlType::Date => match count() {
            // Milliseconds since 1970; nanoseconds where the count is too great for them.
            Some(count) => {
                let nanos =
                    if count.unsigned_abs() >= 31_536_000_000_000_000 { count } else { count * 1_000_000 };
                let days = Stamp::of_nanos(nanos).and_then(|stamp| stamp.days());
                days.map(Value::Date).ok_or_else(|| unreadable("100040", "Date"))
            }
            None => convert(Value::Text(text.into()), declared, env),
        },
        SqlType::Time { .. } => match count() {
            Some(nanos) => i64::try_from(nanos).map(Value::Time).map_err(|_| unreadable("100108", "Time")),
            None => convert(Value::Text(text.into()), declared, env),
        },
        SqlType::TimestampNtz { .. } | SqlType::TimestampLtz { .. } => {
            match count().and_then(Stamp::of_nanos) {
                Some(stamp) if matches!(declared, SqlType::TimestampNtz { .. }) => Ok(Value::Ntz(stamp)),
                Some(stamp) => Ok(Value::Ltz(stamp)),
                None => convert(Value::Text(text.into()), declared, env),
            }
        }
        SqlType::TimestampTz { .. } => read_zoned(text, count(), declared, env),
        _ => Ok(Value::Text(text.into())),
    }
}

/// `"{nanoseconds} {offset + 1440}"`, nanoseconds alone, or any readable form.
fn read_zoned<'a>(
    text: &'a str,
    count: Option<i128>,
    declared: &SqlType,
    env: &Env,
) -> Result<Value<'a>, SqlError> {
    let parts = text.split_once(' ').and_then(|(nanos, offset)| {
        Some((Stamp::of_nanos(nanos.parse().ok()?)?, offset.parse::<i32>().ok()? - 1440))
    });
    match (parts, count.and_then(Stamp::of_nanos)) {
        (Some((stamp, offset)), _) => Ok(Value::Tz(stamp.shown_at(offset))),
        (None, Some(stamp)) => Ok(Value::Tz(stamp.shown_at(0))),
        (None, None) => convert(Value::Text(text.into()), declared, env),
    }
}
