//! The stages of a schema.

use snowflake_query::Pool;
use time::OffsetDateTime;

use super::listing::Listing;
use super::options::ListOptions;
use super::scope::Scope;
use super::show::Kind;
use crate::answer::AnswerRow;
use crate::error::Result;

/// A named stage, as `SHOW STAGES` tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stage {
    /// The database that it is in.
    pub database: String,
    /// The schema that it is in.
    pub schema: String,
    /// Its exact name.
    pub name: String,
    /// Whether its files lie outside of the service.
    pub is_external: bool,
    /// Whether its session takes it along.
    pub is_temporary: bool,
    /// Where the files of an external stage lie.
    pub url: Option<String>,
    /// The cloud of an external stage.
    pub cloud: Option<String>,
    /// The region of an external stage.
    pub region: Option<String>,
    /// The integration that opens the storage of an external stage.
    pub storage_integration: Option<String>,
    /// When it was created.
    pub created: Option<OffsetDateTime>,
    /// The role that owns it.
    pub owner: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
    /// Whether the service keeps a list of its files.
    pub has_directory: bool,
}

/// The named stages of a scope, by database, schema and name.
///
/// The service has no pages for stages: a schema with 10,000 or more fails with
/// [`Incomplete`](crate::ErrorKind::Incomplete). Otherwise the list fails as [`Listing::next`] does.
pub fn list_stages(pool: &Pool, scope: Scope, options: ListOptions) -> Listing<Stage> {
    Listing::of(pool, Kind::Stages, scope, options, Stage::read)
}

impl Stage {
    fn read(row: &AnswerRow<'_>) -> Result<Self> {
        let kind = row.optional_text("type").unwrap_or_default();
        Ok(Self {
            database: row.text("database_name")?,
            schema: row.text("schema_name")?,
            name: row.text("name")?,
            is_external: kind.contains("EXTERNAL"),
            is_temporary: kind.contains("TEMPORARY"),
            url: row.optional_text("url"),
            cloud: row.optional_text("cloud"),
            region: row.optional_text("region"),
            storage_integration: row.optional_text("storage_integration"),
            created: row.instant("created_on"),
            owner: row.optional_text("owner"),
            comment: row.optional_text("comment"),
            has_directory: row.flag("directory_enabled").unwrap_or_default(),
        })
    }
}
