//! Any value, in either format, is read as it was written or refused.

use std::sync::Arc;

use arrow_array::{ArrayRef, Decimal128Array, Int32Array, Int64Array, RecordBatch, StructArray};
use arrow_schema::{DataType as ArrowType, Field};
use proptest::prelude::*;
use snowflake_proto::{ArrowOptions, Cell, Column, DataType, ResultSchema};
use snowflake_sim::SeededEntropy;
use time::{OffsetDateTime, PrimitiveDateTime};

use super::storage::stream;
use crate::result::columns::Columns;
use crate::result::{FromCell, Row, Rows};

const LARGEST: i128 = 99_999_999_999_999_999_999_999_999_999_999_999_999;

/// The only row of a result of one column, as JSON and as Arrow.
fn both(data_type: DataType, json: &str, arrow: ArrayRef) -> [Row; 2] {
    let schema = ResultSchema::new(vec![Column::new("C", data_type, true)], ArrowOptions::default()).unwrap();
    let batch = RecordBatch::try_from_iter([("C", arrow)]).unwrap();
    let decoded = [
        schema.decode_json_rows(&[vec![Some(json.to_owned())]]).unwrap(),
        schema.decode_arrow(stream(&[batch]).into()).unwrap().remove(0),
    ];
    decoded.map(|batch| {
        let columns = Arc::new(Columns::new(schema.columns().to_vec()));
        Rows::new(schema.clone(), columns, vec![batch], Arc::new(SeededEntropy::new(1)))
            .unwrap()
            .row(0)
            .unwrap()
    })
}

/// The decimal text of `unscaled / 10^scale`, written by digits.
fn decimal(unscaled: i128, scale: u8) -> String {
    let digits = format!("{:0width$}", unscaled.unsigned_abs(), width = usize::from(scale) + 1);
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(scale));
    let sign = if unscaled < 0 { "-" } else { "" };
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

fn stamps(epoch: i64, fraction: i32, zone: Option<i32>) -> ArrayRef {
    let field = |name, kind| Arc::new(Field::new(name, kind, false));
    let mut children = vec![
        (field("epoch", ArrowType::Int64), Arc::new(Int64Array::from(vec![epoch])) as ArrayRef),
        (field("fraction", ArrowType::Int32), Arc::new(Int32Array::from(vec![fraction])) as ArrayRef),
    ];
    if let Some(zone) = zone {
        children
            .push((field("timezone", ArrowType::Int32), Arc::new(Int32Array::from(vec![zone])) as ArrayRef));
    }
    Arc::new(StructArray::from(children))
}

/// The seconds and nanoseconds as Snowflake writes them: a signed decimal.
fn seconds(epoch: i64, fraction: i32) -> String {
    decimal(i128::from(epoch) * 1_000_000_000 + i128::from(fraction), 9)
}

proptest! {
    #[test]
    fn v01_numbers_of_every_scale_in_both_formats(unscaled in -LARGEST..=LARGEST, digits in 1_u32..=38, scale in 0_u8..=37) {
        let unscaled = unscaled % 10_i128.pow(digits.max(u32::from(scale)));
        let text = decimal(unscaled, scale);
        let arrow = Decimal128Array::from(vec![unscaled]).with_precision_and_scale(38, scale.cast_signed()).unwrap();
        for row in both(DataType::Number { precision: 38, scale }, &text, Arc::new(arrow)) {
            prop_assert_eq!(&row.get::<String>(0).unwrap(), &text);
            let power = 10_i128.pow(u32::from(scale));
            let whole = (unscaled % power == 0).then(|| unscaled / power);
            prop_assert_eq!(row.get::<i128>(0).ok(), whole);
            prop_assert_eq!(row.get::<i64>(0).ok(), whole.and_then(|whole| i64::try_from(whole).ok()));
            prop_assert_eq!(row.get::<u8>(0).ok(), whole.and_then(|whole| u8::try_from(whole).ok()));
            if let Ok(double) = row.get::<f64>(0) {
                prop_assert_eq!(format!("{double:.*}", usize::from(scale)).replace("-0.", "0."), text.replace("-0.", "0."));
            } else {
                prop_assert!(unscaled.abs() >= 10_i128.pow(15));
            }
        }
    }

    #[test]
    fn v05_timestamps_of_every_year_in_both_formats(
        epoch in -62_135_596_800_i64..=253_402_300_799,
        fraction in 0_i32..1_000_000_000,
        minutes in -1439_i32..=1439,
    ) {
        let text = seconds(epoch, fraction);
        for row in both(DataType::TimestampNtz { scale: 9 }, &text, stamps(epoch, fraction, None)) {
            let value: PrimitiveDateTime = row.get(0).unwrap();
            prop_assert_eq!(value.assume_utc().unix_timestamp(), epoch);
            prop_assert_eq!(value.nanosecond(), fraction.cast_unsigned());
        }
        let zoned = format!("{text} {}", minutes + 1440);
        for row in both(DataType::TimestampTz { scale: 9 }, &zoned, stamps(epoch, fraction, Some(minutes + 1440))) {
            // An offset can lead out of the years that `time` knows, and is then refused.
            if let Ok(value) = row.get::<OffsetDateTime>(0) {
                prop_assert_eq!(value.unix_timestamp(), epoch);
                prop_assert_eq!(value.nanosecond(), fraction.cast_unsigned());
                prop_assert_eq!(value.offset().whole_seconds(), minutes * 60);
            } else {
                let local = epoch + i64::from(minutes) * 60;
                prop_assert!(!(-377_705_116_800..=253_402_300_799).contains(&local));
            }
        }
    }

    #[test]
    fn v01_doubles_pass_unchanged(bits in any::<u64>()) {
        let value = f64::from_bits(bits);
        let read = f64::from_cell(Cell::Float(value), &DataType::Float).unwrap();
        prop_assert_eq!(read.to_bits(), bits);
        if let Ok(narrow) = f32::from_cell(Cell::Float(value), &DataType::Float) {
            prop_assert!(value.is_nan() || f64::from(narrow) == value || narrow.to_string().parse::<f64>() == Ok(value));
        }
    }

    #[test]
    fn v01_no_integer_is_ever_another(value in any::<i64>()) {
        let data_type = DataType::Number { precision: 18, scale: 0 };
        let cell = Cell::Integer(value);
        prop_assert_eq!(i64::from_cell(cell, &data_type).unwrap(), value);
        prop_assert_eq!(i32::from_cell(cell, &data_type).ok(), i32::try_from(value).ok());
        prop_assert_eq!(u64::from_cell(cell, &data_type).ok(), u64::try_from(value).ok());
        if let Ok(double) = f64::from_cell(cell, &data_type) {
            prop_assert_eq!(format!("{double:.0}"), value.to_string());
        }
        if let Ok(float) = f32::from_cell(cell, &data_type) {
            prop_assert_eq!(format!("{float:.0}"), value.to_string());
        }
    }
}
