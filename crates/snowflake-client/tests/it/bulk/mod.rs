//! Records and Arrow batches straight into tables.

mod exactly_once;
mod methods;
mod rejected;
mod tables;
mod types;
mod upsert;

use serde::{Deserialize, Serialize};
use snowflake_client::{BulkInsertOptions, BulkMethod, SnowflakeClient};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Record {
    id: i64,
    name: String,
    value: f64,
}

fn records(count: i64) -> Vec<Record> {
    let record = |id: i64| Record { id, name: format!("name {id}"), value: id as f64 / 4.0 };
    (0..count).map(record).collect()
}

fn by(method: BulkMethod) -> BulkInsertOptions {
    BulkInsertOptions { method, ..BulkInsertOptions::default() }
}

async fn number(client: &SnowflakeClient, sql: &str) -> i64 {
    client.execute(sql).await.unwrap().rows.row(0).unwrap().get(0).unwrap()
}

async fn count(client: &SnowflakeClient, table: &str) -> i64 {
    number(client, &format!("SELECT COUNT(*) FROM {table}")).await
}

/// The text of every cell, row by row.
async fn table(client: &SnowflakeClient, sql: &str) -> Vec<Vec<Option<String>>> {
    let result = client.execute(sql).await.unwrap();
    let width = result.columns().len();
    let row =
        |row: snowflake_client::Row| (0..width).map(|at| row.get::<Option<String>>(at).unwrap()).collect();
    result.rows.iter().map(row).collect()
}

/// The files that are left in the user's stage, without those that note what was loaded.
async fn left_over(client: &SnowflakeClient) -> Vec<String> {
    let files = client.list_stage("@~/bulk_insert/", None).await.unwrap();
    files.into_iter().map(|file| file.name).filter(|name| !name.contains("/loaded-")).collect()
}
