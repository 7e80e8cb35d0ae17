//! The figures that this crate reports through the `metrics` facade.

mod bounded;
mod chunk;
mod generated;
mod pool;
mod statement;

pub(crate) use chunk::{addresses_renewed, part, took};
pub(crate) use pool::{pool, waited};
pub(crate) use statement::query;
