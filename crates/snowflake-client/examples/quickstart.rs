//! The whole path on one machine: a local Snowflake, a file of real flights, and queries over them.
//!
//! `cargo run -p snowflake-client --features sim-server --example quickstart`

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use snowflake_client::sim::SimServer;
use snowflake_client::{Protocol, PutOptions, QueryBuilder, QueryResult, SnowflakeClient};

const TABLE: &str = "
    CREATE TABLE flights (
        year INT, month INT, day INT, dep_time INT, sched_dep_time INT, dep_delay INT, arr_time INT,
        sched_arr_time INT, arr_delay INT, carrier VARCHAR(2), flight INT, tailnum VARCHAR(6),
        origin VARCHAR(3), dest VARCHAR(3), air_time INT, distance INT, hour INT, minute INT,
        time_hour TIMESTAMP_NTZ
    )";

const LOAD: &str = "
    COPY INTO flights FROM @landing
    FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1 NULL_IF = ('NA'))";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = SimServer::builder()
        .database("DEMO")
        .key("QUICKSTART", std::fs::read_to_string(fixture("keys/rsa2048.pub.pem"))?)
        .start()
        .await?;
    println!("A local Snowflake listens on {}", server.url());

    let client = SnowflakeClient::builder()
        .account(server.account())
        .host(server.host())
        .port(server.port())
        .protocol(Protocol::Http)
        .user("QUICKSTART")
        .key_pair_auth(fixture("keys/rsa2048.p8"), None)
        .build()
        .await?;
    println!("Logged in with a key pair\n");

    load(&client).await?;
    carriers(&client).await?;
    longest(&client).await?;
    stream(&client).await?;

    client.close().await;
    server.shutdown().await;
    Ok(())
}

/// Uploads the file to a stage and loads it into a table.
async fn load(client: &SnowflakeClient) -> Result<(), Box<dyn Error>> {
    client.execute(TABLE).await?;
    client.execute("CREATE STAGE landing").await?;
    let put = client.put_file(fixture("flights/flights.csv.gz"), "@landing", PutOptions::default()).await?;
    for file in &put.files {
        println!("Uploaded {} ({} bytes)", file.target, file.target_size);
    }
    let copy = client.execute(LOAD).await?;
    for row in &copy.rows {
        let (file, status): (String, String) = (row.get("file")?, row.get("status")?);
        let rows: u64 = row.get("rows_loaded")?;
        println!("{status} {rows} rows from {file}\n");
    }
    Ok(())
}

/// A query with binds.
async fn carriers(client: &SnowflakeClient) -> Result<(), Box<dyn Error>> {
    let query = QueryBuilder::new(
        "SELECT carrier, COUNT(*) AS flights, AVG(dep_delay) AS delay
         FROM flights WHERE origin = ? AND dep_delay >= ?
         GROUP BY carrier ORDER BY flights DESC LIMIT 5",
    )
    .bind("JFK")
    .bind(15)
    .tag("quickstart")
    .build();
    let result = client.execute(query).await?;
    println!("Carriers with the most departures from JFK that were at least 15 minutes late:");
    print_table(&result, &["carrier", "flights", "delay"])
}

/// A query that runs in the background.
async fn longest(client: &SnowflakeClient) -> Result<(), Box<dyn Error>> {
    let query = QueryBuilder::new(
        "SELECT origin, dest, MAX(distance) AS miles, MAX(air_time) AS minutes
         FROM flights GROUP BY origin, dest ORDER BY miles DESC, origin LIMIT 3",
    );
    let handle = client.execute_async(query.async_mode().build()).await?;
    println!("The longest routes, from query {}:", handle.query_id());
    let result = handle.wait().await?;
    print_table(&result, &["origin", "dest", "miles", "minutes"])
}

/// A result read row by row.
async fn stream(client: &SnowflakeClient) -> Result<(), Box<dyn Error>> {
    let total: u64 = {
        let count = client.execute("SELECT COUNT(*) AS n FROM flights").await?;
        count.rows.row(0).ok_or("no rows")?.get("n")?
    };
    let bar = ProgressBar::new(total)
        .with_style(ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} rows streamed")?);
    let mut rows = client.execute_stream("SELECT distance, time_hour FROM flights").await?;
    let (mut miles, mut count) = (0_i64, 0_u64);
    while let Some(row) = rows.next().await {
        miles += row?.get::<i64>("distance")?;
        count += 1;
        bar.inc(1);
    }
    bar.finish();
    println!("Streamed {count} flights over {miles} miles");
    Ok(())
}

/// Prints columns of a small result.
fn print_table(result: &QueryResult, columns: &[&str]) -> Result<(), Box<dyn Error>> {
    for column in columns {
        print!("{column:>12}");
    }
    println!();
    for row in &result.rows {
        for column in columns {
            let value: Option<String> = row.get(*column)?;
            print!("{:>12}", value.as_deref().unwrap_or("-"));
        }
        println!();
    }
    println!();
    Ok(())
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name)
}
