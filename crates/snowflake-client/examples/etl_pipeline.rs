//! Extract, transform, load: files from a folder into a staging table, cleaned into a production table.
//!
//! `cargo run -p snowflake-client --features sim-server --example etl_pipeline`

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::fs;

use indicatif::{ProgressBar, ProgressStyle};
use snowflake_client::sim::SimServer;
use snowflake_client::{
    CopyIntoRequest, CopyOptions, FileFormat, FormatType, OnError, Protocol, PutOptions, QueryBuilder,
    SnowflakeClient, SnowflakeError,
};

const FILES: usize = 8;

async fn run_etl_pipeline(client: &SnowflakeClient, bar: &ProgressBar) -> Result<(), SnowflakeError> {
    // 1. Upload new data files
    let files = fs::read_dir("./incoming")?;
    for file in files {
        let path = file?.path();
        if path.extension() == Some("csv".as_ref()) {
            client
                .put_file(&path, "@RAW_STAGE", PutOptions { auto_compress: true, ..Default::default() })
                .await?;
            bar.inc(1);
        }
    }
    bar.finish();

    // 2. Load to staging table
    let copy_result = client
        .copy_into(CopyIntoRequest {
            target_table: "RAW.STAGING".to_string(),
            stage: "@RAW_STAGE".to_string(),
            file_format: FileFormat {
                format_type: FormatType::Csv,
                skip_header: 1,
                null_if: vec!["".to_string(), "NULL".to_string()],
                error_on_column_count_mismatch: false,
                ..Default::default()
            },
            copy_options: CopyOptions { on_error: OnError::Continue, purge: true, ..Default::default() },
            ..Default::default()
        })
        .await?;

    println!(
        "Loaded {} rows with {} errors",
        copy_result.rows_loaded,
        copy_result.results.iter().map(|r| r.errors_seen).sum::<u64>()
    );

    // 3. Transform and load to production
    client
        .execute(
            QueryBuilder::new(
                r#"
                INSERT INTO PROD.CLEAN_DATA
                SELECT
                    TRIM(name) as name,
                    TRY_TO_NUMBER(amount) as amount,
                    TRY_TO_TIMESTAMP(event_time) as event_time,
                    CURRENT_TIMESTAMP() as loaded_at
                FROM RAW.STAGING
                WHERE TRY_TO_NUMBER(amount) IS NOT NULL
            "#,
            )
            .warehouse("ETL_WH")
            .tag("daily_etl")
            .build(),
        )
        .await?;

    // 4. Truncate staging
    client.execute(QueryBuilder::new("TRUNCATE TABLE RAW.STAGING").build()).await?;

    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    std::env::set_current_dir(folder.path())?;
    fs::create_dir("incoming")?;
    for file in 0..FILES {
        fs::write(format!("incoming/part_{file}.csv"), records(file))?;
    }

    let server =
        SimServer::builder().user("etl", "secret").warehouse("ETL_WH").database("SHOP").start().await?;
    let client = SnowflakeClient::builder()
        .account(server.account())
        // Without these three lines it is the real service.
        .host(server.host())
        .port(server.port())
        .protocol(Protocol::Http)
        .user("etl")
        .password("secret")
        .database("SHOP")
        .schema("PUBLIC")
        .build()
        .await?;
    for statement in [
        "CREATE SCHEMA raw",
        "CREATE SCHEMA prod",
        "CREATE STAGE public.raw_stage",
        "CREATE TABLE raw.staging (name VARCHAR, amount VARCHAR, event_time VARCHAR)",
        "CREATE TABLE prod.clean_data
             (name VARCHAR, amount NUMBER, event_time TIMESTAMP_NTZ, loaded_at TIMESTAMP_LTZ)",
    ] {
        client.execute(statement).await?;
    }

    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} files uploaded")?;
    run_etl_pipeline(&client, &ProgressBar::new(FILES as u64).with_style(style)).await?;

    let result = client
        .execute(
            "SELECT COUNT(*) AS n, SUM(amount) AS total, COUNT(event_time) AS dated FROM prod.clean_data",
        )
        .await?;
    let row = result.rows.row(0).ok_or("no rows")?;
    let (rows, total, dated): (u64, i64, u64) = (row.get("n")?, row.get("total")?, row.get("dated")?);
    println!("{rows} clean rows, {dated} of them dated, amounts sum up to {total}");
    client.close().await;
    server.shutdown().await;
    Ok(())
}

/// A hundred records, one of which has no amount and one an amount that is none.
fn records(file: usize) -> String {
    let mut text = String::from("name,amount,event_time\n");
    for record in 0..100 {
        let amount = match record {
            10 => "NULL".to_owned(),
            20 => "twelve".to_owned(),
            _ => (file * 100 + record).to_string(),
        };
        text.push_str(&format!("  item {record} ,{amount},2024-01-{:02} 12:00:00\n", record % 31 + 1));
    }
    text
}
