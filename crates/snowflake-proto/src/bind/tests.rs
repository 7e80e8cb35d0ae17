//! The texts of bind values against the forms captured from the official drivers, and there and back.

use proptest::{collection::vec, option, prelude::*};
use time::{
    Date, Duration, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset,
    macros::{date, datetime, time},
};

use super::{Bind, BindType};
use crate::{
    error::ErrorKind,
    wire::query::{Binding, BindingValue},
};

fn text(bind: &Bind) -> String {
    match bind.to_wire().value {
        BindingValue::Text(text) => text,
        other => panic!("{other:?} is not one text"),
    }
}

fn tagged(bind: impl Into<Bind>) -> (String, String) {
    let bind = bind.into();
    (bind.to_wire().kind, text(&bind))
}

fn expect(bind: impl Into<Bind>, kind: &str, wanted: &str) {
    assert_eq!(tagged(bind), (kind.to_owned(), wanted.to_owned()));
}

#[test]
fn numbers_texts_and_bytes_have_their_captured_forms() {
    expect(1_i32, "FIXED", "1");
    expect(-7_i64, "FIXED", "-7");
    expect(i128::MIN, "FIXED", "-170141183460469231731687303715884105728");
    expect(u64::MAX, "FIXED", "18446744073709551615");
    expect(true, "BOOLEAN", "true");
    expect(false, "BOOLEAN", "false");
    expect("h\u{e9}llo", "TEXT", "h\u{e9}llo");
    expect(String::new(), "TEXT", "");
    expect(vec![0xDE_u8, 0xAD, 0x0F], "BINARY", "DEAD0F");
    expect(b"", "BINARY", "");
    expect(Some(5_u8), "FIXED", "5");
}

#[test]
fn v12_hostile_texts_travel_as_they_are() {
    let long = "x".repeat(1 << 24);
    for hostile in ["'", "\\", "\0", "\u{1f600}", "'; drop table t; --", "", &long] {
        assert_eq!(text(&Bind::from(hostile)), hostile);
    }
}

#[test]
fn v04_doubles_are_shortest_and_special_values_have_names() {
    let table = [
        (1.0, "1.0"),
        (0.1, "0.1"),
        (-0.0, "-0.0"),
        (1e100, "1e+100"),
        (-1.5e300, "-1.5e+300"),
        (1e-7, "1e-7"),
        (5e-324, "5e-324"),
        (f64::MAX, "1.7976931348623157e+308"),
        (123_456_789.125, "123456789.125"),
        (f64::NAN, "NaN"),
        (f64::INFINITY, "Infinity"),
        (f64::NEG_INFINITY, "-Infinity"),
    ];
    for (value, wanted) in table {
        expect(value, "REAL", wanted);
    }
    expect(0.5_f32, "REAL", "0.5");
}

#[test]
fn dates_and_times_have_their_captured_forms() {
    expect(date!(1969 - 12 - 31), "DATE", "-86400000");
    expect(date!(2024 - 02 - 29), "DATE", "1709164800000");
    expect(Date::MIN, "DATE", &(i64::from(Date::MIN.to_julian_day() - 2_440_588) * 86_400_000).to_string());
    expect(time!(12:34:56.789), "TIME", "45296789000000");
    expect(time!(1:02:03), "TIME", "3723000000000");
    expect(Time::MIDNIGHT, "TIME", "0");
    expect(time!(23:59:59.999_999_999), "TIME", "86399999999999");
}

