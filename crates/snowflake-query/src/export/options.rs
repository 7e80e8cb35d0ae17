//! What a result is written as.

/// The form in which a result is written.
///
/// Numbers keep all digits, times are written in ISO 8601 (instants with `Z` or their offset), BINARY in
/// hex, VARIANT, OBJECT and ARRAY as JSON.
///
/// ```
/// use snowflake_query::{CsvHeader, CsvOptions, Export};
///
/// let export = Export::from(CsvOptions::default().with_delimiter(';').with_null("NULL"));
/// assert_ne!(export, Export::csv());
/// let bare = CsvOptions::default().with_header(CsvHeader::Omitted);
/// # assert_eq!(bare.header, CsvHeader::Omitted);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Export {
    /// Comma-separated values, quoted as RFC 4180 says.
    Csv(CsvOptions),
    /// One JSON object per line and row.
    JsonLines,
    /// Apache Parquet.
    #[cfg(feature = "parquet")]
    Parquet(ParquetOptions),
}

impl Export {
    /// CSV with a header line, commas, and nothing for NULL.
    #[must_use]
    pub fn csv() -> Self {
        Self::Csv(CsvOptions::default())
    }

    /// One JSON object per line and row.
    #[must_use]
    pub fn json_lines() -> Self {
        Self::JsonLines
    }

    /// Parquet, compressed with Snappy.
    #[cfg(feature = "parquet")]
    #[must_use]
    pub fn parquet() -> Self {
        Self::Parquet(ParquetOptions::default())
    }
}

impl From<CsvOptions> for Export {
    fn from(options: CsvOptions) -> Self {
        Self::Csv(options)
    }
}

#[cfg(feature = "parquet")]
impl From<ParquetOptions> for Export {
    fn from(options: ParquetOptions) -> Self {
        Self::Parquet(options)
    }
}

/// The details of CSV.
///
/// Lines end in a line feed. A text that equals the text for NULL is quoted, so that the two can be told
/// apart: by default NULL is nothing and the empty text is `""`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CsvOptions {
    /// Whether the first line holds the names of the columns.
    pub header: CsvHeader,
    /// What separates the cells of a line: not a quote and not a line end.
    pub delimiter: char,
    /// What stands for NULL.
    pub null: String,
}

/// Whether a CSV file begins with the names of its columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CsvHeader {
    /// The first line holds the names.
    #[default]
    Written,
    /// The first line is the first row.
    Omitted,
}

impl CsvOptions {
    /// Chooses whether the first line holds the names of the columns.
    #[must_use]
    pub fn with_header(mut self, header: CsvHeader) -> Self {
        self.header = header;
        self
    }

    /// Chooses what separates the cells of a line.
    #[must_use]
    pub fn with_delimiter(mut self, delimiter: char) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// Chooses what stands for NULL.
    #[must_use]
    pub fn with_null(mut self, null: impl Into<String>) -> Self {
        self.null = null.into();
        self
    }
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self { header: CsvHeader::default(), delimiter: ',', null: String::new() }
    }
}

/// The details of Parquet.
///
/// NUMBER is written as a decimal, TIME as a time in nanoseconds, TIMESTAMP_NTZ as a timestamp without a
/// zone, TIMESTAMP_LTZ and TIMESTAMP_TZ as instants in UTC: Parquet has no place for an offset per value.
#[cfg(feature = "parquet")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParquetOptions {
    /// The unit of timestamps.
    pub timestamps: ParquetTimestamps,
}

#[cfg(feature = "parquet")]
impl ParquetOptions {
    /// Chooses the unit of timestamps.
    #[must_use]
    pub fn with_timestamps(mut self, timestamps: ParquetTimestamps) -> Self {
        self.timestamps = timestamps;
        self
    }
}

/// The unit of timestamps in Parquet.
#[cfg(feature = "parquet")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParquetTimestamps {
    /// Microseconds for columns of at most six digits, nanoseconds for others; a value that nanoseconds
    /// cannot reach (before 1677-09-21 or after 2262-04-11) is an error.
    #[default]
    Exact,
    /// Microseconds: every year, and no digit beyond the sixth.
    Microseconds,
}

/// How much was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exported {
    /// Rows.
    pub rows: u64,
    /// Bytes.
    pub bytes: u64,
}
