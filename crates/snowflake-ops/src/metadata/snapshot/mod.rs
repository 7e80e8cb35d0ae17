//! The structure of a database at one moment, and what changed between two.

mod apply;
mod data_type;
mod difference;
mod gather;
mod model;
mod take;

pub use difference::{Change, NamedTable, SchemaDifference, TableDifference};
pub use model::{ColumnSnapshot, ForeignKeySnapshot, KeySnapshot, SchemaSnapshot, TableSnapshot};
pub use take::snapshot;

#[cfg(test)]
mod tests;
