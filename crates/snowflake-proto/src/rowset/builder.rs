//! Columns built from the text cells of the JSON format.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder,
    StringBuilder, Time64NanosecondBuilder,
};
use arrow_schema::DataType as ArrowType;

use super::text;
use super::timestamp::{TIMEZONE_BIAS_MINUTES, TimestampBuilder};
use crate::{Column, DataType, Error, Result};

/// Collects one column in the exact form.
#[derive(Debug)]
pub(super) enum ColumnBuilder {
    Int64(Int64Builder),
    Decimal { builder: Decimal128Builder, precision: u8, scale: u8 },
    Float(Float64Builder),
    Text(StringBuilder),
    Boolean(BooleanBuilder),
    Date(Date32Builder),
    Time(Time64NanosecondBuilder),
    Timestamp(TimestampBuilder),
    Zoned(TimestampBuilder),
    Binary(BinaryBuilder),
}

impl ColumnBuilder {
    pub(super) fn new(column: &Column, exact: &ArrowType, rows: usize) -> Self {
        match column.data_type {
            DataType::Number { .. } if *exact == ArrowType::Int64 => {
                Self::Int64(Int64Builder::with_capacity(rows))
            }
            DataType::Number { precision, scale } => {
                Self::Decimal { builder: Decimal128Builder::with_capacity(rows), precision, scale }
            }
            DataType::Float => Self::Float(Float64Builder::with_capacity(rows)),
            DataType::Boolean => Self::Boolean(BooleanBuilder::with_capacity(rows)),
            DataType::Date => Self::Date(Date32Builder::with_capacity(rows)),
            DataType::Time { .. } => Self::Time(Time64NanosecondBuilder::with_capacity(rows)),
            DataType::TimestampNtz { .. } | DataType::TimestampLtz { .. } => {
                Self::Timestamp(TimestampBuilder::plain(rows))
            }
            DataType::TimestampTz { .. } => Self::Zoned(TimestampBuilder::zoned(rows)),
            DataType::Binary { .. } => Self::Binary(BinaryBuilder::with_capacity(rows, 0)),
            DataType::Text { .. }
            | DataType::Variant
            | DataType::Object
            | DataType::Array
            | DataType::Other(_) => Self::Text(StringBuilder::with_capacity(rows, 0)),
        }
    }

    /// Appends the value that `cell` spells; `None` when it spells none of this column's type.
    fn try_append(&mut self, cell: &str) -> Option<()> {
        match self {
            Self::Int64(builder) => builder.append_value(match cell.parse() {
                Ok(value) => value,
                Err(_) => i64::try_from(text::decimal(cell, 0)?).ok()?,
            }),
            Self::Decimal { builder, scale, .. } => builder.append_value(text::decimal(cell, *scale)?),
            Self::Float(builder) => builder.append_value(text::float(cell)?),
            Self::Text(builder) => builder.append_value(cell),
            Self::Boolean(builder) => builder.append_value(text::boolean(cell)?),
            Self::Date(builder) => builder.append_value(cell.parse().ok()?),
            Self::Time(builder) => builder.append_value(text::time(cell)?),
            Self::Timestamp(builder) => {
                let (epoch, fraction) = text::seconds(cell)?;
                builder.append(epoch, fraction, TIMEZONE_BIAS_MINUTES);
            }
            Self::Zoned(builder) => {
                let (epoch, fraction, zone) = text::zoned_seconds(cell)?;
                builder.append(epoch, fraction, zone);
            }
            Self::Binary(builder) => builder.append_value(text::hex(cell)?),
        }
        Some(())
    }

    pub(super) fn append(&mut self, column: &Column, cell: &str) -> Result<()> {
        self.try_append(cell).ok_or_else(|| {
            Error::decode(format!(
                "column {}: a cell is not a value of type {}",
                column.name, column.data_type
            ))
        })
    }

    pub(super) fn append_null(&mut self) {
        match self {
            Self::Int64(builder) => builder.append_null(),
            Self::Decimal { builder, .. } => builder.append_null(),
            Self::Float(builder) => builder.append_null(),
            Self::Text(builder) => builder.append_null(),
            Self::Boolean(builder) => builder.append_null(),
            Self::Date(builder) => builder.append_null(),
            Self::Time(builder) => builder.append_null(),
            Self::Timestamp(builder) | Self::Zoned(builder) => builder.append_null(),
            Self::Binary(builder) => builder.append_null(),
        }
    }

    pub(super) fn finish(&mut self, column: &Column) -> Result<ArrayRef> {
        Ok(match self {
            Self::Int64(builder) => Arc::new(builder.finish()),
            Self::Decimal { builder, precision, scale } => {
                Arc::new(builder.finish().with_precision_and_scale(*precision, scale.cast_signed()).map_err(
                    |cause| Error::decode_caused(format!("column {}: malformed numbers", column.name), cause),
                )?)
            }
            Self::Float(builder) => Arc::new(builder.finish()),
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Boolean(builder) => Arc::new(builder.finish()),
            Self::Date(builder) => Arc::new(builder.finish()),
            Self::Time(builder) => Arc::new(builder.finish()),
            Self::Timestamp(builder) | Self::Zoned(builder) => return builder.finish(column),
            Self::Binary(builder) => Arc::new(builder.finish()),
        })
    }
}
