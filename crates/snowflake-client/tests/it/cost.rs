//! What it costs: the calls of the reference documentation, estimates against what the server meters, limits,
//! attribution and budgets.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use snowflake_client::sim::{ManualClock, ModelledSpeed, SeededEntropy, SimServer};
use snowflake_client::transport::Entropy;
use snowflake_client::{
    Alert, AttributionKey, Budget, BudgetPeriod, BudgetScope, BudgetWatch, CallbackSink, CostMethod,
    ErrorKind, EstimateBasis, PriorReason, QueryBuilder, SnowflakeClient, SnowflakeError, UsageSource,
    WarehouseSize,
};
use time::OffsetDateTime;

use crate::support;

/// A server whose warehouses read a hundred kilobytes a second and whose clock stands still, so that nothing depends
/// on how fast the machine is.
async fn start() -> (SimServer, SnowflakeClient, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(OffsetDateTime::now_utc()));
    let speed = ModelledSpeed { bytes_per_second: 100_000, startup: Duration::from_millis(300), spread: 0.3 };
    let server = support::server()
        .warehouse("ANALYTICS_WH")
        .modelled_speed(speed)
        .entropy(Arc::new(SeededEntropy::new(11)))
        .clock(Arc::clone(&clock) as _)
        .start()
        .await
        .unwrap();
    let client = support::builder(&server)
        .password(support::PASSWORD)
        .warehouse("ANALYTICS_WH")
        .build()
        .await
        .unwrap();
    let large = "CREATE WAREHOUSE large_wh WAREHOUSE_SIZE = 'MEDIUM' INITIALLY_SUSPENDED = TRUE";
    client.execute(large).await.unwrap();
    (server, client, clock)
}

/// Tables of several sizes, in partitions that follow each other in `a`.
async fn tables(client: &SnowflakeClient) {
    for (name, partitions, rows) in [("small", 1, 2_000), ("middle", 5, 4_000), ("huge_table", 12, 6_000)] {
        client.execute(format!("CREATE TABLE {name} (a INT, b FLOAT, c VARCHAR)")).await.unwrap();
        for partition in 0..partitions {
            let insert = format!(
                "INSERT INTO {name} SELECT SEQ4() + {partition} * {rows}, SEQ4() / 7, 'row ' || SEQ4()
                 FROM TABLE(GENERATOR(ROWCOUNT => {rows}))"
            );
            client.execute(insert).await.unwrap();
        }
    }
}

/// Statements that are drawn: which table, which columns, how much of it, on which warehouse.
struct Workload(SeededEntropy);

impl Workload {
    fn below(&self, limit: u64) -> u64 {
        self.0.u64() % limit
    }

    fn draw(&self) -> (String, &'static str) {
        let columns = ["COUNT(b)", "SUM(a)", "MAX(c), MIN(c)", "SUM(a), AVG(b), MAX(c)", "COUNT(DISTINCT c)"];
        let (name, rows) = [("small", 2_000), ("middle", 20_000), ("huge_table", 72_000)]
            [usize::try_from(self.below(3)).unwrap()];
        let columns = columns[usize::try_from(self.below(5)).unwrap()];
        let (from, to) = (self.below(rows), self.below(rows));
        let filter = match self.below(3) {
            0 => String::new(),
            1 => format!(" WHERE a >= {from}"),
            _ => format!(" WHERE a BETWEEN {} AND {}", from.min(to), from.max(to)),
        };
        let warehouse = if self.below(3) == 0 { "LARGE_WH" } else { "ANALYTICS_WH" };
        (format!("SELECT {columns} FROM {name}{filter}"), warehouse)
    }
}

#[tokio::test]
async fn e01_the_interval_covers_what_the_server_meters_for_nine_of_ten_statements() {
    let (_server, client, clock) = start().await;
    tables(&client).await;
    let workload = Workload(SeededEntropy::new(5));
    let run = async |sql: &str, warehouse: &str| {
        clock.advance(Duration::from_secs(90));
        client.execute(QueryBuilder::new(sql).warehouse(warehouse).build()).await.unwrap()
    };
    for _ in 0..120 {
        let (sql, warehouse) = workload.draw();
        run(&sql, warehouse).await;
    }
    let (mut covered, mut widths) = (0, Vec::new());
    for _ in 0..100 {
        let (sql, warehouse) = workload.draw();
        let estimate = client.estimate_query_cost(&*sql, warehouse).await.unwrap();
        assert!(!matches!(estimate.basis, EstimateBasis::Prior { .. }), "{estimate:?}");
        let cost = client.get_query_cost(&run(&sql, warehouse).await.query_id).await.unwrap();
        assert_eq!(cost.method, CostMethod::Attributed);
        covered += usize::from(estimate.low <= cost.total_credits && cost.total_credits <= estimate.high);
        widths.push(estimate.high / estimate.low.max(1e-9));
    }
    widths.sort_by(f64::total_cmp);
    println!("{covered} of 100 covered; the middle interval is {:.1} times as high as low", widths[50]);
    assert!(covered >= 90, "{covered} of 100");
    // An interval that covers everything because it says nothing is no estimate.
    assert!(widths[50] < 30.0, "{}", widths[50]);
}

