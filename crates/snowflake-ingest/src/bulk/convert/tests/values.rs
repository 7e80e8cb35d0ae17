//! One value into one column.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float64Type, Int64Type, Time64MicrosecondType, TimestampMicrosecondType,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType as ArrowType, TimeUnit};
use proptest::prelude::*;
use serde::Serialize;
use serde_json::json;
use snowflake_proto::DataType;
use time::macros::{date, datetime, time};

use super::{INTEGER, TEXT, batch, misfit};

#[derive(Serialize)]
struct One<T> {
    v: T,
}

fn array<T: Serialize>(data_type: DataType, values: impl IntoIterator<Item = T>) -> ArrayRef {
    let records: Vec<_> = values.into_iter().map(|v| One { v }).collect();
    Arc::clone(batch(&[("V", data_type)], &records).column(0))
}

fn refused<T: Serialize>(data_type: DataType, value: T) -> String {
    misfit(&[("V", data_type)], &[One { v: value }]).to_string()
}

fn number(precision: u8, scale: u8) -> DataType {
    DataType::Number { precision, scale }
}

#[test]
fn v01_whole_numbers_are_64_bits_wide_until_one_is_wider() {
    let short = array(INTEGER, [Some(i64::MIN), None, Some(i64::MAX)]);
    assert_eq!(
        short.as_primitive::<Int64Type>().iter().collect::<Vec<_>>(),
        [Some(i64::MIN), None, Some(i64::MAX)]
    );
    let largest = 99_999_999_999_999_999_999_999_999_999_999_999_999_i128;
    let wide = array(INTEGER, [Some(1), None, Some(largest), Some(-largest)]);
    assert_eq!(*wide.data_type(), ArrowType::Decimal128(38, 0));
    let values: Vec<_> = wide.as_primitive::<Decimal128Type>().iter().collect();
    assert_eq!(values, [Some(1), None, Some(largest), Some(-largest)]);
    assert_eq!(array(INTEGER, [u64::MAX]).as_primitive::<Decimal128Type>().value(0), i128::from(u64::MAX));
    assert!(refused(INTEGER, largest + 1).contains("more digits"));
    assert!(refused(INTEGER, u128::MAX).contains("38 digits"));
    assert!(refused(number(3, 0), 1000).contains("NUMBER(3,0)"));
    assert_eq!(array(number(3, 0), [-999]).as_primitive::<Int64Type>().value(0), -999);
}

#[test]
fn v01_decimals_are_exact_whatever_form_they_come_in() {
    let units = |array: &ArrayRef| array.as_primitive::<Decimal128Type>().value(0);
    assert_eq!(units(&array(number(10, 2), ["12.50"])), 1250);
    assert_eq!(
        units(&array(number(10, 2), [19.99])),
        1999,
        "not 19.98, which the double times 100 would be cut to"
    );
    assert_eq!(units(&array(number(10, 2), [0.1_f32])), 10);
    assert_eq!(units(&array(number(10, 2), [-7])), -700);
    assert_eq!(units(&array(number(10, 2), ["1.005"])), 101, "half away from zero, as the service rounds");
    for (value, why) in
        [(json!("abc"), "no number"), (json!(1e12), "more digits"), (json!(true), "a boolean")]
    {
        assert!(refused(number(10, 2), value).contains(why), "{why}");
    }
    assert!(refused(number(10, 2), f64::NAN).contains("NaN"));
}

#[test]
fn v04_doubles_keep_every_bit() {
    let values = [0.1, -0.0, f64::MAX, f64::MIN_POSITIVE, f64::INFINITY, f64::NAN];
    let held = array(DataType::Float, values);
    let bits = |value: f64| value.to_bits();
    let held: Vec<u64> = held.as_primitive::<Float64Type>().values().iter().copied().map(bits).collect();
    assert_eq!(held, values.map(bits));
    assert_eq!(
        array(DataType::Float, ["1e3"]).as_primitive::<Float64Type>().value(0).to_bits(),
        bits(1000.0)
    );
    assert_eq!(array(DataType::Float, [3]).as_primitive::<Float64Type>().value(0).to_bits(), bits(3.0));
}

#[test]
fn texts_are_as_long_as_the_column_allows() {
    let texts = array(DataType::Text { length: 3 }, ["", "a\0b", "\u{e4}\u{1f600}x"]);
    assert_eq!(
        texts.as_string::<i32>().iter().flatten().collect::<Vec<_>>(),
        ["", "a\0b", "\u{e4}\u{1f600}x"]
    );
    assert!(refused(DataType::Text { length: 3 }, "abcd").contains("VARCHAR(3)"));
    let spelled = array(TEXT, [json!(7), json!(1.5), json!(true)]);
    assert_eq!(spelled.as_string::<i32>().iter().flatten().collect::<Vec<_>>(), ["7", "1.5", "true"]);
    #[derive(Serialize)]
    enum Color {
        Red,
    }
    assert_eq!(array(TEXT, [Color::Red]).as_string::<i32>().value(0), "Red");
    assert!(refused(TEXT, [1.5]).contains("VARIANT"));
}

