//! Gathers single values into an array of one Snowflake type.

use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int32Builder,
    Int64Builder, LargeStringBuilder, StringBuilder, Time64NanosecondBuilder, TimestampNanosecondBuilder,
};
use arrow_array::{ArrayRef, StructArray};
use arrow_buffer::NullBufferBuilder;
use chrono_tz::Tz;

use super::super::SqlError;
use super::super::types::{SqlType, arrow_type, zoned_fields};
use super::{Number, Value};

/// Gathers values that have been converted to the type already.
pub(in super::super) struct Builder {
    data_type: SqlType,
    inner: Inner,
}

#[expect(clippy::large_enum_variant, reason = "one per column of a batch, never one per value")]
enum Inner {
    Number(Decimal128Builder, u8, u8),
    Float(Float64Builder),
    Text(StringBuilder),
    Json(LargeStringBuilder),
    Boolean(BooleanBuilder),
    Date(Date32Builder),
    Time(Time64NanosecondBuilder),
    Timestamp(TimestampNanosecondBuilder),
    Zoned { epoch: Int64Builder, fraction: Int32Builder, zone: Int32Builder, nulls: NullBufferBuilder },
    Binary(BinaryBuilder),
}

impl Builder {
    pub(in super::super) fn new(data_type: &SqlType, rows: usize) -> Self {
        let arrow = arrow_type(data_type);
        let inner = match data_type {
            SqlType::Number { precision, scale } => Inner::Number(
                Decimal128Builder::with_capacity(rows).with_data_type(arrow),
                *precision,
                *scale,
            ),
            SqlType::Float => Inner::Float(Float64Builder::with_capacity(rows)),
            SqlType::Boolean => Inner::Boolean(BooleanBuilder::with_capacity(rows)),
            SqlType::Date => Inner::Date(Date32Builder::with_capacity(rows)),
            SqlType::Time { .. } => Inner::Time(Time64NanosecondBuilder::with_capacity(rows)),
            SqlType::TimestampNtz { .. } | SqlType::TimestampLtz { .. } => {
                Inner::Timestamp(TimestampNanosecondBuilder::with_capacity(rows).with_data_type(arrow))
            }
            SqlType::TimestampTz { .. } => Inner::Zoned {
                epoch: Int64Builder::with_capacity(rows),
                fraction: Int32Builder::with_capacity(rows),
                zone: Int32Builder::with_capacity(rows),
                nulls: NullBufferBuilder::new(rows),
            },
            SqlType::Binary { .. } => Inner::Binary(BinaryBuilder::new()),
            SqlType::Variant | SqlType::Object | SqlType::Array => Inner::Json(LargeStringBuilder::new()),
            _ => Inner::Text(StringBuilder::new()),
        };
        Self { data_type: data_type.clone(), inner }
    }

    /// Adds a value.
    ///
    /// # Errors
    /// `100039` for a number that does not fit, `0A000` for a timestamp outside the engine's years,
    /// `300010` for a value of another type.
    pub(in super::super) fn push(&mut self, value: Value<'_>) -> Result<(), SqlError> {
        if value.is_null() {
            self.push_null();
            return Ok(());
        }
        match (&mut self.inner, value) {
            (Inner::Number(builder, precision, scale), Value::Number(number)) => {
                builder.append_value(number.fit(*precision, *scale)?.unscaled);
            }
            (Inner::Float(builder), Value::Float(value)) => builder.append_value(value),
            (Inner::Float(builder), Value::Number(number)) => builder.append_value(Number::to_f64(number)),
            (Inner::Text(builder), Value::Text(text)) => builder.append_value(text),
            (Inner::Json(builder), Value::Json(text)) => builder.append_value(text),
            (Inner::Boolean(builder), Value::Boolean(value)) => builder.append_value(value),
            (Inner::Date(builder), Value::Date(days)) => builder.append_value(days),
            (Inner::Time(builder), Value::Time(nanos)) => builder.append_value(nanos),
            (Inner::Timestamp(builder), Value::Ntz(stamp) | Value::Ltz(stamp)) => {
                builder.append_value(stamp.wall_nanos()?);
            }
            (Inner::Zoned { epoch, fraction, zone, nulls }, Value::Tz(stamp)) => {
                let utc = stamp.instant(Tz::UTC);
                epoch.append_value(utc.seconds);
                fraction.append_value(i32::try_from(utc.nanos).unwrap_or(0));
                zone.append_value(stamp.offset.unwrap_or(0) + 1440);
                nulls.append_non_null();
            }
            (Inner::Binary(builder), Value::Binary(bytes)) => builder.append_value(bytes),
            _ => return Err(SqlError::internal(format!("a value that is no {}", self.data_type))),
        }
        Ok(())
    }

    fn push_null(&mut self) {
        match &mut self.inner {
            Inner::Number(builder, _, _) => builder.append_null(),
            Inner::Float(builder) => builder.append_null(),
            Inner::Text(builder) => builder.append_null(),
            Inner::Json(builder) => builder.append_null(),
            Inner::Boolean(builder) => builder.append_null(),
            Inner::Date(builder) => builder.append_null(),
            Inner::Time(builder) => builder.append_null(),
            Inner::Timestamp(builder) => builder.append_null(),
            Inner::Zoned { epoch, fraction, zone, nulls } => {
                epoch.append_null();
                fraction.append_null();
                zone.append_null();
                nulls.append_null();
            }
            Inner::Binary(builder) => builder.append_null(),
        }
    }

    /// The array.
    pub(in super::super) fn finish(self) -> ArrayRef {
        match self.inner {
            Inner::Number(mut builder, _, _) => Arc::new(builder.finish()),
            Inner::Float(mut builder) => Arc::new(builder.finish()),
            Inner::Text(mut builder) => Arc::new(builder.finish()),
            Inner::Json(mut builder) => Arc::new(builder.finish()),
            Inner::Boolean(mut builder) => Arc::new(builder.finish()),
            Inner::Date(mut builder) => Arc::new(builder.finish()),
            Inner::Time(mut builder) => Arc::new(builder.finish()),
            Inner::Timestamp(mut builder) => Arc::new(builder.finish()),
            Inner::Zoned { mut epoch, mut fraction, mut zone, mut nulls } => {
                let columns: Vec<ArrayRef> =
                    vec![Arc::new(epoch.finish()), Arc::new(fraction.finish()), Arc::new(zone.finish())];
                Arc::new(StructArray::new(zoned_fields(), columns, nulls.finish()))
            }
            Inner::Binary(mut builder) => Arc::new(builder.finish()),
        }
    }
}
