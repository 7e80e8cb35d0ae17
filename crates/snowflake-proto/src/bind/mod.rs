//! Values bound to the placeholders of a statement, in the text forms the protocol wants.

use std::{borrow::Cow, fmt};

use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use crate::{
    error::{Error, Result},
    wire::query::{Binding, BindingValue},
};

const MILLIS_PER_DAY: i64 = 86_400_000;
const NANOS_PER_SECOND: i128 = 1_000_000_000;
/// The Julian day of 1970-01-01.
const UNIX_JULIAN_DAY: i32 = 2_440_588;
/// The wire adds this to the minutes east of Greenwich, so that no offset is negative.
const OFFSET_BIAS: i32 = 1440;

/// How the server is to read the text of a bind value.
///
/// ```
/// use snowflake_proto::{Bind, BindType};
///
/// assert_eq!(Bind::from(1.5).kind(), BindType::Real);
/// assert_eq!(BindType::Real.as_str(), "REAL");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BindType {
    /// A whole or decimal number.
    Fixed,
    /// A double.
    Real,
    /// Text, and NULL.
    Text,
    /// `true` or `false`.
    Boolean,
    /// Bytes, written in hexadecimal.
    Binary,
    /// Milliseconds from 1970-01-01 to midnight of the day.
    Date,
    /// Nanoseconds since midnight.
    Time,
    /// Nanoseconds since 1970-01-01 of a clock without zone.
    TimestampNtz,
    /// Nanoseconds since 1970-01-01 UTC.
    TimestampLtz,
    /// As [`BindType::TimestampLtz`], with the offset in minutes plus 1440.
    TimestampTz,
    /// JSON text.
    Variant,
}

impl BindType {
    /// The tag the protocol uses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "FIXED",
            Self::Real => "REAL",
            Self::Text => "TEXT",
            Self::Boolean => "BOOLEAN",
            Self::Binary => "BINARY",
            Self::Date => "DATE",
            Self::Time => "TIME",
            Self::TimestampNtz => "TIMESTAMP_NTZ",
            Self::TimestampLtz => "TIMESTAMP_LTZ",
            Self::TimestampTz => "TIMESTAMP_TZ",
            Self::Variant => "VARIANT",
        }
    }
}

impl fmt::Display for BindType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One value for one placeholder, or one per row of an array bind.
///
/// Made with `From` from Rust's own numbers, texts and bytes, from the types of the `time` crate, from JSON and from an
/// `Option` of any of them.
/// `Debug` tells the type and hides the value.
///
/// ```
/// use snowflake_proto::Bind;
///
/// let binds = [Bind::from(42), Bind::from("it's"), Bind::from(None::<f64>), Bind::number_text("0.10")?];
/// assert_eq!(format!("{:?}", binds[1]), "Bind(TEXT, ***)");
///
/// let names = Bind::array(vec![Bind::from("a"), Bind::null(), Bind::from("c")])?;
/// assert_eq!(names.rows(), Some(3));
/// # Ok::<(), snowflake_proto::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Bind {
    kind: BindType,
    value: Value,
}

#[derive(Clone, PartialEq, Eq)]
enum Value {
    Null,
    Text(String),
    List(Vec<Option<String>>),
}

impl Bind {
    fn new(kind: BindType, text: impl Into<String>) -> Self {
        Self { kind, value: Value::Text(text.into()) }
    }

    /// NULL, fit for a placeholder of any type.
    #[must_use]
    pub const fn null() -> Self {
        Self { kind: BindType::Text, value: Value::Null }
    }

