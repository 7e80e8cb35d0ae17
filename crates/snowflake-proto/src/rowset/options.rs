//! How Snowflake's types map to Arrow's.

/// Chooses the Arrow types of a result; the default keeps every value exactly.
///
/// ```
/// use snowflake_proto::{ArrowOptions, Numbers, Timestamps};
///
/// let options = ArrowOptions::default()
///     .with_timestamps(Timestamps::Nanoseconds)
///     .with_numbers(Numbers::Native);
/// assert_eq!(options.timestamps, Timestamps::Nanoseconds);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArrowOptions {
    /// The form of `TIMESTAMP_*` columns.
    pub timestamps: Timestamps,
    /// The form of `NUMBER` columns.
    pub numbers: Numbers,
}

impl ArrowOptions {
    /// Chooses the form of timestamps.
    #[must_use]
    pub fn with_timestamps(mut self, timestamps: Timestamps) -> Self {
        self.timestamps = timestamps;
        self
    }

    /// Chooses the form of numbers.
    #[must_use]
    pub fn with_numbers(mut self, numbers: Numbers) -> Self {
        self.numbers = numbers;
        self
    }
}

/// The form of `TIMESTAMP_*` columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Timestamps {
    /// Structs of seconds, nanoseconds and, for `TIMESTAMP_TZ`, the offset: every value exactly.
    #[default]
    Exact,
    /// `Timestamp(Microsecond)`, in UTC for LTZ and TZ. Digits beyond the sixth and the offset of
    /// `TIMESTAMP_TZ` are dropped; every year fits.
    Microseconds,
    /// `Timestamp(Nanosecond)`, in UTC for LTZ and TZ. The offset of `TIMESTAMP_TZ` is dropped; a
    /// value before 1677-09-21 or after 2262-04-11 is an error that names its column.
    Nanoseconds,
}

/// The form of `NUMBER` columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Numbers {
    /// `Int64` where every value fits, `Decimal128` elsewhere.
    #[default]
    Exact,
    /// `Int64` for scale 0 (a value that does not fit is an error that names its column), `Float64`
    /// for other scales (rounded to the nearest double).
    Native,
}
