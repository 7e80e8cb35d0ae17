//! The options of Parquet files.

use super::super::super::SqlError;
use super::super::super::syntax::Options;

/// How Parquet files are read and written.
#[derive(Clone, Debug)]
pub(in super::super) struct ParquetFormat {
    /// Whether bytes of no stated kind are UTF-8 text.
    pub(in super::super) binary_as_text: bool,
    /// Whether the newer notes on types count, not only those that old readers know.
    pub(in super::super) use_logical_type: bool,
    pub(in super::super) replace_invalid: bool,
    pub(in super::super) trim_space: bool,
    pub(in super::super) null_if: Vec<String>,
    /// How pages are compressed when files are written.
    pub(in super::super) codec: Codec,
}

/// How the pages of a file are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Codec {
    Snappy,
    Gzip,
    None,
}

impl ParquetFormat {
    pub(super) fn new(options: &Options) -> Result<Self, SqlError> {
        let codec = match options.text("COMPRESSION").map(str::to_ascii_uppercase).as_deref() {
            None | Some("AUTO" | "SNAPPY") if options.boolean("SNAPPY_COMPRESSION")? == Some(false) => {
                Codec::None
            }
            None | Some("AUTO" | "SNAPPY") => Codec::Snappy,
            Some("GZIP") => Codec::Gzip,
            Some("NONE") => Codec::None,
            Some(other) => return Err(SqlError::not_simulated(format!("{other} compression"))),
        };
        let is_on = |name: &str| options.boolean(name).map(|value| value == Some(true));
        // How the service scans a file makes no difference to what it finds.
        options.boolean("USE_VECTORIZED_SCANNER")?;
        Ok(Self {
            binary_as_text: options.boolean("BINARY_AS_TEXT")?.unwrap_or(true),
            use_logical_type: is_on("USE_LOGICAL_TYPE")?,
            replace_invalid: is_on("REPLACE_INVALID_CHARACTERS")?,
            trim_space: is_on("TRIM_SPACE")?,
            null_if: options.list("NULL_IF").unwrap_or_default(),
            codec,
        })
    }
}
