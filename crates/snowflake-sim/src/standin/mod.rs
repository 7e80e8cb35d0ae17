//! A small Snowflake in memory, whose statements answer what a test prepared.
//!
//! Sessions, tokens, request ids, results and their parts, aborts and transactions are those of the
//! service; SQL is not understood. That makes it light and quick: thousands of runs in a second, in tokio's
//! paused time.

mod answer;
mod asked;
mod cell;
mod control;
mod execution;
mod inner;
mod login;
mod repertoire;
mod result;
mod routes;
mod run;
mod sentence;
mod session;
mod settings;
mod stand_in;
mod table;
mod value;

pub use answer::Answer;
pub use asked::Asked;
pub use stand_in::StandIn;
pub use table::{IntoRow, Table};
pub use value::CellValue;

#[cfg(test)]
mod tests;
