//! What a COPY did, file by file.

use snafu::ResultExt;
use snowflake_query::{QueryId, QueryResult, Row};

use super::metric;
use crate::error::{AnswerSnafu, Result};

/// What became of a load.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CopyResult {
    /// Rows that are in the table now.
    pub rows_loaded: u64,
    /// Records that were read.
    pub rows_parsed: u64,
    /// Errors that were met; with some options the count stops at the first.
    pub errors_seen: u64,
    /// Files that were looked at; those that had been loaded before are not among them.
    pub files_processed: u64,
    /// One entry a file, in the order of the service.
    pub results: Vec<CopyFile>,
    /// The id of the statement.
    pub query_id: QueryId,
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CopyFile {
    /// Its path, which begins with the name of the stage.
    pub file: String,
    /// Whether it was loaded.
    pub status: CopyStatus,
    /// Records that were read.
    pub rows_parsed: u64,
    /// Rows that are in the table now.
    pub rows_loaded: u64,
    /// Errors at which the file is left out.
    pub error_limit: u64,
    /// Errors that were met.
    pub errors_seen: u64,
    /// The first of them.
    pub first_error: Option<CopyError>,
}

/// Whether a file was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CopyStatus {
    /// Completely.
    Loaded,
    /// All but the records with errors.
    PartiallyLoaded,
    /// Not at all, because of its errors.
    LoadFailed,
    /// Not at all: it had been loaded before, or an earlier file ended the statement.
    LoadSkipped,
    /// Something that this version does not know, as the service says it.
    Other(String),
}

/// Where and why a record could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CopyError {
    /// What is wrong, in the service's words.
    pub message: String,
    /// The line of the file, from 1.
    pub line: Option<u64>,
    /// The character in the line, from 1.
    pub character: Option<u64>,
    /// The column of the table.
    pub column: Option<String>,
}

impl CopyResult {
    /// Reads the answer to a COPY, and counts what it did.
    pub(crate) fn read(result: &QueryResult) -> Result<Self> {
        let mut summary = Self { query_id: result.query_id, ..Self::default() };
        // Without a file to load the answer is one column with a sentence in it.
        if result.columns().len() == 1 {
            return Ok(summary);
        }
        for row in &result.rows {
            let file = CopyFile::read(&row).context(AnswerSnafu { statement: "COPY INTO" })?;
            summary.rows_loaded += file.rows_loaded;
            summary.rows_parsed += file.rows_parsed;
            summary.errors_seen += file.errors_seen;
            summary.files_processed += 1;
            summary.results.push(file);
        }
        metric::copied(&summary);
        Ok(summary)
    }
}

impl CopyFile {
    fn read(row: &Row) -> snowflake_query::Result<Self> {
        let count = |column: &'static str| row.get::<Option<u64>>(column).map(Option::unwrap_or_default);
        Ok(Self {
            file: row.get("file")?,
            status: CopyStatus::of(row.get("status")?),
            rows_parsed: count("rows_parsed")?,
            rows_loaded: count("rows_loaded")?,
            error_limit: count("error_limit")?,
            errors_seen: count("errors_seen")?,
            first_error: CopyError::read(row)?,
        })
    }
}

impl CopyError {
    fn read(row: &Row) -> snowflake_query::Result<Option<Self>> {
        let Some(message) = row.get("first_error")? else { return Ok(None) };
        Ok(Some(Self {
            message,
            line: row.get("first_error_line")?,
            character: row.get("first_error_character")?,
            column: row.get("first_error_column_name")?,
        }))
    }
}

impl CopyStatus {
    fn of(text: String) -> Self {
        match text.as_str() {
            "LOADED" => Self::Loaded,
            "PARTIALLY_LOADED" => Self::PartiallyLoaded,
            "LOAD_FAILED" => Self::LoadFailed,
            "LOAD_SKIPPED" => Self::LoadSkipped,
            _ => Self::Other(text),
        }
    }
}
