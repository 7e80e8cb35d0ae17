//! Arrow batches into rows: as records of the same values would go.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringDictionaryBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{
    ArrayRef, BinaryArray, Date64Array, Decimal128Array, Float32Array, Int32Array, LargeStringArray,
    RecordBatch, StringArray, TimestampMillisecondArray, TimestampNanosecondArray, UInt64Array,
};
use snowflake_proto::DataType;

use super::{INTEGER, TEXT, rows};
use crate::bulk::convert::{OnMisfit, of_batch};

fn one(array: impl arrow_array::Array + 'static) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable([("v", Arc::new(array) as ArrayRef, true)]).unwrap()
}

fn load(data_type: DataType, array: impl arrow_array::Array + 'static) -> ArrayRef {
    let block = rows(&[("V", data_type)]).batch_block(&one(array), 0, OnMisfit::Fail).unwrap();
    Arc::clone(block.batch.column(0))
}

fn texts(array: &ArrayRef) -> Vec<Option<&str>> {
    array.as_string::<i32>().iter().collect()
}

#[test]
fn columns_arrive_in_the_types_of_their_table() {
    let whole = load(INTEGER, Int32Array::from(vec![Some(1), None, Some(-3)]));
    assert_eq!(whole.as_primitive::<Int64Type>().iter().collect::<Vec<_>>(), [Some(1), None, Some(-3)]);
    assert_eq!(load(INTEGER, UInt64Array::from(vec![u64::MAX])).len(), 1);
    assert_eq!(texts(&load(TEXT, LargeStringArray::from(vec![Some("a"), None]))), [Some("a"), None]);
    let mut words = StringDictionaryBuilder::<Int32Type>::new();
    words.append_value("x");
    words.append_null();
    words.append_value("x");
    assert_eq!(texts(&load(TEXT, words.finish())), [Some("x"), None, Some("x")]);
    let decimals = Decimal128Array::from(vec![1250]).with_precision_and_scale(6, 2).unwrap();
    let wider = load(DataType::Number { precision: 10, scale: 2 }, decimals.clone());
    assert_eq!(*wider.data_type(), arrow_schema::DataType::Decimal128(10, 2));
    let rescaled = load(DataType::Number { precision: 10, scale: 3 }, decimals);
    assert_eq!(rescaled.as_primitive::<arrow_array::types::Decimal128Type>().value(0), 12_500);
    assert_eq!(load(DataType::Float, Float32Array::from(vec![0.5])).len(), 1);
    assert_eq!(load(DataType::Binary { length: 9 }, BinaryArray::from_vec(vec![b"ab"])).len(), 1);
    assert_eq!(load(DataType::Date, Date64Array::from(vec![86_400_000])).len(), 1);
}

#[test]
fn v05_timestamps_of_every_unit_are_exact() {
    let ntz = || DataType::TimestampNtz { scale: 9 };
    let micros = |array: ArrayRef| array.as_primitive::<TimestampMicrosecondType>().value(0);
    assert_eq!(micros(load(ntz(), TimestampMillisecondArray::from(vec![-1]))), -1000);
    assert_eq!(micros(load(ntz(), TimestampNanosecondArray::from(vec![-1000]))), -1);
    assert_eq!(
        texts(&load(ntz(), TimestampNanosecondArray::from(vec![Some(-1), None]))),
        [Some("1969-12-31 23:59:59.999999999"), None]
    );
    let zoned = TimestampMillisecondArray::from(vec![0]).with_timezone("UTC");
    let text = load(DataType::TimestampTz { scale: 9 }, zoned.clone());
    assert_eq!(texts(&text), [Some("1970-01-01 00:00:00.000000000 +00:00")]);
    assert_eq!(micros(load(DataType::TimestampLtz { scale: 9 }, zoned)), 0);
}

#[test]
fn nested_columns_become_json() {
    let mut lists = ListBuilder::new(arrow_array::builder::Int64Builder::new());
    lists.append_value([Some(1), None]);
    lists.append_null();
    assert_eq!(texts(&load(DataType::Variant, lists.finish())), [Some("[1,null]"), None]);
}

#[test]
fn misfits_are_named_or_left_out() {
    let batch = one(StringArray::from(vec!["1", "x", "3"]));
    let (at, misfit) = rows(&[("V", INTEGER)]).batch_block(&batch, 0, OnMisfit::Fail).unwrap_err();
    assert_eq!((at, misfit.column()), (1, Some("V")));
    let block = rows(&[("V", INTEGER)]).batch_block(&batch, 0, OnMisfit::Reject).unwrap();
    assert_eq!(block.batch.column(0).as_primitive::<Int64Type>().values(), &[1, 3]);
    assert_eq!(block.rejected.len(), 1);
    let (_, unknown) = rows(&[("W", INTEGER)]).batch_block(&batch, 0, OnMisfit::Fail).unwrap_err();
    assert!(unknown.to_string().contains("`v`"), "{unknown}");
}

#[test]
fn new_columns_take_the_types_of_the_batch() {
    let batch = RecordBatch::try_from_iter([
        ("a", Arc::new(Int32Array::from(vec![1])) as ArrayRef),
        ("b", Arc::new(TimestampMillisecondArray::from(vec![1]).with_timezone("UTC")) as ArrayRef),
        ("c", Arc::new(Decimal128Array::from(vec![1]).with_precision_and_scale(9, 2).unwrap()) as ArrayRef),
    ]);
    let types: Vec<_> = of_batch(&batch.unwrap(), &[]).into_iter().map(|column| column.data_type).collect();
    let wanted = [INTEGER, DataType::TimestampLtz { scale: 9 }, DataType::Number { precision: 9, scale: 2 }];
    assert_eq!(types, wanted);
}
