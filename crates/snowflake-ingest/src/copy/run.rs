//! Sending a COPY and reading what it did.

use snafu::ResultExt;
use snowflake_query::{Pool, QueryResult, Row};

use super::options::ValidationMode;
use super::outcome::CopyResult;
use super::request::CopyIntoRequest;
use super::unload::{UnloadRequest, UnloadResult};
use crate::error::{AnswerSnafu, Result};

/// Loads the files of a stage into a table.
///
/// A file that was loaded before is left out, unless the options force it; that is what makes repeating a
/// load safe.
///
/// # Errors
/// [`Configuration`](crate::ErrorKind::Configuration) as [`CopyIntoRequest::to_sql`];
/// [`Sql`](crate::ErrorKind::Sql) when the service refuses the statement, or when a record cannot be loaded
/// and `on_error` says to stop; the other kinds of a statement.
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement: what a load has done so far is undone.
pub async fn copy_into(pool: &Pool, request: &CopyIntoRequest) -> Result<CopyResult> {
    CopyResult::read(&pool.execute(request.query(None)?).await?)
}

/// Reads the files of a stage as they would be loaded, and gives back the first so many rows. Nothing is
/// loaded.
///
/// # Errors
/// As [`copy_into`]; [`Sql`](crate::ErrorKind::Sql) also when one of the rows cannot be read.
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement.
pub async fn preview_copy(pool: &Pool, request: &CopyIntoRequest, rows: u32) -> Result<QueryResult> {
    Ok(pool.execute(request.query(Some(ValidationMode::ReturnRows(rows)))?).await?)
}

/// The records that a load would reject, and why.
///
/// # Errors
/// As [`copy_into`].
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement.
pub async fn validate_copy(pool: &Pool, request: &CopyIntoRequest) -> Result<Vec<RejectedRecord>> {
    let result = pool.execute(request.query(Some(ValidationMode::ReturnAllErrors))?).await?;
    let read = |row: Row| RejectedRecord::read(&row).context(AnswerSnafu { statement: "VALIDATION_MODE" });
    Ok(result.rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// Writes a table or the rows of a query into files of a stage.
///
/// # Errors
/// [`Configuration`](crate::ErrorKind::Configuration) as [`UnloadRequest::to_sql`];
/// [`Sql`](crate::ErrorKind::Sql) when the service refuses the statement; the other kinds of a statement.
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement; files that were written may stay.
pub async fn unload(pool: &Pool, request: &UnloadRequest) -> Result<UnloadResult> {
    UnloadResult::read(&pool.execute(request.query()?).await?)
}

/// A record that cannot be loaded, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RejectedRecord {
    /// The file, by its path in the stage.
    pub file: String,
    /// What is wrong, in the service's words.
    pub error: String,
    /// The line of the file, from 1.
    pub line: Option<u64>,
    /// The character in the line, from 1.
    pub character: Option<u64>,
    /// The column of the table.
    pub column: Option<String>,
    /// The record's number in its file, from 1.
    pub row: Option<u64>,
    /// The record itself.
    pub record: Option<String>,
}

impl RejectedRecord {
    pub(crate) fn read(row: &Row) -> snowflake_query::Result<Self> {
        Ok(Self {
            file: row.get("FILE")?,
            error: row.get("ERROR")?,
            line: row.get("LINE")?,
            character: row.get("CHARACTER")?,
            column: row.get("COLUMN_NAME")?,
            row: row.get("ROW_NUMBER")?,
            record: row.get("REJECTED_RECORD")?,
        })
    }
}
