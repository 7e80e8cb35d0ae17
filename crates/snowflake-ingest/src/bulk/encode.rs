//! Rows into Parquet files, the same bytes for the same rows.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use snafu::IntoError;

use super::fault::EncodeSnafu;
use super::gauge::Held;
use crate::error::Error;

/// What the files say that they were written by: constant, since the name of a file is made of its bytes.
const WRITER: &str = "snowflake-ingest";

/// A file that is being written.
#[derive(Debug)]
pub(super) struct Encoder {
    writer: ArrowWriter<Vec<u8>>,
    held: Held,
}

impl Encoder {
    /// Begins a file; what it holds in memory is counted.
    pub(super) fn new(schema: &SchemaRef, held: Held) -> Result<Self, Error> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(WRITER.to_owned())
            // Nobody looks for single values in files that are read once.
            .set_statistics_enabled(EnabledStatistics::None)
            .set_offset_index_disabled(true)
            .build();
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let writer =
            ArrowWriter::try_new_with_options(Vec::new(), Arc::clone(schema), options).map_err(encode)?;
        Ok(Self { writer, held })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.writer.write(batch).map_err(encode)?;
        self.held.set(self.writer.bytes_written() + self.writer.memory_size());
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(Bytes, Held), Error> {
        let bytes = self.writer.into_inner().map_err(encode)?;
        self.held.set(bytes.len());
        Ok((bytes.into(), self.held))
    }
}

fn encode(error: ParquetError) -> Error {
    EncodeSnafu.into_error(Box::new(error)).into()
}
