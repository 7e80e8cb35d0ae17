//! Tables that are made, grown and replaced.

use serde_json::json;
use snowflake_client::{BulkInsertOptions, BulkMethod, CreateTable, DataType, ErrorKind};

use super::{by, count, records, table};
use crate::support;

#[tokio::test]
async fn a_table_is_made_for_the_records() {
    let (_server, client) = support::start().await;
    let rows = [
        json!({ "id": 1, "share": 0.5, "name": null, "on": true, "tags": ["a"], "day": "2024-02-29" }),
        json!({ "id": 2, "share": 1, "name": "x", "on": null, "tags": null, "day": null }),
    ];
    let options = BulkInsertOptions {
        create_table: CreateTable::IfNotExists,
        column_types: vec![("day".to_owned(), DataType::Date)],
        ..BulkInsertOptions::default()
    };
    assert_eq!(client.bulk_insert("made", &rows, options.clone()).await.unwrap().rows_loaded, 2);
    let columns: Vec<_> =
        table(&client, "DESCRIBE TABLE made").await.into_iter().map(|row| row[..2].to_vec()).collect();
    let text = |text: &str| Some(text.to_owned());
    let wanted = [
        ("DAY", "DATE"),
        ("ID", "NUMBER(38,0)"),
        ("NAME", "VARCHAR(16777216)"),
        ("ON", "BOOLEAN"),
        ("SHARE", "FLOAT"),
        ("TAGS", "VARIANT"),
    ];
    let mut sorted = columns.clone();
    sorted.sort();
    assert_eq!(sorted, wanted.map(|(name, kind)| vec![text(name), text(kind)]));
    let tags = table(&client, "SELECT tags[0]::VARCHAR, day FROM made ORDER BY id").await;
    assert_eq!(tags, [[text("a"), text("2024-02-29")], [None, None]]);
    client.bulk_insert("made", &rows, options).await.unwrap();
    assert_eq!(count(&client, "made").await, 4, "a table that exists is kept");
}

#[tokio::test]
async fn new_fields_become_columns_when_the_schema_may_grow() {
    let (_server, client) = support::start().await;
    client.execute("CREATE TABLE t (id INT)").await.unwrap();
    client.execute("INSERT INTO t VALUES (0)").await.unwrap();
    let rows = [json!({ "id": 1, "Added": "x" }), json!({ "id": 2, "more fields": 1.5 })];
    for method in [BulkMethod::Binds, BulkMethod::Files] {
        let error = client.bulk_insert("t", &rows, by(method)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conversion);
        let cause = format!(
            "{error} {}",
            std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default()
        );
        assert!(cause.contains("`Added`") && cause.contains("record 0"), "{cause}");
    }
    for method in [BulkMethod::Binds, BulkMethod::Files] {
        let options = BulkInsertOptions { evolve_schema: true, ..by(method) };
        assert_eq!(client.bulk_insert("t", &rows, options).await.unwrap().rows_loaded, 2);
    }
    let found = table(&client, "SELECT id, added, \"more fields\" FROM t WHERE id < 2 ORDER BY id").await;
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(found[0], [text("0"), None, None]);
    assert_eq!(found[1..], [[text("1"), text("x"), None], [text("1"), text("x"), None]]);
}

#[tokio::test]
async fn missing_fields_get_defaults_and_a_value_that_is_needed_is_asked_for() {
    let (_server, client) = support::start().await;
    client.execute("CREATE TABLE t (id INT, name VARCHAR DEFAULT 'none', note VARCHAR)").await.unwrap();
    for method in [BulkMethod::Binds, BulkMethod::Files] {
        client.bulk_insert("t", &[json!({ "id": 1 })], by(method)).await.unwrap();
    }
    let text = |text: &str| Some(text.to_owned());
    let row = || vec![text("1"), text("none"), None];
    assert_eq!(table(&client, "SELECT * FROM t").await, [row(), row()]);
    client.execute("CREATE TABLE needy (id INT NOT NULL, a INT NOT NULL)").await.unwrap();
    for method in [BulkMethod::Binds, BulkMethod::Files] {
        let error = client.bulk_insert("needy", &[json!({ "id": 1 })], by(method)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(" A "), "{error}");
        let null = [json!({ "id": 1, "a": 1 }), json!({ "id": null, "a": 1 })];
        assert_eq!(
            client.bulk_insert("needy", &null, by(method)).await.unwrap_err().kind(),
            ErrorKind::Conversion
        );
    }
    assert_eq!(count(&client, "needy").await, 0);
}

