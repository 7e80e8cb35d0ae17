//! Statements that change rows.

mod delete;
mod insert;
mod target;
mod update;
mod values;

pub(super) use delete::{delete, truncate};
pub(super) use insert::{complete, insert, takes_arrays};
pub(super) use update::update;
