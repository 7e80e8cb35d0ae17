//! What is to be loaded into which table.

use std::fmt::Write as _;
use std::time::Duration;

use snowflake_proto::Literal;
use snowflake_query::{Query, QueryBuilder};

use super::format::FileFormat;
use super::options::{CopyOptions, ValidationMode};
use super::pattern;
use super::setting::{OptionValue, Settings};
use crate::error::{CopyRequestSnafu, FormatOptionSnafu, Result};
use crate::location::StageLocation;
use crate::names;

/// A `COPY INTO` table: which files of which stage go where, and how they are read.
///
/// ```
/// use snowflake_ingest::{CopyIntoRequest, FileFormat};
///
/// let request = CopyIntoRequest {
///     target_table: "raw.orders".to_owned(),
///     stage: "@landing/2026".to_owned(),
///     file_pattern: Some("*.csv".to_owned()),
///     file_format: FileFormat { skip_header: 1, ..FileFormat::default() },
///     ..CopyIntoRequest::default()
/// };
/// assert!(request.to_sql()?.starts_with(r#"COPY INTO "RAW"."ORDERS" FROM '@landing/2026' PATTERN = "#));
/// # Ok::<(), snowflake_ingest::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CopyIntoRequest {
    /// The table, `db.schema.name` or shorter, spelled as in SQL.
    pub target_table: String,
    /// The columns to fill, spelled as in SQL; all of them in order when empty.
    pub columns: Vec<String>,
    /// The stage or a folder in it, such as `@MY_STAGE/2026`.
    pub stage: String,
    /// What to select from the files in place of their fields as they are, such as `$1, $2::DATE`. This is
    /// SQL and written as it is.
    pub transformation: Option<String>,
    /// The files alone whose names match this glob: `*` and `?` within a folder, `**` across folders. A
    /// name matches with and without the ending that compression adds.
    pub file_pattern: Option<String>,
    /// The files alone whose whole path matches this regular expression; in place of `file_pattern`.
    pub regex: Option<String>,
    /// These files alone, by their paths below `stage`; at most 1,000.
    pub files: Vec<String>,
    /// What the files look like.
    pub file_format: FileFormat,
    /// How the load goes about its work.
    pub copy_options: CopyOptions,
    /// The warehouse to load with, in place of the session's.
    pub warehouse: Option<String>,
    /// The longest time for the statement.
    pub timeout: Option<Duration>,
    /// A tag for the query history.
    pub tag: Option<String>,
}

/// Files that one statement may name.
const MAX_FILES: usize = 1000;

impl CopyIntoRequest {
    /// The statement.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration), naming what cannot be: a table or column name, a
    /// stage, an option, more than 1,000 files, two ways of choosing files.
    pub fn to_sql(&self) -> Result<String> {
        self.statement(None)
    }

    pub(crate) fn query(&self, validation: Option<ValidationMode>) -> Result<Query> {
        let query = QueryBuilder::new(self.statement(validation)?);
        Ok(super::with_options(query, self.warehouse.as_deref(), self.timeout, self.tag.as_deref()))
    }

    fn statement(&self, validation: Option<ValidationMode>) -> Result<String> {
        self.check(validation)?;
        let mut sql = format!("COPY INTO {}", names::object(&self.target_table)?);
        if !self.columns.is_empty() {
            let columns = self.columns.iter().map(|name| Ok(names::column(name)?.to_string()));
            let _ = write!(sql, " ({})", columns.collect::<Result<Vec<_>>>()?.join(", "));
        }
        let stage = StageLocation::parse(&self.stage)?;
        let _ = match &self.transformation {
            None => write!(sql, " FROM {stage}"),
            Some(select) => write!(sql, " FROM (SELECT {select} FROM {stage})"),
        };
        if !self.files.is_empty() {
            let _ = write!(sql, " FILES = {}", OptionValue::Texts(self.files.clone()));
        }
        if let Some(regex) = self.regex.clone().or_else(|| self.file_pattern.as_deref().map(pattern::regex)) {
            let _ = write!(sql, " PATTERN = {}", Literal::text(regex));
        }
        let _ = write!(sql, " FILE_FORMAT = {}", self.file_format.to_sql()?);
        let options = self.options(validation)?;
        if !options.is_empty() {
            let _ = write!(sql, " {options}");
        }
        if !self.copy_options.include_metadata.is_empty() {
            let _ = write!(sql, " INCLUDE_METADATA = ({})", self.metadata()?);
        }
        Ok(sql)
    }

