//! The named file formats of a schema.

use serde_json::Value;
use snowflake_query::Pool;
use time::OffsetDateTime;

use super::listing::Listing;
use super::options::ListOptions;
use super::scope::Scope;
use super::show::Kind;
use crate::answer::AnswerRow;
use crate::error::Result;

/// A named file format, as `SHOW FILE FORMATS` tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedFileFormat {
    /// The database that it is in.
    pub database: String,
    /// The schema that it is in.
    pub schema: String,
    /// Its exact name.
    pub name: String,
    /// The format: `CSV`, `JSON`, `PARQUET` and so on.
    pub format_type: String,
    /// Its options by name.
    pub options: Option<Value>,
    /// When it was created.
    pub created: Option<OffsetDateTime>,
    /// The role that owns it.
    pub owner: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
}

/// The named file formats of a scope, by database, schema and name.
///
/// The service has no pages for file formats: a schema with 10,000 or more fails with
/// [`Incomplete`](crate::ErrorKind::Incomplete). Otherwise the list fails as [`Listing::next`] does.
pub fn list_file_formats(pool: &Pool, scope: Scope, options: ListOptions) -> Listing<NamedFileFormat> {
    Listing::of(pool, Kind::FileFormats, scope, options, NamedFileFormat::read)
}

impl NamedFileFormat {
    fn read(row: &AnswerRow<'_>) -> Result<Self> {
        Ok(Self {
            database: row.text("database_name")?,
            schema: row.text("schema_name")?,
            name: row.text("name")?,
            format_type: row.text("type")?,
            options: row.json("format_options"),
            created: row.instant("created_on"),
            owner: row.optional_text("owner"),
            comment: row.optional_text("comment"),
        })
    }
}
