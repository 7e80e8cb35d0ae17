//! Reads one whole result from any server and prints how long it took.
//!
//! `cargo run --release -p snowflake-client --example fetch -- --host H --port P --protocol http
//! --user U --password P --mode arrow|rows|typed|json --sql "SELECT …"`
//!
//! The seconds run from submitting the statement to the last row; the login is not counted.
//! The megabytes are those of the result's parts after inflating, in millions of bytes.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

mod connection;

use std::error::Error;
use std::time::Instant;

use clap::{Parser, ValueEnum};
use serde::Deserialize;
use snowflake_client::{QueryBuilder, SnowflakeClient};

use connection::{Connection, peak_rss_megabytes};

#[derive(Debug, Parser)]
struct Arguments {
    #[command(flatten)]
    connection: Connection,
    #[arg(long, value_enum, default_value_t = Mode::Arrow)]
    mode: Mode,
    #[arg(long, default_value = "SELECT 1")]
    sql: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Mode {
    /// Arrow batches.
    Arrow,
    /// Every cell of every row.
    Rows,
    /// Structs.
    Typed,
    /// Every cell of every row, asking the server for JSON.
    Json,
}

#[derive(Debug, Deserialize)]
struct Record {
    id: i64,
    amount: Option<f64>,
    name: String,
    score: f64,
}

/// What was read: rows, and the bytes of the result's parts after inflating.
type Amount = (u64, u64);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let client = arguments.connection.builder().pool_size(1, 1).build().await?;
    let start = Instant::now();
    let (rows, bytes) = match arguments.mode {
        Mode::Arrow => batches(&client, &arguments.sql).await?,
        Mode::Rows => cells(&client, QueryBuilder::new(&arguments.sql)).await?,
        Mode::Typed => records(&client, &arguments.sql).await?,
        Mode::Json => {
            let query = QueryBuilder::new(&arguments.sql);
            cells(&client, query.parameter("PYTHON_CONNECTOR_QUERY_RESULT_FORMAT", "JSON")).await?
        }
    };
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "rows {rows} seconds {seconds:.4} mb_per_s {:.1} peak_rss_mb {:.1}",
        bytes as f64 / 1e6 / seconds,
        peak_rss_megabytes().unwrap_or(0.0),
    );
    client.close().await;
    Ok(())
}

async fn batches(client: &SnowflakeClient, sql: &str) -> Result<Amount, Box<dyn Error>> {
    let mut stream = client.execute_batches(sql).await?;
    let mut rows = 0;
    while let Some(batch) = stream.next().await {
        rows += batch?.num_rows() as u64;
    }
    Ok((rows, stream.bytes_read()))
}

async fn cells(client: &SnowflakeClient, query: QueryBuilder) -> Result<Amount, Box<dyn Error>> {
    let mut stream = client.execute_stream(query.build()).await?;
    let mut rows = 0;
    while let Some(row) = stream.next().await {
        let row = row?;
        for column in 0..row.len() {
            std::hint::black_box(row.cell(column)?);
        }
        rows += 1;
    }
    Ok((rows, stream.bytes_read()))
}

async fn records(client: &SnowflakeClient, sql: &str) -> Result<Amount, Box<dyn Error>> {
    let mut stream = client.execute_stream(sql).await?.deserialize::<Record>();
    let mut rows = 0;
    while let Some(record) = stream.next().await {
        let record = record?;
        std::hint::black_box((record.id, record.amount, &record.name, record.score));
        rows += 1;
    }
    Ok((rows, stream.bytes_read()))
}
