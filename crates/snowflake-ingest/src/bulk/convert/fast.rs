//! Arrow columns that pass as they are, or nearly.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Decimal128Type, Float32Type, Int8Type, Int16Type, Int32Type, Int64Type,
    Time64MicrosecondType, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type,
};
use arrow_array::{Array, ArrayRef, Float64Array, Int64Array, PrimitiveArray, StringArray};
use arrow_schema::{DataType as ArrowType, TimeUnit};
use snowflake_proto::DataType;

use super::column::{Column, Form};
use super::number;

/// The array in the column's form; `None` when its values have to be looked at one by one.
pub(super) fn convert(column: &Column, array: &ArrayRef) -> Option<ArrayRef> {
    let (form, data_type) = (column.form(), column.data_type());
    match (form, data_type, array.data_type()) {
        (Form::Whole, DataType::Number { precision, .. }, _) => whole(array, *precision),
        (Form::Decimal, DataType::Number { precision, scale }, ArrowType::Decimal128(digits, places)) => {
            let same = i8::try_from(*scale).ok() == Some(*places) && digits <= precision;
            let target = ArrowType::Decimal128(*precision, *places);
            same.then(|| {
                Arc::new(array.as_primitive::<Decimal128Type>().clone().with_data_type(target)) as ArrayRef
            })
        }
        (Form::Float, _, ArrowType::Float64)
        | (Form::Boolean, _, ArrowType::Boolean)
        | (Form::Date, _, ArrowType::Date32) => Some(Arc::clone(array)),
        (Form::Float, _, ArrowType::Float32) => {
            let wide: Float64Array = array.as_primitive::<Float32Type>().unary(f64::from);
            Some(Arc::new(wide))
        }
        (Form::Text, DataType::Text { length }, _) => text(array, *length),
        (Form::Binary, DataType::Binary { length }, ArrowType::Binary) => {
            let longest = array.as_binary::<i32>().iter().flatten().map(<[u8]>::len).max().unwrap_or(0);
            u64::try_from(longest).is_ok_and(|longest| longest <= *length).then(|| Arc::clone(array))
        }
        (Form::Micros, DataType::Time { .. }, ArrowType::Time64(TimeUnit::Microsecond)) => {
            Some(Arc::new(array.as_primitive::<Time64MicrosecondType>().clone()))
        }
        (Form::Micros, DataType::TimestampNtz { .. }, ArrowType::Timestamp(unit, None)) => {
            Some(Arc::new(micros(array, *unit)?))
        }
        (Form::Micros, DataType::TimestampLtz { .. }, ArrowType::Timestamp(unit, Some(_))) => {
            Some(Arc::new(micros(array, *unit)?.with_timezone("UTC")))
        }
        _ => None,
    }
}

fn whole(array: &ArrayRef, precision: u8) -> Option<ArrayRef> {
    fn wide<T: ArrowPrimitiveType<Native: Into<i64>>>(array: &ArrayRef) -> Int64Array {
        array.as_primitive::<T>().unary(Into::into)
    }
    let values = match array.data_type() {
        ArrowType::Int64 => array.as_primitive::<Int64Type>().clone(),
        ArrowType::Int32 => wide::<Int32Type>(array),
        ArrowType::Int16 => wide::<Int16Type>(array),
        ArrowType::Int8 => wide::<Int8Type>(array),
        ArrowType::UInt32 => wide::<UInt32Type>(array),
        ArrowType::UInt16 => wide::<UInt16Type>(array),
        ArrowType::UInt8 => wide::<UInt8Type>(array),
        _ => return None,
    };
    let limit = number::power(u32::from(precision)).and_then(|limit| i64::try_from(limit).ok());
    let fits = |value: i64| limit.is_none_or(|limit| -limit < value && value < limit);
    values.iter().flatten().all(fits).then(|| Arc::new(values) as ArrayRef)
}

fn text(array: &ArrayRef, length: u64) -> Option<ArrayRef> {
    let texts = match array.data_type() {
        ArrowType::Utf8 => array.as_string::<i32>().clone(),
        ArrowType::LargeUtf8 => array.as_string::<i64>().iter().collect(),
        ArrowType::Utf8View => array.as_string_view().iter().collect::<StringArray>(),
        _ => return None,
    };
    let longest = texts.iter().flatten().map(str::len).max().unwrap_or(0);
    u64::try_from(longest).is_ok_and(|longest| longest <= length).then(|| Arc::new(texts) as ArrayRef)
}

fn micros(array: &ArrayRef, unit: TimeUnit) -> Option<PrimitiveArray<TimestampMicrosecondType>> {
    match unit {
        TimeUnit::Microsecond => {
            Some(array.as_primitive::<TimestampMicrosecondType>().clone().with_timezone_opt(None::<&str>))
        }
        TimeUnit::Second => scaled::<TimestampSecondType>(array, 1_000_000),
        TimeUnit::Millisecond => scaled::<TimestampMillisecondType>(array, 1000),
        TimeUnit::Nanosecond => {
            let nanos = array.as_primitive::<TimestampNanosecondType>();
            let whole = nanos.iter().flatten().all(|value| value.rem_euclid(1000) == 0);
            whole.then(|| nanos.unary(|value| value.div_euclid(1000)))
        }
    }
}

fn scaled<T: ArrowPrimitiveType<Native = i64>>(
    array: &ArrayRef,
    factor: i64,
) -> Option<PrimitiveArray<TimestampMicrosecondType>> {
    let values = array.as_primitive::<T>();
    values
        .iter()
        .map(|value| value.map(|value| value.checked_mul(factor).ok_or(())).transpose())
        .collect::<Result<_, _>>()
        .ok()
}