#[tokio::test]
async fn the_calls_of_the_reference_are_as_written() -> Result<(), SnowflakeError> {
    let (_server, client, clock) = start().await;
    tables(&client).await;
    let result = client.execute(QueryBuilder::new("SELECT SUM(a) FROM huge_table").build()).await?;
    clock.advance(Duration::from_secs(3_600));
    let now = OffsetDateTime::now_utc() + time::Duration::hours(2);

    // Get credit usage
    let usage = client.get_credit_usage(now - time::Duration::days(7), now, Some("ANALYTICS_WH")).await?;

    let total_credits: f64 = usage.iter().map(|u| u.credits_used).sum();
    println!("Credits used in last 7 days: {:.2}", total_credits);
    // A minute is charged at least.
    assert!(total_credits >= 1.0 / 60.0, "{usage:?}");
    assert!(
        usage.iter().all(|hour| hour.warehouse == "ANALYTICS_WH" && hour.source == UsageSource::AccountUsage)
    );

    // Get cost for specific query
    let cost = client.get_query_cost(&result.query_id).await?;
    println!("Query cost: {:.4} credits", cost.total_credits);
    assert!(cost.total_credits > 0.0 && cost.total_credits < total_credits, "{cost:?}");

    // Estimate cost before execution
    let estimate =
        client.estimate_query_cost("SELECT * FROM huge_table WHERE a >= 36000", "LARGE_WH").await?;
    println!(
        "Estimated cost: {:.4} credits ({} partitions)",
        estimate.estimated_credits, estimate.partitions_to_scan
    );
    if estimate.estimated_credits > 1.0 {
        println!("Warning: High cost query!");
    }
    assert_eq!(estimate.warehouse_size, WarehouseSize::Medium);
    assert!(estimate.partitions_to_scan < estimate.partitions_total, "{estimate:?}");
    let samples = matches!(estimate.basis, EstimateBasis::Prior { reason: PriorReason::FewSamples { .. } });
    assert!(samples, "{estimate:?}");
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_estimated_is_a_clear_error_or_free() {
    let (_server, client, _clock) = start().await;
    let estimate = async |sql: &str| client.estimate_query_cost(sql, "LARGE_WH").await;
    assert_eq!(estimate("SHOW TABLES").await.unwrap().basis, EstimateBasis::NoCompute);
    assert_eq!(estimate("PUT file:///nothing @~").await.unwrap().high, 0.0);
    for sql in ["SELECT 1; SELECT 2", "CALL p()", "COPY INTO t FROM @~"] {
        assert_eq!(estimate(sql).await.unwrap_err().kind(), ErrorKind::Configuration, "{sql}");
    }
    assert_eq!(estimate("SELECT * FROM nowhere").await.unwrap_err().kind(), ErrorKind::Sql);
    let missing = client.estimate_query_cost("SELECT 1", "no_such_wh").await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    assert!(missing.to_string().contains("NO_SUCH_WH"), "{missing}");
}

#[tokio::test]
async fn e04_a_statement_above_the_limit_does_not_run() {
    let (server, client, _clock) = start().await;
    tables(&client).await;
    let careful = client.with_cost_limit(0.000_001);
    let before = server.ledger();
    let error = careful.execute("DELETE FROM huge_table").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.cost_estimate().is_some_and(|estimate| estimate.bytes_to_scan > 100_000), "{error:?}");
    assert_eq!(server.ledger().effects.len(), before.effects.len());
    careful.execute("SHOW TABLES").await.unwrap();
    let rows = client.with_cost_limit(10.0).execute("SELECT * FROM small").await.unwrap();
    assert_eq!(rows.rows.len(), 2_000);
}

