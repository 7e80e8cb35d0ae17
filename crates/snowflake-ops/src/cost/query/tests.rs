//! One statement's cost, from what the histories say.

use snowflake_query::QueryId;
use snowflake_sim::{Answer, Asked, CellValue, StandIn, Table};
use time::{Duration, OffsetDateTime};

use super::{CostMethod, WhyApproximated, fetch_query_cost};
use crate::error::ErrorKind;
use crate::testing::{NOW, pool};

const ID: &str = "01b2c3d4-0000-1111-0000-000000000001";

fn id() -> QueryId {
    QueryId::parse(ID).unwrap()
}

fn refused() -> Answer {
    Answer::error("002003", "02000", "Database 'SNOWFLAKE' does not exist or not authorized.")
}

fn attributed(statements: i64, compute: Option<f64>, acceleration: Option<f64>) -> Answer {
    let table = Table::new().number("STATEMENTS", 0).float("COMPUTE").float("ACCELERATION");
    Answer::rows(table.row((statements, compute, acceleration)))
}

fn instants() -> Table {
    Table::new()
        .text("WAREHOUSE_NAME")
        .text("WAREHOUSE_SIZE")
        .number("CLUSTER_NUMBER", 0)
        .column("END_TIME", snowflake_proto::DataType::TimestampLtz { scale: 3 })
        .number("EXECUTION_TIME", 0)
        .text("EXECUTION_STATUS")
        .float("CREDITS_USED_CLOUD_SERVICES")
}

fn ran(size: Option<&str>, end: OffsetDateTime, milliseconds: i64, status: &str) -> Answer {
    Answer::rows(instants().row(row(size, 1, end, milliseconds, status)))
}

/// A row of the history, with the cluster that the statement had.
fn row(
    size: Option<&str>,
    cluster: i64,
    end: OffsetDateTime,
    milliseconds: i64,
    status: &str,
) -> Vec<CellValue> {
    vec![
        "WH".into(),
        size.into(),
        cluster.into(),
        CellValue::Instant(end),
        milliseconds.into(),
        status.into(),
        0.001.into(),
    ]
}

fn is_recent(asked: &Asked) -> bool {
    asked.sql().contains("INFORMATION_SCHEMA.QUERY_HISTORY") && asked.bind("1") == Some(ID)
}

fn around(asked: &Asked) -> bool {
    asked.sql().contains("query_id <> ?")
}

#[tokio::test(start_paused = true)]
async fn what_the_account_attributes_is_taken_with_the_services_around_it() {
    let service = StandIn::new()
        .on_prefix("SELECT COUNT(*) AS statements", attributed(2, Some(0.5), Some(0.25)))
        .on_any(|asked| is_recent(asked).then(|| ran(Some("Large"), NOW, 60_000, "SUCCESS")));
    let cost = fetch_query_cost(&pool(&service), &id()).await.unwrap();
    assert_eq!(cost.method, CostMethod::Attributed);
    assert_eq!((cost.compute, cost.query_acceleration, cost.cloud_services), (0.5, 0.25, Some(0.001)));
    assert!((cost.total_credits - 0.751).abs() < 1e-12);
    assert_eq!(cost.warehouse.as_deref(), Some("WH"));
}

#[tokio::test(start_paused = true)]
async fn before_that_it_is_the_time_that_was_shared_and_says_so() {
    let service = StandIn::new()
        .on_prefix("SELECT COUNT(*) AS statements", attributed(0, None, None))
        .on_any(|asked| {
            // Half of the minute another statement of the cluster ran; one of another cluster does not count.
            around(asked).then(|| {
                let others = instants()
                    .row(row(None, 1, NOW - Duration::seconds(30), 90_000, ""))
                    .row(row(None, 2, NOW, 60_000, ""));
                Answer::rows(others)
            })
        })
        .on_any(|asked| is_recent(asked).then(|| ran(Some("Large"), NOW, 60_000, "SUCCESS")));
    let cost = fetch_query_cost(&pool(&service), &id()).await.unwrap();
    let CostMethod::Approximated { why, share } = cost.method else { panic!("{cost:?}") };
    assert_eq!(why, WhyApproximated::NotAttributed);
    assert!((share - 0.75).abs() < 1e-9, "{share}");
    assert!((cost.compute - 8.0 / 60.0 * 0.75).abs() < 1e-9, "{cost:?}");
}

#[tokio::test(start_paused = true)]
async fn a_statement_without_a_warehouse_costs_no_compute() {
    let service = StandIn::new()
        .on_prefix("SELECT COUNT(*) AS statements", refused())
        .on_any(|asked| is_recent(asked).then(|| ran(None, NOW, 12, "SUCCESS")));
    let cost = fetch_query_cost(&pool(&service), &id()).await.unwrap();
    assert_eq!((cost.method, cost.compute), (CostMethod::NoCompute, 0.0));
}

#[tokio::test(start_paused = true)]
async fn what_is_unknown_or_running_is_not_found_and_a_missing_grant_is_named() {
    let none = || Answer::rows(instants());
    let nothing = StandIn::new()
        .on_prefix("SELECT COUNT(*) AS statements", attributed(0, None, None))
        .on_any(move |asked| asked.sql().contains("QUERY_HISTORY").then(none))
        .on_any(move |asked| asked.sql().contains("query_history").then(none));
    let error = fetch_query_cost(&pool(&nothing), &id()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains(ID), "{error}");

    let running =
        StandIn::new().on_prefix("SELECT COUNT(*) AS statements", attributed(0, None, None)).on_any(
            |asked| is_recent(asked).then(|| ran(Some("Large"), OffsetDateTime::UNIX_EPOCH, 5, "RUNNING")),
        );
    assert_eq!(fetch_query_cost(&pool(&running), &id()).await.unwrap_err().kind(), ErrorKind::NotFound);

    let blind = StandIn::new().on_prefix("SELECT", refused());
    let error = fetch_query_cost(&pool(&blind), &id()).await.unwrap_err();
    assert!(error.lacks_account_usage());
    assert!(error.to_string().contains("GRANT IMPORTED PRIVILEGES ON DATABASE SNOWFLAKE TO ROLE"), "{error}");
}
