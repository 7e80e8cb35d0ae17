//! What is in an account: databases, schemas, tables, columns, keys, stages, grants.

mod column;
mod database;
mod file_format;
mod grant;
mod key;
mod listing;
mod options;
mod schema;
mod scope;
mod show;
mod snapshot;
mod stage;
mod statistics;
mod table;
mod view;

pub use column::{ColumnKind, TableColumn, describe_table};
pub use database::{Database, list_databases};
pub use file_format::{NamedFileFormat, list_file_formats};
pub use grant::{Grant, Grantee, grants};
pub use key::{ForeignKey, Key, TableKeys, keys};
pub use listing::Listing;
pub use options::ListOptions;
pub use schema::{Schema, list_schemas};
pub use scope::Scope;
pub use snapshot::{
    Change, ColumnSnapshot, ForeignKeySnapshot, KeySnapshot, NamedTable, SchemaDifference, SchemaSnapshot,
    TableDifference, TableSnapshot, snapshot,
};
pub use stage::{Stage, list_stages};
pub use statistics::{Clustering, TableStatistics, TableStorage, table_statistics};
pub use table::{Table, TableKind, list_tables};
pub use view::{View, list_views};

#[cfg(test)]
mod tests;
