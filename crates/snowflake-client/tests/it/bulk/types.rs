//! Every type there and back.

use serde::Serialize;
use serde_json::{Value, json};
use snowflake_client::{BulkInsertOptions, BulkMethod, ErrorKind};
use time::macros::{date, datetime, time};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use super::{by, table};
use crate::support;

#[derive(Clone, Serialize)]
struct Everything {
    n: i64,
    wide: i128,
    cents: &'static str,
    f: f64,
    t: String,
    b: bool,
    x: Vec<u8>,
    day: Date,
    at: Time,
    ntz: PrimitiveDateTime,
    ltz: OffsetDateTime,
    tz: OffsetDateTime,
    none: Option<i64>,
}

fn everything() -> [Everything; 2] {
    let usual = Everything {
        n: -7,
        wide: 99_999_999_999_999_999_999_999_999_999_999_999_999,
        cents: "-12.50",
        f: 0.1,
        t: "it's \"\u{e4}\u{1f600}\"\n\\".to_owned(),
        b: true,
        x: vec![0xDE, 0xAD, 0],
        day: date!(2024 - 02 - 29),
        at: time!(12:34:56.789_123_456),
        ntz: datetime!(2024-02-29 12:34:56.789_123_456),
        ltz: datetime!(2024-02-29 12:34:56.789_123 -8),
        tz: datetime!(2024-02-29 12:34:56.789_123 +05:30),
        none: None,
    };
    let odd = Everything {
        n: i64::MAX,
        wide: -1,
        cents: "0",
        f: -1e300,
        t: String::new(),
        b: false,
        x: Vec::new(),
        day: date!(1969 - 12 - 31),
        at: Time::MIDNIGHT,
        ntz: datetime!(1969-12-31 23:59:59.5),
        ltz: datetime!(1970-01-01 0:00 UTC),
        tz: datetime!(2024-02-29 0:00 UTC),
        none: Some(1),
    };
    [usual, odd]
}

const COLUMNS: &str = "n INT, wide NUMBER(38,0), cents NUMBER(10,2), f FLOAT, t VARCHAR, b BOOLEAN, x BINARY, \
     day DATE, at TIME(9), ntz TIMESTAMP_NTZ(9), ltz TIMESTAMP_LTZ(9), tz TIMESTAMP_TZ(9), none INT";

const SHOWN: &str = "n, wide, cents, f, t, b, x, day, at, TO_VARCHAR(ntz, 'YYYY-MM-DD HH24:MI:SS.FF9'), \
     TO_VARCHAR(CONVERT_TIMEZONE('UTC', ltz), 'YYYY-MM-DD HH24:MI:SS.FF9'), \
     TO_VARCHAR(tz, 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM'), none";

#[tokio::test]
async fn v01_v05_every_type_is_the_same_by_binds_and_by_files() {
    let (_server, client) = support::start().await;
    for (name, method) in [("as_binds", BulkMethod::Binds), ("as_files", BulkMethod::Files)] {
        client.execute(format!("CREATE TABLE {name} ({COLUMNS})")).await.unwrap();
        client.bulk_insert(name, &everything(), by(method)).await.unwrap();
        let found = table(&client, &format!("SELECT {SHOWN} FROM {name} ORDER BY n")).await;
        let row = |texts: [&str; 12], none: Option<&str>| -> Vec<Option<String>> {
            texts.into_iter().map(Some).chain([none]).map(|text| text.map(str::to_owned)).collect()
        };
        let usual = [
            "-7",
            "99999999999999999999999999999999999999",
            "-12.50",
            "0.1",
            "it's \"\u{e4}\u{1f600}\"\n\\",
            "true",
            "DEAD00",
            "2024-02-29",
            "12:34:56.789123456",
            "2024-02-29 12:34:56.789123456",
            "2024-02-29 20:34:56.789123000",
            "2024-02-29 12:34:56.789123000 +05:30",
        ];
        let odd = [
            "9223372036854775807",
            "-1",
            "0.00",
            "-1e300",
            "",
            "false",
            "",
            "1969-12-31",
            "00:00:00",
            "1969-12-31 23:59:59.500000000",
            "1970-01-01 00:00:00.000000000",
            "2024-02-29 00:00:00.000000000 +00:00",
        ];
        assert_eq!(found, [row(usual, None), row(odd, Some("1"))], "{name}");
    }
}

#[tokio::test]
async fn v07_semi_structured_values_arrive_as_what_they_are() {
    let (_server, client) = support::start().await;
    client.execute("CREATE TABLE t (id INT, v VARIANT, o OBJECT, a ARRAY)").await.unwrap();
    let rows = [
        json!({ "id": 1, "v": { "a": [1, "it's", null] }, "o": { "k": "\"q\"" }, "a": [1.5, {}] }),
        json!({ "id": 2, "v": "text", "o": null, "a": [] }),
        json!({ "id": 3, "v": null, "o": {}, "a": null }),
    ];
    let options = BulkInsertOptions::default();
    let loaded = client.bulk_insert("t", &rows, options).await.unwrap();
    assert_eq!((loaded.rows_loaded, loaded.method), (3, BulkMethod::Files), "bind values know no JSON");
    let refused = client.bulk_insert("t", &rows, by(BulkMethod::Binds)).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Configuration);
    let found = table(&client, "SELECT v, o, a, v IS NULL FROM t ORDER BY id").await;
    for (row, found) in rows.iter().zip(&found) {
        for (field, text) in ["v", "o", "a"].into_iter().zip(found) {
            let value = text.as_deref().map_or(Value::Null, |text| serde_json::from_str(text).unwrap());
            assert_eq!(value, row[field], "{field} of {row}");
        }
    }
    assert_eq!(found[2][3].as_deref(), Some("true"), "null is NULL");
    let inside = table(&client, "SELECT v:a[1]::VARCHAR FROM t WHERE id = 1").await;
    assert_eq!(inside[0][0].as_deref(), Some("it's"));
}
