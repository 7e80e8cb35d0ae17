//! The views of a schema.

use std::fmt;

use snowflake_query::Pool;
use time::OffsetDateTime;

use super::listing::Listing;
use super::options::ListOptions;
use super::scope::Scope;
use super::show::Kind;
use crate::answer::AnswerRow;
use crate::error::Result;

/// A view, as `SHOW VIEWS` tells it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct View {
    /// The database that it is in.
    pub database: String,
    /// The schema that it is in.
    pub schema: String,
    /// Its exact name.
    pub name: String,
    /// When it was created.
    pub created: Option<OffsetDateTime>,
    /// The role that owns it; a view of `INFORMATION_SCHEMA` has none.
    pub owner: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
    /// The statement that created it, where the role may see that.
    pub text: Option<String>,
    /// Whether its definition is hidden from those who use it.
    pub is_secure: bool,
    /// Whether its rows are stored.
    pub is_materialized: bool,
}

/// The views of a scope, by database, schema and name.
///
/// The list fails as [`Listing::next`] does.
pub fn list_views(pool: &Pool, scope: Scope, options: ListOptions) -> Listing<View> {
    Listing::of(pool, Kind::Views, scope, options, View::read)
}

impl View {
    fn read(row: &AnswerRow<'_>) -> Result<Self> {
        Ok(Self {
            database: row.text("database_name")?,
            schema: row.text("schema_name")?,
            name: row.text("name")?,
            created: row.instant("created_on"),
            owner: row.optional_text("owner"),
            comment: row.optional_text("comment"),
            text: row.optional_text("text"),
            is_secure: row.flag("is_secure").unwrap_or_default(),
            is_materialized: row.flag("is_materialized").unwrap_or_default(),
        })
    }
}

/// Without the statement, which may hold what no log should show.
impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View")
            .field("database", &self.database)
            .field("schema", &self.schema)
            .field("name", &self.name)
            .field("owner", &self.owner)
            .field("is_secure", &self.is_secure)
            .field("is_materialized", &self.is_materialized)
            .finish_non_exhaustive()
    }
}
