//! All rows of a result, in memory.

use std::fmt;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use serde::de::DeserializeOwned;
use snowflake_proto::{Column, ResultSchema};
use snowflake_transport::Entropy;

use super::batch::Batch;
use super::columns::Columns;
use super::deserialize::Plan;
use super::fault::Fault;
use super::row::Row;
use super::stream::BatchStream;
use crate::error::Error;

/// All rows of a result, held as the Arrow batches they came in. Cloning is cheap.
#[derive(Clone)]
pub struct Rows {
    schema: ResultSchema,
    columns: Arc<Columns>,
    batches: Arc<[RecordBatch]>,
    readable: Arc<[Arc<Batch>]>,
    len: usize,
    entropy: Arc<dyn Entropy>,
}

impl Rows {
    pub(crate) fn new(
        schema: ResultSchema,
        columns: Arc<Columns>,
        batches: Vec<RecordBatch>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, Fault> {
        let readable = batches
            .iter()
            .map(|batch| Batch::new(&columns, batch).map(Arc::new))
            .collect::<Result<_, _>>()?;
        let len = batches.iter().map(RecordBatch::num_rows).sum();
        Ok(Self { schema, columns, batches: batches.into(), readable, len, entropy })
    }

    /// The rows in order.
    #[must_use]
    pub fn iter(&self) -> RowIter {
        RowIter { batches: Arc::clone(&self.readable), batch: 0, index: 0, left: self.len }
    }

    /// The row at that place, counted from 0.
    #[must_use]
    pub fn row(&self, mut index: usize) -> Option<Row> {
        for batch in self.readable.iter() {
            if index < batch.len() {
                return Some(Row::new(Arc::clone(batch), index));
            }
            index -= batch.len();
        }
        None
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The columns in order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        self.columns.as_slice()
    }

    /// The Arrow schema of the batches.
    #[must_use]
    pub fn schema(&self) -> &SchemaRef {
        self.schema.arrow()
    }

    /// The batches in order.
    #[must_use]
    pub fn batches(&self) -> &[RecordBatch] {
        &self.batches
    }

    /// Every row as a struct, a tuple or a map, by way of serde.
    ///
    /// The columns of a struct's fields are looked up once for all rows, as [`Row::deserialize`] does for one.
    ///
    /// # Errors
    /// `NotFound` when a field has no column, `Configuration` when several columns could be meant, and
    /// `Conversion` when a value is not exactly of the field's type.
    pub fn deserialize<T: DeserializeOwned>(&self) -> Result<Vec<T>, Error> {
        let mut plan = Plan::default();
        let mut values = Vec::with_capacity(self.len);
        for batch in self.readable.iter() {
            for index in 0..batch.len() {
                values.push(plan.read(batch, index)?);
            }
        }
        Ok(values)
    }

    /// The rows as a stream that has nothing to wait for.
    #[must_use]
    pub fn to_stream(&self) -> BatchStream {
        BatchStream::from_rows(self)
    }

    pub(crate) fn entropy(&self) -> Arc<dyn Entropy> {
        Arc::clone(&self.entropy)
    }

    pub(crate) fn result_schema(&self) -> &ResultSchema {
        &self.schema
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("columns", &self.columns())
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

impl IntoIterator for &Rows {
    type Item = Row;
    type IntoIter = RowIter;

    fn into_iter(self) -> RowIter {
        self.iter()
    }
}

impl IntoIterator for Rows {
    type Item = Row;
    type IntoIter = RowIter;

    fn into_iter(self) -> RowIter {
        self.iter()
    }
}

/// The rows of [`Rows`] in order.
#[derive(Debug)]
pub struct RowIter {
    batches: Arc<[Arc<Batch>]>,
    batch: usize,
    index: usize,
    left: usize,
}

impl Iterator for RowIter {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        loop {
            let batch = self.batches.get(self.batch)?;
            if self.index < batch.len() {
                let row = Row::new(Arc::clone(batch), self.index);
                self.index += 1;
                self.left = self.left.saturating_sub(1);
                return Some(row);
            }
            self.batch += 1;
            self.index = 0;
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for RowIter {}
