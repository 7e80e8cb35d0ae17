//! A query in the background: submitting, polling, waiting; and a result as a stream.
//!
//! `cargo run -p snowflake-client --features sim-server --example async_query`

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::time::Duration;

use futures::StreamExt;
use snowflake_client::sim::SimServer;
use snowflake_client::{Protocol, QueryBuilder, QueryStatus, Row, SnowflakeClient};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server =
        SimServer::builder().user("me", "secret").database("DEMO").chunk_rows(10_000).start().await?;
    let client = SnowflakeClient::builder()
        .account(server.account())
        .host(server.host())
        .port(server.port())
        .protocol(Protocol::Http)
        .user("me")
        .password("secret")
        .build()
        .await?;
    client
        .execute("CREATE TABLE events AS SELECT SEQ4() AS n FROM TABLE(GENERATOR(ROWCOUNT => 50000))")
        .await?;

    let query = QueryBuilder::new("SELECT COUNT(*) AS n, SYSTEM$WAIT(1) FROM events").async_mode().build();
    let handle = client.execute_async(query).await?;
    println!("Query submitted: {}", handle.query_id());
    loop {
        match handle.poll().await? {
            QueryStatus::Running => {
                println!("Still running...");
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
            QueryStatus::Success => break,
            QueryStatus::Failed { error, .. } => return Err(error.into()),
            _ => {}
        }
    }
    let result = handle.wait_with_timeout(Duration::from_secs(600)).await?;
    let events: u64 = result.rows.row(0).ok_or("no row")?.get("n")?;
    println!("{events} events");

    let mut stream = client.execute_stream(QueryBuilder::new("SELECT * FROM events").build()).await?;
    let mut count = 0;
    while let Some(row) = stream.next().await {
        number(row?)?;
        count += 1;
        if count % 10_000 == 0 {
            println!("Processed {count} rows");
        }
    }

    // The same rows through the adapters of `futures`.
    let stream = client.execute_stream("SELECT * FROM events").await?.into_stream();
    stream.map(|row| row.map(number)).buffer_unordered(4).for_each(|_| async {}).await;
    client.close().await;
    Ok(())
}

fn number(row: Row) -> Result<i64, Box<dyn std::error::Error>> {
    Ok(row.get("n")?)
}
