//! From a cell to a Rust value: exactly, or not at all.

use std::borrow::Cow;

use serde_json::{Number, Value};
use snowflake_proto::{Cell, DataType};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time, UtcDateTime};

use super::{number, temporal, text};

/// A value that can be read from a cell.
///
/// A conversion is exact or fails: no digit is dropped, no wall clock is taken for an instant.
/// What each type reads:
///
/// | Rust | Snowflake |
/// |---|---|
/// | `i8` … `i128`, `u8` … `u64` | NUMBER and FLOAT without a fraction, in range |
/// | `f64`, `f32` | FLOAT; NUMBER when the nearest double (float) stands for that number alone |
/// | `bool` | BOOLEAN |
/// | `String` | every type: numbers with the digits of their scale, times in ISO 8601, BINARY in hex |
/// | `Vec<u8>` | BINARY |
/// | `time::Date`, `time::Time` | DATE, TIME |
/// | `time::PrimitiveDateTime` | TIMESTAMP_NTZ |
/// | `time::OffsetDateTime`, `time::UtcDateTime` | TIMESTAMP_TZ, TIMESTAMP_LTZ (in UTC) |
/// | `serde_json::Value` | VARIANT, OBJECT, ARRAY as they are; other types as number, boolean or text |
/// | `Option<T>` | NULL, or what `T` reads |
///
/// ```
/// use snowflake_query::{Cell, DataType, FromCell, Mismatch};
///
/// struct Celsius(f64);
///
/// impl FromCell for Celsius {
///     fn from_cell(cell: Cell<'_>, data_type: &DataType) -> Result<Self, Mismatch> {
///         f64::from_cell(cell, data_type).map(Celsius)
///     }
/// }
/// ```
pub trait FromCell: Sized {
    /// Reads the value of a cell in a column of that type.
    ///
    /// # Errors
    /// A [`Mismatch`] when this type cannot hold the value exactly.
    fn from_cell(cell: Cell<'_>, data_type: &DataType) -> Result<Self, Mismatch>;
}

/// Why a cell cannot be read as the asked type. Whoever asked adds the column and both types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch(Cow<'static, str>);

impl Mismatch {
    /// A mismatch for that reason, which should not repeat the value: it ends up in logs.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self(reason.into())
    }

    /// The reason.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.0
    }
}

const NULL: Mismatch = Mismatch(Cow::Borrowed("the value is NULL; read it as an Option"));
const OUT_OF_RANGE: Mismatch = Mismatch(Cow::Borrowed("the value is out of range"));
const FRACTION: Mismatch = Mismatch(Cow::Borrowed("the value has a fraction"));
const ROUNDED: Mismatch =
    Mismatch(Cow::Borrowed("the value would be rounded; read it as String or i128, or cast it in SQL"));
const NO_ZONE: Mismatch =
    Mismatch(Cow::Borrowed("a wall clock without a zone is no instant; read it as PrimitiveDateTime"));
const INSTANT: Mismatch = Mismatch(Cow::Borrowed("the value is an instant; read it as OffsetDateTime"));

fn wrong(cell: Cell<'_>) -> Mismatch {
    match cell {
        Cell::Null => NULL,
        _ => Mismatch(Cow::Borrowed("the types have nothing in common")),
    }
}

fn integer(cell: Cell<'_>) -> Result<i128, Mismatch> {
    match cell {
        Cell::Integer(value) => Ok(value.into()),
        Cell::Decimal { unscaled, scale } => number::decimal_to_integer(unscaled, scale).ok_or(FRACTION),
        Cell::Float(value) => {
            number::float_to_integer(value).ok_or(if value.fract() == 0.0 { OUT_OF_RANGE } else { FRACTION })
        }
        other => Err(wrong(other)),
    }
}

macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl FromCell for $integer {
            #[inline]
            fn from_cell(cell: Cell<'_>, _: &DataType) -> Result<Self, Mismatch> {
                match cell {
                    Cell::Integer(value) => value.try_into().map_err(|_| OUT_OF_RANGE),
                    other => integer(other)?.try_into().map_err(|_| OUT_OF_RANGE),
                }
            }
        }
    )*};
}

integers!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);

impl FromCell for f64 {
    #[inline]
    fn from_cell(cell: Cell<'_>, _: &DataType) -> Result<Self, Mismatch> {
        match cell {
            Cell::Float(value) => Ok(value),
            Cell::Integer(value) => number::decimal_to_f64(value.into(), 0).ok_or(ROUNDED),
            Cell::Decimal { unscaled, scale } => number::decimal_to_f64(unscaled, scale).ok_or(ROUNDED),
            other => Err(wrong(other)),
        }
    }
}

impl FromCell for f32 {
    fn from_cell(cell: Cell<'_>, data_type: &DataType) -> Result<Self, Mismatch> {
        number::narrow_float(f64::from_cell(cell, data_type)?).ok_or(ROUNDED)
    }
}

