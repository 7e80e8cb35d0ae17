//! An embedded Snowflake: SQL in Snowflake's dialect over tables held in memory.
//!
//! A statement is parsed once, its tree rewritten to what DataFusion understands, planned and run, and
//! its batches brought into the canonical form of `snowflake_proto`. A table is an immutable list of
//! batches behind an `Arc`; a statement that writes swaps in a new version. What is not built answers
//! with an error that begins `not simulated: `.

mod access;
mod answer;
mod cancel;
mod catalog;
mod copy;
mod ddl;
mod deep;
mod describe;
mod dml;
mod edge;
mod endpoint;
mod env;
mod error;
mod explain;
mod functions;
mod history;
mod information_schema;
mod instance;
mod options;
mod outcome;
mod references;
mod rewrite;
mod run;
mod select;
mod session;
mod session_commands;
mod show;
mod stage;
mod statement;
mod syntax;
mod task;
mod time;
mod transaction;
mod transfer;
mod types;
mod usage;
mod value;
mod warehouse;

pub(crate) use cancel::CancelToken;
pub use endpoint::StageEndpoint;
pub(crate) use error::SqlError;
pub use history::ModelledSpeed;
pub(crate) use history::Rows as CountedRows;
pub(crate) use history::{Asked, Ended, Entry, HistoryOptions, Login, Opened, Took, Work};
pub(crate) use instance::Engine;
pub(crate) use options::{CancelResult, EngineOptions, QueryStore, StoredResult};
pub(crate) use outcome::{BatchStream, Outcome, Rows};
pub(crate) use session::EngineSession;
pub(crate) use stage::{Client, Stages};
pub use stage::{StageEncryption, StageOptions, StageShape};
pub(crate) use statement::{Statement, split};
pub(crate) use warehouse::{Admission, Waiting, WarehouseOptions};

#[cfg(test)]
mod tests;
