//! A file format of any type.

use super::super::super::SqlError;
use super::super::super::env::Env;
use super::super::super::syntax::Options;
use super::{Compression, CsvFormat, JsonFormat, ParquetFormat, check};

/// How files are read and written.
#[derive(Clone, Debug)]
pub(in super::super) enum FileFormat {
    Csv(CsvFormat),
    Json(JsonFormat),
    Parquet(ParquetFormat),
}

impl FileFormat {
    /// # Errors
    /// `001007` for an option that no format has, `0A000` for what is not simulated.
    pub(in super::super) fn new(options: &Options) -> Result<Self, SqlError> {
        check(options)?;
        match options.text("TYPE").map(str::to_ascii_uppercase).as_deref() {
            None | Some("CSV") => CsvFormat::new(options).map(Self::Csv),
            Some("JSON") => JsonFormat::new(options).map(Self::Json),
            Some("PARQUET") => ParquetFormat::new(options).map(Self::Parquet),
            Some(other) => Err(SqlError::not_simulated(format!("files of type {other}"))),
        }
    }

    /// The environment in which the values of files are read.
    pub(in super::super) fn env(&self, env: &Env) -> Env {
        match self {
            Self::Csv(format) => format.env(env),
            Self::Json(format) => format.env(env),
            Self::Parquet(_) => env.clone(),
        }
    }

    /// How files are compressed as a whole.
    pub(in super::super) fn compression(&self) -> Compression {
        match self {
            Self::Csv(format) => format.compression,
            Self::Json(format) => format.compression,
            Self::Parquet(_) => Compression::Auto,
        }
    }

    /// The name of the type, as messages have it.
    pub(in super::super) fn name(&self) -> &'static str {
        match self {
            Self::Csv(_) => "CSV",
            Self::Json(_) => "JSON",
            Self::Parquet(_) => "PARQUET",
        }
    }

    /// The texts that stand for NULL, and whether blanks around texts are none of them.
    pub(in super::super) fn blanks(&self) -> (&[String], bool) {
        match self {
            // Fields of CSV are read with both in mind.
            Self::Csv(_) => (&[], false),
            Self::Json(format) => (&format.null_if, format.trim_space),
            Self::Parquet(format) => (&format.null_if, format.trim_space),
        }
    }
}
