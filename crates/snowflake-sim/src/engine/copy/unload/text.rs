//! Files of text: CSV and JSON.

use std::io::Write;

use arrow_array::RecordBatch;
use bytes::Bytes;
use flate2::write::GzEncoder;
use snowflake_proto::Column;

use super::super::super::SqlError;
use super::super::super::env::Env;
use super::super::super::value::{Reader, Value};
use super::super::csv::Writer;
use super::super::format::{Compression, CsvFormat};
use super::files::Written;

/// How records are written.
pub(super) enum Records<'a> {
    Csv(Box<Writer<'a>>),
    Json,
}

/// Gathers records into files.
pub(super) struct TextFiles<'a> {
    records: Records<'a>,
    compression: Compression,
    header: String,
    max_size: usize,
    text: String,
    rows: usize,
    done: Vec<Written>,
}

impl<'a> TextFiles<'a> {
    /// # Errors
    /// `100093` for a column without a name that could not be told from NULL.
    pub(super) fn csv(
        format: &'a CsvFormat,
        env: &Env,
        header: Option<&[Column]>,
        max_size: usize,
    ) -> Result<Self, SqlError> {
        let writer = Writer::new(format, env);
        let header = match header {
            Some(columns) => writer.record(columns.iter().map(|column| Value::text(column.name.clone())))?,
            None => String::new(),
        };
        Ok(Self::new(Records::Csv(Box::new(writer)), format.compression, header, max_size))
    }

    pub(super) fn json(compression: Compression, max_size: usize) -> Self {
        Self::new(Records::Json, compression, String::new(), max_size)
    }

    fn new(records: Records<'a>, compression: Compression, header: String, max_size: usize) -> Self {
        Self { records, compression, text: header.clone(), header, max_size, rows: 0, done: Vec::new() }
    }

    /// Adds rows of the result's own types.
    ///
    /// # Errors
    /// `100093` for empty text that could not be told from NULL.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), SqlError> {
        let readers = batch.columns().iter().map(Reader::new).collect::<Result<Vec<_>, SqlError>>()?;
        for row in 0..batch.num_rows() {
            let mut values = readers.iter().map(|reader| reader.value(row));
            let record = match &self.records {
                Records::Csv(writer) => writer.record(values)?,
                Records::Json => match values.next() {
                    Some(Value::Json(text)) => format!("{text}\n"),
                    _ => "null\n".to_owned(),
                },
            };
            if self.rows > 0 && self.text.len() + record.len() > self.max_size {
                self.end_file()?;
            }
            self.text.push_str(&record);
            self.rows += 1;
        }
        Ok(())
    }

    fn end_file(&mut self) -> Result<(), SqlError> {
        let text = std::mem::replace(&mut self.text, self.header.clone());
        let rows = std::mem::take(&mut self.rows);
        let input = text.len();
        let content = match self.compression {
            Compression::None => Bytes::from(text),
            Compression::Auto | Compression::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
                encoder.write_all(text.as_bytes()).map_err(SqlError::internal)?;
                encoder.finish().map_err(SqlError::internal)?.into()
            }
        };
        self.done.push(Written { rows, input, content });
        Ok(())
    }

    /// The files; none for no row.
    ///
    /// # Errors
    /// `300010` when a file cannot be compressed.
    pub(super) fn finish(mut self) -> Result<Vec<Written>, SqlError> {
        if self.rows > 0 {
            self.end_file()?;
        }
        Ok(self.done)
    }
}
