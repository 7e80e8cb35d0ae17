//! Moves one file to a stage, from it, or into a table as rows, and prints how long it took.
//!
//! `cargo run --release -p snowflake-client --example load -- --host H --port P --protocol http
//! --user U --password P --database D --schema S --mode put|get|bulk --file F --stage @S --table T`
//!
//! `put` uploads the file `F`, gzip'd unless it is compressed. `get` downloads what lies at the stage location
//! into the folder `F`, or into one that is thrown away. `bulk` reads the flights of the file `F`, CSV or CSV in
//! gzip, into structs and inserts those into the table `T`.
//! The seconds run from the call to its end; the login and the reading of structs are not counted. The bytes are
//! those of the local files, and for `bulk` those that were sent to the service.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

mod connection;

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Parser, ValueEnum};
use flate2::read::MultiGzDecoder;
use serde::Serialize;
use snowflake_client::{BulkInsertOptions, DownloadOptions, PutOptions, SnowflakeClient};

use connection::{Connection, peak_rss_megabytes};

#[derive(Debug, Parser)]
struct Arguments {
    #[command(flatten)]
    connection: Connection,
    #[arg(long, value_enum)]
    mode: Mode,
    /// The file to load, or the folder to download to.
    #[arg(long)]
    file: Option<PathBuf>,
    #[arg(long, default_value = "@~")]
    stage: String,
    #[arg(long, default_value = "FLIGHTS")]
    table: String,
    /// The name of the batch: the same rows are not loaded twice under one name.
    #[arg(long)]
    batch: Option<String>,
    /// Replaces files of the same name.
    #[arg(long)]
    overwrite: bool,
    #[arg(long, default_value_t = 4)]
    parallel: u32,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Mode {
    /// A local file to a stage.
    Put,
    /// Files of a stage to a local folder.
    Get,
    /// Structs into a table.
    Bulk,
}

/// A flight, as the columns of the table are.
#[derive(Debug, Serialize)]
struct Flight {
    year: i32,
    month: i32,
    day: i32,
    dep_time: Option<i32>,
    sched_dep_time: Option<i32>,
    dep_delay: Option<i32>,
    arr_time: Option<i32>,
    sched_arr_time: Option<i32>,
    arr_delay: Option<i32>,
    carrier: String,
    flight: i32,
    tailnum: Option<String>,
    origin: String,
    dest: String,
    air_time: Option<i32>,
    distance: i32,
    hour: i32,
    minute: i32,
    time_hour: String,
}

/// What was moved: rows and bytes.
type Amount = (u64, u64);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let client = arguments.connection.builder().pool_size(1, 4).build().await?;
    let flights = match arguments.mode {
        Mode::Bulk => read_flights(local(&arguments)?)?,
        Mode::Put | Mode::Get => Vec::new(),
    };
    let thrown_away = tempfile::tempdir()?;
    let start = Instant::now();
    let (rows, bytes) = match arguments.mode {
        Mode::Put => put(&client, &arguments).await?,
        Mode::Get => get(&client, &arguments, thrown_away.path()).await?,
        Mode::Bulk => bulk(&client, &arguments, &flights).await?,
    };
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "rows {rows} bytes {bytes} seconds {seconds:.4} mb_per_s {:.1} peak_rss_mb {:.1}",
        bytes as f64 / 1e6 / seconds,
        peak_rss_megabytes().unwrap_or(0.0),
    );
    client.close().await;
    Ok(())
}

fn local(arguments: &Arguments) -> Result<&Path, &'static str> {
    arguments.file.as_deref().ok_or("--file is missing")
}

async fn put(client: &SnowflakeClient, arguments: &Arguments) -> Result<Amount, Box<dyn Error>> {
    let options =
        PutOptions { overwrite: arguments.overwrite, parallel: arguments.parallel, ..PutOptions::default() };
    let result = client.put_file(local(arguments)?, &arguments.stage, options).await?;
    Ok((0, result.files.iter().map(|file| file.source_size).sum()))
}

async fn get(
    client: &SnowflakeClient,
    arguments: &Arguments,
    thrown_away: &Path,
) -> Result<Amount, Box<dyn Error>> {
    let folder = arguments.file.as_deref().unwrap_or(thrown_away);
    let options = DownloadOptions::default().with_parallel(arguments.parallel);
    let result = client.get_files(&arguments.stage, folder, options).await?;
    Ok((0, result.files.iter().map(|file| file.size).sum()))
}

async fn bulk(
    client: &SnowflakeClient,
    arguments: &Arguments,
    flights: &[Flight],
) -> Result<Amount, Box<dyn Error>> {
    let options = BulkInsertOptions { batch_id: arguments.batch.clone(), ..BulkInsertOptions::default() };
    let result = client.bulk_insert(&arguments.table, flights, options).await?;
    Ok((result.rows_loaded, result.bytes))
}

/// The flights of a CSV file, gzip'd or not, in which `NA` stands for nothing.
fn read_flights(path: &Path) -> Result<Vec<Flight>, Box<dyn Error>> {
    let file = File::open(path)?;
    let is_gzip = path.extension().is_some_and(|extension| extension == "gz");
    let plain: Box<dyn Read> = if is_gzip { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let lines = BufReader::with_capacity(1 << 20, plain).lines().skip(1);
    lines.map(|line| flight(&line?).ok_or_else(|| "a line that is no flight".into())).collect()
}

fn flight(line: &str) -> Option<Flight> {
    let mut fields = line.split(',');
    let mut text = || fields.next();
    let number = |text: Option<&str>| text.and_then(|text| text.parse().ok());
    Some(Flight {
        year: number(text())?,
        month: number(text())?,
        day: number(text())?,
        dep_time: number(text()),
        sched_dep_time: number(text()),
        dep_delay: number(text()),
        arr_time: number(text()),
        sched_arr_time: number(text()),
        arr_delay: number(text()),
        carrier: text()?.to_owned(),
        flight: number(text())?,
        tailnum: text().filter(|text| *text != "NA").map(str::to_owned),
        origin: text()?.to_owned(),
        dest: text()?.to_owned(),
        air_time: number(text()),
        distance: number(text())?,
        hour: number(text())?,
        minute: number(text())?,
        time_hour: text()?.to_owned(),
    })
}
