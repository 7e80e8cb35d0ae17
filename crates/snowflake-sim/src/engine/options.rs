//! What the engine needs from the server around it.

use std::fmt;
use std::sync::Arc;

use arrow_array::RecordBatch;
use snowflake_proto::Column;
use snowflake_transport::{Clock, Entropy};

use super::{HistoryOptions, Stages, WarehouseOptions};

/// What an engine is built from.
#[derive(Clone, Debug)]
pub(crate) struct EngineOptions {
    /// The time that `CURRENT_TIMESTAMP` and the catalogue show.
    pub(crate) clock: Arc<dyn Clock>,
    /// The source of `RANDOM` and of generated ids.
    pub(crate) entropy: Arc<dyn Entropy>,
    /// Finished and running statements.
    pub(crate) queries: Arc<dyn QueryStore>,
    /// The account locator, for `CURRENT_ACCOUNT`.
    pub(crate) account: String,
    /// The files of stages.
    pub(crate) stages: Arc<Stages>,
    /// How warehouses behave.
    pub(crate) warehouses: WarehouseOptions,
    /// What the book of statements is kept by.
    pub(crate) history: HistoryOptions,
}

/// A finished result, in the canonical form.
#[derive(Clone, Debug)]
pub(crate) struct StoredResult {
    /// Its columns.
    pub(crate) columns: Vec<Column>,
    /// Its rows.
    pub(crate) batches: Vec<RecordBatch>,
}

/// What became of a request to stop another statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CancelResult {
    /// It was running and has been told to stop.
    Cancelled,
    /// It had ended already.
    NotRunning,
    /// Nobody knows the id.
    Unknown,
}

/// The statements that the server keeps: for `RESULT_SCAN` and `SYSTEM$CANCEL_QUERY`.
pub(crate) trait QueryStore: fmt::Debug + Send + Sync {
    /// The result of a finished statement.
    fn result(&self, query_id: &str) -> Option<StoredResult>;
    /// Stops a running statement.
    fn cancel(&self, query_id: &str) -> CancelResult;
    /// Stops all running statements of a session and says how many there were.
    fn cancel_all(&self, session_id: i64) -> usize;
}
