//! Apache Parquet.

use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::Compression;
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal128Type, Int32Type, Int64Type, TimestampMicrosecondType, TimestampNanosecondType,
};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, PrimitiveArray, RecordBatch, RecordBatchOptions, StructArray,
};
use arrow_schema::{DataType as ArrowType, Field, Schema, SchemaRef, TimeUnit};
use snowflake_proto::{Column, DataType};

use super::encoder::Encoder;
use super::options::{ParquetOptions, ParquetTimestamps};
use crate::result::Fault;
use crate::result::fault::{EncodeSnafu, UnwritableSnafu};
use snafu::{IntoError, ResultExt};

/// A row group is written when it holds about this many bytes: memory is bounded by it.
const ROW_GROUP: usize = 32 << 20;
/// Scale up to which microseconds hold every digit.
const MICROSECOND_SCALE: u8 = 6;

/// Converts batches to what Parquet has types for, and writes them in row groups.
pub(super) struct Parquet {
    columns: Vec<Column>,
    schema: SchemaRef,
    /// `None` once it is finished.
    writer: Option<ArrowWriter<Vec<u8>>>,
}

impl Parquet {
    pub(super) fn new(columns: &[Column], source: &Schema, options: ParquetOptions) -> Result<Self, Fault> {
        let fields = columns.iter().zip(source.fields()).map(|(column, field)| {
            let data_type = target(column, field.data_type(), options);
            Field::new(field.name(), data_type, true).with_metadata(field.metadata().clone())
        });
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let writer =
            ArrowWriter::try_new(Vec::new(), Arc::clone(&schema), Some(properties)).map_err(encode)?;
        Ok(Self { columns: columns.to_vec(), schema, writer: Some(writer) })
    }
}

impl Encoder for Parquet {
    fn begin(&mut self, _: &mut Vec<u8>) -> Result<(), Fault> {
        Ok(())
    }

    fn batch(&mut self, batch: &RecordBatch, out: &mut Vec<u8>) -> Result<(), Fault> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let arrays = self
            .columns
            .iter()
            .zip(self.schema.fields())
            .zip(batch.columns())
            .map(|((column, field), array)| convert(column, field.data_type(), array))
            .collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)
            .boxed()
            .context(EncodeSnafu { format: "Parquet" })?;
        writer.write(&batch).map_err(encode)?;
        if writer.in_progress_size() >= ROW_GROUP {
            writer.flush().map_err(encode)?;
        }
        out.append(writer.inner_mut());
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        if let Some(writer) = self.writer.take() {
            out.append(&mut writer.into_inner().map_err(encode)?);
        }
        Ok(())
    }
}

/// Not a `context`, since the error has to be boxed on the way.
fn encode(error: ParquetError) -> Fault {
    EncodeSnafu { format: "Parquet" }.into_error(Box::new(error))
}

/// The type that a column is written as.
fn target(column: &Column, source: &ArrowType, options: ParquetOptions) -> ArrowType {
    let (scale, zone) = match (&column.data_type, source) {
        (DataType::Number { precision, scale: 0 }, ArrowType::Int64) => {
            return ArrowType::Decimal128(*precision, 0);
        }
        (DataType::TimestampNtz { scale }, ArrowType::Struct(_)) => (*scale, None),
        (DataType::TimestampLtz { scale } | DataType::TimestampTz { scale }, ArrowType::Struct(_)) => {
            (*scale, Some(Arc::from("UTC")))
        }
        _ => return source.clone(),
    };
    let microseconds = options.timestamps == ParquetTimestamps::Microseconds || scale <= MICROSECOND_SCALE;
    ArrowType::Timestamp(if microseconds { TimeUnit::Microsecond } else { TimeUnit::Nanosecond }, zone)
}

fn convert(column: &Column, target: &ArrowType, array: &ArrayRef) -> Result<ArrayRef, Fault> {
    match (array.data_type(), target) {
        (ArrowType::Int64, ArrowType::Decimal128(_, _)) => {
            let wide: PrimitiveArray<Decimal128Type> = array.as_primitive::<Int64Type>().unary(i128::from);
            Ok(Arc::new(wide.with_data_type(target.clone())))
        }
        (ArrowType::Struct(_), ArrowType::Timestamp(TimeUnit::Microsecond, zone)) => {
            let joined = join::<TimestampMicrosecondType>(column, array.as_struct(), 1_000_000)?;
            Ok(Arc::new(joined.with_timezone_opt(zone.clone())))
        }
        (ArrowType::Struct(_), ArrowType::Timestamp(_, zone)) => {
            let joined = join::<TimestampNanosecondType>(column, array.as_struct(), 1_000_000_000)?;
            Ok(Arc::new(joined.with_timezone_opt(zone.clone())))
        }
        _ => Ok(Arc::clone(array)),
    }
}

/// Seconds and nanoseconds as a count of units.
fn join<T: ArrowPrimitiveType<Native = i64>>(
    column: &Column,
    stamps: &StructArray,
    units_per_second: i64,
) -> Result<PrimitiveArray<T>, Fault> {
    let children = (stamps.columns().first(), stamps.columns().get(1));
    let (Some(Some(epoch)), Some(Some(fraction))) = (
        children.0.map(|array| array.as_primitive_opt::<Int64Type>()),
        children.1.map(|array| array.as_primitive_opt::<Int32Type>()),
    ) else {
        return UnwritableSnafu { column: &column.name, reason: "its timestamps are malformed" }.fail();
    };
    let nanos_per_unit = 1_000_000_000 / units_per_second;
    let mut values = Vec::with_capacity(stamps.len());
    for row in 0..stamps.len() {
        if stamps.is_null(row) {
            values.push(0);
            continue;
        }
        let units = i64::from(fraction.value(row)) / nanos_per_unit;
        // Before 1970 the product alone may lie just beyond what fits, and the sum may not.
        let value = i128::from(epoch.value(row)) * i128::from(units_per_second) + i128::from(units);
        values.push(i64::try_from(value).or_else(|_| out_of_range(column))?);
    }
    Ok(PrimitiveArray::new(values.into(), stamps.nulls().cloned()))
}

fn out_of_range(column: &Column) -> Result<i64, Fault> {
    let reason = "a timestamp lies outside of the years 1677 to 2262, which is as far as nanoseconds reach; \
                  choose ParquetTimestamps::Microseconds";
    UnwritableSnafu { column: &column.name, reason }.fail()
}
