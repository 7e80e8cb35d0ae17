//! Cells as they travel in the JSON format, and as a client reads them as text.

use snowflake_proto::{Column, DataType};
use time::{OffsetDateTime, PrimitiveDateTime, Time};

use super::CellValue;
use crate::encode::{float, hex, seconds};

/// Nanoseconds are what every time is counted in.
const DIGITS: u8 = 9;
/// What offsets of zones are raised by on the wire, in minutes.
const OFFSET_BIAS: i32 = 1_440;

/// A cell: NULL is none. `Err` says what the column cannot hold.
pub(super) type Cell = Result<Option<String>, String>;

/// The cell as it travels.
pub(super) fn wire(column: &Column, value: &CellValue) -> Cell {
    let text = match (&column.data_type, value) {
        (_, CellValue::Null) => return Ok(None),
        (DataType::Boolean, CellValue::Boolean(value)) => u8::from(*value).to_string(),
        (DataType::Date, CellValue::Date(date)) => (i64::from(date.to_julian_day())
            - i64::from(time::macros::date!(1970 - 01 - 01).to_julian_day()))
        .to_string(),
        (DataType::Time { .. }, CellValue::Time(time)) => seconds(0, nanoseconds(*time), DIGITS),
        (DataType::TimestampNtz { .. }, CellValue::Timestamp(at)) => epoch(at.assume_utc()),
        (DataType::TimestampLtz { .. }, CellValue::Instant(at)) => epoch(*at),
        (DataType::TimestampTz { .. }, CellValue::Instant(at)) => {
            let minutes = i32::from(at.offset().whole_minutes()) + OFFSET_BIAS;
            format!("{} {minutes}", epoch(*at))
        }
        _ => return plain(column, value),
    };
    Ok(Some(text))
}

/// The cell as a client reads it as text.
pub(super) fn plain(column: &Column, value: &CellValue) -> Cell {
    let text = match (&column.data_type, value) {
        (_, CellValue::Null) => return Ok(None),
        (DataType::Number { scale, .. }, CellValue::Integer(value)) => decimal(&value.to_string(), *scale)?,
        (DataType::Number { scale, .. }, CellValue::Text(digits)) => decimal(digits, *scale)?,
        (DataType::Float, CellValue::Float(value)) => float(*value),
        (DataType::Float, CellValue::Integer(value)) => value.to_string(),
        (DataType::Text { .. } | DataType::Variant, CellValue::Text(text)) => text.clone(),
        (DataType::Boolean, CellValue::Boolean(value)) => value.to_string(),
        (DataType::Date, CellValue::Date(date)) => date.to_string(),
        (DataType::Time { .. }, CellValue::Time(time)) => clock(*time),
        (DataType::TimestampNtz { .. }, CellValue::Timestamp(at)) => wall_clock(*at),
        (DataType::TimestampLtz { .. }, CellValue::Instant(at)) => {
            let utc = at.to_offset(time::UtcOffset::UTC);
            format!("{}Z", wall_clock(PrimitiveDateTime::new(utc.date(), utc.time())))
        }
        (DataType::TimestampTz { .. }, CellValue::Instant(at)) => with_offset(*at),
        (DataType::Binary { .. }, CellValue::Binary(bytes)) => hex(bytes),
        (data_type, _) => {
            return Err(format!("column {} of type {data_type} was given another", column.name));
        }
    };
    Ok(Some(text))
}

/// Decimal digits with so many after the point.
fn decimal(digits: &str, scale: u8) -> Result<String, String> {
    let (sign, unsigned) = digits.strip_prefix('-').map_or(("", digits), |unsigned| ("-", unsigned));
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let is_number =
        !whole.is_empty() && whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    let width = usize::from(scale);
    if !is_number || fraction.len() > width {
        return Err(format!("a text is no number with at most {scale} digits after the point"));
    }
    let point = if scale == 0 { "" } else { "." };
    Ok(format!("{sign}{whole}{point}{fraction:0<width$}"))
}

fn epoch(at: OffsetDateTime) -> String {
    seconds(at.unix_timestamp(), i64::from(at.nanosecond()), DIGITS)
}

fn nanoseconds(time: Time) -> i64 {
    let since_midnight = time - Time::MIDNIGHT;
    since_midnight.whole_seconds() * 1_000_000_000 + i64::from(time.nanosecond())
}

/// `23:59:59.5`: only the digits that are needed.
fn clock(time: Time) -> String {
    let (hour, minute, second) = time.as_hms();
    let whole = format!("{hour:02}:{minute:02}:{second:02}");
    match time.nanosecond() {
        0 => whole,
        fraction => format!("{whole}.{}", format!("{fraction:09}").trim_end_matches('0')),
    }
}

fn wall_clock(at: PrimitiveDateTime) -> String {
    format!("{}T{}", at.date(), clock(at.time()))
}

fn with_offset(at: OffsetDateTime) -> String {
    let minutes = at.offset().whole_minutes();
    let (sign, magnitude) = (if minutes < 0 { '-' } else { '+' }, minutes.unsigned_abs());
    let local = wall_clock(PrimitiveDateTime::new(at.date(), at.time()));
    format!("{local}{sign}{:02}:{:02}", magnitude / 60, magnitude % 60)
}
