//! Connecting, a health check, a query with binds, a query with options, and its statistics.
//!
//! `cargo run -p snowflake-client --features sim-server --example basic_query`

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::path::Path;
use std::time::Duration;

use snowflake_client::sim::SimServer;
use snowflake_client::{Protocol, QueryBuilder, SnowflakeClient};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/keys");
    let server = SimServer::builder()
        .key("service_user", std::fs::read_to_string(keys.join("rsa2048.pub.pem"))?)
        .database("ANALYTICS")
        .warehouse("COMPUTE_WH")
        .start()
        .await?;

    let client = SnowflakeClient::builder()
        .account("myorg-myaccount")
        // Without these three lines it is the real service.
        .host(server.host())
        .port(server.port())
        .protocol(Protocol::Http)
        .user("service_user")
        .key_pair_auth(keys.join("rsa2048.aes256.p8"), Some("correct-horse"))
        .warehouse("COMPUTE_WH")
        .database("ANALYTICS")
        .schema("PUBLIC")
        .pool_size(5, 20)
        .build()
        .await?;
    let health = client.health_check().await?;
    println!("Healthy: {}, Latency: {}ms", health.healthy, health.latency_ms);

    client.execute("CREATE WAREHOUSE large_wh").await?;
    client.execute("CREATE TABLE users (id INT, name VARCHAR, active BOOLEAN)").await?;
    client
        .execute("INSERT INTO users VALUES (1, 'Ada', TRUE), (2, 'Grace', TRUE), (3, 'Alan', FALSE)")
        .await?;

    let query = QueryBuilder::new("SELECT * FROM users WHERE active = ?").bind(true).build();
    let result = client.execute(query).await?;
    for row in &result.rows {
        let id: i64 = row.get("id")?;
        let name: String = row.get("name")?;
        println!("User: {id} - {name}");
    }

    let query = QueryBuilder::new("SELECT * FROM users")
        .warehouse("LARGE_WH")
        .timeout(Duration::from_secs(300))
        .tag("daily_report")
        .build();
    let result = client.execute(query).await?;
    println!(
        "Rows: {}, Bytes scanned: {}, Time: {}ms",
        result.stats.rows_produced, result.stats.bytes_scanned, result.stats.execution_time_ms
    );
    client.close().await;
    Ok(())
}
