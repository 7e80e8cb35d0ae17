//! Conversions of whole arrays, where that is the same as converting one value after the other.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int64Type, Time64NanosecondType, TimestampNanosecondType};
use arrow_array::{Array, ArrayRef, Decimal128Array, Float64Array, StringArray};
use arrow_schema::{DataType as ArrowType, TimeUnit};

use super::super::types::{SqlType, arrow_type};
use super::{Number, divide_rounded, power_of_ten, read_float};

/// The array in the carrier of `to`; none when its values have to be looked at one by one, be it only to
/// find out which of them does not fit.
pub(super) fn cast_whole(array: &ArrayRef, from: &SqlType, to: &SqlType) -> Option<ArrayRef> {
    let arrow = array.data_type();
    match (from, to) {
        (SqlType::Number { .. }, SqlType::Number { precision, scale }) => numbers(array, *precision, *scale),
        (SqlType::Number { .. }, SqlType::Float) if *arrow == ArrowType::Int64 => {
            // The nearest double, which is what the digits would be read as.
            let floats: Float64Array = array.as_primitive::<Int64Type>().unary(|value| value as f64);
            Some(Arc::new(floats))
        }
        (SqlType::Float, SqlType::Float)
        | (SqlType::Boolean, SqlType::Boolean)
        | (SqlType::Date, SqlType::Date)
        | (SqlType::Binary { .. }, SqlType::Binary { .. })
        | (SqlType::Variant | SqlType::Object | SqlType::Array, SqlType::Variant)
            if *arrow == arrow_type(to) =>
        {
            Some(Arc::clone(array))
        }
        (SqlType::Text { .. }, SqlType::Text { length }) if *arrow == ArrowType::Utf8 => {
            let texts = array.as_string::<i32>();
            let fits = |length: usize| texts.offsets().lengths().all(|bytes| bytes <= length);
            usize::try_from(*length).is_ok_and(fits).then(|| Arc::clone(array))
        }
        (SqlType::Text { .. }, SqlType::Number { precision, scale }) if *arrow == ArrowType::Utf8 => {
            read_numbers(array.as_string(), *precision, *scale)
        }
        (SqlType::Text { .. }, SqlType::Float) if *arrow == ArrowType::Utf8 => {
            let texts = array.as_string::<i32>();
            let floats = texts.iter().map(|text| text.map_or(Some(None), |text| read_float(text).map(Some)));
            let floats: Float64Array = floats.collect::<Option<Vec<_>>>()?.into();
            Some(Arc::new(floats))
        }
        (SqlType::TimestampNtz { .. }, SqlType::TimestampNtz { scale })
        | (SqlType::TimestampLtz { .. }, SqlType::TimestampLtz { scale })
            if *arrow == arrow_type(to) =>
        {
            stamps(array, *scale)
        }
        (SqlType::Time { .. }, SqlType::Time { scale })
            if *arrow == ArrowType::Time64(TimeUnit::Nanosecond) =>
        {
            let unit = fraction(*scale);
            let times = array.as_primitive::<Time64NanosecondType>();
            Some(Arc::new(times.unary::<_, Time64NanosecondType>(|nanos| nanos / unit * unit)))
        }
        _ => None,
    }
}

/// How many nanoseconds the last digit of a fraction counts.
fn fraction(scale: u8) -> i64 {
    10_i64.pow(u32::from(9 - scale.min(9)))
}

fn stamps(array: &ArrayRef, scale: u8) -> Option<ArrayRef> {
    if scale >= 9 {
        return Some(Arc::clone(array));
    }
    let (unit, stamps) = (fraction(scale), array.as_primitive::<TimestampNanosecondType>());
    let cut = stamps.unary::<_, TimestampNanosecondType>(|nanos| nanos - nanos.rem_euclid(unit));
    Some(Arc::new(cut.with_data_type(array.data_type().clone())))
}

fn numbers(array: &ArrayRef, precision: u8, scale: u8) -> Option<ArrayRef> {
    let limit = power_of_ten(precision).unsigned_abs();
    let fits = |value: i128| (value.unsigned_abs() < limit).then_some(value).ok_or(());
    let found: Decimal128Array = match array.data_type() {
        ArrowType::Int64 => {
            let factor = power_of_ten(scale);
            array
                .as_primitive::<Int64Type>()
                .try_unary(|value| i128::from(value).checked_mul(factor).ok_or(()).and_then(fits))
                .ok()?
        }
        ArrowType::Decimal128(_, from) => {
            let from = u8::try_from(*from).ok()?;
            let decimals = array.as_primitive::<Decimal128Type>();
            if scale >= from {
                let factor = power_of_ten(scale - from);
                decimals.try_unary(|value| value.checked_mul(factor).ok_or(()).and_then(fits)).ok()?
            } else {
                let divisor = power_of_ten(from - scale);
                decimals.try_unary(|value| fits(divide_rounded(value, divisor))).ok()?
            }
        }
        _ => return None,
    };
    Some(Arc::new(found.with_data_type(arrow_type(&SqlType::Number { precision, scale }))))
}

fn read_numbers(texts: &StringArray, precision: u8, scale: u8) -> Option<ArrayRef> {
    let limit = power_of_ten(precision).unsigned_abs();
    let read = |text: &str| match plain_number(text, scale) {
        Some(value) if value.unsigned_abs() < limit => Some(value),
        Some(_) => None,
        None => Number::parse(text)?.fit(precision, scale).ok().map(|number| number.unscaled),
    };
    let values = texts.iter().map(|text| text.map_or(Some(None), |text| read(text).map(Some)));
    let values: Decimal128Array = values.collect::<Option<Vec<_>>>()?.into();
    Some(Arc::new(values.with_data_type(arrow_type(&SqlType::Number { precision, scale }))))
}

/// A number of few digits, none of which is rounded away; none when it is written otherwise.
fn plain_number(text: &str, scale: u8) -> Option<i128> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let (mut value, mut point) = (0_i64, None);
    for (at, byte) in digits.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => value = value * 10 + i64::from(byte - b'0'),
            b'.' if point.is_none() && digits.len() > 1 => point = Some(at),
            _ => return None,
        }
    }
    let decimals = point.map_or(0, |at| digits.len() - at - 1);
    let missing = scale.checked_sub(u8::try_from(decimals).ok()?)?;
    let value = i128::from(value).checked_mul(power_of_ten(missing))?;
    Some(if digits.len() < text.len() { -value } else { value })
}
