//! A table's rows after some of them have been changed or removed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch};

use super::super::SqlError;
use super::super::catalog::{Table, Version};

/// The rows with new values in some columns: `chosen` tells for a row's number which of the values it takes.
///
/// # Errors
/// `100072` for NULL in a column that refuses it.
pub(super) fn updated(
    table: &Table,
    version: &Version,
    columns: &[usize],
    values: &[ArrayRef],
    chosen: &HashMap<usize, usize>,
) -> Result<Version, SqlError> {
    let mut start = 0;
    let mut batches = Vec::with_capacity(version.batches.len());
    for batch in &version.batches {
        let sources: Vec<(usize, usize)> = (0..batch.num_rows())
            .map(|row| chosen.get(&(start + row)).map_or((0, row), |at| (1, *at)))
            .collect();
        start += batch.num_rows();
        if sources.iter().all(|(source, _)| *source == 0) {
            batches.push(batch.clone());
            continue;
        }
        let mut arrays: Vec<ArrayRef> = batch.columns().to_vec();
        for (column, values) in columns.iter().zip(values) {
            let both: [&dyn Array; 2] = [batch.column(*column).as_ref(), values.as_ref()];
            let array = arrow_select::interleave::interleave(&both, &sources).map_err(SqlError::internal)?;
            if !table.columns()[*column].nullable && array.null_count() > 0 {
                return Err(SqlError::null_not_allowed());
            }
            arrays[*column] = array;
        }
        let changed = RecordBatch::try_new(Arc::clone(table.schema()), arrays);
        batches.push(changed.map_err(SqlError::internal)?);
    }
    Ok(Version::new(batches))
}

/// The rows without those of the given numbers.
///
/// # Errors
/// `300010` when the rows cannot be filtered.
pub(super) fn without(version: &Version, gone: &HashSet<usize>) -> Result<Version, SqlError> {
    let mut start = 0;
    let mut batches: Vec<RecordBatch> = Vec::with_capacity(version.batches.len());
    for batch in &version.batches {
        let keep: BooleanArray =
            (start..start + batch.num_rows()).map(|row| Some(!gone.contains(&row))).collect();
        start += batch.num_rows();
        let kept = arrow_select::filter::filter_record_batch(batch, &keep).map_err(SqlError::internal)?;
        if kept.num_rows() > 0 {
            batches.push(kept);
        }
    }
    Ok(Version::new(batches))
}
