//! Records of a program into a table: a stream of them with a progress bar, the same again, and an upsert.
//!
//! `cargo run -p snowflake-client --features sim-server --example bulk_load`

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use futures::stream;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use snowflake_client::sim::SimServer;
use snowflake_client::{BulkInsertOptions, CreateTable, Protocol, SnowflakeClient};

/// A flight, as far as the program cares.
#[derive(Debug, Serialize)]
struct Flight {
    carrier: String,
    number: u32,
    origin: String,
    destination: String,
    delay: Option<i32>,
    departure: String,
}

#[derive(Debug, Serialize)]
struct Carrier {
    code: &'static str,
    name: &'static str,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = SimServer::builder().user("loader", "secret").database("FLIGHTS").start().await?;
    let client = SnowflakeClient::builder()
        .account(server.account())
        // Without these three lines it is the real service.
        .host(server.host())
        .port(server.port())
        .protocol(Protocol::Http)
        .user("loader")
        .password("secret")
        .database("FLIGHTS")
        .schema("PUBLIC")
        .build()
        .await?;

    let options = BulkInsertOptions {
        batch_id: Some("flights-2013".to_owned()),
        create_table: CreateTable::IfNotExists,
        ..BulkInsertOptions::default()
    };
    let loaded = client.bulk_insert_stream("FLIGHTS", flights()?, options.clone()).await?;
    println!("Loaded {} rows from {} files of {} bytes", loaded.rows_loaded, loaded.files, loaded.bytes);

    // As after a crash: nobody knows whether the rows are there, so they are sent again.
    let again = client.bulk_insert_stream("FLIGHTS", flights()?, options).await?;
    println!("Loaded {} rows when sent again", again.rows_loaded);

    client.execute("CREATE TABLE carriers (code VARCHAR, name VARCHAR) AS SELECT 'UA', 'United'").await?;
    let news =
        [Carrier { code: "UA", name: "United Air Lines" }, Carrier { code: "AA", name: "American Airlines" }];
    let merged = client.bulk_upsert("CARRIERS", &news, &["CODE"], BulkInsertOptions::default()).await?;
    println!("Updated {} carriers, inserted {}", merged.rows_updated, merged.rows_inserted);

    client.close().await;
    server.shutdown().await;
    Ok(())
}

/// The flights of the file, one by one, with a bar that shows how far they are.
fn flights() -> io::Result<impl futures::Stream<Item = io::Result<Flight>>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/flights/flights.csv.gz");
    let file = File::open(path)?;
    let bar = ProgressBar::new(file.metadata()?.len()).with_style(
        ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes} read").map_err(io::Error::other)?,
    );
    let lines = BufReader::new(MultiGzDecoder::new(bar.wrap_read(file))).lines().skip(1);
    Ok(stream::iter(lines.map(|line| flight(&line?))))
}

fn flight(line: &str) -> io::Result<Flight> {
    let fields: Vec<&str> = line.split(',').collect();
    let field = |at: usize| fields.get(at).copied().unwrap_or_default();
    let number = field(10).parse().map_err(|cause| io::Error::new(io::ErrorKind::InvalidData, cause))?;
    Ok(Flight {
        carrier: field(9).to_owned(),
        number,
        origin: field(12).to_owned(),
        destination: field(13).to_owned(),
        // `NA` stands for nothing.
        delay: field(5).parse().ok(),
        departure: field(18).to_owned(),
    })
}
