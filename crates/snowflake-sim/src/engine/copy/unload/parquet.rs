//! Parquet files.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType as ArrowType, Field, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, GzipLevel};
use parquet::file::properties::WriterProperties;
use snowflake_proto::Column;

use super::super::super::SqlError;
use super::super::super::types::{SqlType, arrow_type};
use super::super::format::Codec;
use super::files::Written;

/// How many rows are written before the size of a file is looked at.
const STEP: usize = 1024;

/// Gathers rows into files.
pub(super) struct ParquetFiles {
    schema: SchemaRef,
    codec: Codec,
    max_size: usize,
    writer: Option<ArrowWriter<Vec<u8>>>,
    rows: usize,
    input: usize,
    done: Vec<Written>,
}

impl ParquetFiles {
    /// Without a header the columns are numbered.
    ///
    /// # Errors
    /// `0A000` for instants, which Parquet files are not made of.
    pub(super) fn new(
        columns: &[Column],
        header: bool,
        codec: Codec,
        max_size: usize,
    ) -> Result<Self, SqlError> {
        let fields = columns.iter().enumerate().map(|(at, column)| {
            let name = if header { column.name.clone() } else { format!("_COL_{at}") };
            Ok(Field::new(name, stored_type(&column.data_type)?, true))
        });
        let schema = Arc::new(Schema::new(fields.collect::<Result<Vec<_>, SqlError>>()?));
        Ok(Self { schema, codec, max_size, writer: None, rows: 0, input: 0, done: Vec::new() })
    }

    /// Adds rows of the result's own types.
    ///
    /// # Errors
    /// `300010` when they cannot be written.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), SqlError> {
        let arrays = batch
            .columns()
            .iter()
            .zip(self.schema.fields())
            .map(|(array, field)| arrow_cast::cast(array, field.data_type()).map_err(SqlError::internal));
        let arrays = arrays.collect::<Result<Vec<ArrayRef>, SqlError>>()?;
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays).map_err(SqlError::internal)?;
        for start in (0..batch.num_rows()).step_by(STEP) {
            let part = batch.slice(start, STEP.min(batch.num_rows() - start));
            let mut writer = match self.writer.take() {
                Some(writer) => writer,
                None => self.begin()?,
            };
            writer.write(&part).map_err(SqlError::internal)?;
            self.rows += part.num_rows();
            self.input += part.get_array_memory_size() * part.num_rows() / batch.num_rows().max(1);
            let size = writer.bytes_written() + writer.in_progress_size();
            self.writer = Some(writer);
            if size >= self.max_size {
                self.end_file()?;
            }
        }
        Ok(())
    }

    fn begin(&self) -> Result<ArrowWriter<Vec<u8>>, SqlError> {
        let compression = match self.codec {
            Codec::Snappy => Compression::SNAPPY,
            Codec::Gzip => Compression::GZIP(GzipLevel::default()),
            Codec::None => Compression::UNCOMPRESSED,
        };
        let properties = WriterProperties::builder().set_compression(compression).build();
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        ArrowWriter::try_new_with_options(Vec::new(), Arc::clone(&self.schema), options)
            .map_err(SqlError::internal)
    }

    fn end_file(&mut self) -> Result<(), SqlError> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        let content = writer.into_inner().map_err(SqlError::internal)?.into();
        let (rows, input) = (std::mem::take(&mut self.rows), std::mem::take(&mut self.input));
        self.done.push(Written { rows, input, content });
        Ok(())
    }

    /// The files; none for no row.
    ///
    /// # Errors
    /// `300010` when a file cannot be ended.
    pub(super) fn finish(mut self) -> Result<Vec<Written>, SqlError> {
        self.end_file()?;
        Ok(self.done)
    }
}

/// The type in a file that a column becomes.
fn stored_type(data_type: &SqlType) -> Result<ArrowType, SqlError> {
    Ok(match data_type {
        SqlType::TimestampLtz { .. } | SqlType::TimestampTz { .. } => {
            return Err(SqlError::not_simulated("unloading TIMESTAMP_LTZ and TIMESTAMP_TZ to Parquet files"));
        }
        SqlType::TimestampNtz { .. } => ArrowType::Timestamp(TimeUnit::Microsecond, None),
        SqlType::Time { .. } => ArrowType::Time64(TimeUnit::Microsecond),
        SqlType::Variant | SqlType::Object | SqlType::Array => ArrowType::Utf8,
        other => arrow_type(other),
    })
}
