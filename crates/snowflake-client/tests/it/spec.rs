//! The calls of the reference documentation, as they are written there.

use std::time::Duration;

use futures::StreamExt;
use snowflake_client::{QueryBuilder, QueryStatus, Row, SnowflakeClient, SnowflakeError};

use crate::support;

async fn prepare(client: &SnowflakeClient) {
    for statement in [
        "CREATE WAREHOUSE large_wh",
        "CREATE TABLE users (id INT, name VARCHAR, active BOOLEAN)",
        "INSERT INTO users VALUES (1, 'Ada', TRUE), (2, 'Grace', TRUE), (3, 'Nobody', FALSE)",
        "CREATE TABLE large_table AS SELECT * FROM users",
        "CREATE TABLE huge_table AS SELECT * FROM users",
        "CREATE TABLE events (n INT)",
        "INSERT INTO events SELECT SEQ4() FROM TABLE(GENERATOR(ROWCOUNT => 25000))",
    ] {
        client.execute(statement).await.unwrap();
    }
}

#[tokio::test]
async fn test_connection() {
    let (_server, client) = support::start().await;
    let health = client.health_check().await.unwrap();
    println!("Healthy: {}, Latency: {}ms", health.healthy, health.latency_ms);
    assert!(health.healthy);
}

#[tokio::test]
async fn test_keypair_auth() -> Result<(), SnowflakeError> {
    let public = std::fs::read_to_string(support::fixture("keys/rsa2048.pub.pem")).unwrap();
    let server = support::server().key("service_user", public).start().await.unwrap();
    let client = SnowflakeClient::builder()
        .account("myorg-myaccount")
        .host(server.host())
        .port(server.port())
        .protocol(snowflake_client::Protocol::Http)
        .user("service_user")
        .key_pair_auth(support::fixture("keys/rsa2048.aes256.p8"), Some("correct-horse"))
        .warehouse("WH")
        .database("DB")
        .schema("PUBLIC")
        .pool_size(5, 20)
        .build()
        .await?;
    assert!(client.health_check().await?.healthy);
    assert_eq!(server.ledger().open_sessions, 5, "the pool keeps its minimum open");
    Ok(())
}

#[tokio::test]
async fn test_sync_query() -> Result<(), SnowflakeError> {
    let (_server, client) = support::start().await;
    prepare(&client).await;

    let result =
        client.execute(QueryBuilder::new("SELECT * FROM users WHERE active = ?").bind(true).build()).await?;
    let mut names = Vec::new();
    for row in &result.rows {
        let id: i64 = row.get("id")?;
        let name: String = row.get("name")?;
        println!("User: {} - {}", id, name);
        names.push(name);
    }
    assert_eq!(names, ["Ada", "Grace"]);

    let result = client
        .execute(
            QueryBuilder::new("SELECT * FROM large_table")
                .warehouse("LARGE_WH")
                .timeout(Duration::from_secs(300))
                .tag("daily_report")
                .build(),
        )
        .await?;
    println!(
        "Rows: {}, Bytes scanned: {}, Time: {}ms",
        result.stats.rows_produced, result.stats.bytes_scanned, result.stats.execution_time_ms
    );
    assert_eq!(result.stats.rows_produced, 3);
    Ok(())
}

#[tokio::test]
async fn test_async_query() -> Result<(), SnowflakeError> {
    let (_server, client) = support::start().await;
    prepare(&client).await;

    let handle =
        client.execute_async(QueryBuilder::new("SELECT * FROM huge_table").async_mode().build()).await?;
    println!("Query submitted: {}", handle.query_id());
    loop {
        let status = handle.poll().await?;
        match status {
            QueryStatus::Running => {
                println!("Still running...");
                tokio::task::yield_now().await;
            }
            QueryStatus::Success => break,
            QueryStatus::Failed { error, .. } => {
                return Err(error.into());
            }
            _ => {}
        }
    }
    let result = handle.wait().await?;
    assert_eq!(result.rows.len(), 3);
    let result = handle.wait_with_timeout(Duration::from_secs(600)).await?;
    assert_eq!(result.rows.len(), 3);
    handle.cancel().await?;
    Ok(())
}

#[tokio::test]
async fn test_streaming() -> Result<(), SnowflakeError> {
    let server = support::server().chunk_rows(4_000).start().await.unwrap();
    let client = support::connect(&server).await;
    prepare(&client).await;

    let mut stream = client.execute_stream(QueryBuilder::new("SELECT * FROM events").build()).await?;
    let mut count = 0;
    while let Some(row) = stream.next().await {
        let row = row?;
        process_row(&row);
        count += 1;

        if count % 10000 == 0 {
            println!("Processed {} rows", count);
        }
    }
    assert_eq!(count, 25_000);

    let stream = client.execute_stream("SELECT * FROM events").await?;
    let stream = stream.into_stream();
    stream.map(|r| r.map(transform_row)).buffer_unordered(4).for_each(|_| async {}).await;
    Ok(())
}

fn process_row(row: &Row) {
    assert_eq!(row.len(), 1);
}

fn transform_row(row: Row) -> i64 {
    row.get(0).unwrap()
}
