//! The JSON format's cells: every value as a text, null as none.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type, Time64NanosecondType,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::ArrowError;
use snowflake_proto::{Column, DataType};

use super::not_canonical;

const NANOSECONDS: i64 = 1_000_000_000;

/// Writes the cell of one row, which is not null.
pub(super) type Writer<'a> = Box<dyn Fn(usize) -> String + 'a>;

/// The writer of a column's cells.
pub(super) fn writer<'a>(column: &Column, array: &'a ArrayRef) -> Result<Writer<'a>, ArrowError> {
    find(&column.data_type, array).ok_or_else(|| not_canonical(column, array.data_type()))
}

fn find<'a>(data_type: &DataType, array: &'a ArrayRef) -> Option<Writer<'a>> {
    Some(match data_type {
        DataType::Number { .. } => match array.as_primitive_opt::<Int64Type>() {
            Some(integers) => Box::new(|row| integers.value(row).to_string()),
            None => {
                let decimals = array.as_primitive_opt::<Decimal128Type>()?;
                Box::new(|row| decimals.value_as_string(row))
            }
        },
        DataType::Float => {
            let floats = array.as_primitive_opt::<Float64Type>()?;
            Box::new(|row| float(floats.value(row)))
        }
        DataType::Boolean => {
            let booleans = array.as_boolean_opt()?;
            Box::new(|row| if booleans.value(row) { "1".to_owned() } else { "0".to_owned() })
        }
        DataType::Date => {
            let dates = array.as_primitive_opt::<Date32Type>()?;
            Box::new(|row| dates.value(row).to_string())
        }
        DataType::Time { scale } => {
            let (times, scale) = (array.as_primitive_opt::<Time64NanosecondType>()?, *scale);
            Box::new(move |row| {
                seconds(times.value(row) / NANOSECONDS, times.value(row) % NANOSECONDS, scale)
            })
        }
        DataType::TimestampNtz { scale } | DataType::TimestampLtz { scale } => timestamp(array, *scale)?,
        DataType::TimestampTz { scale } => {
            let instant = timestamp(array, *scale)?;
            let zones = array.as_struct_opt()?.column_by_name("timezone")?.as_primitive_opt::<Int32Type>()?;
            Box::new(move |row| format!("{} {}", instant(row), zones.value(row)))
        }
        DataType::Binary { .. } => {
            let bytes = array.as_binary_opt::<i32>()?;
            Box::new(|row| hex(bytes.value(row)))
        }
        _ => {
            let texts = array.as_string_opt::<i32>()?;
            Box::new(|row| texts.value(row).to_owned())
        }
    })
}

fn timestamp(array: &ArrayRef, scale: u8) -> Option<Writer<'_>> {
    let parts = array.as_struct_opt()?;
    let epochs = parts.column_by_name("epoch")?.as_primitive_opt::<Int64Type>()?;
    let fractions = parts.column_by_name("fraction")?.as_primitive_opt::<Int32Type>()?;
    Some(Box::new(move |row| seconds(epochs.value(row), i64::from(fractions.value(row)), scale)))
}

/// Seconds with `scale` digits: `-1.5` is a second and a half before the epoch.
pub(crate) fn seconds(epoch: i64, nanoseconds: i64, scale: u8) -> String {
    let total = i128::from(epoch) * i128::from(NANOSECONDS) + i128::from(nanoseconds);
    let units = total.div_euclid(10_i128.pow(u32::from(9_u8.saturating_sub(scale))));
    let (sign, units) = (if units < 0 { "-" } else { "" }, units.unsigned_abs());
    let per_second = 10_u128.pow(u32::from(scale.min(9)));
    if scale == 0 {
        return format!("{sign}{units}");
    }
    format!("{sign}{}.{:0width$}", units / per_second, units % per_second, width = usize::from(scale.min(9)))
}

/// The shortest digits that read back as the same number, without a superfluous `.0`.
pub(crate) fn float(value: f64) -> String {
    let text = format!("{value:?}");
    match text.strip_suffix(".0") {
        Some(integer) => integer.to_owned(),
        None => text,
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{float, hex, seconds};

    #[test]
    fn seconds_keep_their_scale_and_their_sign() {
        assert_eq!(seconds(3_661, 0, 9), "3661.000000000");
        assert_eq!(seconds(-2, 500_000_000, 9), "-1.500000000");
        assert_eq!(seconds(-1, 500_000_000, 1), "-0.5");
        assert_eq!(seconds(5, 999_999_999, 0), "5");
        assert_eq!(seconds(1, 2_000_000, 3), "1.002");
    }

    #[test]
    fn floats_are_short() {
        assert_eq!(float(1.0), "1");
        assert_eq!(float(0.1), "0.1");
        assert_eq!(float(1e300), "1e300");
        assert_eq!(float(f64::NAN), "NaN");
        assert_eq!(float(f64::NEG_INFINITY), "-inf");
    }

    #[test]
    fn bytes_are_upper_case_hex() {
        assert_eq!(hex(&[0xde, 0x0f]), "DE0F");
    }
}