    /// A number from its decimal digits, exact whatever their count: `-12.50`.
    ///
    /// # Errors
    ///
    /// `InvalidBind` when the text is not an optional sign, digits and an optional point among them.
    pub fn number_text(text: &str) -> Result<Self> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let mut digits = whole.bytes().chain(fraction.bytes());
        if (whole.is_empty() && fraction.is_empty()) || !digits.all(|byte| byte.is_ascii_digit()) {
            return Err(Error::invalid_bind("a number is a sign, digits and one point at most"));
        }
        Ok(Self::new(BindType::Fixed, text))
    }

    /// A point in time, shown by the server in the session's own time zone (`TIMESTAMP_LTZ`).
    /// `From<OffsetDateTime>` keeps the value's own offset instead (`TIMESTAMP_TZ`).
    #[must_use]
    pub fn instant(at: OffsetDateTime) -> Self {
        Self::new(BindType::TimestampLtz, nanos_text(at.unix_timestamp_nanos()))
    }

    /// A semi-structured value that is one already when it reaches the statement, without `PARSE_JSON`.
    ///
    /// `From<serde_json::Value>` sends text, which every release accepts as `PARSE_JSON(?)`.
    #[must_use]
    pub fn variant(value: &serde_json::Value) -> Self {
        Self::new(BindType::Variant, value.to_string())
    }

    /// One value per row, for an `INSERT ... VALUES` that is to run once for all of them.
    /// NULLs may stand among values of any one type.
    ///
    /// # Errors
    ///
    /// `InvalidBind` when there is no value, when two of them differ in type, or when one is an array itself.
    pub fn array(values: Vec<Self>) -> Result<Self> {
        if values.is_empty() {
            return Err(Error::invalid_bind("an array needs at least one value"));
        }
        let mut kind = None;
        let mut list = Vec::with_capacity(values.len());
        for value in values {
            match value.value {
                Value::Null => list.push(None),
                Value::Text(text) => {
                    let expected = *kind.get_or_insert(value.kind);
                    if value.kind != expected {
                        let found = value.kind;
                        return Err(Error::invalid_bind(format!("an array of {expected} holds a {found}")));
                    }
                    list.push(Some(text));
                }
                Value::List(_) => return Err(Error::invalid_bind("an array cannot hold an array")),
            }
        }
        Ok(Self { kind: kind.unwrap_or(BindType::Text), value: Value::List(list) })
    }

    /// The type the server is told.
    #[must_use]
    pub const fn kind(&self) -> BindType {
        self.kind
    }

    /// Whether this is a single NULL.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// How many rows an array has; nothing for a single value.
    #[must_use]
    pub const fn rows(&self) -> Option<usize> {
        match &self.value {
            Value::List(values) => Some(values.len()),
            Value::Null | Value::Text(_) => None,
        }
    }

    /// How many rows all the values of one statement have; nothing when they are single values.
    ///
    /// # Errors
    ///
    /// `InvalidBind` when arrays differ in length or stand beside single values.
    pub fn common_rows<'a>(binds: impl IntoIterator<Item = &'a Self>) -> Result<Option<usize>> {
        let mut all = binds.into_iter().map(Self::rows);
        let Some(first) = all.next() else { return Ok(None) };
        for rows in all {
            match (first, rows) {
                (Some(first), Some(other)) if first != other => {
                    return Err(Error::invalid_bind(format!(
                        "arrays of {first} and {other} rows in one statement"
                    )));
                }
                (None, Some(_)) | (Some(_), None) => {
                    return Err(Error::invalid_bind("arrays and single values in one statement"));
                }
                _ => {}
            }
        }
        Ok(first)
    }

    /// The form a query request carries.
    #[must_use]
    pub fn to_wire(&self) -> Binding {
        let value = match &self.value {
            Value::Null => BindingValue::Null,
            Value::Text(text) => BindingValue::Text(text.clone()),
            Value::List(texts) => BindingValue::List(texts.clone()),
        };
        let fmt = (self.kind == BindType::Variant).then(|| "json".to_owned());
        Binding { kind: self.kind.as_str().to_owned(), value, fmt, schema: None }
    }
}

impl fmt::Debug for Bind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rows() {
            Some(rows) => write!(f, "Bind({} x {rows}, ***)", self.kind),
            None => write!(f, "Bind({}, ***)", self.kind),
        }
    }
}

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

/// Nanoseconds; the last second before 1970 keeps a zero for its whole seconds, as the official drivers write it.
fn nanos_text(nanos: i128) -> String {
    if -NANOS_PER_SECOND < nanos && nanos < 0 { format!("-0{:09}", -nanos) } else { nanos.to_string() }
}

fn hex_text(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().map_or('0', char::from);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests;
