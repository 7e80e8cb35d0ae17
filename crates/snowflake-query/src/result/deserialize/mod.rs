//! Rows as structs, tuples and maps, by way of serde.

mod cell;
mod error;
mod plan;
mod row;

pub(crate) use plan::Plan;
