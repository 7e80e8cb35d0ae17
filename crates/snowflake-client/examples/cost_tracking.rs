//! What an account uses: by the hour, by statement, by tag, before a statement runs, and against a budget.
//!
//! `cargo run -p snowflake-client --features sim-server --example cost_tracking`

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::time::Duration;

use snowflake_client::sim::{ModelledSpeed, SimServer};
use snowflake_client::{
    Alert, AttributionKey, Budget, BudgetPeriod, BudgetWatch, CallbackSink, LogSink, Protocol, QueryBuilder,
    SnowflakeClient, SnowflakeError,
};
use time::OffsetDateTime;

const WAREHOUSE: &str = "ANALYTICS_WH";

/// Two jobs that carry the tag by which their cost is told apart.
async fn work(client: &SnowflakeClient) -> Result<(), SnowflakeError> {
    for day in 0..60 {
        let tag = if day % 3 == 0 { "weekly_report" } else { "dashboard" };
        let query = QueryBuilder::new("SELECT COUNT(*), AVG(amount) FROM orders WHERE day >= ?")
            .bind(day)
            .warehouse(WAREHOUSE)
            .tag(tag)
            .build();
        let result = client.execute(query).await?;
        if day == 0 {
            let cost = client.get_query_cost(&result.query_id).await?;
            println!("Query cost: {:.4} credits ({:?})", cost.total_credits, cost.method);
        }
    }
    Ok(())
}

async fn report(client: &SnowflakeClient) -> Result<(), SnowflakeError> {
    let now = OffsetDateTime::now_utc();
    let week_ago = now - time::Duration::days(7);

    let usage = client.get_credit_usage(week_ago, now, Some(WAREHOUSE)).await?;
    let total_credits: f64 = usage.iter().map(|u| u.credits_used).sum();
    println!("Credits used in last 7 days: {total_credits:.4}");

    let told = client.attribute_credits(week_ago, now, AttributionKey::Tag).await?;
    for line in &told.lines {
        let tag = line.key.as_deref().unwrap_or("no tag");
        println!("  {tag}: {:.4} credits for {} statements", line.credits, line.statements);
    }
    println!("  idle: {:.4} credits", told.not_attributed);

    let estimate = client.estimate_query_cost("SELECT * FROM orders WHERE day >= 10", WAREHOUSE).await?;
    println!(
        "Estimated cost: {:.4} credits ({} partitions), nine of ten times between {:.4} and {:.4}: {:?}",
        estimate.estimated_credits, estimate.partitions_to_scan, estimate.low, estimate.high, estimate.basis
    );

    let careful = client.with_cost_limit(0.000_01);
    match careful.execute(QueryBuilder::new("SELECT * FROM orders").warehouse(WAREHOUSE).build()).await {
        Ok(_) => println!("Run within the limit"),
        Err(error) => println!("Refused: {error}"),
    }

    // As often as suits: what was told is not told again.
    let mut watch = BudgetWatch::new([Budget::new("analytics", 0.01, BudgetPeriod::Month)])?
        .with_sink(LogSink)
        .with_sink(CallbackSink::new(|alert: &Alert| println!("Alert: {alert}")));
    client.check_budgets(&mut watch).await?;
    let again = client.check_budgets(&mut watch).await?;
    println!("Alerts when checked again: {}", again.alerts.len());
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The simulator's warehouses read two megabytes a second, so that small tables cost something.
    let speed =
        ModelledSpeed { bytes_per_second: 2_000_000, startup: Duration::from_millis(500), spread: 0.2 };
    let server = SimServer::builder()
        .user("analyst", "secret")
        .warehouse(WAREHOUSE)
        .database("SHOP")
        .modelled_speed(speed)
        .start()
        .await?;
    let client = SnowflakeClient::builder()
        .account(server.account())
        // Without these three lines it is the real service.
        .host(server.host())
        .port(server.port())
        .protocol(Protocol::Http)
        .user("analyst")
        .password("secret")
        .warehouse(WAREHOUSE)
        .database("SHOP")
        .schema("PUBLIC")
        .build()
        .await?;
    client
        .execute(
            "CREATE TABLE orders AS SELECT MOD(SEQ4(), 60) AS day, UNIFORM(1, 100, RANDOM()) AS amount
             FROM TABLE(GENERATOR(ROWCOUNT => 50000))",
        )
        .await?;

    work(&client).await?;
    report(&client).await?;
    client.close().await;
    server.shutdown().await;
    Ok(())
}
