//! `TABLE(GENERATOR(ROWCOUNT => n))`: rows that are made while they are read.

use std::sync::Arc;

use arrow_array::{Decimal128Array, RecordBatch};
use arrow_schema::{Schema, SchemaRef};
use datafusion::catalog::streaming::StreamingTable;
use datafusion::error::Result as DataFusionResult;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;

use super::super::SqlError;
use super::super::types::{SqlType, arrow_type, field};

/// The column that SEQ4 and SEQ8 read.
pub(super) const SEQUENCE: &str = "$SEQ";
/// Rows of a batch.
const BATCH: i64 = 8192;
const TYPE: SqlType = SqlType::Number { precision: 19, scale: 0 };

/// Numbers from 0 on.
#[derive(Debug)]
struct Numbers {
    schema: SchemaRef,
    count: i64,
}

/// A table of that many rows.
///
/// # Errors
/// `300010` never in practice.
pub(super) fn table(count: i64) -> Result<StreamingTable, SqlError> {
    let schema = Arc::new(Schema::new(vec![field(SEQUENCE, &TYPE, false)]));
    let numbers = Numbers { schema: Arc::clone(&schema), count };
    Ok(StreamingTable::try_new(schema, vec![Arc::new(numbers)])?)
}

impl PartitionStream for Numbers {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let (schema, count) = (Arc::clone(&self.schema), self.count);
        let starts = (0..count).step_by(usize::try_from(BATCH).unwrap_or(1));
        let batches = starts.map(move |start| batch(&schema, start, (start + BATCH).min(count)));
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), futures::stream::iter(batches)))
    }
}

fn batch(schema: &SchemaRef, start: i64, end: i64) -> DataFusionResult<RecordBatch> {
    let numbers =
        Decimal128Array::from_iter_values((start..end).map(i128::from)).with_data_type(arrow_type(&TYPE));
    Ok(RecordBatch::try_new(Arc::clone(schema), vec![Arc::new(numbers)])?)
}
