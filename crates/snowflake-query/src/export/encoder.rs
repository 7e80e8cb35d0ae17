//! Turns batches into the bytes of one format.

use std::sync::Arc;

use arrow_array::RecordBatch;
use snowflake_proto::Column;

use super::csv::Csv;
use super::json_lines::JsonLines;
use super::options::Export;
use crate::error::Error;
use crate::result::{Batch, BatchStream, Columns, Fault};

/// Appends the bytes of a format to a buffer that the caller empties.
pub(super) trait Encoder: Send {
    /// What comes before the first row.
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), Fault>;

    /// The rows of a batch.
    fn batch(&mut self, batch: &RecordBatch, out: &mut Vec<u8>) -> Result<(), Fault>;

    /// What comes after the last row.
    fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Fault>;
}

/// The encoder for a result.
pub(super) fn encoder(export: &Export, stream: &BatchStream) -> Result<Box<dyn Encoder>, Error> {
    let columns = Arc::new(Columns::new(stream.columns().to_vec()));
    Ok(match export {
        Export::Csv(options) => Box::new(Rowwise::new(columns, Csv::new(options.clone())?)),
        Export::JsonLines => {
            Box::new(Rowwise::new(Arc::clone(&columns), JsonLines::new(columns.as_slice())?))
        }
        #[cfg(feature = "parquet")]
        Export::Parquet(options) => {
            Box::new(super::parquet::Parquet::new(stream.columns(), stream.schema(), *options)?)
        }
    })
}

/// A format of lines of text.
pub(super) trait Lines: Send {
    /// Appends the first line, if there is one before the rows.
    fn head(&mut self, columns: &[Column], out: &mut String);

    /// Appends the line of a row.
    fn line(&mut self, columns: &[Column], batch: &Batch, row: usize, out: &mut String) -> Result<(), Fault>;
}

/// Encodes row by row.
struct Rowwise<L> {
    columns: Arc<Columns>,
    lines: L,
}

impl<L> Rowwise<L> {
    fn new(columns: Arc<Columns>, lines: L) -> Self {
        Self { columns, lines }
    }
}

impl<L: Lines> Encoder for Rowwise<L> {
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        let mut text = String::new();
        self.lines.head(self.columns.as_slice(), &mut text);
        out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn batch(&mut self, batch: &RecordBatch, out: &mut Vec<u8>) -> Result<(), Fault> {
        let batch = Batch::new(&self.columns, batch)?;
        // Nothing but whole text is ever in the buffer, which is empty at first.
        let mut text = String::from_utf8(std::mem::take(out)).unwrap_or_default();
        for row in 0..batch.len() {
            self.lines.line(self.columns.as_slice(), &batch, row, &mut text)?;
        }
        *out = text.into_bytes();
        Ok(())
    }

    fn finish(&mut self, _: &mut Vec<u8>) -> Result<(), Fault> {
        Ok(())
    }
}
