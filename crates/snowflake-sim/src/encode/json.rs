//! The JSON format: rows of texts, inline as arrays, in parts as arrays joined by commas.

use arrow_array::{Array as _, RecordBatch};
use arrow_schema::ArrowError;
use snowflake_proto::Column;

use super::cell::{Writer, writer};

/// The rows as cells.
pub(super) fn rows(columns: &[Column], rows: &RecordBatch) -> Result<Vec<Vec<Option<String>>>, ArrowError> {
    let writers = writers(columns, rows)?;
    Ok((0..rows.num_rows()).map(|row| cells(rows, &writers, row)).collect())
}

/// The rows as a part: `["a","1"],["b",null]`, without brackets around the whole.
pub(super) fn part(columns: &[Column], rows: &RecordBatch) -> Result<Vec<u8>, ArrowError> {
    let writers = writers(columns, rows)?;
    let mut bytes = Vec::new();
    for row in 0..rows.num_rows() {
        if !bytes.is_empty() {
            bytes.push(b',');
        }
        serde_json::to_writer(&mut bytes, &cells(rows, &writers, row))
            .map_err(|error| ArrowError::JsonError(error.to_string()))?;
    }
    Ok(bytes)
}

fn writers<'a>(columns: &[Column], batch: &'a RecordBatch) -> Result<Vec<Writer<'a>>, ArrowError> {
    columns.iter().zip(batch.columns()).map(|(column, array)| writer(column, array)).collect()
}

fn cells(batch: &RecordBatch, writers: &[Writer<'_>], row: usize) -> Vec<Option<String>> {
    batch
        .columns()
        .iter()
        .zip(writers)
        .map(|(array, writer)| array.is_valid(row).then(|| writer(row)))
        .collect()
}
