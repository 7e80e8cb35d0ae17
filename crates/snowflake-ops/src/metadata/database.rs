//! The databases of an account.

use snowflake_query::Pool;
use time::OffsetDateTime;

use super::listing::Listing;
use super::options::ListOptions;
use super::scope::Scope;
use super::show::Kind;
use crate::answer::AnswerRow;
use crate::error::Result;

/// A database, as `SHOW DATABASES` tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Database {
    /// Its exact name.
    pub name: String,
    /// What it is, in the service's words: `STANDARD`, `IMPORTED DATABASE`, `APPLICATION`.
    pub kind: Option<String>,
    /// When it was created.
    pub created: Option<OffsetDateTime>,
    /// The role that owns it.
    pub owner: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
    /// The share that it comes from.
    pub origin: Option<String>,
    /// Whether its tables have no fail-safe.
    pub is_transient: bool,
    /// Whether it is the session's.
    pub is_current: bool,
    /// For how many days the past of its tables can be read.
    pub retention_days: Option<u64>,
}

/// The databases that the role may see, by name. The scope is the whole account.
///
/// The list fails as [`Listing::next`] does.
pub fn list_databases(pool: &Pool, options: ListOptions) -> Listing<Database> {
    Listing::of(pool, Kind::Databases, Scope::Account, options, Database::read)
}

impl Database {
    fn read(row: &AnswerRow<'_>) -> Result<Self> {
        Ok(Self {
            name: row.text("name")?,
            kind: row.optional_text("kind"),
            created: row.instant("created_on"),
            owner: row.optional_text("owner"),
            comment: row.optional_text("comment"),
            origin: row.optional_text("origin"),
            is_transient: row.optional_text("options").is_some_and(|options| options.contains("TRANSIENT")),
            is_current: row.flag("is_current").unwrap_or_default(),
            retention_days: row.count("retention_time"),
        })
    }
}
