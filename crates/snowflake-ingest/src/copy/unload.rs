//! From a table to files.

use std::fmt::Write as _;
use std::time::Duration;

use snafu::ResultExt;
use snowflake_query::{Query, QueryBuilder, QueryId, QueryResult, Row};

use super::format::FileFormat;
use super::setting::{OptionValue, Settings};
use crate::error::{AnswerSnafu, CopyRequestSnafu, FormatOptionSnafu, Result};
use crate::location::StageLocation;
use crate::names;

/// What is unloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnloadSource {
    /// A table, `db.schema.name` or shorter, spelled as in SQL.
    Table(String),
    /// The rows of a query. This is SQL and written as it is.
    Query(String),
}

/// A `COPY INTO` a stage: which rows go to which files.
///
/// ```
/// use snowflake_ingest::{FileFormat, FormatType, UnloadRequest, UnloadSource};
///
/// let request = UnloadRequest {
///     header: true,
///     file_format: FileFormat::new(FormatType::Parquet),
///     ..UnloadRequest::new(UnloadSource::Table("orders".to_owned()), "@out/orders/")
/// };
/// assert_eq!(
///     request.to_sql()?,
///     r#"COPY INTO '@out/orders/' FROM "ORDERS" FILE_FORMAT = (TYPE = PARQUET) HEADER = TRUE"#
/// );
/// # Ok::<(), snowflake_ingest::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct UnloadRequest {
    /// What is unloaded.
    pub source: UnloadSource,
    /// The stage with the folder or the beginning of the file names, such as `@out/orders/`.
    pub location: String,
    /// An expression whose text becomes a folder for each of its values. This is SQL and written as it is.
    pub partition_by: Option<String>,
    /// What the files look like.
    pub file_format: FileFormat,
    /// Whether files of the same names are replaced.
    pub overwrite: bool,
    /// Whether all goes into one file; its name is then the location itself.
    pub single: bool,
    /// The most bytes of one file.
    pub max_file_size: Option<u64>,
    /// Whether file names carry the id of the statement, so that two unloads never meet.
    pub include_query_id: bool,
    /// Whether the answer names each file.
    pub detailed_output: bool,
    /// Whether files begin with the names of the columns.
    pub header: bool,
    /// Any other option, by its name.
    pub other: Vec<(String, OptionValue)>,
    /// The warehouse to unload with, in place of the session's.
    pub warehouse: Option<String>,
    /// The longest time for the statement.
    pub timeout: Option<Duration>,
    /// A tag for the query history.
    pub tag: Option<String>,
}

impl UnloadRequest {
    /// An unload with the service's defaults.
    pub fn new(source: UnloadSource, location: impl Into<String>) -> Self {
        Self {
            source,
            location: location.into(),
            partition_by: None,
            file_format: FileFormat::default(),
            overwrite: false,
            single: false,
            max_file_size: None,
            include_query_id: false,
            detailed_output: false,
            header: false,
            other: Vec::new(),
            warehouse: None,
            timeout: None,
            tag: None,
        }
    }

    /// The statement.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration), naming the table, location or option that cannot
    /// be, and for one file that is to be partitioned.
    pub fn to_sql(&self) -> Result<String> {
        if self.single && self.partition_by.is_some() {
            return CopyRequestSnafu { reason: "one single file cannot be partitioned" }.fail()?;
        }
        let mut sql = format!("COPY INTO {} FROM ", StageLocation::parse(&self.location)?);
        let _ = match &self.source {
            UnloadSource::Table(name) => write!(sql, "{}", names::object(name)?),
            UnloadSource::Query(query) => write!(sql, "({query})"),
        };
        if let Some(expression) = &self.partition_by {
            let _ = write!(sql, " PARTITION BY ({expression})");
        }
        let _ = write!(sql, " FILE_FORMAT = {}", self.file_format.to_sql()?);
        let settings = self.settings();
        if let Some(option) = settings.malformed() {
            return FormatOptionSnafu { option, reason: "its name or keyword is not one word" }.fail()?;
        }
        if !settings.is_empty() {
            let _ = write!(sql, " {settings}");
        }
        Ok(sql)
    }

    fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        settings.flag("OVERWRITE", self.overwrite);
        settings.flag("SINGLE", self.single);
        settings.add("MAX_FILE_SIZE", self.max_file_size);
        settings.flag("INCLUDE_QUERY_ID", self.include_query_id);
        settings.flag("DETAILED_OUTPUT", self.detailed_output);
        settings.flag("HEADER", self.header);
        for (name, value) in &self.other {
            settings.add(&name.to_ascii_uppercase(), Some(value.clone()));
        }
        settings
    }

    pub(super) fn query(&self) -> Result<Query> {
        let query = QueryBuilder::new(self.to_sql()?);
        Ok(super::with_options(query, self.warehouse.as_deref(), self.timeout, self.tag.as_deref()))
    }
}

/// What became of an unload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnloadResult {
    /// Rows that were written.
    pub rows_unloaded: u64,
    /// Bytes before compression; 0 when the answer names each file.
    pub input_bytes: u64,
    /// Bytes of the files.
    pub output_bytes: u64,
    /// The files, where the request asked for them.
    pub files: Vec<UnloadedFile>,
    /// The id of the statement.
    pub query_id: QueryId,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnloadedFile {
    /// Its path in the stage.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its rows.
    pub rows: u64,
}

impl UnloadResult {
    pub(super) fn read(result: &QueryResult) -> Result<Self> {
        let mut summary = Self { query_id: result.query_id, ..Self::default() };
        summary.add(result).context(AnswerSnafu { statement: "COPY INTO a stage" })?;
        Ok(summary)
    }

    fn add(&mut self, result: &QueryResult) -> snowflake_query::Result<()> {
        let is_detailed = result.columns().iter().any(|column| column.name == "FILE_NAME");
        for row in &result.rows {
            if is_detailed {
                let file = UnloadedFile::read(&row)?;
                self.rows_unloaded += file.rows;
                self.output_bytes += file.size;
                self.files.push(file);
            } else {
                self.rows_unloaded += row.get::<u64>("rows_unloaded")?;
                self.input_bytes += row.get::<u64>("input_bytes")?;
                self.output_bytes += row.get::<u64>("output_bytes")?;
            }
        }
        Ok(())
    }
}

impl UnloadedFile {
    fn read(row: &Row) -> snowflake_query::Result<Self> {
        Ok(Self { name: row.get("FILE_NAME")?, size: row.get("FILE_SIZE")?, rows: row.get("ROW_COUNT")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unload_is_a_statement() {
        let request = UnloadRequest {
            partition_by: Some("region".to_owned()),
            max_file_size: Some(1 << 20),
            detailed_output: true,
            ..UnloadRequest::new(UnloadSource::Query("SELECT 1".to_owned()), "@~/x/")
        };
        assert_eq!(
            request.to_sql().unwrap(),
            "COPY INTO '@~/x/' FROM (SELECT 1) PARTITION BY (region) FILE_FORMAT = (TYPE = CSV) MAX_FILE_SIZE = 1048576 DETAILED_OUTPUT = TRUE"
        );
        assert!(UnloadRequest { single: true, ..request }.to_sql().is_err());
    }
}
