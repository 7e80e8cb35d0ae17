//! The least and greatest value of each column in each partition.

use std::collections::HashSet;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    Date32Type, Decimal128Type, Int64Type, Time64NanosecondType, TimestampNanosecondType,
};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BooleanArray, PrimitiveArray, RecordBatch, StringArray, UInt64Array,
};
use arrow_schema::{DataType as ArrowType, SchemaRef, TimeUnit};
use datafusion::arrow::compute::{max, max_string, min, min_string};
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::{Column, ScalarValue};

/// What is known of the partitions of a table without reading their rows.
pub(super) struct Ranges<'a> {
    schema: &'a SchemaRef,
    batches: &'a [RecordBatch],
}

/// Which end of a range.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    Least,
    Greatest,
}

impl<'a> Ranges<'a> {
    pub(super) fn new(schema: &'a SchemaRef, batches: &'a [RecordBatch]) -> Self {
        Self { schema, batches }
    }

    /// One end of a column's range in every partition; none for types whose ranges say nothing, such as
    /// FLOAT with its NaN, or VARIANT.
    fn bounds(&self, column: &Column, bound: Bound) -> Option<ArrayRef> {
        let (at, field) = self.schema.column_with_name(column.name())?;
        let data_type = field.data_type();
        Some(match data_type {
            ArrowType::Decimal128(..) => self.primitive::<Decimal128Type>(at, data_type, bound),
            ArrowType::Int64 => self.primitive::<Int64Type>(at, data_type, bound),
            ArrowType::Date32 => self.primitive::<Date32Type>(at, data_type, bound),
            ArrowType::Time64(TimeUnit::Nanosecond) => {
                self.primitive::<Time64NanosecondType>(at, data_type, bound)
            }
            ArrowType::Timestamp(TimeUnit::Nanosecond, _) => {
                self.primitive::<TimestampNanosecondType>(at, data_type, bound)
            }
            ArrowType::Utf8 => {
                let texts = self.batches.iter().map(|batch| {
                    let texts = batch.column(at).as_string::<i32>();
                    if bound == Bound::Least { min_string(texts) } else { max_string(texts) }
                });
                Arc::new(texts.collect::<StringArray>())
            }
            _ => return None,
        })
    }

    fn primitive<T: ArrowPrimitiveType>(&self, at: usize, data_type: &ArrowType, bound: Bound) -> ArrayRef
    where
        T::Native: PartialOrd,
    {
        let values = self.batches.iter().map(|batch| {
            let values = batch.column(at).as_primitive::<T>();
            if bound == Bound::Least { min(values) } else { max(values) }
        });
        Arc::new(values.collect::<PrimitiveArray<T>>().with_data_type(data_type.clone()))
    }

    fn counts(&self, count: impl Fn(&RecordBatch) -> usize) -> ArrayRef {
        let counts = self.batches.iter().map(|batch| u64::try_from(count(batch)).unwrap_or(u64::MAX));
        Arc::new(UInt64Array::from_iter_values(counts))
    }
}

impl PruningStatistics for Ranges<'_> {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.bounds(column, Bound::Least)
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.bounds(column, Bound::Greatest)
    }

    fn num_containers(&self) -> usize {
        self.batches.len()
    }

    fn null_counts(&self, column: &Column) -> Option<ArrayRef> {
        let (at, _) = self.schema.column_with_name(column.name())?;
        Some(self.counts(|batch| batch.column(at).null_count()))
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        Some(self.counts(RecordBatch::num_rows))
    }

    fn contained(&self, _column: &Column, _values: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}