#[test]
fn v05_timestamps_have_their_captured_forms() {
    let clock = datetime!(2024-02-29 12:34:56.789_123);
    expect(clock, "TIMESTAMP_NTZ", "1709210096789123000");
    expect(datetime!(1969-12-31 23:59:59.5), "TIMESTAMP_NTZ", "-0500000000");
    expect(datetime!(1969-12-31 23:59:59.999_999_999), "TIMESTAMP_NTZ", "-0000000001");
    expect(datetime!(1969-12-31 23:59:59), "TIMESTAMP_NTZ", "-1000000000");
    expect(datetime!(1970-01-01 0:00), "TIMESTAMP_NTZ", "0");
    expect(datetime!(9999-12-31 23:59:59.999_999_999), "TIMESTAMP_NTZ", "253402300799999999999");
    expect(datetime!(0001-01-01 0:00), "TIMESTAMP_NTZ", "-62135596800000000000");

    let zoned = clock.assume_offset(UtcOffset::from_hms(-8, 0, 0).unwrap());
    expect(zoned, "TIMESTAMP_TZ", "1709238896789123000 0960");
    expect(clock.assume_utc(), "TIMESTAMP_TZ", "1709210096789123000 1440");
    let nepal = clock.assume_offset(UtcOffset::from_hms(5, 45, 0).unwrap());
    expect(nepal, "TIMESTAMP_TZ", "1709189396789123000 1785");
    let far = clock.assume_offset(UtcOffset::from_hms(14, 0, 0).unwrap());
    assert!(text(&Bind::from(far)).ends_with(" 2280"));
    expect(Bind::instant(zoned), "TIMESTAMP_LTZ", "1709238896789123000");
}

