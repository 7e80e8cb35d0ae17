//! The rows of staged files as a table to query.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{Schema, SchemaRef};

use super::super::SqlError;
use super::super::env::Env;
use super::super::types::{SqlType, TEXT, field};
use super::super::value::cast_array;
use super::chunk::{Chunk, Item, Metadata};
use super::format::FileFormat;
use super::source::Source;

/// What is asked of the rows of a file that a query reads: so many fields, and all that is known.
pub(super) fn items(fields: usize) -> Vec<Item> {
    let known = Metadata::ALL.into_iter().map(|(_, metadata)| Item::Metadata(metadata));
    (0..fields).map(Item::Field).chain(known).collect()
}

/// The columns that [`items`] make.
pub(super) fn schema(fields: usize, format: &FileFormat) -> SchemaRef {
    let value = if matches!(format, FileFormat::Csv(_)) { TEXT } else { SqlType::Variant };
    let fields = (1..=fields).map(|number| field(&format!("COLUMN{number}"), &value, true));
    let known = Metadata::ALL.into_iter().map(|(name, metadata)| field(name, &metadata.data_type(), true));
    Arc::new(Schema::new(fields.chain(known).collect::<Vec<_>>()))
}

/// A chunk of [`items`] as rows of [`schema`].
///
/// # Errors
/// `300010` when an array is not of its column's type.
pub(super) fn batch(
    chunk: &Chunk,
    source: &Source<'_>,
    items: &[Item],
    schema: &SchemaRef,
    env: &Env,
) -> Result<RecordBatch, SqlError> {
    let arrays = items.iter().zip(&chunk.columns).zip(schema.fields()).map(|((item, array), field)| {
        if array.data_type() == field.data_type() {
            return Ok(Arc::clone(array));
        }
        if array.null_count() == array.len() {
            return Ok(arrow_array::new_null_array(field.data_type(), array.len()));
        }
        let data_type = source.type_of(item);
        cast_array(array, &data_type, &data_type, env)
    });
    let arrays = arrays.collect::<Result<Vec<ArrayRef>, SqlError>>()?;
    RecordBatch::try_new(Arc::clone(schema), arrays).map_err(SqlError::internal)
}
