//! Reads single values out of arrays, in the form they have inside the engine.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type, Time64NanosecondType,
    TimestampNanosecondType,
};
use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array,
    Int64Array, LargeStringArray, StringArray, StructArray, Time64NanosecondArray, TimestampNanosecondArray,
};
use arrow_schema::{DataType as ArrowType, TimeUnit};

use super::super::SqlError;
use super::super::time::Stamp;
use super::{Number, Value};

/// An array whose values can be read one by one.
#[expect(clippy::large_enum_variant, reason = "one per column of a batch, never one per value")]
pub(in super::super) enum Reader {
    Null,
    Integer(Int64Array),
    Decimal(Decimal128Array, u8),
    Float(Float64Array),
    Text(StringArray),
    Json(LargeStringArray),
    Boolean(BooleanArray),
    Date(Date32Array),
    Time(Time64NanosecondArray),
    Ntz(TimestampNanosecondArray),
    Ltz(TimestampNanosecondArray),
    Tz { all: StructArray, epoch: Int64Array, fraction: Int32Array, zone: Int32Array },
    Binary(BinaryArray),
}

impl Reader {
    /// Prepares an array; types that only DataFusion's own functions make are converted first.
    ///
    /// # Errors
    /// `300010` for an Arrow type that the engine never uses.
    pub(in super::super) fn new(array: &ArrayRef) -> Result<Self, SqlError> {
        let cast = |to: &ArrowType| {
            // Only widening conversions get here; a failure is the engine's own fault.
            arrow_cast::cast(array, to).map_err(SqlError::internal)
        };
        Ok(match array.data_type() {
            ArrowType::Null => Self::Null,
            ArrowType::Int64 => Self::Integer(array.as_primitive::<Int64Type>().clone()),
            ArrowType::Int8
            | ArrowType::Int16
            | ArrowType::Int32
            | ArrowType::UInt8
            | ArrowType::UInt16
            | ArrowType::UInt32
            | ArrowType::UInt64 => {
                Self::Integer(cast(&ArrowType::Int64)?.as_primitive::<Int64Type>().clone())
            }
            ArrowType::Decimal128(_, scale) => Self::Decimal(
                array.as_primitive::<Decimal128Type>().clone(),
                u8::try_from(*scale).unwrap_or(0),
            ),
            ArrowType::Decimal256(_, scale) => {
                let narrowed = cast(&ArrowType::Decimal128(38, *scale))?;
                Self::Decimal(
                    narrowed.as_primitive::<Decimal128Type>().clone(),
                    u8::try_from(*scale).unwrap_or(0),
                )
            }
            ArrowType::Float64 => Self::Float(array.as_primitive::<Float64Type>().clone()),
            ArrowType::Float16 | ArrowType::Float32 => {
                Self::Float(cast(&ArrowType::Float64)?.as_primitive::<Float64Type>().clone())
            }
            ArrowType::Utf8 => Self::Text(array.as_string::<i32>().clone()),
            ArrowType::Utf8View | ArrowType::Dictionary(_, _) => {
                Self::Text(cast(&ArrowType::Utf8)?.as_string::<i32>().clone())
            }
            ArrowType::LargeUtf8 => Self::Json(array.as_string::<i64>().clone()),
            ArrowType::Boolean => Self::Boolean(array.as_boolean().clone()),
            ArrowType::Date32 => Self::Date(array.as_primitive::<Date32Type>().clone()),
            ArrowType::Date64 => Self::Date(cast(&ArrowType::Date32)?.as_primitive::<Date32Type>().clone()),
            ArrowType::Time32(_) | ArrowType::Time64(_) => Self::Time(
                cast(&ArrowType::Time64(TimeUnit::Nanosecond))?
                    .as_primitive::<Time64NanosecondType>()
                    .clone(),
            ),
            ArrowType::Timestamp(_, zone) => {
                let nanos = cast(&ArrowType::Timestamp(TimeUnit::Nanosecond, zone.clone()))?;
                let nanos = nanos.as_primitive::<TimestampNanosecondType>().clone();
                if zone.is_some() { Self::Ltz(nanos) } else { Self::Ntz(nanos) }
            }
            ArrowType::Struct(fields) if fields.len() == 3 => {
                let all = array.as_struct();
                Self::Tz {
                    epoch: all.column(0).as_primitive::<Int64Type>().clone(),
                    fraction: all.column(1).as_primitive::<Int32Type>().clone(),
                    zone: all.column(2).as_primitive::<Int32Type>().clone(),
                    all: all.clone(),
                }
            }
            ArrowType::Binary => Self::Binary(array.as_binary::<i32>().clone()),
            ArrowType::LargeBinary | ArrowType::BinaryView | ArrowType::FixedSizeBinary(_) => {
                Self::Binary(cast(&ArrowType::Binary)?.as_binary::<i32>().clone())
            }
            other => return Err(SqlError::internal(format!("values of Arrow type {other}"))),
        })
    }

    /// The value of a row.
    pub(in super::super) fn value(&self, row: usize) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Integer(array) => read(array, row, |row| Value::integer(array.value(row))),
            Self::Decimal(array, scale) => {
                read(array, row, |row| Value::Number(Number::new(array.value(row), *scale)))
            }
            Self::Float(array) => read(array, row, |row| Value::Float(array.value(row))),
            Self::Text(array) => read(array, row, |row| Value::Text(Cow::Borrowed(array.value(row)))),
            Self::Json(array) => read(array, row, |row| Value::Json(Cow::Borrowed(array.value(row)))),
            Self::Boolean(array) => read(array, row, |row| Value::Boolean(array.value(row))),
            Self::Date(array) => read(array, row, |row| Value::Date(array.value(row))),
            Self::Time(array) => read(array, row, |row| Value::Time(array.value(row))),
            Self::Ntz(array) => read(array, row, |row| Value::Ntz(Stamp::of_nanos_i64(array.value(row)))),
            Self::Ltz(array) => read(array, row, |row| Value::Ltz(Stamp::of_nanos_i64(array.value(row)))),
            Self::Tz { all, epoch, fraction, zone } => read(all, row, |row| {
                let utc = Stamp::new(epoch.value(row), u32::try_from(fraction.value(row)).unwrap_or(0));
                Value::Tz(utc.shown_at(zone.value(row) - 1440))
            }),
            Self::Binary(array) => read(array, row, |row| Value::Binary(Cow::Borrowed(array.value(row)))),
        }
    }
}

fn read<'a>(array: &dyn Array, row: usize, value: impl FnOnce(usize) -> Value<'a>) -> Value<'a> {
    if array.is_null(row) { Value::Null } else { value(row) }
}
