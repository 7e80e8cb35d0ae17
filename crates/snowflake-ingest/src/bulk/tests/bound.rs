//! Rows as bind values.

use serde::Serialize;
use snowflake_proto::{Bind, DataType, ObjectName};
use time::macros::{date, datetime, time};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use crate::bulk::binds::{MAX_VALUES, inserts, values};
use crate::bulk::convert::{OnMisfit, Rows};
use crate::bulk::statement::Statements;
use crate::bulk::table::TableColumn;

fn column(name: &str, data_type: DataType) -> TableColumn {
    TableColumn {
        name: name.to_owned(),
        data_type,
        nullable: true,
        has_default: false,
        is_new: false,
        is_guessed: false,
    }
}

#[derive(Serialize)]
struct Record {
    n: i64,
    d: &'static str,
    f: f64,
    t: Option<&'static str>,
    b: Option<bool>,
    x: Vec<u8>,
    day: Date,
    at: Time,
    ntz: PrimitiveDateTime,
    ltz: OffsetDateTime,
    tz: OffsetDateTime,
}

#[test]
fn v12_every_type_is_bound_as_its_own() {
    let columns = vec![
        column("N", DataType::Number { precision: 38, scale: 0 }),
        column("D", DataType::Number { precision: 10, scale: 2 }),
        column("F", DataType::Float),
        column("T", DataType::Text { length: 10 }),
        column("B", DataType::Boolean),
        column("X", DataType::Binary { length: 10 }),
        column("DAY", DataType::Date),
        column("AT", DataType::Time { scale: 9 }),
        column("NTZ", DataType::TimestampNtz { scale: 9 }),
        column("LTZ", DataType::TimestampLtz { scale: 9 }),
        column("TZ", DataType::TimestampTz { scale: 9 }),
    ];
    let record = Record {
        n: -7,
        d: "1.5",
        f: 1e100,
        t: Some("it's"),
        b: Some(true),
        x: vec![0xDE, 0xAD],
        day: date!(2024 - 02 - 29),
        at: time!(12:34:56.789),
        ntz: datetime!(2024-02-29 12:34:56.789_123_456),
        ltz: datetime!(2024-02-29 12:34:56.789_123 -8),
        tz: datetime!(2024-02-29 12:34:56.789_123 -8),
    };
    let block = Rows::new(columns.clone()).block(&[record], 0, OnMisfit::Fail).unwrap();
    let table = ObjectName::parse("\"t; --\"").unwrap();
    let queries = inserts(&table, &columns, &block.batch, &Statements::default()).unwrap();
    assert_eq!(queries.len(), 1);
    assert_eq!(
        queries[0].sql(),
        r#"INSERT INTO "t; --" ("N", "D", "F", "T", "B", "X", "DAY", "AT", "NTZ", "LTZ", "TZ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"#
    );
    // The forms that official drivers were seen to send.
    let wanted = [
        ("FIXED", "-7"),
        ("FIXED", "1.50"),
        ("REAL", "1e+100"),
        ("TEXT", "it's"),
        ("BOOLEAN", "true"),
        ("BINARY", "DEAD"),
        ("DATE", "1709164800000"),
        ("TIME", "45296789000000"),
        ("TIMESTAMP_NTZ", "1709210096789123456"),
        ("TIMESTAMP_LTZ", "1709238896789123000"),
        ("TIMESTAMP_TZ", "1709238896789123000 0960"),
    ];
    for (column, (kind, text)) in columns.iter().zip(wanted) {
        let bound = Bind::array(values(&block.batch, column)).unwrap().to_wire();
        let bound = serde_json::to_value(bound).unwrap();
        assert_eq!(bound, serde_json::json!({ "type": kind, "value": [text] }), "{}", column.name);
    }
}

#[test]
fn v12_a_statement_has_a_bounded_number_and_size_of_values() {
    #[derive(Serialize)]
    struct Two {
        a: u32,
        b: String,
    }
    let columns = vec![
        column("A", DataType::Number { precision: 38, scale: 0 }),
        column("B", DataType::Text { length: 16_777_216 }),
    ];
    let table = ObjectName::parse("t").unwrap();
    let count = |records: &[Two]| {
        let block = Rows::new(columns.clone()).block(records, 0, OnMisfit::Fail).unwrap();
        inserts(&table, &columns, &block.batch, &Statements::default()).unwrap().len()
    };
    let many: Vec<_> = (0..u32::try_from(MAX_VALUES).unwrap()).map(|a| Two { a, b: String::new() }).collect();
    assert_eq!(count(&many), 2);
    let large: Vec<_> = (0..12).map(|a| Two { a, b: "x".repeat(1 << 20) }).collect();
    assert_eq!(count(&large), 4);
}
