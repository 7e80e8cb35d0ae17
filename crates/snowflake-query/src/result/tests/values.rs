//! Rows as Rust values: exactly, or an error that names the column.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use snowflake_proto::wire::query::Response as Answer;
use snowflake_proto::{Column, DataType};
use time::macros::{date, datetime, time};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time, UtcDateTime};

use super::storage::{Storage, fetcher, options, row_types};
use crate::error::{Error, ErrorKind};
use crate::result::{ResultSet, Rows};

/// A result of these columns and JSON cells.
async fn rows(columns: &[Column], cells: &[&[Option<&str>]]) -> Rows {
    let rowset = cells.iter().map(|row| row.iter().map(|cell| cell.map(str::to_owned)).collect()).collect();
    let answer = Answer { row_type: row_types(columns), rowset: Some(rowset), ..Answer::default() };
    let storage = Arc::new(Storage::new());
    ResultSet::open(answer, fetcher(&storage), options(), None).await.unwrap().collect().await.unwrap()
}

async fn one(data_type: DataType, cell: Option<&str>) -> crate::result::Row {
    rows(&[Column::new("C", data_type, true)], &[&[cell]]).await.row(0).unwrap()
}

const fn number(precision: u8, scale: u8) -> DataType {
    DataType::Number { precision, scale }
}

#[tokio::test]
async fn v01_numbers_are_read_exactly_or_not_at_all() {
    let largest = "9".repeat(38);
    let row = one(number(38, 0), Some(&largest)).await;
    assert_eq!(row.get::<String>("C").unwrap(), largest);
    assert_eq!(row.get::<i128>("C").unwrap().to_string(), largest);
    for error in [row.get::<i64>("C").unwrap_err(), row.get::<f64>("C").unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Conversion);
        assert_eq!(error.column(), Some("C"));
        assert!(!error.to_string().contains("999"), "{error}");
    }
    assert_eq!(
        row.get::<u8>("C").unwrap_err().to_string(),
        "column `C`: cannot read NUMBER(38,0) as u8: the value is out of range"
    );
    let row = one(number(12, 2), Some("-1.50")).await;
    assert_eq!(row.get::<String>(0).unwrap(), "-1.50");
    assert_eq!(row.get::<f64>(0).unwrap().to_bits(), (-1.5_f64).to_bits());
    assert!(row.get::<i64>(0).unwrap_err().to_string().contains("fraction"));
    assert_eq!(one(number(12, 2), Some("7.00")).await.get::<u8>(0).unwrap(), 7);
    for (text, fits) in [("127", true), ("128", false), ("-128", true), ("-129", false)] {
        assert_eq!(one(number(5, 0), Some(text)).await.get::<i8>(0).is_ok(), fits, "{text}");
    }
    assert!(one(number(5, 0), Some("-1")).await.get::<u64>(0).is_err());
    assert!(one(DataType::Float, Some("0.5")).await.get::<i64>(0).is_err());
    assert_eq!(one(DataType::Float, Some("1e3")).await.get::<i64>(0).unwrap(), 1000);
    assert!(one(DataType::Text { length: 9 }, Some("1")).await.get::<i64>(0).is_err());
}

#[tokio::test]
async fn v11_null_is_an_option_or_an_error() {
    for data_type in
        [number(5, 0), number(38, 2), DataType::Float, DataType::Variant, DataType::TimestampTz { scale: 9 }]
    {
        let row = one(data_type, None).await;
        assert_eq!(row.get::<Option<String>>("c").unwrap(), None);
        assert_eq!(row.get::<Value>("c").unwrap(), Value::Null);
        let error = row.get::<String>("c").unwrap_err();
        assert!(error.to_string().contains("NULL; read it as an Option"), "{error}");
    }
}

