//! Results into files.

use std::fs;

use snowflake_client::{Export, QueryBuilder};

use crate::support;

const SQL: &str =
    "SELECT 1 AS id, 'a,\"b\"' AS text, NULL AS nothing, '2024-02-29 12:34:56'::TIMESTAMP_NTZ AS at";

#[tokio::test]
async fn test_export() {
    let (_server, client) = support::start().await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);

    let result = client.execute(QueryBuilder::new(SQL).build()).await.unwrap();
    result.rows.write_file(path("result.csv"), &Export::csv()).await.unwrap();
    let csv = fs::read_to_string(path("result.csv")).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "ID,TEXT,NOTHING,AT");
    assert!(lines[1].starts_with("1,\"a,\"\"b\"\"\",,2024-02-29T12:34:56"), "{csv}");

    // The same without ever holding the whole result.
    let stream = client.execute_batches(SQL).await.unwrap();
    stream.write_file(path("result.jsonl"), &Export::json_lines()).await.unwrap();
    let line: serde_json::Value =
        serde_json::from_str(fs::read_to_string(path("result.jsonl")).unwrap().trim()).unwrap();
    assert_eq!((line["ID"].as_i64(), line["TEXT"].as_str()), (Some(1), Some("a,\"b\"")));
    assert!(line["NOTHING"].is_null());

    let stream = client.execute_batches(SQL).await.unwrap();
    let written = stream.write_file(path("result.parquet"), &Export::parquet()).await.unwrap();
    assert_eq!(written.rows, 1);
    assert!(fs::read(path("result.parquet")).unwrap().starts_with(b"PAR1"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "no temporary file stays behind");
}
