//! Rows by their keys.

use serde_json::json;
use snowflake_client::{BulkInsertOptions, BulkMethod, ErrorKind};

use super::{by, left_over, table};
use crate::support;

#[tokio::test]
async fn rows_with_known_keys_are_updated_and_others_inserted() {
    let (_server, client) = support::start().await;
    for (name, method) in [("as_binds", BulkMethod::Binds), ("as_files", BulkMethod::Files)] {
        client
            .execute(format!("CREATE TABLE {name} (id INT, kind VARCHAR, name VARCHAR, note VARCHAR)"))
            .await
            .unwrap();
        client
            .execute(format!("INSERT INTO {name} VALUES (1, 'a', 'old', 'kept'), (1, 'b', 'stays', NULL)"))
            .await
            .unwrap();
        let rows =
            [json!({ "id": 1, "kind": "a", "name": "new" }), json!({ "id": 2, "kind": "a", "name": "two" })];
        let done = client.bulk_upsert(name, &rows, &["ID", "kind"], by(method)).await.unwrap();
        assert_eq!((done.rows_updated, done.rows_inserted, done.method), (1, 1, method));
        let again = client.bulk_upsert(name, &rows, &["ID", "KIND"], by(method)).await.unwrap();
        assert_eq!((again.rows_updated, again.rows_inserted), (2, 0), "and a repeat changes nothing");
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            table(&client, &format!("SELECT * FROM {name} ORDER BY id, kind")).await,
            [
                [text("1"), text("a"), text("new"), text("kept")],
                [text("1"), text("b"), text("stays"), None],
                [text("2"), text("a"), text("two"), None],
            ]
        );
    }
    assert!(left_over(&client).await.is_empty());
    let tables = table(&client, "SHOW TABLES").await;
    assert_eq!(tables.len(), 2, "the temporary table is gone: {tables:?}");
}

#[tokio::test]
async fn keys_that_are_repeated_or_null_or_unknown_change_nothing() {
    let (_server, client) = support::start().await;
    client.execute("CREATE TABLE t (id INT, name VARCHAR)").await.unwrap();
    let upsert = async |rows: &[serde_json::Value], keys: &[&str]| {
        client.bulk_upsert("t", rows, keys, BulkInsertOptions::default()).await.unwrap_err()
    };
    let row = |id: serde_json::Value| json!({ "id": id, "name": "x" });
    let repeated = upsert(&[row(json!(1)), row(json!(2)), row(json!(1))], &["ID"]).await;
    assert_eq!(repeated.kind(), ErrorKind::Conversion);
    assert!(repeated.to_string().contains("\"ID\""), "{repeated}");
    let null = upsert(&[row(json!(1)), row(json!(null))], &["ID"]).await;
    assert!(null.kind() == ErrorKind::Conversion && null.to_string().contains("NULL"), "{null}");
    for keys in [&[][..], &["nothing"], &["id; DROP TABLE t"]] {
        assert_eq!(upsert(&[row(json!(1))], keys).await.kind(), ErrorKind::Configuration, "{keys:?}");
    }
    assert!(table(&client, "SELECT * FROM t").await.is_empty());
    let none: [serde_json::Value; 0] = [];
    let done = client.bulk_upsert("t", &none, &["ID"], BulkInsertOptions::default()).await.unwrap();
    assert_eq!((done.rows_inserted, done.rows_updated), (0, 0));
}
