//! A report that is refused when it would cost too much, and says what it has cost when it was run.
//!
//! `cargo run -p snowflake-client --features sim-server --example reporting`

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::time::Duration;

use snowflake_client::sim::{ModelledSpeed, SimServer};
use snowflake_client::{Protocol, QueryBuilder, SnowflakeClient, SnowflakeError};

struct ReportRow {
    region: String,
    category: String,
    revenue: f64,
    customers: u64,
    avg_order: f64,
}

async fn generate_report(
    client: &SnowflakeClient,
    max_credits: f64,
) -> Result<Vec<ReportRow>, SnowflakeError> {
    let sql = r#"
        SELECT
            region,
            product_category,
            SUM(revenue) as total_revenue,
            COUNT(DISTINCT customer_id) as unique_customers,
            AVG(order_value) as avg_order_value
        FROM sales
        WHERE sale_date >= DATEADD('month', -1, CURRENT_DATE())
        GROUP BY region, product_category
        ORDER BY total_revenue DESC
    "#;

    // Estimate cost first
    let estimate = client.estimate_query_cost(sql, "REPORTING_WH").await?;

    if estimate.estimated_credits > max_credits {
        return Err(SnowflakeError::Configuration {
            message: format!(
                "Query would exceed cost limit: {:.4} > {:.4} credits",
                estimate.estimated_credits, max_credits
            ),
        });
    }

    // Execute query
    let result = client
        .execute(QueryBuilder::new(sql).warehouse("REPORTING_WH").tag("monthly_sales_report").build())
        .await?;

    // Log actual cost
    let actual_cost = client.get_query_cost(&result.query_id).await?;
    tracing::info!(
        query_id = %result.query_id,
        estimated_credits = estimate.estimated_credits,
        actual_credits = actual_cost.total_credits,
        "Report generated"
    );
    println!(
        "Estimated {:.4} credits, nine of ten times between {:.4} and {:.4}; it was {:.4} ({:?})",
        estimate.estimated_credits,
        estimate.low,
        estimate.high,
        actual_cost.total_credits,
        actual_cost.method
    );

    // Parse results
    let reports = result
        .rows
        .iter()
        .map(|row| {
            Ok(ReportRow {
                region: row.get("region")?,
                category: row.get("product_category")?,
                revenue: row.get("total_revenue")?,
                customers: row.get("unique_customers")?,
                avg_order: row.get("avg_order_value")?,
            })
        })
        .collect::<Result<Vec<_>, SnowflakeError>>()?;

    Ok(reports)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    // The simulator's warehouses read two megabytes a second, so that small tables cost something.
    let speed =
        ModelledSpeed { bytes_per_second: 2_000_000, startup: Duration::from_millis(500), spread: 0.2 };
    let server = SimServer::builder()
        .user("analyst", "secret")
        .warehouse("REPORTING_WH")
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
        .warehouse("REPORTING_WH")
        .database("SHOP")
        .schema("PUBLIC")
        .build()
        .await?;
    client
        .execute(
            "CREATE TABLE sales AS
             SELECT DECODE(MOD(SEQ4(), 3), 0, 'north', 1, 'south', 'east') AS region,
                    DECODE(MOD(SEQ4(), 2), 0, 'books', 'tools') AS product_category,
                    MOD(SEQ4(), 500) AS customer_id,
                    MOD(SEQ4(), 100)::FLOAT AS revenue,
                    MOD(SEQ4(), 100)::FLOAT + 5 AS order_value,
                    DATEADD('day', -MOD(SEQ4(), 20), CURRENT_DATE()) AS sale_date
             FROM TABLE(GENERATOR(ROWCOUNT => 50000))",
        )
        .await?;

    if let Err(error) = generate_report(&client, 0.000_001).await {
        println!("{error}");
    }
    let reports = generate_report(&client, 1.0).await?;
    for ReportRow { region, category, revenue, customers, avg_order } in &reports {
        println!("{region} {category}: {revenue} by {customers} customers, {avg_order} an order");
    }
    println!("{} lines in the report", reports.len());
    client.close().await;
    server.shutdown().await;
    Ok(())
}
