//! `INFORMATION_SCHEMA`: the catalogue as views.

mod absent;
mod columns;
mod constraints;
mod containers;
mod relations;
mod roles;
mod staging;
mod tables;
mod view;

pub(super) use view::{COMMENT, NAME, columns_of, read, table_of, views};
