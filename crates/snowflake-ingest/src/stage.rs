//! What lies in a stage, and taking it away.

use snafu::ResultExt;
use snowflake_proto::Literal;
use snowflake_query::{Pool, Row};

use crate::copy::regex;
use crate::error::{AnswerSnafu, Result};
use crate::location::StageLocation;

/// A file of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StageFile {
    /// Its path, which begins with the name of the stage but for a user's own.
    pub name: String,
    /// Its size in bytes, as it lies there: compressed and encrypted.
    pub size: u64,
    /// The MD5 or entity tag that its store knows it by.
    pub md5: Option<String>,
    /// When it was written, as the service says it: `Tue, 05 Aug 2025 10:00:00 GMT`.
    pub last_modified: String,
}

/// The files of a stage, or of a folder of it.
///
/// `pattern` is a glob for the file names, such as `*.csv`; a name matches with and without the ending that
/// compression adds.
///
/// # Errors
/// [`Configuration`](crate::ErrorKind::Configuration) for a text that is no location;
/// [`Sql`](crate::ErrorKind::Sql) when there is no such stage; the other kinds of a statement.
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement.
pub async fn list_stage(pool: &Pool, stage: &str, pattern: Option<&str>) -> Result<Vec<StageFile>> {
    let result = pool.execute(statement("LIST", stage, pattern)?).await?;
    let read = |row: Row| StageFile::read(&row).context(AnswerSnafu { statement: "LIST" });
    Ok(result.rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// Removes files of a stage, and names those that it removed.
///
/// Without a pattern everything below the location goes.
///
/// # Errors
/// As [`list_stage`].
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement; what is gone stays gone.
pub async fn remove(pool: &Pool, stage: &str, pattern: Option<&str>) -> Result<Vec<String>> {
    let result = pool.execute(statement("REMOVE", stage, pattern)?).await?;
    let read = |row: Row| row.get("name").context(AnswerSnafu { statement: "REMOVE" });
    Ok(result.rows.iter().map(read).collect::<Result<_, _>>()?)
}

fn statement(verb: &str, stage: &str, pattern: Option<&str>) -> Result<String> {
    let location = StageLocation::parse(stage)?;
    Ok(match pattern {
        None => format!("{verb} {location}"),
        Some(glob) => format!("{verb} {location} PATTERN = {}", Literal::text(regex(glob))),
    })
}

impl StageFile {
    fn read(row: &Row) -> snowflake_query::Result<Self> {
        Ok(Self {
            name: row.get("name")?,
            size: row.get("size")?,
            md5: row.get("md5")?,
            last_modified: row.get("last_modified")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q02_patterns_are_literals() {
        assert_eq!(statement("LIST", "@s/x", None).unwrap(), "LIST '@s/x'");
        let sql = statement("REMOVE", "@s", Some("it's.csv")).unwrap();
        assert!(sql.starts_with("REMOVE '@s' PATTERN = '(.*/)?it''s\\\\.csv"), "{sql}");
    }
}
