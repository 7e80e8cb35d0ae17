//! What became of a bulk load.

use serde::Serialize;

use super::options::BulkMethod;

/// Rejected records that a result holds; files and tables for them get all.
pub(super) const MAX_REJECTED: usize = 10_000;

/// What became of the rows of a bulk load.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkInsertResult {
    /// Rows that this call added to the table.
    pub rows_loaded: u64,
    /// Records that were left out, with [`OnError::Continue`](crate::OnError::Continue).
    pub rows_rejected: u64,
    /// Files that the rows were loaded from; 0 for bind values.
    pub files: u64,
    /// Bytes of those files, or of the bind values.
    pub bytes: u64,
    /// The way that the rows took.
    pub method: BulkMethod,
    /// The id under which the rows can be loaded again without doubling them.
    pub batch_id: String,
    /// Whether an earlier call had loaded these rows under this id already, so that this one added none.
    pub already_loaded: bool,
    /// The first 10,000 records that were left out, and why, in the order of the input.
    pub rejected: Vec<RejectedRow>,
}

/// What became of the rows of an upsert.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkUpsertResult {
    /// Rows whose key was new.
    pub rows_inserted: u64,
    /// Rows whose key was there.
    pub rows_updated: u64,
    /// Records that were left out, with [`OnError::Continue`](crate::OnError::Continue).
    pub rows_rejected: u64,
    /// The way that the rows took.
    pub method: BulkMethod,
    /// The first 10,000 records that were left out, and why, in the order of the input.
    pub rejected: Vec<RejectedRow>,
}

/// A record that was left out of a load, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RejectedRow {
    /// Its number in the input, from 0; nothing when the service did not say which row it refused.
    pub row: Option<u64>,
    /// The staged file, where the service refused it.
    pub file: Option<String>,
    /// The column of the table.
    pub column: Option<String>,
    /// What is wrong.
    pub error: String,
    /// The record as JSON, where it was refused before it was written, or as the service showed it.
    pub record: Option<String>,
}
