//! The objects of an account.

mod load;
mod object;
mod stage;
mod table;

pub(super) use load::{Load, Loads};
pub(super) use object::{Catalog, Database, Kind, ObjectPath, Relation, Schema, View};
pub(super) use stage::{FileFormat, Stage};
pub(super) use table::{Table, TableColumn, TableOptions, Version};
