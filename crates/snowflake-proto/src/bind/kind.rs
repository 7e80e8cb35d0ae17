//! The types a bind value can have on the wire.

use std::fmt;

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
