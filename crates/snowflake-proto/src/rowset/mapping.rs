//! From the exact form to the one that the options ask for.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType,
    TimestampNanosecondType,
};
use arrow_array::{Array, ArrayRef, PrimitiveArray, RecordBatch, RecordBatchOptions, StructArray};
use arrow_schema::{DataType as ArrowType, TimeUnit};

use super::{ArrowOptions, ResultSchema};
use crate::{Column, Error, Result};

/// The batch in the schema of the options.
pub(super) fn apply(schema: &ResultSchema, exact: RecordBatch) -> Result<RecordBatch> {
    if schema.options() == ArrowOptions::default() {
        return Ok(exact);
    }
    let arrays = schema
        .columns()
        .iter()
        .zip(schema.arrow().fields())
        .zip(exact.columns())
        .map(|((column, field), array)| map(column, field.data_type(), array))
        .collect::<Result<Vec<_>>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(exact.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema.arrow()), arrays, &options)
        .map_err(|cause| Error::decode_caused("the columns of a batch do not fit together", cause))
}

fn map(column: &Column, target: &ArrowType, exact: &ArrayRef) -> Result<ArrayRef> {
    match (exact.data_type(), target) {
        (from, to) if from == to => Ok(Arc::clone(exact)),
        (ArrowType::Decimal128(..), ArrowType::Int64) => {
            let values: PrimitiveArray<Int64Type> = exact
                .as_primitive::<Decimal128Type>()
                .try_unary(|value| i64::try_from(value).map_err(|_| does_not_fit(column, target)))?;
            Ok(Arc::new(values))
        }
        (ArrowType::Decimal128(_, scale), ArrowType::Float64) => {
            let values: PrimitiveArray<Float64Type> =
                exact.as_primitive::<Decimal128Type>().unary(|value| to_float(value, *scale));
            Ok(Arc::new(values))
        }
        (ArrowType::Struct(_), ArrowType::Timestamp(TimeUnit::Nanosecond, zone)) => {
            let values =
                join::<TimestampNanosecondType>(column, target, exact.as_struct(), |epoch, fraction| {
                    epoch.checked_mul(1_000_000_000)?.checked_add(fraction)
                })?;
            Ok(Arc::new(values.with_timezone_opt(zone.clone())))
        }
        (ArrowType::Struct(_), ArrowType::Timestamp(TimeUnit::Microsecond, zone)) => {
            let values =
                join::<TimestampMicrosecondType>(column, target, exact.as_struct(), |epoch, fraction| {
                    epoch.checked_mul(1_000_000)?.checked_add(fraction / 1000)
                })?;
            Ok(Arc::new(values.with_timezone_opt(zone.clone())))
        }
        (from, _) => Err(Error::schema_mismatch(&column.name, target.to_string(), from.to_string())),
    }
}

/// The double nearest to `unscaled / 10^scale`, by way of the decimal text, which is exact.
fn to_float(unscaled: i128, scale: i8) -> f64 {
    format!("{unscaled}e-{scale}").parse().unwrap_or(f64::NAN)
}

fn join<T: ArrowPrimitiveType<Native = i64>>(
    column: &Column,
    target: &ArrowType,
    exact: &StructArray,
    to_units: impl Fn(i64, i64) -> Option<i64>,
) -> Result<PrimitiveArray<T>> {
    let epoch = exact.column(0).as_primitive::<Int64Type>();
    let fraction = exact.column(1).as_primitive::<Int32Type>();
    let values = epoch
        .values()
        .iter()
        .zip(fraction.values())
        .enumerate()
        .map(|(row, (&epoch, &fraction))| {
            if exact.is_null(row) {
                return Ok(0);
            }
            to_units(epoch, i64::from(fraction)).ok_or_else(|| does_not_fit(column, target))
        })
        .collect::<Result<Vec<i64>>>()?;
    Ok(PrimitiveArray::new(values.into(), exact.nulls().cloned()))
}

fn does_not_fit(column: &Column, target: &ArrowType) -> Error {
    Error::conversion(
        Some(&column.name),
        column.data_type.to_string(),
        target.to_string(),
        "a value does not fit; choose an exact form in ArrowOptions",
    )
}
