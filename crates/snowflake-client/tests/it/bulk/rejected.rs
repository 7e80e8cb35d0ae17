//! Records that do not fit.

use serde_json::{Value, json};
use snowflake_client::{BulkInsertOptions, BulkMethod, DeadLetters, ErrorKind, OnError};

use super::{count, number, table};
use crate::support;

fn mixed() -> Vec<Value> {
    (0..1000)
        .map(|n| {
            if n % 10 == 3 {
                json!({ "id": n, "name": "x".repeat(20) })
            } else {
                json!({ "id": n, "name": "x" })
            }
        })
        .collect()
}

#[tokio::test]
async fn a_record_that_does_not_fit_is_named_and_nothing_is_loaded() {
    let (_server, client) = support::start().await;
    client.execute("CREATE TABLE t (id INT, name VARCHAR(10))").await.unwrap();
    for method in [BulkMethod::Binds, BulkMethod::Files] {
        let options = BulkInsertOptions { method, ..BulkInsertOptions::default() };
        let error = client.bulk_insert("t", &mixed(), options).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conversion);
        let told = error.to_string();
        assert!(told.contains("record 3") && !told.contains("xxxx"), "{told}");
        assert!(std::error::Error::source(&error).unwrap().to_string().contains("`NAME`"));
    }
    assert_eq!(count(&client, "t").await, 0);
}

#[tokio::test]
async fn records_that_do_not_fit_are_left_out_and_told_where_the_caller_says_so() {
    let (_server, client) = support::start().await;
    client.execute("CREATE TABLE t (id INT, name VARCHAR(10))").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rejected.jsonl");
    let to = |dead_letters| BulkInsertOptions {
        on_error: OnError::Continue,
        dead_letters,
        ..BulkInsertOptions::default()
    };
    let loaded = client.bulk_insert("t", &mixed(), to(DeadLetters::File(file.clone()))).await.unwrap();
    assert_eq!((loaded.rows_loaded, loaded.rows_rejected, loaded.rejected.len()), (900, 100, 100));
    let first = &loaded.rejected[0];
    assert_eq!((first.row, first.column.as_deref()), (Some(3), Some("NAME")));
    assert!(first.error.contains("VARCHAR(10)"), "{first:?}");
    let record: Value = serde_json::from_str(first.record.as_deref().unwrap()).unwrap();
    assert_eq!(record["id"], 3);
    let lines = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), &lines[99]["row"]), (100, &json!(993)));

    let loaded =
        client.bulk_insert("t", &mixed(), to(DeadLetters::Table("letters".to_owned()))).await.unwrap();
    assert_eq!(count(&client, "t").await, 1800);
    assert_eq!(
        number(&client, "SELECT SUM(\"ROW\") FROM letters").await,
        (0..1000).filter(|n| n % 10 == 3).sum::<i64>()
    );
    let found = table(&client, "SELECT DISTINCT table_name, batch_id FROM letters").await;
    assert!(found[0][0].as_deref().unwrap().contains("\"T\""), "{found:?}");
    assert_eq!(found[0][1].as_deref(), Some(loaded.batch_id.as_str()));
}

#[tokio::test]
async fn rows_that_the_service_refuses_are_told_with_their_file() {
    let (_server, client) = support::start().await;
    client.execute("CREATE TABLE t (id INT, o OBJECT)").await.unwrap();
    // Which JSON is an object is for the service to say.
    let rows: Vec<_> = (0..10)
        .map(|n| json!({ "id": n, "o": if n == 4 { json!("text") } else { json!({ "n": n }) } }))
        .collect();
    let strict = client.bulk_insert("t", &rows, BulkInsertOptions::default()).await.unwrap_err();
    assert_eq!((strict.kind(), count(&client, "t").await), (ErrorKind::Sql, 0));
    let options = BulkInsertOptions { on_error: OnError::Continue, ..BulkInsertOptions::default() };
    let loaded = client.bulk_insert("t", &rows, options).await.unwrap();
    assert_eq!((loaded.rows_loaded, loaded.rows_rejected, count(&client, "t").await), (9, 1, 9));
    let refused = &loaded.rejected[0];
    assert!(refused.file.as_deref().unwrap().contains("part-000000-"), "{refused:?}");
    assert!(!refused.error.is_empty());
}
