//! Records and Arrow batches, in the types that a table wants.

mod arrow_cell;
mod batch;
mod cell;
mod column;
mod fast;
mod misfit;
mod moment;
mod number;
mod record;
mod rows;
#[cfg(test)]
mod tests;
mod trace;

pub(crate) use misfit::Misfit;
pub(crate) use moment::Moment;
pub(crate) use rows::{Block, OnMisfit, Rows};
pub(crate) use trace::{NewColumn, of_batch, of_records};
