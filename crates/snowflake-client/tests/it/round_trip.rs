//! Any value that can be bound comes back the same, whatever is in it.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use snowflake_client::{QueryBuilder, SnowflakeClient};
use tokio::runtime::Runtime;

use crate::support;

/// Each case is a request, so there are fewer of them than usual.
const CASES: u32 = 40;

#[test]
fn v12_any_text_number_and_bytes_survive() {
    let runtime = Runtime::new().unwrap();
    let (_server, client) = runtime.block_on(support::start());
    let values = (any::<String>(), any::<i64>(), any::<f64>(), any::<Vec<u8>>(), any::<Option<bool>>());
    let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
    runner
        .run(&values, |(text, number, real, bytes, truth)| {
            runtime.block_on(echo(&client, text, number, real, bytes, truth))
        })
        .unwrap();
}

async fn echo(
    client: &SnowflakeClient,
    text: String,
    number: i64,
    real: f64,
    bytes: Vec<u8>,
    truth: Option<bool>,
) -> Result<(), TestCaseError> {
    let query = QueryBuilder::new("SELECT ? AS t, ? AS n, ?::FLOAT AS r, ? AS b, ?::BOOLEAN AS o")
        .bind(text.as_str())
        .bind(number)
        .bind(real)
        .bind(bytes.clone())
        .bind(truth)
        .build();
    let result = client.execute(query).await.map_err(|error| TestCaseError::fail(error.to_string()))?;
    let row = result.rows.row(0).unwrap();
    prop_assert_eq!(row.get::<String>("t").unwrap(), text);
    prop_assert_eq!(row.get::<i64>("n").unwrap(), number);
    let echoed = row.get::<f64>("r").unwrap();
    prop_assert!(
        echoed.to_bits() == real.to_bits() || (echoed.is_nan() && real.is_nan()),
        "{} {}",
        echoed,
        real
    );
    prop_assert_eq!(row.get::<Vec<u8>>("b").unwrap(), bytes);
    prop_assert_eq!(row.get::<Option<bool>>("o").unwrap(), truth);
    Ok(())
}