#[tokio::test]
async fn v05_times_become_the_types_of_their_kind() {
    let row = one(DataType::Date, Some("19782")).await;
    assert_eq!(row.get::<Date>(0).unwrap(), date!(2024 - 02 - 29));
    let row = one(DataType::Time { scale: 9 }, Some("86399.999999999")).await;
    assert_eq!(row.get::<Time>(0).unwrap(), time!(23:59:59.999_999_999));
    let row = one(DataType::TimestampNtz { scale: 9 }, Some("-0.000000001")).await;
    assert_eq!(row.get::<PrimitiveDateTime>(0).unwrap(), datetime!(1969-12-31 23:59:59.999_999_999));
    assert!(row.get::<OffsetDateTime>(0).unwrap_err().to_string().contains("without a zone"));
    assert_eq!(row.get::<String>(0).unwrap(), "1969-12-31T23:59:59.999999999");
    let row = one(DataType::TimestampLtz { scale: 3 }, Some("253402300799.999")).await;
    assert_eq!(row.get::<OffsetDateTime>(0).unwrap(), datetime!(9999-12-31 23:59:59.999 UTC));
    assert!(row.get::<PrimitiveDateTime>(0).is_err());
    let row = one(DataType::TimestampTz { scale: 9 }, Some("0.500000000 2280")).await;
    let expected = datetime!(1970-01-01 14:00:00.5 +14);
    assert_eq!(row.get::<OffsetDateTime>(0).unwrap(), expected);
    assert_eq!(row.get::<OffsetDateTime>(0).unwrap().offset(), expected.offset());
    assert_eq!(row.get::<UtcDateTime>(0).unwrap(), expected.to_utc());
    assert_eq!(row.get::<String>(0).unwrap(), "1970-01-01T14:00:00.5+14:00");
    let far = one(DataType::TimestampNtz { scale: 0 }, Some("253402300800")).await;
    assert!(far.get::<PrimitiveDateTime>(0).unwrap_err().to_string().contains("out of range"));
    assert_eq!(far.get::<String>(0).unwrap(), "+010000-01-01T00:00:00");
}

#[tokio::test]
async fn v10_semi_structured_values_are_json() {
    let row = one(DataType::Variant, Some("{\"a\":[1,null]}")).await;
    assert_eq!(row.get::<Value>(0).unwrap(), json!({"a": [1, null]}));
    assert_eq!(row.get::<String>(0).unwrap(), "{\"a\":[1,null]}");
    assert_eq!(one(DataType::Variant, Some("undefined")).await.get::<Value>(0).unwrap(), Value::Null);
    let code = one(DataType::Variant, Some("(()=>{})()")).await;
    assert!(code.get::<Value>(0).is_err());
    assert_eq!(code.get::<String>(0).unwrap(), "(()=>{})()");
    assert_eq!(one(number(38, 1), Some("0.5")).await.get::<Value>(0).unwrap(), json!(0.5));
    let digits = "1".repeat(38);
    assert_eq!(one(number(38, 0), Some(&digits)).await.get::<Value>(0).unwrap(), json!(digits));
}

#[tokio::test]
async fn other_types_read_their_own() {
    let row = one(DataType::Binary { length: 4 }, Some("00FF")).await;
    assert_eq!(row.get::<Vec<u8>>(0).unwrap(), [0, 255]);
    assert_eq!(row.get::<String>(0).unwrap(), "00FF");
    assert!(one(DataType::Boolean, Some("1")).await.get::<bool>(0).unwrap());
    assert!(one(DataType::Boolean, Some("1")).await.get::<i64>(0).is_err());
    let row = one(DataType::Other("GEOGRAPHY".to_owned()), Some("POINT(1 2)")).await;
    assert_eq!(row.get::<String>(0).unwrap(), "POINT(1 2)");
}

fn named(names: &[&str]) -> Vec<Column> {
    names.iter().map(|name| Column::new(*name, number(9, 0), true)).collect()
}

