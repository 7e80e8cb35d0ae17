//! The framing of Arrow IPC streams.
//!
//! arrow-ipc's own stream decoder takes the nullability in the stream at its word and refuses a struct
//! whose children hold nulls that the struct does not mask. Servers write such structs for NULL
//! timestamps, so here the children may always be null, and what they mean is decided later.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::convert::fb_to_schema;
use arrow_ipc::reader::read_record_batch;
use arrow_ipc::{MessageHeader, root_as_message};
use arrow_schema::{ArrowError, DataType as ArrowType, Field, Schema, SchemaRef};

use crate::{Error, Result};

/// What precedes the length of a message.
const CONTINUATION: [u8; 4] = [0xff; 4];

/// Takes the batches of one stream, one after the other, without copying their bytes.
#[derive(Debug)]
pub(super) struct Stream {
    rest: Buffer,
    schema: Option<SchemaRef>,
}

impl Stream {
    pub(super) fn new(bytes: Buffer) -> Self {
        Self { rest: bytes, schema: None }
    }

    /// The next batch; `None` at the end of the stream, marked as such or not.
    pub(super) fn next(&mut self) -> Result<Option<RecordBatch>> {
        while let Some(length) = self.length()? {
            let metadata = self.take(length)?;
            let message = root_as_message(&metadata)
                .map_err(|_| Error::decode("a message of the Arrow stream is malformed"))?;
            let body_length = usize::try_from(message.bodyLength()).map_err(|cause| {
                Error::decode_caused("a message of the Arrow stream has no length", cause)
            })?;
            let body = self.take(body_length)?;
            match message.header_type() {
                MessageHeader::Schema => {
                    let schema = message.header_as_schema().map(fb_to_schema).ok_or_else(incomplete)?;
                    self.schema = Some(Arc::new(relaxed(&schema)));
                }
                MessageHeader::RecordBatch => {
                    let batch = message.header_as_record_batch().ok_or_else(incomplete)?;
                    let schema = self.schema.clone().ok_or_else(incomplete)?;
                    return read_record_batch(
                        &body,
                        batch,
                        schema,
                        &HashMap::new(),
                        None,
                        &message.version(),
                    )
                    .map(Some)
                    .map_err(malformed);
                }
                MessageHeader::NONE => {}
                other => return Err(Error::unsupported(format!("an Arrow message of type {other:?}"))),
            }
        }
        Ok(None)
    }

    /// The length of the next message's metadata.
    fn length(&mut self) -> Result<Option<usize>> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let mut prefix = self.word()?;
        if prefix == CONTINUATION {
            prefix = self.word()?;
        }
        let length = u32::from_le_bytes(prefix);
        Ok((length != 0).then_some(length as usize))
    }

    fn word(&mut self) -> Result<[u8; 4]> {
        let taken = self.take(4)?;
        taken.as_slice().try_into().map_err(|_| incomplete())
    }

    fn take(&mut self, length: usize) -> Result<Buffer> {
        if length > self.rest.len() {
            return Err(Error::decode("the Arrow stream ends in the middle of a message"));
        }
        let taken = self.rest.slice_with_length(0, length);
        self.rest.advance(length);
        Ok(taken)
    }
}

/// The same schema with children of structs that may be null.
fn relaxed(schema: &Schema) -> Schema {
    let fields: Vec<Field> = schema.fields().iter().map(|field| relaxed_field(field)).collect();
    Schema::new_with_metadata(fields, schema.metadata().clone())
}

fn relaxed_field(field: &Field) -> Field {
    let ArrowType::Struct(children) = field.data_type() else {
        return field.clone().with_nullable(true);
    };
    let children = children.iter().map(|child| relaxed_field(child)).collect();
    field.clone().with_nullable(true).with_data_type(ArrowType::Struct(children))
}

fn incomplete() -> Error {
    Error::decode("the Arrow stream lacks a part")
}

fn malformed(cause: ArrowError) -> Error {
    Error::decode_caused("a batch of the Arrow stream is malformed", cause)
}

#[cfg(test)]
mod tests {
    use arrow_array::{Array, ArrayRef, Int32Array, Int64Array, StructArray};
    use arrow_ipc::writer::StreamWriter;

    use crate::{ArrowOptions, Cell, CellReader, Column, DataType, ResultSchema};

    use super::*;

    #[test]
    fn a_timestamp_whose_parts_are_null_is_null() {
        let children = [("epoch", ArrowType::Int64), ("fraction", ArrowType::Int32)];
        let children: arrow_schema::Fields =
            children.map(|(name, kind)| Field::new(name, kind, true)).into_iter().collect();
        let parts: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from(vec![None, Some(7)])),
            Arc::new(Int32Array::from(vec![None, Some(8)])),
        ];
        let array = StructArray::new(children.clone(), parts, None);
        let schema = Arc::new(Schema::new(vec![Field::new("T", ArrowType::Struct(children), true)]));
        let batch = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(array)]).unwrap();
        let mut writer = StreamWriter::try_new(Vec::new(), &schema).unwrap();
        writer.write(&batch).unwrap();
        let bytes = writer.into_inner().unwrap();

        let column = Column::new("T", DataType::TimestampNtz { scale: 9 }, true);
        let schema = ResultSchema::new(vec![column], ArrowOptions::default()).unwrap();
        let batches = schema.decode_arrow(bytes.into()).unwrap();
        assert_eq!(batches[0].column(0).null_count(), 1);
        let reader = CellReader::new(batches[0].column(0)).unwrap();
        assert_eq!(reader.read(0), Cell::Null);
        assert_eq!(reader.read(1), Cell::Timestamp { epoch: 7, fraction: 8 });
    }
}