#[tokio::test]
async fn q01_names_and_tags_with_quotes_are_told_apart() -> Result<(), SnowflakeError> {
    let (_server, client, clock) = start().await;
    tables(&client).await;
    client.execute(r#"CREATE WAREHOUSE "it's ""mine""""#).await?;
    for tag in ["etl", "'; DROP TABLE small; --", ""] {
        clock.advance(Duration::from_secs(60));
        let warehouse = r#""it's ""mine""""#;
        let query = QueryBuilder::new("SELECT SUM(a) FROM huge_table").warehouse(warehouse).tag(tag);
        client.execute(query.build()).await?;
        client.estimate_query_cost("SELECT SUM(a) FROM small", warehouse).await?;
    }
    let now = OffsetDateTime::now_utc() + time::Duration::hours(2);
    let start = now - time::Duration::days(1);
    for key in
        [AttributionKey::Tag, AttributionKey::User, AttributionKey::Warehouse, AttributionKey::Database]
    {
        let told = client.attribute_credits(start, now, key).await?;
        let parts: f64 = told.lines.iter().map(|line| line.credits).sum();
        assert!((parts + told.not_attributed + told.cloud_services - told.total).abs() < 1e-9, "{told:?}");
        assert!(told.total > 0.0 && parts > 0.0, "{told:?}");
        let names: Vec<_> = told.lines.iter().filter_map(|line| line.key.as_deref()).collect();
        let expected = match key {
            AttributionKey::Tag => "'; DROP TABLE small; --",
            AttributionKey::Warehouse => r#"it's "mine""#,
            AttributionKey::Database => "DB",
            _ => support::USER,
        };
        assert!(names.contains(&expected), "{key:?}: {names:?}");
    }
    let usage = client.get_credit_usage(start, now, Some(r#""it's ""mine""""#)).await?;
    assert!(!usage.is_empty());
    assert_eq!(client.execute("SELECT * FROM small").await?.rows.len(), 2_000, "the canary lives");
    Ok(())
}

#[tokio::test]
async fn budgets_are_told_once_of_what_the_server_meters() -> Result<(), SnowflakeError> {
    let (_server, client, clock) = start().await;
    tables(&client).await;
    clock.advance(Duration::from_secs(60));
    client.execute(QueryBuilder::new("SELECT SUM(a) FROM huge_table").tag("nightly").build()).await?;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    let budget = |name: &str, scope| {
        Budget::new(name, 0.000_1, BudgetPeriod::Quarter)
            .with_scope(scope)
            .with_burn_rates([])
            .with_forecast(false)
    };
    let mut watch = BudgetWatch::new([
        budget("all", BudgetScope::Account),
        budget("wh", BudgetScope::Warehouse("ANALYTICS_WH".to_owned())),
        budget("tag", BudgetScope::Tag("nightly".to_owned())),
        budget("nobody", BudgetScope::Warehouse("LARGE_WH".to_owned())),
    ])?
    .with_sink(CallbackSink::new(move |alert: &Alert| ear.lock().unwrap().push(alert.budget.clone())));
    let check = client.check_budgets(&mut watch).await?;
    assert_eq!(check.budgets.len(), 4);
    client.check_budgets(&mut watch).await?;
    let mut heard = heard.lock().unwrap().clone();
    heard.sort();
    // Three thresholds each.
    assert_eq!(heard, ["all", "all", "all", "tag", "tag", "tag", "wh", "wh", "wh"]);
    Ok(())
}

#[tokio::test]
async fn e03_without_the_grant_the_error_is_the_grant_and_estimates_do_without() -> Result<(), SnowflakeError>
{
    let (server, client, _clock) = start().await;
    tables(&client).await;
    for statement in [
        "CREATE ROLE reader",
        "GRANT ROLE reader TO USER tester",
        "GRANT USAGE ON DATABASE db TO ROLE reader",
        "GRANT USAGE ON SCHEMA db.public TO ROLE reader",
        "GRANT SELECT ON ALL TABLES IN SCHEMA db.public TO ROLE reader",
        "GRANT USAGE ON WAREHOUSE analytics_wh TO ROLE reader",
    ] {
        client.execute(statement).await?;
    }
    let reader =
        support::builder(&server).password(support::PASSWORD).role("READER").warehouse("ANALYTICS_WH");
    let reader = reader.build().await?;
    let now = OffsetDateTime::now_utc();
    let start = now - time::Duration::days(400);
    let error = reader.get_credit_usage(start, now, None).await.unwrap_err();
    assert!(
        error.to_string().contains("GRANT IMPORTED PRIVILEGES ON DATABASE SNOWFLAKE TO ROLE READER"),
        "{error}"
    );
    let error = reader.attribute_credits(start, now, AttributionKey::Tag).await.unwrap_err();
    assert!(error.to_string().contains("GRANT IMPORTED PRIVILEGES"), "{error}");
    let estimate = reader.estimate_query_cost("SELECT SUM(a) FROM huge_table", "ANALYTICS_WH").await?;
    assert!(matches!(estimate.basis, EstimateBasis::Prior { .. }), "{estimate:?}");
    let result = reader.execute("SELECT SUM(a) FROM huge_table").await?;
    let cost = reader.get_query_cost(&result.query_id).await?;
    assert!(matches!(cost.method, CostMethod::Approximated { .. }), "{cost:?}");
    assert!(cost.compute > 0.0);
    reader.close().await;
    Ok(())
}