#[tokio::test]
async fn v13_columns_are_found_by_name_and_position() {
    let rows = rows(&named(&["ID", "id", "A b"]), &[&[Some("1"), Some("2"), Some("3")]]).await;
    let row = rows.row(0).unwrap();
    assert_eq!(row.get::<i64>("ID").unwrap(), 1);
    assert_eq!(row.get::<i64>("id").unwrap(), 2);
    assert_eq!(row.get::<i64>("a B").unwrap(), 3);
    assert_eq!(row.get::<i64>(&"ID".to_owned()).unwrap(), 1);
    let error = row.get::<i64>("Id").unwrap_err();
    assert_eq!((error.kind(), error.column()), (ErrorKind::Configuration, Some("Id")));
    let error = row.get::<i64>("ids").unwrap_err();
    assert_eq!(error.to_string(), "there is no column `ids`; the result has ID, id, A b");
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(row.get::<i64>(3).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(format!("{row:?}"), r#"{"ID": Integer(1), "id": Integer(2), "A b": Integer(3)}"#);
}

#[derive(Debug, Deserialize, PartialEq)]
struct Measure {
    id: i64,
    amount: Option<f64>,
    name: String,
    score: f64,
}

fn measures() -> Vec<Column> {
    vec![
        Column::new("SCORE", DataType::Float, true),
        Column::new("ID", number(18, 0), false),
        Column::new("AMOUNT", number(12, 2), true),
        Column::new("NAME", DataType::Text { length: 10 }, true),
        Column::new("EXTRA", DataType::Variant, true),
    ]
}

#[tokio::test]
async fn v13_structs_find_their_columns_ignoring_case_and_order() {
    let rows = rows(
        &measures(),
        &[
            &[Some("0.5"), Some("1"), Some("10.25"), Some("a"), None],
            &[Some("-1"), Some("2"), None, Some("b"), None],
        ],
    )
    .await;
    let expected = [
        Measure { id: 1, amount: Some(10.25), name: "a".to_owned(), score: 0.5 },
        Measure { id: 2, amount: None, name: "b".to_owned(), score: -1.0 },
    ];
    assert_eq!(rows.deserialize::<Measure>().unwrap(), expected);
    assert_eq!(rows.row(1).unwrap().deserialize::<Measure>().unwrap(), expected[1]);
    let mut typed = rows.to_stream().into_rows().deserialize::<Measure>();
    assert_eq!(typed.next().await.unwrap().unwrap(), expected[0]);
    assert_eq!(typed.next().await.unwrap().unwrap(), expected[1]);
    assert!(typed.next().await.is_none());
}

#[tokio::test]
async fn v13_what_does_not_fit_a_struct_names_the_column() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only the failure to make one is looked at")]
    struct Wrong {
        id: i64,
        missing: String,
    }
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the failure to make one is looked at")]
    struct Strict {
        id: i64,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    struct Lenient {
        id: i64,
        missing: Option<String>,
        #[serde(default)]
        defaulted: u8,
        #[serde(alias = "name")]
        title: String,
    }
    let rows = rows(&measures(), &[&[Some("0.5"), Some("1"), None, Some("a"), None]]).await;
    let error = rows.deserialize::<Wrong>().unwrap_err();
    assert_eq!((error.kind(), error.column()), (ErrorKind::NotFound, Some("missing")));
    let error = rows.deserialize::<Strict>().unwrap_err();
    assert!(error.to_string().contains("`SCORE`"), "{error}");
    let lenient = Lenient { id: 1, missing: None, defaulted: 0, title: "a".to_owned() };
    assert_eq!(rows.deserialize::<Lenient>().unwrap(), [lenient]);
}

#[tokio::test]
async fn v13_duplicate_columns_and_null_in_a_plain_field_are_errors() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only the failure to make one is looked at")]
    struct Id {
        id: i64,
    }
    let twice = rows(&named(&["ID", "ID"]), &[&[Some("1"), Some("2")]]).await;
    let error = twice.deserialize::<Id>().unwrap_err();
    assert_eq!((error.kind(), error.column()), (ErrorKind::Configuration, Some("id")));
    let null = rows(&named(&["ID"]), &[&[Some("1")], &[None]]).await;
    let error = null.deserialize::<Id>().unwrap_err();
    assert_eq!((error.kind(), error.column()), (ErrorKind::Conversion, Some("ID")));
    let floats = rows(&[Column::new("ID", DataType::Float, true)], &[&[Some("1.5")]]).await;
    let error = floats.deserialize::<Id>().unwrap_err();
    assert!(error.to_string().starts_with("column `ID`: cannot read FLOAT as i64"), "{error}");
}

#[tokio::test]
async fn tuples_maps_and_single_values() {
    let rows = rows(&named(&["A", "B"]), &[&[Some("1"), None], &[Some("3"), Some("4")]]).await;
    assert_eq!(rows.deserialize::<(i8, Option<u64>)>().unwrap(), [(1, None), (3, Some(4))]);
    let maps = rows.deserialize::<HashMap<String, Option<i64>>>().unwrap();
    assert_eq!(maps[1], HashMap::from([("A".to_owned(), Some(3)), ("B".to_owned(), Some(4))]));
    assert_eq!(rows.deserialize::<Value>().unwrap()[0], json!({"A": 1, "B": null}));
    assert!(rows.deserialize::<(i64, i64, i64)>().is_err());
    assert!(rows.deserialize::<i64>().is_err());
    let single = self::rows(&named(&["A"]), &[&[Some("1")], &[None]]).await;
    assert_eq!(single.deserialize::<Option<i64>>().unwrap(), [Some(1), None]);
}

#[tokio::test]
async fn nested_values_of_a_struct() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Address {
        city: String,
        lines: Vec<String>,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "UPPERCASE")]
    enum Status {
        Open,
        Closed,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    struct Customer {
        address: Address,
        status: Status,
        since: OffsetDateTime,
        birthday: Option<Date>,
        seen: PrimitiveDateTime,
        daily: Time,
        key: Vec<u8>,
        note: Option<Value>,
    }
    let columns = [
        Column::new("ADDRESS", DataType::Object, true),
        Column::new("STATUS", DataType::Text { length: 10 }, true),
        Column::new("SINCE", DataType::TimestampTz { scale: 9 }, true),
        Column::new("BIRTHDAY", DataType::Date, true),
        Column::new("SEEN", DataType::TimestampNtz { scale: 9 }, true),
        Column::new("DAILY", DataType::Time { scale: 0 }, true),
        Column::new("KEY", DataType::Binary { length: 10 }, true),
        Column::new("NOTE", DataType::Variant, true),
    ];
    let cells = [
        Some(r#"{"city":"Ulm","lines":["a"]}"#),
        Some("OPEN"),
        Some("0.000000005 1380"),
        Some("1"),
        Some("1.000000000"),
        Some("3600"),
        Some("0AFF"),
        Some("undefined"),
    ];
    let customer = Customer {
        address: Address { city: "Ulm".to_owned(), lines: vec!["a".to_owned()] },
        status: Status::Open,
        since: datetime!(1969-12-31 23:00:00.000_000_005 -1),
        birthday: Some(date!(1970 - 01 - 02)),
        seen: datetime!(1970-01-01 0:00:01),
        daily: time!(1:00),
        key: vec![10, 255],
        note: None,
    };
    let result = rows(&columns, &[&cells]).await;
    assert_eq!(result.deserialize::<Customer>().unwrap(), [customer]);
    let mut broken = cells;
    broken[0] = Some(r#"{"city":5}"#);
    let error: Error = rows(&columns, &[&broken]).await.deserialize::<Customer>().unwrap_err();
    assert_eq!((error.kind(), error.column()), (ErrorKind::Conversion, Some("ADDRESS")));
    broken = cells;
    broken[1] = Some("secret");
    let error = rows(&columns, &[&broken]).await.deserialize::<Customer>().unwrap_err();
    assert_eq!(error.column(), Some("STATUS"));
    assert!(!error.to_string().contains("secret"), "{error}");
}
