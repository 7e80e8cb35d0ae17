//! The Arrow format: one IPC stream per part, integers as narrow as the part's values allow.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Decimal128Type, Int8Type, Int16Type, Int32Type, Int64Type, Time64NanosecondType};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, PrimitiveArray, RecordBatch, StructArray};
use arrow_buffer::NullBuffer;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, DataType as Arrow, Field, Schema};
use snowflake_proto::{Column, DataType};

use super::field::{field, timestamp_fields};
use super::not_canonical;

/// Digits of a fraction that count nanoseconds.
const NANOSECOND_DIGITS: u8 = 9;
/// Numbers of at most this many digits fit 64 bits.
const MAX_INT64_DIGITS: u8 = 18;

/// Writes the batches as one stream with one batch.
pub(super) fn stream(columns: &[Column], batches: &[RecordBatch]) -> Result<Vec<u8>, ArrowError> {
    let mut fields = Vec::with_capacity(columns.len());
    let mut arrays = Vec::with_capacity(columns.len());
    for (index, column) in columns.iter().enumerate() {
        let parts: Vec<&dyn Array> = batches.iter().map(|batch| batch.column(index).as_ref()).collect();
        let array = if parts.is_empty() {
            arrow_array::new_empty_array(&Arrow::Null)
        } else {
            arrow_select::concat::concat(&parts)?
        };
        let (field, array) = encode(column, &array)?;
        fields.push(field);
        arrays.push(array);
    }
    let schema = Arc::new(Schema::new(fields));
    let rows = batches.iter().map(RecordBatch::num_rows).sum();
    let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(rows));
    let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &options)?;
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, &schema)?;
    writer.write(&batch)?;
    writer.finish()?;
    drop(writer);
    Ok(bytes)
}

/// One column in its wire form.
fn encode(column: &Column, array: &ArrayRef) -> Result<(Field, ArrayRef), ArrowError> {
    let wrong = || not_canonical(column, array.data_type());
    let encoded: ArrayRef = match &column.data_type {
        DataType::Number { .. } => number(array).ok_or_else(wrong)?,
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

/// Unscaled integers, as narrow as the values allow; wider numbers stay decimals.
fn number(array: &ArrayRef) -> Option<ArrayRef> {
    if let Some(integers) = array.as_primitive_opt::<Int64Type>() {
        return Some(narrow(integers));
    }
    let decimals = array.as_primitive_opt::<Decimal128Type>()?;
    let limit = 10_i128.pow(u32::from(MAX_INT64_DIGITS));
    if decimals.iter().flatten().all(|value| value > -limit && value < limit) {
        let integers: PrimitiveArray<Int64Type> =
            decimals.iter().map(|value| value.and_then(|value| i64::try_from(value).ok())).collect();
        return Some(narrow(&integers));
    }
    Some(Arc::clone(array))
}

fn narrow(integers: &PrimitiveArray<Int64Type>) -> ArrayRef {
    let (least, most) = integers
        .iter()
        .flatten()
        .fold((0, 0), |(least, most): (i64, i64), value| (least.min(value), most.max(value)));
    let fits = |low: i64, high: i64| least >= low && most <= high;
    if fits(i8::MIN.into(), i8::MAX.into()) {
        shrink::<Int8Type>(integers)
    } else if fits(i16::MIN.into(), i16::MAX.into()) {
        shrink::<Int16Type>(integers)
    } else if fits(i32::MIN.into(), i32::MAX.into()) {
        shrink::<Int32Type>(integers)
    } else {
        Arc::new(integers.clone())
    }
}

/// The same values in a type that holds them all; what lies under a null becomes zero.
fn shrink<T>(integers: &PrimitiveArray<Int64Type>) -> ArrayRef
where
    T: ArrowPrimitiveType,
    T::Native: TryFrom<i64> + Default,
{
    Arc::new(integers.unary::<_, T>(|value| T::Native::try_from(value).unwrap_or_default()))
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
    Some(Arc::new(StructArray::new(fields, children, parts.nulls.cloned())))
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
    Some(Arc::new(StructArray::new(timestamp_fields(names), children, parts.nulls.cloned())))
}

/// The canonical parts of a timestamp.
struct Parts<'a> {
    epoch: &'a PrimitiveArray<Int64Type>,
    fraction: &'a PrimitiveArray<Int32Type>,
    nulls: Option<&'a NullBuffer>,
}

impl<'a> Parts<'a> {
    fn of(array: &'a ArrayRef) -> Option<Self> {
        let timestamp = array.as_struct_opt()?;
        Some(Self {
            epoch: timestamp.column_by_name("epoch")?.as_primitive_opt()?,
            fraction: timestamp.column_by_name("fraction")?.as_primitive_opt()?,
            nulls: timestamp.nulls(),
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
        PrimitiveArray::new(units.collect(), self.nulls.cloned())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Decimal128Array, Int64Array};
    use arrow_schema::DataType as Arrow;

    use super::number;

    #[test]
    fn numbers_are_as_narrow_as_their_values() {
        let width =
            |values: Vec<Option<i64>>| number(&(Arc::new(Int64Array::from(values)) as ArrayRef)).unwrap();
        assert_eq!(width(vec![Some(-128), None, Some(127)]).data_type(), &Arrow::Int8);
        assert_eq!(width(vec![Some(128)]).data_type(), &Arrow::Int16);
        assert_eq!(width(vec![Some(-40_000)]).data_type(), &Arrow::Int32);
        assert_eq!(width(vec![Some(i64::MIN)]).data_type(), &Arrow::Int64);
    }

    #[test]
    fn a_decimal_is_an_unscaled_integer_unless_it_has_more_than_eighteen_digits() {
        let decimals = |values: Vec<i128>| -> ArrayRef {
            Arc::new(Decimal128Array::from(values).with_precision_and_scale(38, 2).unwrap())
        };
        assert_eq!(number(&decimals(vec![12_345])).unwrap().data_type(), &Arrow::Int16);
        let wide = 10_i128.pow(18);
        assert_eq!(number(&decimals(vec![wide])).unwrap().data_type(), &Arrow::Decimal128(38, 2));
    }
}
