//! One value of a result, read from a batch.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type, Time64NanosecondType,
    TimestampMicrosecondType, TimestampNanosecondType,
};
use arrow_array::{Array, BinaryArray, BooleanArray, PrimitiveArray, StringArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType as ArrowType, TimeUnit};

use crate::rowset::TIMEZONE_BIAS_MINUTES;
use crate::{Error, Result};

/// One value in its plainest form; text and bytes are borrowed from the batch.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Cell<'a> {
    /// SQL NULL.
    Null,
    /// A whole number of at most 18 digits.
    Integer(i64),
    /// A number: `unscaled / 10^scale`.
    Decimal {
        /// The digits.
        unscaled: i128,
        /// Digits after the point.
        scale: u8,
    },
    /// A double.
    Float(f64),
    /// Text, or the JSON text of a semi-structured value.
    Text(&'a str),
    /// A truth value.
    Boolean(bool),
    /// Days since 1970-01-01.
    Date(i32),
    /// Nanoseconds since midnight.
    Time(i64),
    /// A wall clock, or an instant in UTC.
    Timestamp {
        /// Seconds since 1970, rounded down.
        epoch: i64,
        /// Nanoseconds within the second.
        fraction: u32,
    },
    /// An instant with the offset it was written with.
    TimestampTz {
        /// Seconds since 1970 in UTC, rounded down.
        epoch: i64,
        /// Nanoseconds within the second.
        fraction: u32,
        /// Minutes east of UTC.
        offset_minutes: i32,
    },
    /// Bytes.
    Binary(&'a [u8]),
}

/// A column of a result batch whose Arrow type was looked up once, so that reading a cell is an index.
///
/// Reading a row outside of the column gives [`Cell::Null`].
#[derive(Clone, Debug)]
pub struct CellReader {
    values: Values,
    nulls: Option<NullBuffer>,
    len: usize,
}

#[derive(Clone, Debug)]
enum Values {
    Integer(PrimitiveArray<Int64Type>),
    Decimal(PrimitiveArray<Decimal128Type>, u8),
    Float(PrimitiveArray<Float64Type>),
    Text(StringArray),
    Boolean(BooleanArray),
    Date(PrimitiveArray<Date32Type>),
    Time(PrimitiveArray<Time64NanosecondType>),
    Nanoseconds(PrimitiveArray<TimestampNanosecondType>),
    Microseconds(PrimitiveArray<TimestampMicrosecondType>),
    Timestamp(PrimitiveArray<Int64Type>, PrimitiveArray<Int32Type>),
    TimestampTz(PrimitiveArray<Int64Type>, PrimitiveArray<Int32Type>, PrimitiveArray<Int32Type>),
    Binary(BinaryArray),
}

impl CellReader {
    /// A reader of this column of a batch that [`ResultSchema`](crate::ResultSchema) decoded.
    ///
    /// # Errors
    /// [`Unsupported`](crate::ErrorKind::Unsupported) for an Arrow type that no result has.
    pub fn new(array: &dyn Array) -> Result<Self> {
        let values = match array.data_type() {
            ArrowType::Int64 => Values::Integer(array.as_primitive().clone()),
            ArrowType::Decimal128(_, scale) => {
                Values::Decimal(array.as_primitive().clone(), u8::try_from(*scale).unwrap_or_default())
            }
            ArrowType::Float64 => Values::Float(array.as_primitive().clone()),
            ArrowType::Utf8 => Values::Text(array.as_string::<i32>().clone()),
            ArrowType::Boolean => Values::Boolean(array.as_boolean().clone()),
            ArrowType::Date32 => Values::Date(array.as_primitive().clone()),
            ArrowType::Time64(TimeUnit::Nanosecond) => Values::Time(array.as_primitive().clone()),
            ArrowType::Timestamp(TimeUnit::Nanosecond, _) => {
                Values::Nanoseconds(array.as_primitive().clone())
            }
            ArrowType::Timestamp(TimeUnit::Microsecond, _) => {
                Values::Microseconds(array.as_primitive().clone())
            }
            ArrowType::Binary => Values::Binary(array.as_binary::<i32>().clone()),
            ArrowType::Struct(_) => timestamp(array)
                .ok_or_else(|| Error::unsupported(format!("reading {} as a cell", array.data_type())))?,
            other => return Err(Error::unsupported(format!("reading {other} as a cell"))),
        };
        Ok(Self { values, nulls: array.nulls().cloned(), len: array.len() })
    }

    /// Whether the value of that row is NULL.
    #[must_use]
    pub fn is_null(&self, row: usize) -> bool {
        row >= self.len || self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))
    }

    /// The value of that row.
    #[must_use]
    pub fn read(&self, row: usize) -> Cell<'_> {
        if self.is_null(row) {
            return Cell::Null;
        }
        match &self.values {
            Values::Integer(array) => Cell::Integer(array.value(row)),
            Values::Decimal(array, scale) => Cell::Decimal { unscaled: array.value(row), scale: *scale },
            Values::Float(array) => Cell::Float(array.value(row)),
            Values::Text(array) => Cell::Text(array.value(row)),
            Values::Boolean(array) => Cell::Boolean(array.value(row)),
            Values::Date(array) => Cell::Date(array.value(row)),
            Values::Time(array) => Cell::Time(array.value(row)),
            Values::Nanoseconds(array) => split(array.value(row), 1_000_000_000),
            Values::Microseconds(array) => split(array.value(row), 1_000_000),
            Values::Timestamp(epoch, fraction) => {
                Cell::Timestamp { epoch: epoch.value(row), fraction: fraction.value(row).cast_unsigned() }
            }
            Values::TimestampTz(epoch, fraction, zone) => Cell::TimestampTz {
                epoch: epoch.value(row),
                fraction: fraction.value(row).cast_unsigned(),
                offset_minutes: zone.value(row) - TIMEZONE_BIAS_MINUTES,
            },
            Values::Binary(array) => Cell::Binary(array.value(row)),
        }
    }
}

fn timestamp(array: &dyn Array) -> Option<Values> {
    let parent = array.as_struct();
    let epoch = parent.columns().first()?.as_primitive_opt::<Int64Type>()?.clone();
    let fraction = parent.columns().get(1)?.as_primitive_opt::<Int32Type>()?.clone();
    match parent.columns().get(2) {
        None => Some(Values::Timestamp(epoch, fraction)),
        Some(zone) => {
            Some(Values::TimestampTz(epoch, fraction, zone.as_primitive_opt::<Int32Type>()?.clone()))
        }
    }
}

fn split(value: i64, units_per_second: i64) -> Cell<'static> {
    let nanos = value.rem_euclid(units_per_second) * (1_000_000_000 / units_per_second);
    Cell::Timestamp {
        epoch: value.div_euclid(units_per_second),
        fraction: u32::try_from(nanos).unwrap_or_default(),
    }
}
