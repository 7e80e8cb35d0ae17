//! How wide the numbers of a column are written: as narrow as the whole result allows.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Decimal128Type, Int8Type, Int16Type, Int32Type, Int64Type};
use arrow_array::{ArrayRef, ArrowPrimitiveType, PrimitiveArray, RecordBatch};

/// Numbers of more digits stay decimals, although some of them would fit 64 bits.
const MAX_INT64_DIGITS: u32 = 18;

/// The physical type of a column of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    Int8,
    Int16,
    Int32,
    Int64,
    Decimal,
}

impl Width {
    /// The narrowest width that holds every number of a column, unscaled; of other columns nothing of use.
    pub(super) fn of(batches: &[RecordBatch], column: usize) -> Self {
        let (least, most) = batches
            .iter()
            .map(|batch| range(batch.column(column)))
            .fold((0, 0), |(least, most), (low, high)| (least.min(low), most.max(high)));
        let fits = |low: i64, high: i64| least >= i128::from(low) && most <= i128::from(high);
        let limit = 10_i64.pow(MAX_INT64_DIGITS);
        if fits(i8::MIN.into(), i8::MAX.into()) {
            Width::Int8
        } else if fits(i16::MIN.into(), i16::MAX.into()) {
            Width::Int16
        } else if fits(i32::MIN.into(), i32::MAX.into()) {
            Width::Int32
        } else if fits(1 - limit, limit - 1) {
            Width::Int64
        } else {
            Width::Decimal
        }
    }

    /// The numbers at this width; `None` if they are not in the canonical form.
    pub(super) fn apply(self, array: &ArrayRef) -> Option<ArrayRef> {
        if let Some(integers) = array.as_primitive_opt::<Int64Type>() {
            return Some(match self {
                Width::Int8 => shrink::<Int8Type>(integers),
                Width::Int16 => shrink::<Int16Type>(integers),
                Width::Int32 => shrink::<Int32Type>(integers),
                Width::Int64 | Width::Decimal => Arc::clone(array),
            });
        }
        let decimals = array.as_primitive_opt::<Decimal128Type>()?;
        if self == Width::Decimal {
            return Some(Arc::clone(array));
        }
        // What lies under a null may be anything, and becomes zero.
        let integers = decimals.unary::<_, Int64Type>(|value| i64::try_from(value).unwrap_or_default());
        self.apply(&(Arc::new(integers) as ArrayRef))
    }
}

/// The least and the greatest number, unscaled, and zero.
fn range(array: &ArrayRef) -> (i128, i128) {
    if let Some(integers) = array.as_primitive_opt::<Int64Type>() {
        let (low, high) = extent(integers);
        return (low.into(), high.into());
    }
    array.as_primitive_opt::<Decimal128Type>().map_or((0, 0), extent)
}

fn extent<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>) -> (T::Native, T::Native)
where
    T::Native: Ord + Default,
{
    let values = || array.iter().flatten();
    (values().min().unwrap_or_default(), values().max().unwrap_or_default())
}

/// The same numbers in a type that holds them all.
pub(super) fn shrink<T>(integers: &PrimitiveArray<Int64Type>) -> ArrayRef
where
    T: ArrowPrimitiveType,
    T::Native: TryFrom<i64> + Default,
{
    Arc::new(integers.unary::<_, T>(|value| T::Native::try_from(value).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Decimal128Array, Int64Array, RecordBatch};
    use arrow_schema::DataType;

    use super::Width;

    fn width(parts: Vec<ArrayRef>) -> Width {
        let batches: Vec<RecordBatch> =
            parts.into_iter().map(|part| RecordBatch::try_from_iter([("n", part)]).unwrap()).collect();
        Width::of(&batches, 0)
    }

    fn decimals(values: Vec<i128>) -> ArrayRef {
        Arc::new(Decimal128Array::from(values).with_precision_and_scale(38, 2).unwrap())
    }

    #[test]
    fn a_column_is_as_narrow_as_all_its_values() {
        let of = |values: Vec<Option<i64>>| width(vec![Arc::new(Int64Array::from(values))]);
        assert_eq!(of(vec![Some(-128), None, Some(127)]), Width::Int8);
        assert_eq!(of(vec![Some(128)]), Width::Int16);
        assert_eq!(of(vec![Some(-40_000)]), Width::Int32);
        assert_eq!(of(vec![Some(1 << 40)]), Width::Int64);
        assert_eq!(of(vec![None]), Width::Int8);
    }

    #[test]
    fn one_wide_value_widens_every_part() {
        let parts = vec![decimals(vec![1]), decimals(vec![10_i128.pow(18)])];
        assert_eq!(width(parts), Width::Decimal);
        assert_eq!(
            Width::Decimal.apply(&decimals(vec![1])).unwrap().data_type(),
            &DataType::Decimal128(38, 2)
        );
        assert_eq!(Width::Int16.apply(&decimals(vec![12_345])).unwrap().data_type(), &DataType::Int16);
    }
}
