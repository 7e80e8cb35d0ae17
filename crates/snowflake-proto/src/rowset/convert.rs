//! From the Arrow types of the wire to the exact form.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Decimal128Type, Int8Type, Int16Type, Int32Type, Int64Type, Time64NanosecondType,
};
use arrow_array::{Array, ArrayRef, Decimal128Array, PrimitiveArray};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{DataType as ArrowType, Field};

use super::timestamp;
use crate::{Column, DataType, Error, Result};

const NANOS_PER_DAY: i64 = 86_400_000_000_000;

/// The exact form of one wire column. What has that form already is passed on without a copy.
pub(super) fn to_exact(
    column: &Column,
    wire_field: &Field,
    target: &ArrowType,
    wire: &ArrayRef,
) -> Result<ArrayRef> {
    match column.data_type {
        DataType::Number { precision, scale } => {
            check_scale(column, wire_field, scale)?;
            number(column, precision, scale, target, wire)
        }
        DataType::Time { scale } => time(column, scale, wire),
        DataType::TimestampNtz { scale } | DataType::TimestampLtz { scale } => {
            check_scale(column, wire_field, scale)?;
            timestamp::plain(column, scale, wire)
        }
        DataType::TimestampTz { scale } => {
            check_scale(column, wire_field, scale)?;
            timestamp::zoned(column, scale, wire)
        }
        _ if wire.data_type() == target => Ok(Arc::clone(wire)),
        DataType::Other(_) => as_text(column, wire),
        _ => Err(mismatch(column, wire.data_type())),
    }
}

/// The scale in the metadata of the wire decides what an integer means, so it must agree.
fn check_scale(column: &Column, wire_field: &Field, scale: u8) -> Result<()> {
    match wire_field.metadata().get("scale") {
        Some(stated) if stated.parse() != Ok(scale) => {
            Err(Error::bad_metadata(&column.name, "scale", stated))
        }
        _ => Ok(()),
    }
}

fn number(
    column: &Column,
    precision: u8,
    scale: u8,
    target: &ArrowType,
    wire: &ArrayRef,
) -> Result<ArrayRef> {
    if *target == ArrowType::Int64 {
        return match wire.data_type() {
            ArrowType::Int8 => Ok(widen::<Int8Type, Int64Type>(wire)),
            ArrowType::Int16 => Ok(widen::<Int16Type, Int64Type>(wire)),
            ArrowType::Int32 => Ok(widen::<Int32Type, Int64Type>(wire)),
            ArrowType::Int64 => Ok(Arc::clone(wire)),
            ArrowType::Decimal128(_, wire_scale) if *wire_scale == scale.cast_signed() => {
                decimal_to_int(column, wire)
            }
            other => Err(mismatch(column, other)),
        };
    }
    let unscaled: Decimal128Array = match wire.data_type() {
        ArrowType::Int8 => wire.as_primitive::<Int8Type>().unary(i128::from),
        ArrowType::Int16 => wire.as_primitive::<Int16Type>().unary(i128::from),
        ArrowType::Int32 => wire.as_primitive::<Int32Type>().unary(i128::from),
        ArrowType::Int64 => wire.as_primitive::<Int64Type>().unary(i128::from),
        ArrowType::Decimal128(_, wire_scale) if *wire_scale == scale.cast_signed() => {
            wire.as_primitive::<Decimal128Type>().clone()
        }
        other => return Err(mismatch(column, other)),
    };
    unscaled
        .with_precision_and_scale(precision, scale.cast_signed())
        .map(|array| Arc::new(array) as ArrayRef)
        .map_err(|cause| Error::decode_caused(format!("column {}: malformed numbers", column.name), cause))
}

fn widen<From, To>(wire: &ArrayRef) -> ArrayRef
where
    From: ArrowPrimitiveType,
    To: ArrowPrimitiveType,
    To::Native: std::convert::From<From::Native>,
{
    Arc::new(wire.as_primitive::<From>().unary::<_, To>(To::Native::from))
}

fn decimal_to_int(column: &Column, wire: &ArrayRef) -> Result<ArrayRef> {
    let values: PrimitiveArray<Int64Type> = wire
        .as_primitive::<Decimal128Type>()
        .try_unary(|value| i64::try_from(value).map_err(|_| out_of_range(column)))?;
    Ok(Arc::new(values))
}

fn time(column: &Column, scale: u8, wire: &ArrayRef) -> Result<ArrayRef> {
    let nanos_per_unit = 10_i64.pow(u32::from(9 - scale.min(9)));
    let to_nanos = |value: i64| match value.checked_mul(nanos_per_unit) {
        Some(nanos) if (0..NANOS_PER_DAY).contains(&nanos) => Ok(nanos),
        _ => Err(out_of_range(column)),
    };
    let array: PrimitiveArray<Time64NanosecondType> = match wire.data_type() {
        ArrowType::Int32 => wire.as_primitive::<Int32Type>().try_unary(|value| to_nanos(i64::from(value)))?,
        ArrowType::Int64 => wire.as_primitive::<Int64Type>().try_unary(to_nanos)?,
        other => return Err(mismatch(column, other)),
    };
    Ok(Arc::new(array))
}

/// The text of values whose type is unknown.
fn as_text(column: &Column, wire: &ArrayRef) -> Result<ArrayRef> {
    let unreadable = |cause| Error::decode_caused(format!("column {}: no text form", column.name), cause);
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(wire.as_ref(), &options).map_err(unreadable)?;
    let mut builder = StringBuilder::with_capacity(wire.len(), 0);
    for row in 0..wire.len() {
        if wire.is_null(row) {
            builder.append_null();
        } else {
            builder.append_value(formatter.value(row).try_to_string().map_err(unreadable)?);
        }
    }
    Ok(Arc::new(builder.finish()))
}

fn mismatch(column: &Column, got: &ArrowType) -> Error {
    Error::schema_mismatch(&column.name, column.data_type.to_string(), got.to_string())
}

fn out_of_range(column: &Column) -> Error {
    Error::decode(format!("column {}: a value is out of range for {}", column.name, column.data_type))
}
