//! Every value as text: numbers with the digits of their scale, times in ISO 8601, bytes in hex.

use std::fmt::Write;

use snowflake_proto::{Cell, DataType};

use super::{number, temporal};

/// What Snowflake writes for a value inside VARIANT that is not even null.
pub(crate) const UNDEFINED: &str = "undefined";

/// Appends the text of a cell in a column of that type; nothing for NULL.
pub(crate) fn push(out: &mut String, cell: Cell<'_>, data_type: &DataType) {
    match cell {
        Cell::Integer(value) => {
            // Writing to a string cannot fail.
            let _ = write!(out, "{value}");
        }
        Cell::Decimal { unscaled, scale } => number::push_decimal(out, unscaled, scale),
        Cell::Float(value) => push_float(out, value),
        Cell::Text(value) => out.push_str(value),
        Cell::Boolean(value) => out.push_str(if value { "true" } else { "false" }),
        Cell::Date(days) => temporal::push_date(out, days.into()),
        Cell::Time(nanoseconds) => temporal::push_time(out, nanoseconds),
        Cell::Timestamp { epoch, fraction } if matches!(data_type, DataType::TimestampNtz { .. }) => {
            temporal::push_wall_clock(out, epoch, fraction);
        }
        Cell::Timestamp { epoch, fraction } => temporal::push_utc(out, epoch, fraction),
        Cell::TimestampTz { epoch, fraction, offset_minutes } => {
            temporal::push_offset(out, epoch, fraction, offset_minutes);
        }
        Cell::Binary(bytes) => push_hex(out, bytes),
        // `Cell` may grow: a kind that is not known here has no text.
        _ => {}
    }
}

/// The shortest text that leads back to the same double; `NaN`, `inf` and `-inf` as Snowflake writes them.
fn push_float(out: &mut String, value: f64) {
    let magnitude = value.abs();
    // Writing to a string cannot fail. Debug writes an exponent where digits alone would be many.
    let _ = if value.is_finite() && (magnitude >= 1e16 || (magnitude != 0.0 && magnitude < 1e-5)) {
        write!(out, "{value:e}")
    } else {
        write!(out, "{value}")
    };
}

fn push_hex(out: &mut String, bytes: &[u8]) {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    out.reserve(bytes.len() * 2);
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 0xf)]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use snowflake_proto::{Cell, DataType};

    use super::push;

    fn text(cell: Cell<'_>, data_type: &DataType) -> String {
        let mut out = String::new();
        push(&mut out, cell, data_type);
        out
    }

    #[test]
    fn each_kind_of_value_has_its_text() {
        let number = DataType::Number { precision: 10, scale: 2 };
        assert_eq!(text(Cell::Integer(-7), &number), "-7");
        assert_eq!(text(Cell::Decimal { unscaled: -5, scale: 2 }, &number), "-0.05");
        assert_eq!(text(Cell::Boolean(true), &DataType::Boolean), "true");
        assert_eq!(text(Cell::Null, &number), "");
        assert_eq!(text(Cell::Binary(&[0, 0xab]), &DataType::Binary { length: 2 }), "00AB");
        assert_eq!(text(Cell::Date(19_782), &DataType::Date), "2024-02-29");
        let (epoch, fraction) = (1_709_164_800, 5_000_000);
        let stamp = Cell::Timestamp { epoch, fraction };
        assert_eq!(text(stamp, &DataType::TimestampNtz { scale: 9 }), "2024-02-29T00:00:00.005");
        assert_eq!(text(stamp, &DataType::TimestampLtz { scale: 9 }), "2024-02-29T00:00:00.005Z");
        let zoned = Cell::TimestampTz { epoch, fraction, offset_minutes: -90 };
        assert_eq!(text(zoned, &DataType::TimestampTz { scale: 9 }), "2024-02-28T22:30:00.005-01:30");
    }

    #[test]
    fn v04_doubles_that_are_no_numbers_and_the_extremes() {
        for (value, expected) in [
            (f64::NAN, "NaN"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (-0.0, "-0"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e308"),
            (0.1, "0.1"),
            (1e15, "1000000000000000"),
        ] {
            assert_eq!(text(Cell::Float(value), &DataType::Float), expected);
        }
    }

    proptest! {
        #[test]
        fn v04_the_text_of_a_double_leads_back(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            let back: f64 = text(Cell::Float(value), &DataType::Float).parse().unwrap();
            prop_assert!(back.to_bits() == bits || value.is_nan() && back.is_nan());
        }
    }
}
