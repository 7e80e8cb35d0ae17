//! The tables of a schema.

use std::fmt;

use snowflake_query::Pool;
use time::OffsetDateTime;

use super::listing::Listing;
use super::options::ListOptions;
use super::scope::Scope;
use super::show::Kind;
use crate::answer::AnswerRow;
use crate::error::Result;

/// A table, as `SHOW TABLES` tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Table {
    /// The database that it is in.
    pub database: String,
    /// The schema that it is in.
    pub schema: String,
    /// Its exact name.
    pub name: String,
    /// What kind of table it is.
    pub kind: TableKind,
    /// How many rows it has; `None` where the service does not count them, as for external tables.
    pub row_count: Option<u64>,
    /// How many bytes a scan of it reads at most; `None` where the service does not count them.
    pub bytes: Option<u64>,
    /// When it was created.
    pub created: Option<OffsetDateTime>,
    /// The role that owns it.
    pub owner: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
    /// The expressions that it is clustered by: `LINEAR(C1, C2)`.
    pub cluster_by: Option<String>,
    /// Whether the service keeps it clustered by itself.
    pub automatic_clustering: Option<bool>,
    /// Whether its changes are tracked for streams.
    pub change_tracking: Option<bool>,
    /// Whether search optimization is on.
    pub search_optimization: Option<bool>,
    /// For how many days its past can be read.
    pub retention_days: Option<u64>,
}

/// The kinds of tables.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TableKind {
    /// The usual one, with time travel and fail-safe.
    Permanent,
    /// One without fail-safe.
    Transient,
    /// One that its session takes along.
    Temporary,
    /// One over files of a stage.
    External,
    /// One that the service keeps up to date with a query.
    Dynamic,
    /// One for single rows.
    Hybrid,
    /// One in the Iceberg format.
    Iceberg,
    /// One that collects log messages and traces.
    Event,
    /// Something that this version does not know, as the service says it.
    Other(String),
}

/// The tables of a scope, by database, schema and name. Views are not among them.
///
/// The list fails as [`Listing::next`] does.
pub fn list_tables(pool: &Pool, scope: Scope, options: ListOptions) -> Listing<Table> {
    Listing::of(pool, Kind::Tables, scope, options, Table::read)
}

impl Table {
    fn read(row: &AnswerRow<'_>) -> Result<Self> {
        Ok(Self {
            database: row.text("database_name")?,
            schema: row.text("schema_name")?,
            name: row.text("name")?,
            kind: TableKind::read(row),
            row_count: row.count("rows"),
            bytes: row.count("bytes"),
            created: row.instant("created_on"),
            owner: row.optional_text("owner"),
            comment: row.optional_text("comment"),
            cluster_by: row.optional_text("cluster_by"),
            automatic_clustering: row.flag("automatic_clustering"),
            change_tracking: row.flag("change_tracking"),
            search_optimization: row.flag("search_optimization"),
            retention_days: row.count("retention_time"),
        })
    }
}

impl TableKind {
    fn read(row: &AnswerRow<'_>) -> Self {
        let is = |column: &str| row.flag(column).unwrap_or_default();
        let special = [
            ("is_external", Self::External),
            ("is_dynamic", Self::Dynamic),
            ("is_hybrid", Self::Hybrid),
            ("is_iceberg", Self::Iceberg),
            ("is_event", Self::Event),
        ];
        let found = special.into_iter().find(|(column, _)| is(column));
        found.map_or_else(|| Self::of(row.optional_text("kind")), |(_, kind)| kind)
    }

    fn of(kind: Option<String>) -> Self {
        match kind.as_deref() {
            None | Some("TABLE") => Self::Permanent,
            Some("TRANSIENT") => Self::Transient,
            Some("TEMPORARY") => Self::Temporary,
            Some(other) => Self::Other(other.to_owned()),
        }
    }
}

/// The service's word: `TABLE`, `TRANSIENT`, `TEMPORARY` and so on.
impl fmt::Display for TableKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Permanent => "TABLE",
            Self::Transient => "TRANSIENT",
            Self::Temporary => "TEMPORARY",
            Self::External => "EXTERNAL",
            Self::Dynamic => "DYNAMIC",
            Self::Hybrid => "HYBRID",
            Self::Iceberg => "ICEBERG",
            Self::Event => "EVENT",
            Self::Other(word) => word,
        })
    }
}
