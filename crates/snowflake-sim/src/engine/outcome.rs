//! What a statement answers.

use std::fmt;
use std::pin::Pin;

use arrow_array::RecordBatch;
use futures::Stream;
use snowflake_proto::wire::query::Stats;
use snowflake_proto::wire::stage::Transfer;
use snowflake_proto::{Column, StatementType};

use super::SqlError;

/// Batches in the canonical form. Dropping the stream stops the statement.
pub(crate) type BatchStream = Pin<Box<dyn Stream<Item = Result<RecordBatch, SqlError>> + Send>>;

/// What a statement answers.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Rows, be it only the one row of a DDL or DML statement.
    Rows(Rows),
    /// How to move files to or from a stage.
    Transfer(Box<Transfer>, StatementType),
}

/// A result.
pub(crate) struct Rows {
    /// Its columns.
    pub(crate) columns: Vec<Column>,
    /// Its rows; empty when the statement was only described.
    pub(crate) batches: BatchStream,
    /// The kind of the statement.
    pub(crate) statement_type: StatementType,
    /// Whether the service always answers this kind as JSON.
    pub(crate) force_json: bool,
    /// Counters of a DML statement.
    pub(crate) stats: Option<Stats>,
    /// Placeholders in the statement.
    pub(crate) number_of_binds: usize,
    /// Whether the placeholders may be bound to arrays.
    pub(crate) array_bind_supported: bool,
}

impl Rows {
    /// A result of one kind with nothing else to say.
    pub(crate) fn new(columns: Vec<Column>, batches: BatchStream, statement_type: StatementType) -> Self {
        Self {
            columns,
            batches,
            force_json: !statement_type.is_select(),
            statement_type,
            stats: None,
            number_of_binds: 0,
            array_bind_supported: false,
        }
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("columns", &self.columns.len())
            .field("statement_type", &self.statement_type)
            .finish_non_exhaustive()
    }
}
