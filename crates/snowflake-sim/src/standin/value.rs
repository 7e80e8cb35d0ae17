//! The value of a cell, as a test writes it.

use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

/// The value of a cell.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CellValue {
    /// NULL.
    Null,
    /// A whole number, for columns of numbers with or without digits after the point, and of doubles.
    Integer(i64),
    /// A double.
    Float(f64),
    /// A text; in a column of numbers its decimal digits, such as `12.50`; in one of VARIANT its JSON.
    Text(String),
    /// True or false.
    Boolean(bool),
    /// A day.
    Date(Date),
    /// A time of day.
    Time(Time),
    /// A wall clock without a zone.
    Timestamp(PrimitiveDateTime),
    /// An instant with its offset.
    Instant(OffsetDateTime),
    /// Bytes.
    Binary(Vec<u8>),
}

macro_rules! from {
    ($($from:ty => $value:ident ($convert:expr)),* $(,)?) => {
        $(impl From<$from> for CellValue {
            fn from(value: $from) -> Self {
                CellValue::$value($convert(value))
            }
        })*
    };
}

from! {
    i8 => Integer(i64::from),
    i16 => Integer(i64::from),
    i32 => Integer(i64::from),
    i64 => Integer(std::convert::identity),
    u8 => Integer(i64::from),
    u16 => Integer(i64::from),
    u32 => Integer(i64::from),
    f64 => Float(std::convert::identity),
    &str => Text(str::to_owned),
    String => Text(std::convert::identity),
    bool => Boolean(std::convert::identity),
    Date => Date(std::convert::identity),
    Time => Time(std::convert::identity),
    PrimitiveDateTime => Timestamp(std::convert::identity),
    OffsetDateTime => Instant(std::convert::identity),
    Vec<u8> => Binary(std::convert::identity),
}

impl<T: Into<CellValue>> From<Option<T>> for CellValue {
    fn from(value: Option<T>) -> Self {
        value.map_or(CellValue::Null, Into::into)
    }
}