#[test]
fn booleans_and_bytes_come_in_the_forms_that_mean_them() {
    let flags = array(DataType::Boolean, [json!(true), json!("FALSE"), json!(null)]);
    let flags = flags.as_boolean();
    assert!(flags.value(0) && !flags.value(1) && flags.is_null(2));
    assert!(refused(DataType::Boolean, "yes").contains("neither"));
    let binary = DataType::Binary { length: 3 };
    for value in [json!([222, 173]), json!("DEad")] {
        assert_eq!(array(binary.clone(), [value]).as_binary::<i32>().value(0), [0xDE, 0xAD]);
    }
    assert!(refused(binary.clone(), vec![0_u8; 4]).contains("longer"));
    assert!(refused(binary.clone(), [256]).contains("no bytes"));
    assert!(refused(binary, "xyz").contains("hexadecimal"));
}

#[test]
fn v05_dates_and_times_come_as_texts_or_as_the_types_of_the_time_crate() {
    let days = |array: &ArrayRef| array.as_primitive::<Date32Type>().value(0);
    assert_eq!(days(&array(DataType::Date, ["2024-02-29"])), 19_782);
    assert_eq!(days(&array(DataType::Date, [date!(2024 - 02 - 29)])), 19_782);
    let midday = array(DataType::Time { scale: 9 }, [time!(12:34:56.789)]);
    assert_eq!(midday.as_primitive::<Time64MicrosecondType>().value(0), 45_296_789_000);
    let micros = |array: &ArrayRef| array.as_primitive::<TimestampMicrosecondType>().value(0);
    let clock = datetime!(2024-02-29 12:34:56.789_123);
    let ntz = DataType::TimestampNtz { scale: 9 };
    assert_eq!(micros(&array(ntz.clone(), [clock])), 1_709_210_096_789_123);
    assert_eq!(micros(&array(ntz.clone(), ["2024-02-29T12:34:56.789123Z"])), 1_709_210_096_789_123);
    assert_eq!(micros(&array(ntz.clone(), ["1969-12-31 23:59:59.5"])), -500_000);
    assert!(refused(ntz.clone(), "2024-02-29T12:34:56+02:00").contains("offset"));
    assert!(refused(ntz.clone(), "noon").contains("no date or time"));
    assert!(refused(ntz, 1_709_210_096).contains("does not take a number"));
    assert!(refused(DataType::Date, "2024-02-29 12:00").contains("a timestamp"));
}

#[test]
fn v05_points_in_time_need_an_offset_and_keep_it_where_the_type_does() {
    let ltz = DataType::TimestampLtz { scale: 9 };
    let at = datetime!(2024-02-29 12:00 +2);
    let instants = array(ltz.clone(), [at]);
    assert_eq!(*instants.data_type(), ArrowType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())));
    assert_eq!(instants.as_primitive::<TimestampMicrosecondType>().value(0), 1_709_200_800_000_000);
    assert!(refused(ltz, datetime!(2024-02-29 12:00)).contains("no offset"));
    let tz = array(DataType::TimestampTz { scale: 9 }, [at]);
    assert_eq!(tz.as_string::<i32>().value(0), "2024-02-29 12:00:00.000000000 +02:00");
}

#[test]
fn v05_a_nanosecond_is_not_lost() {
    let values = ["2024-02-29T12:00:00", "2024-02-29T12:00:00.000000001", "9999-12-31T23:59:59.999999999"];
    let texts = array(DataType::TimestampNtz { scale: 9 }, values);
    let texts: Vec<_> = texts.as_string::<i32>().iter().flatten().collect();
    assert_eq!(
        texts,
        ["2024-02-29 12:00:00.000000000", "2024-02-29 12:00:00.000000001", "9999-12-31 23:59:59.999999999"]
    );
}

#[test]
fn v07_semi_structured_values_are_json_and_none_is_null() {
    #[derive(Serialize)]
    struct Nested<'a> {
        tags: [&'a str; 2],
        size: Option<u8>,
    }
    let held = array(DataType::Variant, [Some(Nested { tags: ["a\"", "b"], size: None }), None]);
    assert_eq!(held.as_string::<i32>().value(0), r#"{"tags":["a\"","b"],"size":null}"#);
    assert!(held.is_null(1));
    assert_eq!(array(DataType::Variant, ["x"]).as_string::<i32>().value(0), "\"x\"");
    let point = array(DataType::Other("GEOGRAPHY".into()), ["POINT(1 2)"]);
    assert_eq!(point.as_string::<i32>().value(0), "POINT(1 2)");
}

#[test]
fn no_misfit_tells_the_value() {
    let secret = "hunter2hunter2hunter2";
    for data_type in
        [INTEGER, DataType::Date, DataType::Boolean, DataType::Float, DataType::Text { length: 3 }]
    {
        let told = refused(data_type, secret);
        assert!(!told.contains("hunter"), "{told}");
    }
}

proptest! {
    #[test]
    fn v01_every_number_of_a_scale_is_read_back(units in -9_999_999_999_i64..=9_999_999_999, scale in 0_u8..6) {
        let text = format!("{units}e-{scale}");
        let held = array(number(15, scale), [text]);
        let found = match held.as_primitive_opt::<Int64Type>() {
            Some(whole) => i128::from(whole.value(0)),
            None => held.as_primitive::<Decimal128Type>().value(0),
        };
        prop_assert_eq!(found, i128::from(units));
    }
}
