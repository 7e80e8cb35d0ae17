//! Statements that change rows.

mod bound;
mod clauses;
mod delete;
mod insert;
mod merge;
mod pairs;
mod rows;
mod source;
mod target;
mod update;
mod values;

pub(super) use delete::{delete, truncate};
pub(super) use insert::{complete, insert, takes_arrays};
pub(super) use merge::{merge, merge_statement};
pub(super) use target::select as plain_query;
pub(super) use update::update;
