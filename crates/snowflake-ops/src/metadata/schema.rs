//! The schemas of a database.

use snowflake_query::Pool;
use time::OffsetDateTime;

use super::listing::Listing;
use super::options::ListOptions;
use super::scope::Scope;
use super::show::Kind;
use crate::answer::AnswerRow;
use crate::error::Result;

/// A schema, as `SHOW SCHEMAS` tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Schema {
    /// The database that it is in.
    pub database: String,
    /// Its exact name.
    pub name: String,
    /// When it was created.
    pub created: Option<OffsetDateTime>,
    /// The role that owns it; `INFORMATION_SCHEMA` has none.
    pub owner: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
    /// Whether its tables have no fail-safe.
    pub is_transient: bool,
    /// Whether only its owner can grant privileges on what is in it.
    pub is_managed: bool,
    /// Whether it is the session's.
    pub is_current: bool,
    /// For how many days the past of its tables can be read.
    pub retention_days: Option<u64>,
}

/// The schemas of a database or of the account, by database and name. A scope of one schema means its database.
///
/// The list fails as [`Listing::next`] does.
pub fn list_schemas(pool: &Pool, scope: Scope, options: ListOptions) -> Listing<Schema> {
    let scope = match scope {
        Scope::Schema(database, _) => Scope::Database(database),
        scope => scope,
    };
    Listing::of(pool, Kind::Schemas, scope, options, Schema::read)
}

impl Schema {
    fn read(row: &AnswerRow<'_>) -> Result<Self> {
        let options = row.optional_text("options").unwrap_or_default();
        Ok(Self {
            database: row.text("database_name")?,
            name: row.text("name")?,
            created: row.instant("created_on"),
            owner: row.optional_text("owner"),
            comment: row.optional_text("comment"),
            is_transient: options.contains("TRANSIENT"),
            is_managed: options.contains("MANAGED ACCESS"),
            is_current: row.flag("is_current").unwrap_or_default(),
            retention_days: row.count("retention_time"),
        })
    }
}
