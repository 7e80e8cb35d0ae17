//! Streams of Arrow's IPC format with something wrong in them.

use std::sync::Arc;

use arrow_array::{Array as _, ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::root_as_message;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema};

use super::super::verb::ArrowDamage;

/// The stream after some damage; `None` if it is no stream of Arrow, or has nothing to damage.
pub(super) fn damaged(stream: &[u8], damage: ArrowDamage) -> Option<Vec<u8>> {
    // Also asked where the ends do not matter: Arrow's reader believes any length that it is told.
    let ends = message_ends(stream)?;
    match damage {
        ArrowDamage::CutAtMessage(count) => {
            let end = if count == 0 { 0 } else { *ends.get(count - 1).or(ends.last())? };
            stream.get(..end).map(<[u8]>::to_vec)
        }
        ArrowDamage::NoEnd => stream.get(..*ends.last()?).map(<[u8]>::to_vec),
        _ => rewritten(stream, damage).ok(),
    }
}

/// Where each message ends, the mark of the end of the stream not among them.
fn message_ends(stream: &[u8]) -> Option<Vec<usize>> {
    const CONTINUATION: [u8; 4] = [0xff; 4];
    let mut ends = Vec::new();
    let mut at = 0_usize;
    while let Some(prefix) = stream.get(at..at.checked_add(4)?) {
        if prefix == CONTINUATION {
            at += 4;
        }
        let Some(length) = stream.get(at..at.checked_add(4)?) else { break };
        let length = usize::try_from(u32::from_le_bytes(length.try_into().ok()?)).ok()?;
        if length == 0 {
            break;
        }
        let head = at.checked_add(4)?;
        let body = head.checked_add(length)?;
        let message = root_as_message(stream.get(head..body)?).ok()?;
        at = body.checked_add(usize::try_from(message.bodyLength()).ok()?)?;
        if at > stream.len() {
            return None;
        }
        ends.push(at);
    }
    (!ends.is_empty()).then_some(ends)
}

/// The stream read, changed and written again.
fn rewritten(stream: &[u8], damage: ArrowDamage) -> Result<Vec<u8>, ArrowError> {
    let reader = StreamReader::try_new(stream, None)?;
    let schema = changed_schema(&reader.schema(), damage);
    let batches = reader.collect::<Result<Vec<_>, _>>()?;
    let mut writer = StreamWriter::try_new(Vec::new(), &schema)?;
    for batch in changed_rows(batches, damage) {
        let columns = changed_columns(&batch, damage);
        writer.write(&RecordBatch::try_new(Arc::clone(&schema), columns)?)?;
    }
    writer.into_inner()
}

fn changed_schema(schema: &Schema, damage: ArrowDamage) -> Arc<Schema> {
    let mut fields: Vec<Field> = schema.fields().iter().map(|field| Field::clone(field)).collect();
    match damage {
        ArrowDamage::OtherType => {
            if let Some(first) = fields.first_mut() {
                first.set_data_type(other_type(first.data_type()));
            }
        }
        ArrowDamage::Scale(_) | ArrowDamage::NoScale => {
            for field in &mut fields {
                let mut metadata = field.metadata().clone();
                if metadata.remove("scale").is_some() {
                    if let ArrowDamage::Scale(scale) = damage {
                        metadata.insert("scale".to_owned(), scale.to_string());
                    }
                    field.set_metadata(metadata);
                }
            }
        }
        ArrowDamage::ExtraColumn => {
            let metadata = [("logicalType", "FIXED"), ("precision", "38"), ("scale", "0")];
            let metadata = metadata.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
            fields.push(Field::new("EXTRA", DataType::Int64, false).with_metadata(metadata));
        }
        _ => {}
    }
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

fn changed_rows(mut batches: Vec<RecordBatch>, damage: ArrowDamage) -> Vec<RecordBatch> {
    let Some(last) = batches.iter().rposition(|batch| batch.num_rows() > 0) else { return batches };
    let rows = batches[last].num_rows();
    match damage {
        ArrowDamage::DropLastRow => batches[last] = batches[last].slice(0, rows - 1),
        ArrowDamage::RepeatLastRow => {
            let again = batches[last].slice(rows - 1, 1);
            batches.insert(last + 1, again);
        }
        _ => {}
    }
    batches
}

fn changed_columns(batch: &RecordBatch, damage: ArrowDamage) -> Vec<ArrayRef> {
    let mut columns = batch.columns().to_vec();
    match damage {
        ArrowDamage::OtherType => {
            if let Some(first) = columns.first_mut() {
                *first = match other_type(first.data_type()) {
                    DataType::Int64 => Arc::new(Int64Array::from(vec![0; first.len()])),
                    _ => Arc::new(StringArray::from(vec!["x"; first.len()])),
                };
            }
        }
        ArrowDamage::ExtraColumn => columns.push(Arc::new(Int64Array::from(vec![0; batch.num_rows()]))),
        _ => {}
    }
    columns
}

/// A type that no value of the given one can be read as.
fn other_type(wanted: &DataType) -> DataType {
    if *wanted == DataType::Utf8 { DataType::Int64 } else { DataType::Utf8 }
}
