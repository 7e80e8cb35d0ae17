//! Values of every type, in both formats.

use arrow_array::RecordBatch;
use arrow_ipc::reader::StreamReader;
use arrow_schema::DataType;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::client::{Client, builder};

/// A value of each type, its JSON cell, and its logical type in Arrow.
const VALUES: [(&str, &str, &str); 13] = [
    ("42", "42", "FIXED"),
    ("-1.50::NUMBER(10,2)", "-1.50", "FIXED"),
    (
        "12345678901234567890123456789012345678::NUMBER(38,0)",
        "12345678901234567890123456789012345678",
        "FIXED",
    ),
    ("0.5::FLOAT", "0.5", "REAL"),
    ("'it''s'", "it's", "TEXT"),
    ("TRUE", "1", "BOOLEAN"),
    ("'1969-12-31'::DATE", "-1", "DATE"),
    ("'01:01:01.5'::TIME", "3661.500000000", "TIME"),
    ("'1969-12-31 23:59:58.5'::TIMESTAMP_NTZ", "-1.500000000", "TIMESTAMP_NTZ"),
    ("'2020-01-01 00:00:00 +0100'::TIMESTAMP_TZ", "1577833200.000000000 1500", "TIMESTAMP_TZ"),
    ("TO_BINARY('DEAD', 'HEX')", "DEAD", "BINARY"),
    ("PARSE_JSON('{\"a\":1}')", "{\n  \"a\": 1\n}", "VARIANT"),
    ("NULL::VARCHAR", "", "TEXT"),
];

fn select() -> String {
    let columns: Vec<String> =
        VALUES.iter().enumerate().map(|(n, (value, ..))| format!("{value} AS C{n}")).collect();
    format!("SELECT {}", columns.join(", "))
}

#[tokio::test]
async fn json_cells_are_written_as_the_service_writes_them() {
    let server = builder().start().await.unwrap();
    let client = Client { app: "JavaScript", ..Client::new(&server) }.logged_in().await;
    let data = client.data(&select()).await;
    for (n, (value, cell, _)) in VALUES.iter().enumerate() {
        let expected = if cell.is_empty() { Value::Null } else { json!(cell) };
        let found = &data["rowset"][0][n];
        if value.starts_with("PARSE_JSON") {
            let parse = |text: &Value| serde_json::from_str::<Value>(text.as_str().unwrap()).unwrap();
            assert_eq!(parse(found), parse(&expected));
        } else {
            assert_eq!(found, &expected, "{value}");
        }
    }
}

#[tokio::test]
async fn arrow_fields_carry_the_metadata_that_readers_need() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    let data = client.data(&select()).await;
    let batch = batch(&data);
    for (n, (value, _, logical)) in VALUES.iter().enumerate() {
        let schema = batch.schema();
        let metadata = schema.field(n).metadata();
        assert_eq!(metadata["logicalType"], *logical, "{value}");
        assert_eq!(metadata["finalType"], "T");
        for key in ["precision", "scale", "charLength", "byteLength"] {
            assert!(metadata[key].parse::<i64>().is_ok(), "{value}: {key}");
        }
    }
    let types: Vec<DataType> =
        batch.schema().fields().iter().map(|field| field.data_type().clone()).collect();
    assert_eq!(types[0], DataType::Int8);
    assert_eq!(types[1], DataType::Int16);
    assert_eq!(types[2], DataType::Decimal128(38, 0));
    assert_eq!(types[7], DataType::Int64);
    let names = |n: usize| match &types[n] {
        DataType::Struct(fields) => fields.iter().map(|field| field.name().clone()).collect(),
        _ => Vec::new(),
    };
    assert_eq!(names(8), ["epoch", "fraction"]);
    assert_eq!(names(9), ["epoch", "fraction", "timezone"]);
    assert_eq!(batch.schema().field(9).metadata()["byteLength"], "16");
    assert_eq!(batch.column(12).null_count(), 1);
}

#[tokio::test]
async fn dml_and_ddl_answer_json_with_their_counters() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    let created = client.data("CREATE TABLE T (A INT)").await;
    assert_eq!(created["queryResultFormat"], "json");
    assert_eq!(created["rowset"], json!([["Table T successfully created."]]));
    let inserted = client.data("INSERT INTO T VALUES (1), (2), (3)").await;
    assert_eq!(inserted["rowtype"][0]["name"], "number of rows inserted");
    assert_eq!((&inserted["rowset"], &inserted["total"]), (&json!([["3"]]), &json!(1)));
    assert_eq!(inserted["statementTypeId"], 0x3100);
    assert_eq!(inserted["stats"]["numRowsInserted"], 3);
}

#[tokio::test]
async fn an_empty_result_has_columns_and_no_stream() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    let data = client.data("SELECT 1 AS A WHERE 1 = 0").await;
    assert_eq!((&data["total"], &data["rowsetBase64"]), (&json!(0), &json!("")));
    assert_eq!(data["rowtype"][0]["name"], "A");
    assert_eq!(data["chunks"], Value::Null);
}

fn batch(data: &Value) -> RecordBatch {
    let bytes = STANDARD.decode(data["rowsetBase64"].as_str().unwrap()).unwrap();
    StreamReader::try_new(bytes.as_slice(), None).unwrap().next().unwrap().unwrap()
}
