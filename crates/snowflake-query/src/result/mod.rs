//! Results: fetched ahead in order within limits, decoded to Arrow batches, read as batches, rows or structs.

mod answer;
mod batch;
mod budget;
mod chunk;
mod columns;
mod content;
mod deserialize;
pub(crate) mod fault;
mod fetch;
mod from_cell;
mod number;
mod options;
mod prefetch;
mod resume;
mod row;
mod rows;
mod set;
mod stream;
mod temporal;
#[cfg(test)]
mod tests;
pub(crate) mod text;
mod validator;

pub use budget::MemoryBudget;
pub use chunk::PartHosts;
pub use from_cell::{FromCell, Mismatch};
pub use options::{PrefetchOptions, ResultOptions};
pub use row::{ColumnIndex, Row};
pub use rows::{RowIter, Rows};
pub use stream::{BatchStream, RowFuture, RowStream, TypedRows};

pub(crate) use batch::Batch;
pub(crate) use columns::Columns;
pub(crate) use fault::Fault;
pub(crate) use fetch::{Fetcher, Refresh, on_decoder};
pub(crate) use set::ResultSet;
