//! Decoding of Arrow IPC streams.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_schema::Schema;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::ResultSchema;
use super::convert::to_exact;
use super::ipc::Stream;
use super::mapping;
use crate::{Error, Result};

impl ResultSchema {
    /// The batches of one IPC stream, such as a chunk, in this schema.
    ///
    /// The plain bytes are not copied: columns whose wire form is already the exact one point into them.
    /// No bytes means no rows, as in the answer to a statement without any.
    ///
    /// A stream that was cut between two messages cannot be told from a whole one: compare the number
    /// of rows with what the server announced.
    ///
    /// # Errors
    /// [`Decode`](crate::ErrorKind::Decode) for bytes that are not a stream,
    /// [`SchemaMismatch`](crate::ErrorKind::SchemaMismatch) and
    /// [`BadMetadata`](crate::ErrorKind::BadMetadata) for columns other than announced,
    /// [`Conversion`](crate::ErrorKind::Conversion) for values that the chosen
    /// [`ArrowOptions`](super::ArrowOptions) cannot hold.
    pub fn decode_arrow(&self, stream: Bytes) -> Result<Vec<RecordBatch>> {
        // arrow-ipc answers some damaged streams with a panic; its state dies with the closure.
        catch_unwind(AssertUnwindSafe(|| self.decode_stream(stream)))
            .unwrap_or_else(|_| Err(Error::decode("the Arrow stream is damaged")))
    }

    /// As [`decode_arrow`](Self::decode_arrow), for the base64 text of an answer's `rowsetBase64`.
    ///
    /// # Errors
    /// As [`decode_arrow`](Self::decode_arrow); [`Decode`](crate::ErrorKind::Decode) also for text that
    /// is not base64.
    pub fn decode_arrow_base64(&self, text: &str) -> Result<Vec<RecordBatch>> {
        let stream = STANDARD
            .decode(text)
            .map_err(|cause| Error::decode_caused("the inline rows are not base64", cause))?;
        self.decode_arrow(stream.into())
    }

    fn decode_stream(&self, stream: Bytes) -> Result<Vec<RecordBatch>> {
        let mut stream = Stream::new(stream.into());
        let mut batches = Vec::new();
        while let Some(wire) = stream.next()? {
            batches.push(self.convert(&wire)?);
        }
        Ok(batches)
    }

    fn convert(&self, wire: &RecordBatch) -> Result<RecordBatch> {
        let columns = self.columns();
        if wire.num_columns() != columns.len() {
            return Err(self.other_width(wire.schema_ref()));
        }
        let wire_schema = wire.schema_ref();
        let arrays = columns
            .iter()
            .zip(self.exact().fields())
            .zip(wire_schema.fields().iter().zip(wire.columns()))
            .map(|((column, target), (field, array))| to_exact(column, field, target.data_type(), array))
            .collect::<Result<Vec<_>>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(wire.num_rows()));
        let exact = RecordBatch::try_new_with_options(Arc::clone(self.exact()), arrays, &options)
            .map_err(|cause| Error::decode_caused("the columns of a batch do not fit together", cause))?;
        mapping::apply(self, exact)
    }

    /// Names the first column that is missing or too many.
    fn other_width(&self, wire: &Schema) -> Error {
        let (expected, got) = (self.columns().len(), wire.fields().len());
        let missing = self.columns().get(got).map(|column| column.name.as_str());
        let name = missing.or_else(|| wire.fields().get(expected).map(|field| field.name().as_str()));
        Error::schema_mismatch(
            name.unwrap_or_default(),
            format!("{expected} columns"),
            format!("{got} columns"),
        )
    }
}
