//! The objects of an account.

mod constraint;
mod load;
mod object;
mod stage;
mod table;

pub(super) use constraint::{Constraint, Key, Reference, TableId};
pub(super) use load::{Load, Loads};
pub(super) use object::{Catalog, Database, Kind, ObjectPath, Relation, Schema, View};
pub(super) use stage::{FileFormat, Stage};
pub(super) use table::{Table, TableColumn, TableOptions, Version, partition_bytes};

/// The role that everything belongs to.
pub(super) const OWNER: &str = "ACCOUNTADMIN";
