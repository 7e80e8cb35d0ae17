//! The Arrow format: one IPC stream per part.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Int32Type, Int64Type, Time64NanosecondType};
use arrow_array::{Array, ArrayRef, PrimitiveArray, RecordBatch, StructArray};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, DataType as Arrow, Field, Schema};
use snowflake_proto::{Column, DataType};

use super::field::{field, timestamp_fields};
use super::not_canonical;
use super::width::{Width, shrink};

/// Digits of a fraction that count nanoseconds.
const NANOSECOND_DIGITS: u8 = 9;

/// Writes the rows as one stream with one batch.
pub(super) fn stream(
    columns: &[Column],
    widths: &[Width],
    rows: &RecordBatch,
) -> Result<Vec<u8>, ArrowError> {
    let mut fields = Vec::with_capacity(columns.len());
    let mut arrays = Vec::with_capacity(columns.len());
    for ((column, width), array) in columns.iter().zip(widths).zip(rows.columns()) {
        let (field, array) = encode(column, *width, array)?;
        fields.push(field);
        arrays.push(array);
    }
    let schema = Arc::new(Schema::new(fields));
    let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(rows.num_rows()));
    let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &options)?;
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, &schema)?;
    writer.write(&batch)?;
    writer.finish()?;
    drop(writer);
    Ok(bytes)
}

/// One column in its wire form.
fn encode(column: &Column, width: Width, array: &ArrayRef) -> Result<(Field, ArrayRef), ArrowError> {
    let wrong = || not_canonical(column, array.data_type());
    let encoded: ArrayRef = match &column.data_type {
        DataType::Number { .. } => width.apply(array).ok_or_else(wrong)?,
        DataType::Time { scale } => time(array.as_primitive_opt().ok_or_else(wrong)?, *scale),
        DataType::TimestampNtz { scale } | DataType::TimestampLtz { scale } => {
            timestamp(array, *scale).ok_or_else(wrong)?
        }
        DataType::TimestampTz { scale } => timestamp_with_offset(array, *scale).ok_or_else(wrong)?,
        DataType::Float => same(array, &Arrow::Float64).ok_or_else(wrong)?,
        DataType::Boolean => same(array, &Arrow::Boolean).ok_or_else(wrong)?,
        DataType::Date => same(array, &Arrow::Date32).ok_or_else(wrong)?,
        DataType::Binary { .. } => same(array, &Arrow::Binary).ok_or_else(wrong)?,
        _ => same(array, &Arrow::Utf8).ok_or_else(wrong)?,
    };
    // The declared nullability of an expression can be wrong; a field that lies would not be readable.
    let mut field = field(column, encoded.data_type().clone());
    if encoded.null_count() > 0 {
        field.set_nullable(true);
    }
    Ok((field, encoded))
}

fn same(array: &ArrayRef, expected: &Arrow) -> Option<ArrayRef> {
    (array.data_type() == expected).then(|| Arc::clone(array))
}

/// Units of `10^-scale` seconds since midnight.
fn time(array: &PrimitiveArray<Time64NanosecondType>, scale: u8) -> ArrayRef {
    let unit = 10_i64.pow(u32::from(NANOSECOND_DIGITS.saturating_sub(scale)));
    let units: PrimitiveArray<Int64Type> = array.unary(|nanoseconds| nanoseconds / unit);
    if scale <= 4 { shrink::<Int32Type>(&units) } else { Arc::new(units) }
}

/// Up to 7 digits one integer, beyond a struct: nanoseconds of all years do not fit 64 bits.
fn timestamp(array: &ArrayRef, scale: u8) -> Option<ArrayRef> {
    let parts = Parts::of(array)?;
    if scale <= 7 {
        return Some(Arc::new(parts.scaled(scale)));
    }
    let fields = timestamp_fields(&["epoch", "fraction"]);
    let children: Vec<ArrayRef> = vec![Arc::new(parts.epoch.clone()), Arc::new(parts.fraction.clone())];
    Some(Arc::new(StructArray::new(fields, children, parts.whole.nulls().cloned())))
}

fn timestamp_with_offset(array: &ArrayRef, scale: u8) -> Option<ArrayRef> {
    let parts = Parts::of(array)?;
    let zone: ArrayRef =
        Arc::new(array.as_struct().column_by_name("timezone")?.as_primitive_opt::<Int32Type>()?.clone());
    let (names, children): (&[&str], Vec<ArrayRef>) = if scale <= 3 {
        (&["epoch", "timezone"], vec![Arc::new(parts.scaled(scale)), zone])
    } else {
        let (epoch, fraction) = (parts.epoch.clone(), parts.fraction.clone());
        (&["epoch", "fraction", "timezone"], vec![Arc::new(epoch), Arc::new(fraction), zone])
    };
    Some(Arc::new(StructArray::new(timestamp_fields(names), children, parts.whole.nulls().cloned())))
}

/// The canonical parts of a timestamp.
struct Parts<'a> {
    whole: &'a StructArray,
    epoch: &'a PrimitiveArray<Int64Type>,
    fraction: &'a PrimitiveArray<Int32Type>,
}

impl<'a> Parts<'a> {
    fn of(array: &'a ArrayRef) -> Option<Self> {
        let timestamp = array.as_struct_opt()?;
        Some(Self {
            epoch: timestamp.column_by_name("epoch")?.as_primitive_opt()?,
            fraction: timestamp.column_by_name("fraction")?.as_primitive_opt()?,
            whole: timestamp,
        })
    }

    /// Units of `10^-scale` seconds since 1970.
    fn scaled(&self, scale: u8) -> PrimitiveArray<Int64Type> {
        let per_second = 10_i64.pow(u32::from(scale));
        let unit = 10_i64.pow(u32::from(NANOSECOND_DIGITS.saturating_sub(scale)));
        let epochs = self.epoch.values().iter().zip(self.fraction.values());
        let units = epochs.map(|(epoch, fraction)| {
            epoch.saturating_mul(per_second).saturating_add(i64::from(*fraction) / unit)
        });
        PrimitiveArray::new(units.collect(), self.whole.nulls().cloned())
    }
}
