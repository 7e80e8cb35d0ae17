//! Statements and their results.

use snowflake_client::{ArrowOptions, QueryBuilder, QueryStatus, StatementType, Timestamps};
use time::macros::{date, datetime, time};

use crate::support;

#[tokio::test]
async fn every_basic_type_survives_binding_storing_and_reading() {
    let (_server, client) = support::start().await;
    client
        .execute(
            "CREATE TABLE t (i INT, n NUMBER(12,3), f FLOAT, s VARCHAR, b BOOLEAN, d DATE, ti TIME,
             ntz TIMESTAMP_NTZ, ltz TIMESTAMP_LTZ, tz TIMESTAMP_TZ, x BINARY)",
        )
        .await
        .unwrap();
    let insert = QueryBuilder::new("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(-9_007_199_254_740_993_i64)
        .bind("123456789.125")
        .bind(0.1)
        .bind("it's \"é\" \\ 😀")
        .bind(true)
        .bind(date!(1969 - 12 - 31))
        .bind(time!(23:59:59.999_999_999))
        .bind(datetime!(1969-12-31 23:59:59.5))
        .bind(datetime!(2024-02-29 12:34:56.789 UTC))
        .bind(datetime!(2024-02-29 12:34:56.789 +05:30))
        .bind(vec![0_u8, 255, 16])
        .build();
    let inserted = client.execute(insert).await.unwrap();
    assert_eq!(inserted.rows_affected(), Some(1));
    assert_eq!(inserted.statement_type, StatementType::INSERT);

    let result = client.execute("SELECT * FROM t").await.unwrap();
    let row = result.rows.row(0).unwrap();
    assert_eq!(row.get::<i64>("i").unwrap(), -9_007_199_254_740_993);
    assert_eq!(row.get::<String>("n").unwrap(), "123456789.125");
    assert_eq!(row.get::<f64>("f").unwrap().to_bits(), 0.1_f64.to_bits());
    assert_eq!(row.get::<String>("s").unwrap(), "it's \"é\" \\ 😀");
    assert!(row.get::<bool>("b").unwrap());
    assert_eq!(row.get::<time::Date>("d").unwrap(), date!(1969 - 12 - 31));
    assert_eq!(row.get::<time::Time>("ti").unwrap(), time!(23:59:59.999_999_999));
    assert_eq!(row.get::<time::PrimitiveDateTime>("ntz").unwrap(), datetime!(1969-12-31 23:59:59.5));
    assert_eq!(row.get::<time::OffsetDateTime>("ltz").unwrap(), datetime!(2024-02-29 12:34:56.789 UTC));
    let zoned = row.get::<time::OffsetDateTime>("tz").unwrap();
    assert_eq!(zoned, datetime!(2024-02-29 12:34:56.789 +05:30));
    assert_eq!(zoned.offset().whole_minutes(), 330);
    assert_eq!(row.get::<Vec<u8>>("x").unwrap(), [0, 255, 16]);
}

#[tokio::test]
async fn named_binds_and_dml_counts() {
    let (_server, client) = support::start().await;
    client.execute("CREATE TABLE t (id INT, name VARCHAR)").await.unwrap();
    client.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')").await.unwrap();
    let update = QueryBuilder::new("UPDATE t SET name = :name WHERE id >= :low")
        .bind_named("name", "z")
        .bind_named("low", 2)
        .build();
    assert_eq!(client.execute(update).await.unwrap().rows_affected(), Some(2));
    assert_eq!(client.execute("DELETE FROM t WHERE name = 'z'").await.unwrap().rows_affected(), Some(2));
    let left = client.execute("SELECT COUNT(*) AS n FROM t").await.unwrap();
    assert_eq!(left.rows.row(0).unwrap().get::<i64>("n").unwrap(), 1);
}

#[tokio::test]
async fn both_formats_give_the_same_batches_over_many_chunks() {
    let server = support::server().chunk_rows(1_000).start().await.unwrap();
    let client = support::connect(&server).await;
    let sql = "SELECT SEQ4() AS n, SEQ4() / 7 AS ratio, 'row ' || SEQ4() AS name,
               DATEADD('second', SEQ4(), '2024-01-01'::TIMESTAMP_NTZ) AS at
               FROM TABLE(GENERATOR(ROWCOUNT => 10500))";
    client.execute(format!("CREATE TABLE t AS {sql}")).await.unwrap();
    let select = QueryBuilder::new("SELECT * FROM t ORDER BY n");
    let arrow = client.execute(select.clone().build()).await.unwrap();
    let json = select.parameter("PYTHON_CONNECTOR_QUERY_RESULT_FORMAT", "JSON").build();
    let json = client.execute(json).await.unwrap();
    assert_eq!(arrow.rows.len(), 10_500);
    assert_eq!(arrow.schema(), json.schema());
    for (left, right) in arrow.rows.iter().zip(json.rows.iter()) {
        for column in 0..left.len() {
            assert_eq!(left.cell(column).unwrap(), right.cell(column).unwrap());
        }
    }
    assert!(server.ledger().chunk_requests >= 20, "{:?}", server.ledger());
}

#[tokio::test]
async fn the_options_choose_other_arrow_types() {
    let (_server, client) = support::start().await;
    let query = QueryBuilder::new("SELECT '2024-01-01 00:00:00.123456789'::TIMESTAMP_NTZ AS at")
        .arrow_options(ArrowOptions::default().with_timestamps(Timestamps::Nanoseconds))
        .build();
    let result = client.execute(query).await.unwrap();
    assert_eq!(result.schema().field(0).data_type().to_string(), "Timestamp(ns)");
}

#[tokio::test]
async fn a_failed_background_query_reports_its_error() {
    let (_server, client) = support::start().await;
    let handle = client.execute_async("SELECT 1 / 0").await.unwrap();
    let error = handle.wait().await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "100051");
    assert!(matches!(handle.poll().await.unwrap(), QueryStatus::Failed { .. }));
}

#[tokio::test]
async fn a_running_query_can_be_cancelled() {
    let (server, client) = support::start().await;
    let handle = client.execute_async("SELECT SYSTEM$WAIT(600)").await.unwrap();
    assert!(matches!(handle.poll().await.unwrap(), QueryStatus::Running | QueryStatus::Queued));
    handle.cancel().await.unwrap();
    let error = handle.wait().await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "000604");
    assert_eq!(server.ledger().aborts.len(), 1);
}

#[tokio::test]
async fn a_result_can_be_read_again_by_its_id() {
    let (_server, client) = support::start().await;
    let first = client.execute("SELECT 'kept' AS word").await.unwrap();
    let again = client.result(first.query_id).await.unwrap();
    assert_eq!(again.rows.row(0).unwrap().get::<String>("word").unwrap(), "kept");
}