impl FromCell for bool {
    fn from_cell(cell: Cell<'_>, _: &DataType) -> Result<Self, Mismatch> {
        match cell {
            Cell::Boolean(value) => Ok(value),
            other => Err(wrong(other)),
        }
    }
}

impl FromCell for String {
    #[inline]
    fn from_cell(cell: Cell<'_>, data_type: &DataType) -> Result<Self, Mismatch> {
        match cell {
            Cell::Null => Err(NULL),
            Cell::Text(value) => Ok(value.to_owned()),
            other => {
                let mut out = String::new();
                text::push(&mut out, other, data_type);
                Ok(out)
            }
        }
    }
}

impl FromCell for Vec<u8> {
    fn from_cell(cell: Cell<'_>, _: &DataType) -> Result<Self, Mismatch> {
        match cell {
            Cell::Binary(value) => Ok(value.to_vec()),
            other => Err(wrong(other)),
        }
    }
}

impl FromCell for Date {
    fn from_cell(cell: Cell<'_>, _: &DataType) -> Result<Self, Mismatch> {
        match cell {
            Cell::Date(days) => temporal::date(days.into()).ok_or(OUT_OF_RANGE),
            other => Err(wrong(other)),
        }
    }
}

impl FromCell for Time {
    fn from_cell(cell: Cell<'_>, _: &DataType) -> Result<Self, Mismatch> {
        match cell {
            Cell::Time(nanoseconds) => temporal::time_of_day(nanoseconds).ok_or(OUT_OF_RANGE),
            other => Err(wrong(other)),
        }
    }
}

impl FromCell for PrimitiveDateTime {
    fn from_cell(cell: Cell<'_>, data_type: &DataType) -> Result<Self, Mismatch> {
        match (cell, data_type) {
            (Cell::Timestamp { epoch, fraction }, DataType::TimestampNtz { .. }) => {
                temporal::wall_clock(epoch, fraction).ok_or(OUT_OF_RANGE)
            }
            (Cell::Timestamp { .. } | Cell::TimestampTz { .. }, _) => Err(INSTANT),
            (other, _) => Err(wrong(other)),
        }
    }
}

impl FromCell for OffsetDateTime {
    fn from_cell(cell: Cell<'_>, data_type: &DataType) -> Result<Self, Mismatch> {
        match (cell, data_type) {
            (Cell::Timestamp { .. }, DataType::TimestampNtz { .. }) => Err(NO_ZONE),
            (Cell::Timestamp { epoch, fraction }, _) => {
                temporal::instant(epoch, fraction, 0).ok_or(OUT_OF_RANGE)
            }
            (Cell::TimestampTz { epoch, fraction, offset_minutes }, _) => {
                temporal::instant(epoch, fraction, offset_minutes).ok_or(OUT_OF_RANGE)
            }
            (other, _) => Err(wrong(other)),
        }
    }
}

impl FromCell for UtcDateTime {
    fn from_cell(cell: Cell<'_>, data_type: &DataType) -> Result<Self, Mismatch> {
        let instant = match cell {
            // An offset can lead beyond the years that `time` knows although the instant does not.
            Cell::TimestampTz { epoch, fraction, .. } => {
                temporal::instant(epoch, fraction, 0).ok_or(OUT_OF_RANGE)
            }
            other => OffsetDateTime::from_cell(other, data_type),
        };
        instant.map(OffsetDateTime::to_utc)
    }
}

impl FromCell for Value {
    fn from_cell(cell: Cell<'_>, data_type: &DataType) -> Result<Self, Mismatch> {
        let number = |value: f64| Number::from_f64(value).map(Value::Number);
        let value = match cell {
            Cell::Null => Some(Value::Null),
            Cell::Text(json) if data_type.is_semi_structured() => return parse(json),
            Cell::Integer(value) => Some(value.into()),
            Cell::Decimal { unscaled, scale: 0 } => Number::from_i128(unscaled).map(Value::Number),
            Cell::Decimal { unscaled, scale } => number::decimal_to_f64(unscaled, scale).and_then(number),
            Cell::Float(value) => number(value),
            Cell::Boolean(value) => Some(Value::Bool(value)),
            _ => None,
        };
        Ok(value.unwrap_or_else(|| {
            let mut out = String::new();
            text::push(&mut out, cell, data_type);
            Value::String(out)
        }))
    }
}

/// The JSON text of a semi-structured value; Snowflake's `undefined` is a null.
fn parse(json: &str) -> Result<Value, Mismatch> {
    if json == text::UNDEFINED {
        return Ok(Value::Null);
    }
    serde_json::from_str(json).map_err(|_| Mismatch::new("the text is not JSON; read it as String"))
}

impl<T: FromCell> FromCell for Option<T> {
    #[inline]
    fn from_cell(cell: Cell<'_>, data_type: &DataType) -> Result<Self, Mismatch> {
        match cell {
            Cell::Null => Ok(None),
            cell => T::from_cell(cell, data_type).map(Some),
        }
    }
}
