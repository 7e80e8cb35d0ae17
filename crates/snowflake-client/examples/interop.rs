//! A short workload that compares every answer with what it must be, against any server.
//!
//! It connects with the variables of the environment, keeps to SQL that every server of the protocol
//! knows, and exits with a failure that names the first difference.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::fmt::Debug;

use snowflake_client::{QueryBuilder, SnowflakeClient};

type Outcome = Result<(), Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome {
    let client = SnowflakeClient::from_env().await?;
    let session = client.session().await?;
    for statement in [
        "CREATE DATABASE IF NOT EXISTS interop",
        "USE DATABASE interop",
        "CREATE SCHEMA IF NOT EXISTS work",
        "USE SCHEMA work",
        "CREATE OR REPLACE TABLE t (id INT, price NUMBER(10,2), ratio FLOAT, name VARCHAR, active BOOLEAN,
         day DATE, moment TIMESTAMP_NTZ)",
    ] {
        session.execute(statement).await?;
    }
    let inserted = session
        .execute(
            "INSERT INTO t VALUES
             (1, 1.50, 0.25, 'one', TRUE, '2024-02-29', '2024-02-29 12:34:56.789'),
             (2, -2.75, -1e10, 'zwei é', FALSE, '1969-12-31', '1969-12-31 23:59:59.5'),
             (3, NULL, NULL, NULL, NULL, NULL, NULL)",
        )
        .await?;
    expect("rows inserted", inserted.rows_affected(), Some(3))?;

    let result = session.execute("SELECT * FROM t ORDER BY id").await?;
    expect("rows", result.rows.len(), 3)?;
    let row = result.rows.row(1).ok_or("no second row")?;
    expect("id", row.get::<i64>("id")?, 2)?;
    expect("price", row.get::<String>("price")?.as_str(), "-2.75")?;
    expect("ratio", row.get::<f64>("ratio")?, -1e10)?;
    expect("name", row.get::<String>("name")?.as_str(), "zwei é")?;
    expect("active", row.get::<bool>("active")?, false)?;
    expect("day", row.get::<time::Date>("day")?, time::macros::date!(1969 - 12 - 31))?;
    let moment = row.get::<time::PrimitiveDateTime>("moment")?;
    expect("moment", moment, time::macros::datetime!(1969-12-31 23:59:59.5))?;
    let nulls = result.rows.row(2).ok_or("no third row")?;
    for column in 1..nulls.len() {
        expect("NULL", nulls.get::<Option<String>>(column)?, None)?;
    }

    let bound = QueryBuilder::new("SELECT name FROM t WHERE id = ? AND active = ?").bind(1).bind(true);
    let bound = session.execute(bound.build()).await?;
    expect("bound", bound.rows.row(0).ok_or("no row")?.get::<String>(0)?.as_str(), "one")?;

    let updated = session.execute("UPDATE t SET name = 'two' WHERE id = 2").await?;
    expect("rows updated", updated.rows_affected(), Some(1))?;
    let deleted = session.execute("DELETE FROM t WHERE id = 3").await?;
    expect("rows deleted", deleted.rows_affected(), Some(1))?;
    let count = session.execute("SELECT COUNT(*) AS n FROM t").await?;
    expect("count", count.rows.row(0).ok_or("no row")?.get::<u64>("n")?, 2)?;

    let error =
        session.execute("SELECT * FROM no_such_table").await.err().ok_or("a missing table was found")?;
    expect("code", error.code().map(ToString::to_string), Some("002003".to_owned()))?;
    client.close().await;
    println!("all answers are as expected");
    Ok(())
}

fn expect<T: PartialEq + Debug>(what: &str, got: T, wanted: T) -> Outcome {
    if got == wanted { Ok(()) } else { Err(format!("{what}: got {got:?}, wanted {wanted:?}").into()) }
}
