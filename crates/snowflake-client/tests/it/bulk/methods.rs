//! The ways that rows take.

use std::convert::Infallible;

use futures::stream;
use snowflake_client::{BulkInsertOptions, BulkMethod, ErrorKind, SnowflakeError};

use super::{by, count, left_over, number, records, table};
use crate::support;

#[tokio::test]
async fn test_bulk_insert() -> Result<(), SnowflakeError> {
    use serde::Serialize;
    let (_server, client) = support::start().await;
    client.execute("CREATE TABLE my_table (id INT, name VARCHAR, value FLOAT)").await?;

    // Bulk insert records
    #[derive(Serialize)]
    struct Record {
        id: i64,
        name: String,
        value: f64,
    }

    let records = vec![
        Record { id: 1, name: "A".to_string(), value: 1.0 },
        Record { id: 2, name: "B".to_string(), value: 2.0 },
    ];

    let loaded = client.bulk_insert("MY_TABLE", &records, BulkInsertOptions::default()).await?;
    assert_eq!((loaded.rows_loaded, loaded.method), (2, BulkMethod::Binds));
    assert_eq!(number(&client, "SELECT SUM(id) FROM my_table WHERE name IN ('A', 'B')").await, 3);
    Ok(())
}

#[tokio::test]
async fn binds_and_files_give_the_same_rows() {
    let (_server, client) = support::start().await;
    for name in ["as_binds", "as_files", "as_stream", "as_batches"] {
        client.execute(format!("CREATE TABLE {name} (id INT, name VARCHAR, value FLOAT)")).await.unwrap();
    }
    let records = records(1000);
    let binds = client.bulk_insert("as_binds", &records, by(BulkMethod::Binds)).await.unwrap();
    assert_eq!((binds.rows_loaded, binds.method, binds.files), (1000, BulkMethod::Binds, 0));
    let files = client.bulk_insert("as_files", &records, by(BulkMethod::Files)).await.unwrap();
    assert_eq!((files.rows_loaded, files.method, files.files), (1000, BulkMethod::Files, 1));
    assert!(left_over(&client).await.is_empty(), "what was loaded is gone from the stage");

    let stream = stream::iter(records.clone().into_iter().map(Ok::<_, Infallible>));
    client.bulk_insert_stream("as_stream", stream, BulkInsertOptions::default()).await.unwrap();
    let batches = client.execute_batches("SELECT * FROM as_binds").await.unwrap();
    client.bulk_insert_batches("as_batches", batches, by(BulkMethod::Files)).await.unwrap();
    let wanted = table(&client, "SELECT * FROM as_binds ORDER BY id").await;
    assert_eq!(wanted.len(), 1000);
    for name in ["as_files", "as_stream", "as_batches"] {
        assert_eq!(table(&client, &format!("SELECT * FROM {name} ORDER BY id")).await, wanted, "{name}");
    }
}

#[tokio::test]
async fn many_rows_become_several_files_and_one_statement() {
    let (_server, client) = support::start().await;
    client.execute("CREATE TABLE t (id INT, name VARCHAR, value FLOAT)").await.unwrap();
    let options = BulkInsertOptions { max_part_rows: 20_000, ..BulkInsertOptions::default() };
    let loaded = client.bulk_insert("t", &records(100_000), options).await.unwrap();
    assert_eq!((loaded.rows_loaded, loaded.method), (100_000, BulkMethod::Files), "chosen by their number");
    assert!(loaded.files >= 5 && loaded.bytes > 100_000, "{loaded:?}");
    assert_eq!(number(&client, "SELECT COUNT(DISTINCT id) FROM t").await, 100_000);
    assert_eq!(number(&client, "SELECT SUM(id) FROM t").await, 99_999 * 50_000);
}

#[tokio::test]
async fn a_source_that_fails_loads_nothing() {
    let (_server, client) = support::start().await;
    client.execute("CREATE TABLE t (id INT, name VARCHAR, value FLOAT)").await.unwrap();
    let broken = records(50_000).into_iter().map(Ok).chain([Err(std::io::Error::other("the disk is gone"))]);
    let error =
        client.bulk_insert_stream("t", stream::iter(broken), by(BulkMethod::Files)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    let cause = std::error::Error::source(&error).unwrap();
    assert!(cause.to_string().contains("the disk is gone"), "{cause}");
    assert_eq!(count(&client, "t").await, 0);
    assert!(left_over(&client).await.is_empty(), "{:?}", left_over(&client).await);
}

#[tokio::test]
async fn no_rows_are_no_error() {
    let (_server, client) = support::start().await;
    client.execute("CREATE TABLE t (id INT, name VARCHAR, value FLOAT)").await.unwrap();
    for method in [BulkMethod::Auto, BulkMethod::Binds, BulkMethod::Files] {
        let loaded = client.bulk_insert("t", &records(0), by(method)).await.unwrap();
        assert_eq!((loaded.rows_loaded, loaded.already_loaded), (0, false));
    }
    let one = support::builder(&_server).password(support::PASSWORD).pool_size(1, 1).build().await.unwrap();
    for method in [BulkMethod::Binds, BulkMethod::Files] {
        assert_eq!(one.bulk_insert("t", &records(10), by(method)).await.unwrap().rows_loaded, 10);
    }
}

#[tokio::test]
async fn a_load_may_run_on_any_thread() {
    let (_server, client) = support::start().await;
    client.execute("CREATE TABLE t (id INT, name VARCHAR, value FLOAT)").await.unwrap();
    let load = async move { client.bulk_insert("t", &records(10), by(BulkMethod::Files)).await };
    assert_eq!(tokio::spawn(load).await.unwrap().unwrap().rows_loaded, 10);
}
