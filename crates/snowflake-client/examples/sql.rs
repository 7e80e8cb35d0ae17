//! Runs statements in one session of any server and prints each result as a line of JSON.
//!
//! `cargo run -p snowflake-client --example sql -- --host H --port P --protocol http --user U --password P
//! "PUT file://data/*.csv @stage" "COPY INTO t FROM @stage" "SELECT COUNT(*) FROM t"`
//!
//! A line is an object with the names of the `columns` and the `rows`, whose cells are texts or null.
//! The first statement that fails ends it.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use clap::Parser;
use snowflake_client::{Protocol, QueryResult, SnowflakeClient};

#[derive(Debug, Parser)]
struct Arguments {
    #[arg(long)]
    host: String,
    #[arg(long)]
    port: u16,
    #[arg(long, default_value = "https")]
    protocol: String,
    #[arg(long, default_value = "account")]
    account: String,
    #[arg(long)]
    user: String,
    #[arg(long)]
    password: String,
    #[arg(long)]
    database: Option<String>,
    #[arg(long)]
    schema: Option<String>,
    #[arg(required = true)]
    statements: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let mut builder = SnowflakeClient::builder()
        .account(&arguments.account)
        .host(&arguments.host)
        .port(arguments.port)
        .protocol(if arguments.protocol == "http" { Protocol::Http } else { Protocol::Https })
        .user(&arguments.user)
        .password(arguments.password.as_str())
        // One session for all statements.
        .pool_size(1, 1);
    if let Some(database) = &arguments.database {
        builder = builder.database(database);
    }
    if let Some(schema) = &arguments.schema {
        builder = builder.schema(schema);
    }
    let client = builder.build().await?;
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
