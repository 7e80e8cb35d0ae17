//! Casts and the `TO_…` and `TRY_TO_…` functions.

use super::super::SqlError;
use super::super::time::{Format, Stamp};
use super::super::types::{INTEGER, MAX_BINARY, SqlType, TEXT, parse_type};
use super::super::value::{
    Number, Value, convert, convert_or_null, parse_json, read_float, read_hex, to_text,
};
use super::{Call, Function, Types, arithmetic};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("$CAST", (2, 2), stated, |call| call.convert(0, call.returns)),
    Function::new("$TRY_CAST", (2, 2), stated, |call| {
        Ok(convert_or_null(call.get(0), call.returns, call.env).into_owned())
    }),
    Function::new("$WIDEN", (1, 1), arithmetic::widened, |call| call.convert(0, call.returns)),
    // Where recursion starts: the numbers that follow may be longer.
    Function::new(
        "$ANCHOR",
        (1, 1),
        |types| {
            Ok(match types.get(0) {
                SqlType::Number { scale, .. } => SqlType::Number { precision: 38, scale },
                SqlType::Text { .. } => TEXT,
                other => other,
            })
        },
        |call| call.convert(0, call.returns),
    ),
    Function::new("TO_NUMBER", (1, 4), number_type, to_number),
    Function::new("TRY_TO_NUMBER", (1, 4), number_type, |call| attempt(to_number, call)),
    Function::new("TO_DOUBLE", (1, 2), |_| Ok(SqlType::Float), |call| call.convert(0, &SqlType::Float)),
    Function::new(
        "TRY_TO_DOUBLE",
        (1, 2),
        |_| Ok(SqlType::Float),
        |call| Ok(read_float(&call.text(0)).map_or(Value::Null, Value::Float)),
    ),
    Function::new("TO_BOOLEAN", (1, 1), |_| Ok(SqlType::Boolean), |call| call.convert(0, &SqlType::Boolean)),
    Function::new(
        "TRY_TO_BOOLEAN",
        (1, 1),
        |_| Ok(SqlType::Boolean),
        |call| Ok(convert_or_null(call.get(0), &SqlType::Boolean, call.env).into_owned()),
    ),
    Function::new("TO_VARCHAR", (1, 2), |_| Ok(TEXT), to_varchar),
    Function::new("TO_DATE", (1, 2), |_| Ok(SqlType::Date), to_temporal),
    Function::new("TRY_TO_DATE", (1, 2), |_| Ok(SqlType::Date), |call| attempt(to_temporal, call)),
    Function::new("TO_TIME", (1, 2), |_| Ok(SqlType::Time { scale: 9 }), to_temporal),
    Function::new(
        "TRY_TO_TIME",
        (1, 2),
        |_| Ok(SqlType::Time { scale: 9 }),
        |call| attempt(to_temporal, call),
    ),
    Function::new("TO_TIMESTAMP_NTZ", (1, 2), |_| Ok(NTZ), to_temporal),
    Function::new("TRY_TO_TIMESTAMP_NTZ", (1, 2), |_| Ok(NTZ), |call| attempt(to_temporal, call)),
    Function::new("TO_TIMESTAMP_LTZ", (1, 2), |_| Ok(LTZ), to_temporal),
    Function::new("TRY_TO_TIMESTAMP_LTZ", (1, 2), |_| Ok(LTZ), |call| attempt(to_temporal, call)),
    Function::new("TO_TIMESTAMP_TZ", (1, 2), |_| Ok(TZ), to_temporal),
    Function::new("TRY_TO_TIMESTAMP_TZ", (1, 2), |_| Ok(TZ), |call| attempt(to_temporal, call)),
    Function::new("TO_BINARY", (1, 2), |_| Ok(BINARY), to_binary),
    Function::new("TRY_TO_BINARY", (1, 2), |_| Ok(BINARY), |call| attempt(to_binary, call)),
    Function::new("TO_VARIANT", (1, 1), |_| Ok(SqlType::Variant), |call| call.convert(0, &SqlType::Variant)),
    Function::new("TO_OBJECT", (1, 1), |_| Ok(SqlType::Object), |call| call.convert(0, &SqlType::Object)),
    Function::new("TO_ARRAY", (1, 1), |_| Ok(SqlType::Array), to_array),
    Function::new(
        "PARSE_JSON",
        (1, 2),
        |_| Ok(SqlType::Variant),
        |call| Ok(parse_json(&call.text(0))?.map_or(Value::Null, Value::json)),
    ),
    Function::new(
        "TRY_PARSE_JSON",
        (1, 2),
        |_| Ok(SqlType::Variant),
        |call| Ok(parse_json(&call.text(0)).ok().flatten().map_or(Value::Null, Value::json)),
    ),
];

const NTZ: SqlType = SqlType::TimestampNtz { scale: 9 };
const LTZ: SqlType = SqlType::TimestampLtz { scale: 9 };
const TZ: SqlType = SqlType::TimestampTz { scale: 9 };
const BINARY: SqlType = SqlType::Binary { length: MAX_BINARY };

fn stated(types: &Types<'_>) -> Result<SqlType, SqlError> {
    parse_type(&types.constant_text(1).ok_or_else(|| SqlError::internal("a cast without a type"))?)
}

/// What cannot be converted is NULL; mistakes in the call itself stay errors.
fn attempt(
    function: fn(&Call<'_>) -> Result<Value<'static>, SqlError>,
    call: &Call<'_>,
) -> Result<Value<'static>, SqlError> {
    Ok(function(call).unwrap_or(Value::Null))
}