#[test]
fn nulls_are_text_and_json_is_text_or_variant() {
    let null = Bind::from(None::<i64>);
    assert!(null.is_null());
    let wire = serde_json::to_value(null.to_wire()).unwrap();
    assert_eq!(wire, serde_json::json!({"type": "TEXT", "value": null}));

    let value = serde_json::json!({"a": [1, "x"]});
    expect(value.clone(), "TEXT", r#"{"a":[1,"x"]}"#);
    expect(serde_json::Value::Null, "TEXT", "null");
    let wire = serde_json::to_value(Bind::variant(&value).to_wire()).unwrap();
    assert_eq!(wire, serde_json::json!({"type": "VARIANT", "value": r#"{"a":[1,"x"]}"#, "fmt": "json"}));
}

#[test]
fn v01_number_texts_are_exact_or_refused() {
    let table = ["0", "-12.50", "+1", "99999999999999999999999999999999999999", ".5", "5."];
    for number in table {
        expect(Bind::number_text(number).unwrap(), "FIXED", number);
    }
    for other in ["", "-", ".", "+-1", "1e5", "1,5", " 1", "0x1", "NaN", "1.2.3", "\u{0661}"] {
        assert_eq!(Bind::number_text(other).unwrap_err().kind(), ErrorKind::InvalidBind, "{other:?}");
    }
}

#[test]
fn v12_arrays_are_uniform_and_of_one_length() {
    let array = Bind::array(vec![Bind::null(), Bind::from(date!(2024 - 01 - 01)), Bind::null()]).unwrap();
    let wire = serde_json::to_value(array.to_wire()).unwrap();
    assert_eq!(wire, serde_json::json!({"type": "DATE", "value": [null, "1704067200000", null]}));
    assert_eq!(Bind::array(vec![Bind::null()]).unwrap().kind(), BindType::Text);

    let bad = [vec![], vec![Bind::from(1), Bind::from("1")], vec![array.clone()]];
    for values in bad {
        assert_eq!(Bind::array(values).unwrap_err().kind(), ErrorKind::InvalidBind);
    }

    let two = Bind::array(vec![Bind::from(1), Bind::from(2)]).unwrap();
    assert_eq!(Bind::common_rows([]).unwrap(), None);
    assert_eq!(Bind::common_rows([&Bind::from(1), &Bind::null()]).unwrap(), None);
    assert_eq!(Bind::common_rows([&two, &two]).unwrap(), Some(2));
    assert!(Bind::common_rows([&two, &array]).is_err());
    assert!(Bind::common_rows([&two, &Bind::from(1)]).is_err());
    assert!(Bind::common_rows([&Bind::null(), &two]).is_err());
}

#[test]
fn v12_a_long_array_keeps_every_value() {
    let values = (0..65_536).map(Bind::from).collect();
    let array = Bind::array(values).unwrap();
    let BindingValue::List(list) = array.to_wire().value else { panic!("not a list") };
    assert_eq!(list.len(), 65_536);
    assert!(list.iter().enumerate().all(|(at, value)| value.as_deref() == Some(at.to_string().as_str())));
}

#[test]
fn g02_no_debug_form_shows_a_value() {
    let binds = [
        Bind::from("hunter2"),
        Bind::array(vec![Bind::from("hunter2"), Bind::null()]).unwrap(),
        Bind::variant(&serde_json::json!("hunter2")),
    ];
    for bind in &binds {
        for shown in [format!("{bind:?}"), format!("{bind:#?}"), format!("{:?}", bind.to_wire())] {
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }
    assert_eq!(format!("{binds:?}"), "[Bind(TEXT, ***), Bind(TEXT x 2, ***), Bind(VARIANT, ***)]");
    let error = Bind::number_text("hunter2").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

fn any_clock() -> impl Strategy<Value = PrimitiveDateTime> {
    let days = Date::MIN.to_julian_day()..=Date::MAX.to_julian_day();
    (days, 0..86_400_000_000_000_i64).prop_map(|(day, nanos)| {
        PrimitiveDateTime::new(
            Date::from_julian_day(day).unwrap(),
            Time::MIDNIGHT + Duration::nanoseconds(nanos),
        )
    })
}

/// What the server understands: nanoseconds since 1970, leading zeros or not.
fn clock_of(nanos: &str) -> PrimitiveDateTime {
    let at = OffsetDateTime::from_unix_timestamp_nanos(nanos.parse().unwrap()).unwrap();
    PrimitiveDateTime::new(at.date(), at.time())
}

proptest! {
    #[test]
    fn v04_doubles_read_back_bit_for_bit(bits: u64) {
        let value = f64::from_bits(bits);
        let back: f64 = text(&Bind::from(value)).parse().unwrap();
        prop_assert!(back.to_bits() == value.to_bits() || (back.is_nan() && value.is_nan()));
    }

    #[test]
    fn v01_integers_read_back(value: i128) {
        let bind = Bind::from(value);
        prop_assert_eq!(text(&bind).parse::<i128>().unwrap(), value);
        prop_assert_eq!(Bind::number_text(&text(&bind)).unwrap(), bind);
    }

    #[test]
    fn v05_clocks_read_back(clock in any_clock()) {
        prop_assert_eq!(clock_of(&text(&Bind::from(clock))), clock);
        let days = text(&Bind::from(clock.date())).parse::<i64>().unwrap() / 86_400_000;
        prop_assert_eq!(date!(1970 - 01 - 01) + Duration::days(days), clock.date());
        let nanos = text(&Bind::from(clock.time())).parse().unwrap();
        prop_assert_eq!(Time::MIDNIGHT + Duration::nanoseconds(nanos), clock.time());
    }

    #[test]
    fn v05_zoned_clocks_read_back(clock in any_clock(), minutes in -14 * 60..=14 * 60_i32) {
        let offset = UtcOffset::from_whole_seconds(minutes * 60).unwrap();
        let at = clock.assume_offset(offset);
        let sent = text(&Bind::from(at));
        let (nanos, biased) = sent.split_once(' ').unwrap();
        prop_assert_eq!(biased.len(), 4);
        prop_assert_eq!(biased.parse::<i32>().unwrap() - 1440, minutes);
        prop_assert_eq!(nanos.parse::<i128>().unwrap(), at.unix_timestamp_nanos());
        prop_assert_eq!(text(&Bind::instant(at)), nanos);
    }

    #[test]
    fn v09_bytes_read_back(bytes: Vec<u8>) {
        let sent = text(&Bind::from(bytes.clone()));
        let pairs = sent.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
        let back: Vec<u8> = pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
        prop_assert_eq!(back, bytes);
    }

    #[test]
    fn v12_binds_survive_the_json_of_a_request(values in vec(option::of("\\PC*"), 1..20)) {
        let array = Bind::array(values.iter().cloned().map(Bind::from).collect()).unwrap();
        let json = serde_json::to_string(&array.to_wire()).unwrap();
        let back: Binding = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&back.kind, "TEXT");
        prop_assert_eq!(back.value, BindingValue::List(values));
    }
}