    fn check(&self, validation: Option<ValidationMode>) -> Result<()> {
        let refuse = |reason| CopyRequestSnafu { reason }.fail()?;
        if self.files.len() > MAX_FILES {
            return refuse("one statement names at most 1,000 files: split them, or use a pattern");
        }
        if self.regex.is_some() && self.file_pattern.is_some() {
            return refuse("give `file_pattern` or `regex`, not both");
        }
        if self.transformation.is_some() && validation.is_some() {
            return refuse("files that are transformed cannot be validated");
        }
        Ok(())
    }

    fn options(&self, validation: Option<ValidationMode>) -> Result<Settings> {
        let mut options = self.copy_options.settings();
        options.add("VALIDATION_MODE", validation.map(ValidationMode::value));
        if let Some(option) = options.malformed() {
            return FormatOptionSnafu { option, reason: "its name or keyword is not one word" }.fail()?;
        }
        Ok(options)
    }

    fn metadata(&self) -> Result<String> {
        let pairs = self.copy_options.include_metadata.iter().map(|(column, metadata)| {
            let is_metadata = |rest: &str| rest.chars().all(|c| c.is_ascii_uppercase() || c == '_');
            if !metadata.strip_prefix("METADATA$").is_some_and(is_metadata) {
                let reason = "INCLUDE_METADATA takes names such as METADATA$FILENAME";
                return CopyRequestSnafu { reason }.fail()?;
            }
            Ok(format!("{} = {metadata}", names::column(column)?))
        });
        Ok(pairs.collect::<Result<Vec<_>>>()?.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ErrorKind, MatchByColumnName, OnError};

    fn request() -> CopyIntoRequest {
        CopyIntoRequest {
            target_table: "MY_TABLE".to_owned(),
            stage: "@MY_STAGE".to_owned(),
            ..CopyIntoRequest::default()
        }
    }

    #[test]
    fn the_shortest_request_is_a_statement() {
        assert_eq!(
            request().to_sql().unwrap(),
            r#"COPY INTO "MY_TABLE" FROM '@MY_STAGE' FILE_FORMAT = (TYPE = CSV)"#
        );
    }

    #[test]
    fn every_part_stands_in_its_place() {
        let full = CopyIntoRequest {
            columns: vec!["a".to_owned(), "\"b c\"".to_owned()],
            transformation: Some("$1, $2::INT".to_owned()),
            files: vec!["x'.csv".to_owned()],
            copy_options: CopyOptions {
                on_error: OnError::Continue,
                match_by_column_name: Some(MatchByColumnName::CaseSensitive),
                include_metadata: vec![("src".to_owned(), "METADATA$FILENAME".to_owned())],
                ..CopyOptions::default()
            },
            ..request()
        };
        assert_eq!(
            full.to_sql().unwrap(),
            r#"COPY INTO "MY_TABLE" ("A", "b c") FROM (SELECT $1, $2::INT FROM '@MY_STAGE') FILES = ('x''.csv') FILE_FORMAT = (TYPE = CSV) ON_ERROR = CONTINUE MATCH_BY_COLUMN_NAME = CASE_SENSITIVE INCLUDE_METADATA = ("SRC" = METADATA$FILENAME)"#
        );
        let validated = request().statement(Some(ValidationMode::ReturnRows(5))).unwrap();
        assert!(validated.ends_with("VALIDATION_MODE = RETURN_5_ROWS"), "{validated}");
    }

    #[test]
    fn q01_hostile_names_are_refused_or_stay_names() {
        for name in ["a; DROP TABLE t", "a.b.c.d", "", "a b"] {
            let bad = CopyIntoRequest { target_table: name.to_owned(), ..request() };
            assert_eq!(bad.to_sql().unwrap_err().kind(), ErrorKind::Configuration, "{name:?}");
        }
        let odd = CopyIntoRequest { target_table: "\"x\"\"; DROP TABLE t; --\"".to_owned(), ..request() };
        assert!(odd.to_sql().unwrap().contains(r#"COPY INTO "x""; DROP TABLE t; --" FROM"#));
        let metadata = CopyIntoRequest {
            copy_options: CopyOptions {
                include_metadata: vec![("a".to_owned(), "1) --".to_owned())],
                ..CopyOptions::default()
            },
            ..request()
        };
        assert!(metadata.to_sql().is_err());
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let both = CopyIntoRequest {
            file_pattern: Some("*.csv".to_owned()),
            regex: Some(".*".to_owned()),
            ..request()
        };
        assert!(both.to_sql().is_err());
        let many = CopyIntoRequest { files: vec!["f".to_owned(); 1001], ..request() };
        assert!(many.to_sql().unwrap_err().to_string().contains("1,000"));
    }
}