/// `TO_NUMBER(x [, format] [, precision [, scale]])`.
fn number_type(types: &Types<'_>) -> Result<SqlType, SqlError> {
    let first = usize::from(types.constant_text(1).is_some()) + 1;
    let digits = |at: usize, default: u8| {
        types.constant_integer(at).map_or(Ok(default), |value| {
            u8::try_from(value)
                .map_err(|_| SqlError::invalid_argument(format!("Invalid precision or scale: {value}")))
        })
    };
    let (precision, scale) = (digits(first, 38)?, digits(first + 1, 0)?);
    if types.get(0) == SqlType::Float && types.types.len() == 1 {
        return Ok(INTEGER);
    }
    parse_type(&format!("NUMBER({precision},{scale})"))
}

fn to_number(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    if let (Value::Text(text), Some(Value::Text(format))) = (call.get(0), call.values.get(1)) {
        let plain: String = if format.trim().eq_ignore_ascii_case("auto") {
            text.into_owned()
        } else {
            text.chars().filter(|each| !matches!(each, ',' | '$' | ' ')).collect()
        };
        return convert(Value::text(plain), call.returns, call.env).map(Value::into_owned);
    }
    call.convert(0, call.returns)
}

fn to_array(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    match call.get(0) {
        value @ Value::Text(_) => match convert(value, &SqlType::Variant, call.env)? {
            Value::Json(text) => Ok(Value::json(format!("[{text}]"))),
            _ => Ok(Value::Null),
        },
        value => convert(value, &SqlType::Array, call.env).map(Value::into_owned),
    }
}

fn explicit_format(call: &Call<'_>) -> Option<Format> {
    match call.get(1) {
        Value::Text(text) if !text.trim().eq_ignore_ascii_case("auto") => Some(Format::new(&text)),
        _ => None,
    }
}

/// `TO_DATE`, `TO_TIME` and the `TO_TIMESTAMP` family, by the type that is wanted.
fn to_temporal(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    let value = match (call.get(0), explicit_format(call), call.get(1)) {
        (Value::Text(text), Some(format), _) => {
            let stamp = format.read(&text).ok_or_else(|| {
                SqlError::new(
                    "100096",
                    "22007",
                    format!("Can't parse '{text}' as {} with format '{}'", kind(call.returns), call.text(1)),
                )
            })?;
            match stamp.offset {
                Some(_) => Value::Tz(stamp),
                None => Value::Ntz(stamp),
            }
        }
        // A scale tells the unit of a number: 0 for seconds, 3 for milliseconds and so on.
        (Value::Number(number), _, Value::Number(scale)) => {
            let scale = u8::try_from(scale.to_i64().unwrap_or(0)).unwrap_or(0);
            let nanos = number.rescaled(0).and_then(|count| {
                Number::new(count.unscaled, scale)
                    .rescaled(9)
                    .and_then(|number| Stamp::of_nanos(number.unscaled))
            });
            Value::Ltz(nanos.ok_or_else(|| SqlError::number_out_of_range(&number.to_string()))?)
        }
        (Value::Number(number), ..) if matches!(call.returns, SqlType::Date) => {
            return Err(SqlError::invalid_argument(format!(
                "Invalid type [TO_DATE({number})] for parameter 'TO_DATE'"
            )));
        }
        (value, ..) => value,
    };
    match (&value, call.returns) {
        // A count since 1970 has no zone: its wall clock is UTC's.
        (Value::Ltz(stamp), SqlType::TimestampNtz { .. }) if matches!(call.get(0), Value::Number(_)) => {
            Ok(Value::Ntz(*stamp))
        }
        _ => convert(value, call.returns, call.env).map(Value::into_owned),
    }
}

fn kind(returns: &SqlType) -> &'static str {
    match returns {
        SqlType::Date => "date",
        SqlType::Time { .. } => "time",
        _ => "timestamp",
    }
}

fn to_varchar(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    let format = explicit_format(call);
    Ok(match (call.get(0), format) {
        (Value::Date(days), Some(format)) => Value::text(format.write(&Stamp::of_days(days))),
        (Value::Time(nanos), Some(format)) => Value::text(format.write(&Stamp::of_nanos_i64(nanos))),
        (Value::Ntz(stamp) | Value::Tz(stamp), Some(format)) => Value::text(format.write(&stamp)),
        (Value::Ltz(stamp), Some(format)) => Value::text(format.write(&stamp.shown_in(call.env.zone))),
        (Value::Binary(bytes), Some(_)) => match call.text(1).to_ascii_uppercase().as_str() {
            "UTF-8" | "UTF8" => Value::text(String::from_utf8_lossy(&bytes)),
            "BASE64" => {
                Value::text(base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &bytes))
            }
            _ => Value::text(call.text(0)),
        },
        (Value::Number(_) | Value::Float(_), Some(_)) => {
            return Err(SqlError::not_simulated("number formats in TO_VARCHAR"));
        }
        (value, _) => to_text(value, call.env).map_or(Value::Null, |text| Value::text(text.into_owned())),
    })
}

fn to_binary(call: &Call<'_>) -> Result<Value<'static>, SqlError> {
    let Value::Text(text) = call.get(0) else { return call.convert(0, &BINARY) };
    let format = call.text_or(1, "HEX").to_ascii_uppercase();
    let bytes = match format.as_str() {
        "UTF-8" | "UTF8" => Some(text.as_bytes().to_vec()),
        "BASE64" => base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text.as_bytes()).ok(),
        _ => read_hex(&text),
    };
    bytes.map(|bytes| Value::Binary(bytes.into())).ok_or_else(|| {
        SqlError::new(
            "100115",
            "22000",
            format!("The following string is not a legal {format}-encoded value: '{text}'"),
        )
    })
}
