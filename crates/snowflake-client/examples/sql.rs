//! Runs statements in one session of any server and prints each result as a line of JSON.
//!
//! `cargo run -p snowflake-client --example sql -- --host H --port P --protocol http --user U --password P
//! "PUT file://data/*.csv @stage" "COPY INTO t FROM @stage" "SELECT COUNT(*) FROM t"`
//!
//! A line is an object with the names of the `columns` and the `rows`, whose cells are texts or null.
//! The first statement that fails ends it.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

mod connection;

use std::error::Error;

use clap::Parser;
use snowflake_client::QueryResult;

use connection::Connection;

#[derive(Debug, Parser)]
struct Arguments {
    #[command(flatten)]
    connection: Connection,
    #[arg(required = true)]
    statements: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    // One session for all statements.
    let client = arguments.connection.builder().pool_size(1, 1).build().await?;
    for statement in &arguments.statements {
        println!("{}", line(&client.execute(statement.as_str()).await?)?);
    }
    client.close().await;
    Ok(())
}

fn line(result: &QueryResult) -> Result<String, Box<dyn Error>> {
    let columns: Vec<&str> = result.rows.columns().iter().map(|column| column.name.as_str()).collect();
    let mut rows = Vec::with_capacity(result.rows.len());
    for row in &result.rows {
        let cells: Result<Vec<Option<String>>, _> = (0..row.len()).map(|column| row.get(column)).collect();
        rows.push(cells?);
    }
    Ok(serde_json::to_string(&serde_json::json!({ "columns": columns, "rows": rows }))?)
}