#[tokio::test]
async fn rows_are_replaced_in_one_step_or_not_at_all() {
    let (_server, client) = support::start().await;
    client.execute("CREATE TABLE t (id INT, name VARCHAR, value FLOAT)").await.unwrap();
    for method in [BulkMethod::Binds, BulkMethod::Files] {
        client.execute("INSERT INTO t VALUES (-1, 'old', 0)").await.unwrap();
        let options = BulkInsertOptions { truncate: true, ..by(method) };
        assert_eq!(client.bulk_insert("t", &records(100), options.clone()).await.unwrap().rows_loaded, 100);
        assert_eq!(count(&client, "t").await, 100);
        let bad = [json!({ "id": 1 }), json!({ "id": "x" })];
        assert!(client.bulk_insert("t", &bad, options.clone()).await.is_err());
        assert_eq!(count(&client, "t").await, 100, "a load that fails leaves the old rows");
        client.bulk_insert("t", &records(0), options).await.unwrap();
        assert_eq!(count(&client, "t").await, 0);
    }
}

#[tokio::test]
async fn f09_a_batch_that_replaces_may_be_repeated() {
    let (_server, client) = support::start().await;
    client.execute("CREATE TABLE t (id INT, name VARCHAR, value FLOAT)").await.unwrap();
    let options =
        BulkInsertOptions { truncate: true, batch_id: Some("b".to_owned()), ..BulkInsertOptions::default() };
    for _ in 0..2 {
        client.bulk_insert("t", &records(100), options.clone()).await.unwrap();
        assert_eq!(count(&client, "t").await, 100);
    }
}

#[tokio::test]
async fn a_table_is_made_anew() {
    let (_server, client) = support::start().await;
    client.execute("CREATE TABLE t (other INT)").await.unwrap();
    let options = BulkInsertOptions { create_table: CreateTable::OrReplace, ..BulkInsertOptions::default() };
    client.bulk_insert("t", &records(3), options).await.unwrap();
    assert_eq!(table(&client, "SELECT id, name FROM t ORDER BY id").await.len(), 3);
    let missing = client.bulk_insert("nowhere", &records(3), BulkInsertOptions::default()).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    assert!(missing.to_string().contains("NOWHERE"), "{missing}");
}

#[tokio::test]
async fn q01_hostile_names_reach_what_they_name_and_nothing_else() {
    let (_server, client) = support::start().await;
    client.execute("CREATE TABLE canary (n INT)").await.unwrap();
    let long = "X".repeat(255);
    for name in ["a\"b", "\";drop table canary;--", "$$", "'", "\\", "\u{e4}\u{1f600}", "a b", &long] {
        let quoted = format!("\"{}\"", name.replace('"', "\"\""));
        let rows = [json!({ name: 1, "plain": "x" })];
        for method in [BulkMethod::Binds, BulkMethod::Files] {
            let options = BulkInsertOptions { create_table: CreateTable::IfNotExists, ..by(method) };
            client
                .bulk_insert(&quoted, &rows, options)
                .await
                .unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        assert_eq!(count(&client, &quoted).await, 2, "{name}");
        let found = table(&client, &format!("SELECT {quoted} FROM {quoted}")).await;
        assert_eq!(found, [[Some("1".to_owned())], [Some("1".to_owned())]], "{name}");
    }
    for name in ["", "a;b", "a.b.c.d", "\"a", &"x".repeat(256), "a\0b"] {
        let error = client.bulk_insert(name, &records(1), BulkInsertOptions::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{name:?}");
    }
    assert_eq!(count(&client, "canary").await, 0);
}
