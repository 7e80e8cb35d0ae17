//! The border of the engine: its own arrays become the canonical form of results, and back.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Decimal128Type;
use arrow_array::{
    Array, ArrayRef, Int32Array, Int64Array, RecordBatch, RecordBatchOptions, StringArray, StructArray,
};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType as ArrowType, Field, Fields, Schema, SchemaRef, TimeUnit};
use snowflake_proto::{ArrowOptions, Column, ResultSchema};

use super::SqlError;
use super::env::Env;
use super::time::Stamp;
use super::types::{SqlType, arrow_type, field, type_of};
use super::value::{Builder, Reader, Value, cast_array};

/// The canonical schema of a result.
///
/// # Errors
/// `300010` when the columns cannot be expressed.
pub(super) fn canonical_schema(columns: &[Column]) -> Result<SchemaRef, SqlError> {
    let schema = ResultSchema::new(columns.to_vec(), ArrowOptions::default()).map_err(SqlError::internal)?;
    Ok(Arc::clone(schema.arrow()))
}

/// Brings a batch of the engine's own arrays into the canonical form.
///
/// # Errors
/// The code of a conversion that fails.
pub(super) fn to_canonical(
    batch: &RecordBatch,
    columns: &[Column],
    schema: &SchemaRef,
    env: &Env,
) -> Result<RecordBatch, SqlError> {
    let mut arrays = Vec::with_capacity(columns.len());
    for (at, column) in columns.iter().enumerate() {
        let (array, source) = (batch.column(at), batch.schema_ref().field(at));
        let array = cast_array(array, &type_of(source), &column.data_type, env)?;
        arrays.push(canonical_array(&array, &column.data_type, schema.field(at).data_type())?);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let nullable = nullable(schema);
    RecordBatch::try_new_with_options(nullable, arrays, &options).map_err(SqlError::internal)
}

/// The same schema with every column nullable: DataFusion's plans are not always right about it.
fn nullable(schema: &SchemaRef) -> SchemaRef {
    let fields: Vec<Field> =
        schema.fields().iter().map(|field| field.as_ref().clone().with_nullable(true)).collect();
    Arc::new(Schema::new(fields))
}

fn canonical_array(array: &ArrayRef, data_type: &SqlType, wanted: &ArrowType) -> Result<ArrayRef, SqlError> {
    if array.data_type() == wanted {
        return Ok(Arc::clone(array));
    }
    match data_type {
        SqlType::Number { scale: 0, .. } if *wanted == ArrowType::Int64 => {
            let decimals = array.as_primitive::<Decimal128Type>();
            let values: Int64Array = decimals.try_unary(|value| {
                i64::try_from(value).map_err(|_| SqlError::number_out_of_range(&value.to_string()))
            })?;
            Ok(Arc::new(values))
        }
        SqlType::TimestampNtz { .. } | SqlType::TimestampLtz { .. } => timestamps(array, wanted),
        SqlType::Variant | SqlType::Object | SqlType::Array => {
            let texts: StringArray = array.as_string::<i64>().iter().collect();
            Ok(Arc::new(texts))
        }
        _ => arrow_cast::cast(array, wanted).map_err(SqlError::internal),
    }
}

fn timestamps(array: &ArrayRef, wanted: &ArrowType) -> Result<ArrayRef, SqlError> {
    let ArrowType::Struct(fields) = wanted else {
        return Err(SqlError::internal("timestamps without a struct"));
    };
    let reader = Reader::new(array)?;
    let (mut epochs, mut fractions) = (Vec::with_capacity(array.len()), Vec::with_capacity(array.len()));
    for row in 0..array.len() {
        let stamp = match reader.value(row) {
            Value::Ntz(stamp) | Value::Ltz(stamp) => stamp,
            _ => Stamp::new(0, 0),
        };
        epochs.push(stamp.seconds);
        fractions.push(i32::try_from(stamp.nanos).unwrap_or(0));
    }
    let nulls: Option<NullBuffer> = array.nulls().cloned();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::new(epochs.into(), child_nulls(fields, 0, nulls.as_ref()))),
        Arc::new(Int32Array::new(fractions.into(), child_nulls(fields, 1, nulls.as_ref()))),
    ];
    StructArray::try_new(fields.clone(), columns, nulls)
        .map(|array| -> ArrayRef { Arc::new(array) })
        .map_err(SqlError::internal)
}

fn child_nulls(fields: &Fields, at: usize, nulls: Option<&NullBuffer>) -> Option<NullBuffer> {
    fields.get(at).filter(|field| field.is_nullable()).and(nulls).cloned()
}

/// Brings a stored result back into the engine's own arrays, as a table to query.
///
/// # Errors
/// `300010` when a batch is not of the canonical form.
pub(super) fn from_canonical(
    columns: &[Column],
    batches: &[RecordBatch],
) -> Result<(SchemaRef, Vec<RecordBatch>), SqlError> {
    let fields: Vec<Field> =
        columns.iter().map(|column| field(&column.name, &column.data_type, true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let mut converted = Vec::with_capacity(batches.len());
    for batch in batches {
        let arrays = columns
            .iter()
            .zip(batch.columns())
            .map(|(column, array)| engine_array(array, &column.data_type))
            .collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &options);
        converted.push(batch.map_err(SqlError::internal)?);
    }
    Ok((schema, converted))
}

fn engine_array(array: &ArrayRef, data_type: &SqlType) -> Result<ArrayRef, SqlError> {
    let wanted = arrow_type(data_type);
    if *array.data_type() == wanted {
        return Ok(Arc::clone(array));
    }
    match data_type {
        SqlType::TimestampNtz { .. } | SqlType::TimestampLtz { .. } => {
            let parts = array.as_struct();
            let (epochs, fractions) = (Reader::new(parts.column(0))?, Reader::new(parts.column(1))?);
            let mut builder = Builder::new(data_type, array.len());
            for row in 0..array.len() {
                let value = match (array.is_null(row), epochs.value(row), fractions.value(row)) {
                    (false, Value::Number(epoch), Value::Number(fraction)) => Value::Ntz(Stamp::new(
                        epoch.to_i64().unwrap_or(0),
                        fraction.to_i64().and_then(|nanos| u32::try_from(nanos).ok()).unwrap_or(0),
                    )),
                    _ => Value::Null,
                };
                builder.push(value)?;
            }
            Ok(builder.finish())
        }
        SqlType::TimestampTz { .. } => arrow_cast::cast(array, &wanted).map_err(SqlError::internal),
        SqlType::Time { .. } => {
            arrow_cast::cast(array, &ArrowType::Time64(TimeUnit::Nanosecond)).map_err(SqlError::internal)
        }
        _ => arrow_cast::cast(array, &wanted).map_err(SqlError::internal),
    }
}
