//! Single values: read from arrays, converted as Snowflake converts them, gathered into arrays.

mod builder;
mod convert;
mod json;
mod number;
mod reader;
mod text;
mod whole;

use std::borrow::Cow;

pub(super) use builder::Builder;
pub(super) use convert::{cast_array, convert, convert_or_null, instant_of, read_float, read_hex};
pub(super) use json::{parse_json, to_json, variant_value};
pub(super) use number::{Number, divide_rounded, power_of_ten};
pub(super) use reader::Reader;
pub(super) use text::{hex, to_text, write_float};

use super::time::Stamp;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    Number(Number),
    Float(f64),
    Text(Cow<'a, str>),
    Boolean(bool),
    /// Days since 1970.
    Date(i32),
    /// Nanoseconds since midnight.
    Time(i64),
    /// A wall clock.
    Ntz(Stamp),
    /// An instant in UTC.
    Ltz(Stamp),
    /// A wall clock with its offset.
    Tz(Stamp),
    Binary(Cow<'a, [u8]>),
    /// JSON text.
    Json(Cow<'a, str>),
}

impl Value<'_> {
    pub(super) fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    pub(super) fn text(text: impl Into<String>) -> Value<'static> {
        Value::Text(Cow::Owned(text.into()))
    }

    pub(super) fn json(text: impl Into<String>) -> Value<'static> {
        Value::Json(Cow::Owned(text.into()))
    }

    pub(super) fn integer(value: i64) -> Value<'static> {
        Value::Number(Number { unscaled: i128::from(value), scale: 0 })
    }

    /// The same value without a borrow.
    pub(super) fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null => Value::Null,
            Value::Number(number) => Value::Number(number),
            Value::Float(value) => Value::Float(value),
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::Boolean(value) => Value::Boolean(value),
            Value::Date(days) => Value::Date(days),
            Value::Time(nanos) => Value::Time(nanos),
            Value::Ntz(stamp) => Value::Ntz(stamp),
            Value::Ltz(stamp) => Value::Ltz(stamp),
            Value::Tz(stamp) => Value::Tz(stamp),
            Value::Binary(bytes) => Value::Binary(Cow::Owned(bytes.into_owned())),
            Value::Json(text) => Value::Json(Cow::Owned(text.into_owned())),
        }
    }
}
