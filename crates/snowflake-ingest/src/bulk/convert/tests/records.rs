//! Records into rows.

use std::collections::BTreeMap;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use serde::Serialize;
use serde_json::json;
use snowflake_proto::DataType;

use super::{INTEGER, TEXT, batch, column, misfit, rows};
use crate::bulk::convert::{Misfit, NewColumn, OnMisfit, Rows, of_records};

#[test]
fn fields_find_their_columns_by_exact_name_first_and_then_in_any_case() {
    let columns = [("ID", INTEGER), ("id", INTEGER), ("Name", TEXT)];
    let found = batch(&columns, &[json!({ "id": 1, "NAME": "x" })]);
    let names: Vec<_> = found.schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names, ["id", "Name"], "and columns without a field are left to their defaults");
    let ambiguous = misfit(&[("AB", INTEGER), ("aB", INTEGER)], &[json!({ "ab": 1 })]).to_string();
    assert!(ambiguous.contains("several columns"), "{ambiguous}");
    let twice = misfit(&[("AB", INTEGER)], &[json!({ "ab": 1, "AB": 2 })]).to_string();
    assert!(twice.contains("`AB`") && twice.contains("two fields"), "{twice}");
    let unknown = misfit(&[("A", INTEGER)], &[json!({ "a": 1, "extra_field": 2 })]);
    assert_eq!(unknown, Misfit::Unknown("extra_field".to_owned()));
}

#[test]
fn records_may_be_structs_maps_and_mixtures_with_fields_missing() {
    #[derive(Serialize)]
    struct Inner {
        b: i64,
    }
    #[derive(Serialize)]
    struct Outer {
        a: i64,
        #[serde(flatten)]
        inner: Inner,
        #[serde(skip_serializing_if = "Option::is_none")]
        c: Option<i64>,
    }
    let columns = [("A", INTEGER), ("B", INTEGER), ("C", INTEGER)];
    let records = [
        Outer { a: 1, inner: Inner { b: 2 }, c: None },
        Outer { a: 3, inner: Inner { b: 4 }, c: Some(5) },
        Outer { a: 6, inner: Inner { b: 7 }, c: None },
    ];
    let found = batch(&columns, &records);
    let values = |place: usize| found.column(place).as_primitive::<Int64Type>().iter().collect::<Vec<_>>();
    assert_eq!(values(0), [Some(1), Some(3), Some(6)]);
    assert_eq!(values(1), [Some(2), Some(4), Some(7)]);
    assert_eq!(values(2), [None, Some(5), None]);
    let maps = [BTreeMap::from([("b", 1)]), BTreeMap::from([("a", 2)])];
    let found = batch(&columns, &maps);
    assert_eq!(found.num_columns(), 2);
    assert!(found.column(0).is_null(0) && found.column(1).is_null(1));
    for none in [json!(1), json!([1]), json!(null), json!("x")] {
        assert!(matches!(misfit(&columns, &[none]), Misfit::Record(_)));
    }
}

#[test]
fn a_missing_or_null_value_for_a_not_null_column_is_named() {
    let mut required = column("N", INTEGER);
    required.nullable = false;
    let mut rows = Rows::new(vec![required, column("A", INTEGER)]);
    let records = [json!({ "n": 1, "a": 1 }), json!({ "a": 2 })];
    let (at, misfit) = rows.block(&records, 0, OnMisfit::Fail).unwrap_err();
    assert_eq!((at, misfit.column()), (1, Some("N")));
    let (at, _) = rows.block(&[json!({ "n": null })], 0, OnMisfit::Fail).unwrap_err();
    assert_eq!(at, 0);
    assert_eq!(rows.block(&records[..1], 0, OnMisfit::Fail).unwrap().batch.num_rows(), 1);
}

#[test]
fn rejected_records_leave_no_trace_in_the_rows_of_the_others() {
    let records: Vec<_> = (0..100)
        .map(|n| if n % 3 == 0 { json!({ "a": n, "b": "no number" }) } else { json!({ "a": n, "b": n }) })
        .collect();
    let mut rows = rows(&[("A", INTEGER), ("B", INTEGER)]);
    let block = rows.block(&records, 7, OnMisfit::Reject).unwrap();
    assert_eq!(
        block.rejected.iter().map(|(at, _)| *at).collect::<Vec<_>>(),
        (0..100).step_by(3).collect::<Vec<_>>()
    );
    assert!(block.rejected.iter().all(|(_, misfit)| misfit.column() == Some("B")));
    let wanted: Vec<_> = (0..100).filter(|n| n % 3 != 0).map(Some).collect();
    for place in [0, 1] {
        let held: Vec<_> = block.batch.column(place).as_primitive::<Int64Type>().iter().collect();
        assert_eq!(held, wanted);
    }
    assert_eq!((block.first, block.read), (7, 100));
}

#[test]
fn the_types_of_new_columns_hold_all_values_that_were_seen() {
    let records = [
        json!({ "id": 1, "share": 1, "name": null, "on": true, "mixed": 1, "deep": [1], "a b": "x" }),
        json!({ "id": 2, "share": 1.5, "name": "x", "on": null, "mixed": "x", "deep": { "a": 1 }, "a b": "y" }),
    ];
    let told = [("NAME".to_owned(), DataType::Text { length: 9 })];
    let found: BTreeMap<String, DataType> = of_records(&records, &told)
        .iter()
        .map(|column| (column.column_name(), column.data_type.clone()))
        .collect();
    let text = DataType::Text { length: 16_777_216 };
    let wanted = [
        ("ID", INTEGER),
        ("SHARE", DataType::Float),
        ("NAME", DataType::Text { length: 9 }),
        ("ON", DataType::Boolean),
        ("MIXED", text.clone()),
        ("DEEP", DataType::Variant),
        ("a b", text),
    ];
    assert_eq!(found, wanted.map(|(name, data_type)| (name.to_owned(), data_type)).into());
}

#[test]
fn a_guessed_type_never_rounds_what_comes_later() {
    let mut rows = Rows::new(Vec::new());
    rows.add(of_records(&[json!({ "n": 1 })], &[]));
    assert!(rows.block(&[json!({ "n": 1 })], 0, OnMisfit::Fail).is_ok());
    let (_, misfit) = rows.block(&[json!({ "n": 1.5 })], 1, OnMisfit::Fail).unwrap_err();
    assert!(misfit.to_string().contains("column_types"), "{misfit}");
    rows.add([NewColumn { field: "m".to_owned(), data_type: TEXT, is_guessed: false }]);
    assert_eq!(rows.table().iter().filter(|column| column.is_new).count(), 2);
}
