//! The text form of every Rust type that can be bound.

use std::borrow::Cow;

use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use super::{Bind, BindType};

const MILLIS_PER_DAY: i64 = 86_400_000;
const NANOS_PER_SECOND: i128 = 1_000_000_000;
/// The Julian day of 1970-01-01.
const UNIX_JULIAN_DAY: i32 = 2_440_588;
/// The wire adds this to the minutes east of Greenwich, so that no offset is negative.
const OFFSET_BIAS: i32 = 1440;

macro_rules! fixed_from {
    ($($integer:ty)*) => {$(
        impl From<$integer> for Bind {
            fn from(value: $integer) -> Self {
                Self::new(BindType::Fixed, value.to_string())
            }
        }
    )*};
}

fixed_from!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

impl From<f64> for Bind {
    fn from(value: f64) -> Self {
        Self::new(BindType::Real, real_text(value))
    }
}

impl From<f32> for Bind {
    fn from(value: f32) -> Self {
        Self::from(f64::from(value))
    }
}

impl From<bool> for Bind {
    fn from(value: bool) -> Self {
        Self::new(BindType::Boolean, if value { "true" } else { "false" })
    }
}

macro_rules! text_from {
    ($($text:ty)*) => {$(
        impl From<$text> for Bind {
            fn from(value: $text) -> Self {
                Self::new(BindType::Text, value)
            }
        }
    )*};
}

text_from!(String &str &String Box<str> Cow<'_, str> char);

impl From<&[u8]> for Bind {
    fn from(bytes: &[u8]) -> Self {
        Self::new(BindType::Binary, hex_text(bytes))
    }
}

impl<const N: usize> From<&[u8; N]> for Bind {
    fn from(bytes: &[u8; N]) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl From<Vec<u8>> for Bind {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl From<Date> for Bind {
    fn from(date: Date) -> Self {
        let days = i64::from(date.to_julian_day() - UNIX_JULIAN_DAY);
        Self::new(BindType::Date, (days * MILLIS_PER_DAY).to_string())
    }
}

impl From<Time> for Bind {
    fn from(time: Time) -> Self {
        Self::new(BindType::Time, (time - Time::MIDNIGHT).whole_nanoseconds().to_string())
    }
}

impl From<PrimitiveDateTime> for Bind {
    fn from(clock: PrimitiveDateTime) -> Self {
        Self::new(BindType::TimestampNtz, nanos_text(clock.assume_utc().unix_timestamp_nanos()))
    }
}

/// Keeps the offset to the minute; the point in time is exact.
impl From<OffsetDateTime> for Bind {
    fn from(at: OffsetDateTime) -> Self {
        let offset = i32::from(at.offset().whole_minutes()) + OFFSET_BIAS;
        let nanos = nanos_text(at.unix_timestamp_nanos());
        Self::new(BindType::TimestampTz, format!("{nanos} {offset:04}"))
    }
}

/// Text for `PARSE_JSON(?)`; JSON's `null` too is that text, not NULL.
impl From<serde_json::Value> for Bind {
    fn from(value: serde_json::Value) -> Self {
        Self::new(BindType::Text, value.to_string())
    }
}

impl<T: Into<Self>> From<Option<T>> for Bind {
    fn from(value: Option<T>) -> Self {
        value.map_or_else(Self::null, Into::into)
    }
}

/// The shortest decimal that reads back as the same double, with the exponent's sign always written.
fn real_text(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let text = format!("{value:?}");
    match text.split_once('e') {
        Some((mantissa, exponent)) if !exponent.starts_with('-') => format!("{mantissa}e+{exponent}"),
        _ => text,
    }
}

/// Nanoseconds; the last second before 1970 keeps a zero for its whole seconds, as the official drivers
/// write it.
pub(super) fn nanos_text(nanos: i128) -> String {
    if -NANOS_PER_SECOND < nanos && nanos < 0 { format!("-0{:09}", -nanos) } else { nanos.to_string() }
}

fn hex_text(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().map_or('0', char::from);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
