//! A batch whose columns were looked up once, for reading rows.

use std::sync::Arc;

use arrow_array::RecordBatch;
use snowflake_proto::{Cell, CellReader};

use super::columns::Columns;
use super::fault::{Fault, InlineSnafu};
use snafu::ResultExt;

/// The rows of one record batch.
#[derive(Debug)]
pub(crate) struct Batch {
    columns: Arc<Columns>,
    readers: Vec<CellReader>,
    len: usize,
}

impl Batch {
    pub(crate) fn new(columns: &Arc<Columns>, batch: &RecordBatch) -> Result<Self, Fault> {
        let readers = batch
            .columns()
            .iter()
            .map(|array| CellReader::new(array))
            .collect::<Result<_, _>>()
            .context(InlineSnafu)?;
        Ok(Self { columns: Arc::clone(columns), readers, len: batch.num_rows() })
    }

    #[inline]
    pub(crate) fn columns(&self) -> &Columns {
        &self.columns
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(crate) fn reader(&self, column: usize) -> Option<&CellReader> {
        self.readers.get(column)
    }

    /// The cell at that place; NULL outside of the batch.
    #[inline]
    pub(crate) fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        self.readers.get(column).map_or(Cell::Null, |reader| reader.read(row))
    }
}
