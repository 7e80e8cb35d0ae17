//! The JSON format: rows of texts, inline as arrays, in parts as arrays joined by commas.

use arrow_array::{Array as _, RecordBatch};
use arrow_schema::ArrowError;
use snowflake_proto::Column;

use super::cell::{Writer, writer};

/// The cells of one row in the text form of the wire; `None` is NULL.
pub(crate) type Row = Vec<Option<String>>;

/// The rows as cells.
pub(crate) fn rows(columns: &[Column], rows: &RecordBatch) -> Result<Vec<Row>, ArrowError> {
    let writers = writers(columns, rows)?;
    Ok((0..rows.num_rows()).map(|row| cells(rows, &writers, row)).collect())
}

/// The rows as a part: `["a","1"],["b",null]`, without brackets around the whole.
pub(crate) fn part(
    rows: impl IntoIterator<Item = impl AsRef<[Option<String>]>>,
) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for row in rows {
        if !bytes.is_empty() {
            bytes.push(b',');
        }
        serde_json::to_writer(&mut bytes, row.as_ref())?;
    }
    Ok(bytes)
}

fn writers<'a>(columns: &[Column], batch: &'a RecordBatch) -> Result<Vec<Writer<'a>>, ArrowError> {
    columns.iter().zip(batch.columns()).map(|(column, array)| writer(column, array)).collect()
}

fn cells(batch: &RecordBatch, writers: &[Writer<'_>], row: usize) -> Row {
    batch
        .columns()
        .iter()
        .zip(writers)
        .map(|(array, writer)| array.is_valid(row).then(|| writer(row)))
        .collect()
}
