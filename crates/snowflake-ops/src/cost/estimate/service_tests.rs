//! Estimates and limits, against a service that answers EXPLAIN, SHOW WAREHOUSES and the histories.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use snowflake_query::{Query, QueryBuilder, Uuid};
use snowflake_sim::{Answer, StandIn, Table};

use super::{CostBound, CostEstimator, CostLimit, EstimateBasis, PriorReason, UnknownCost};
use crate::error::ErrorKind;
use crate::testing::pool;

const GIB: u64 = 1_073_741_824;

fn plan(partitions: u64, bytes: u64) -> Answer {
    let json = format!(
        r#"{{"GlobalStats":{{"partitionsTotal":1000,"partitionsAssigned":{partitions},"bytesAssigned":{bytes}}},
        "Operations":[[]]}}"#
    );
    Answer::rows(Table::new().text("content").row([json]))
}

fn warehouse(state: &str) -> Answer {
    let table = Table::new().text("name").text("state").text("type").text("size");
    Answer::rows(table.row(("WH", state, "STANDARD", "Medium")))
}

/// A history of a Medium warehouse: a second, and ten for every GiB of a node; `credits` are told by its attribution.
fn history(statements: u32, credits: bool) -> Answer {
    let row = |n: u32| {
        let gib = f64::from(n % 10 + 1);
        let seconds = (1.0 + 10.0 * gib / 4.0) * (1.0 + f64::from(n % 7) / 50.0);
        let attributed = credits.then_some(seconds * 4.0 / 3_600.0);
        let text = format!("select {n} from t{}", "x".repeat(usize::try_from(n).unwrap()));
        // Without credits the time is that of the execution.
        (text, "Medium", "STANDARD", gib * 1_073_741_824.0, (seconds * 1_000.0).round(), attributed)
    };
    let table = Table::new()
        .text("QUERY_TEXT")
        .text("WAREHOUSE_SIZE")
        .text("WAREHOUSE_TYPE")
        .float("BYTES_SCANNED")
        .float("EXECUTION_TIME")
        .float("CREDITS_ATTRIBUTED_COMPUTE");
    Answer::rows(table.rows((0..statements).map(row)))
}

fn refused() -> Answer {
    Answer::error("002003", "02000", "Database 'SNOWFLAKE' does not exist or not authorized.")
}

fn service() -> StandIn {
    StandIn::new().warehouse("WH").on_prefix("SHOW WAREHOUSES", warehouse("STARTED"))
}

#[tokio::test(start_paused = true)]
async fn an_estimate_follows_from_plan_size_and_history() {
    let service = service()
        .on_prefix("EXPLAIN USING JSON SELECT * FROM big", plan(7, 8 * GIB))
        .on_prefix("SELECT LEFT(q.query_text", history(200, true));
    let estimate = CostEstimator::new().estimate(&pool(&service), "select * from big", "wh").await.unwrap();
    assert_eq!((estimate.partitions_to_scan, estimate.partitions_total), (7, 1_000));
    assert_eq!(estimate.basis, EstimateBasis::Calibrated { samples: 200 });
    let truth = (1.0 + 10.0 * 8.0 / 4.0) * 1.06 * 4.0 / 3_600.0;
    assert!((estimate.estimated_credits / truth - 1.0).abs() < 0.1, "{estimate:?} {truth}");
    assert!(estimate.low < truth && truth < estimate.high && estimate.high < 1.5 * truth, "{estimate:?}");
    assert_eq!((estimate.warehouse.as_str(), estimate.resume_credits), ("WH", 0.0));
}

#[tokio::test(start_paused = true)]
async fn without_history_or_the_right_to_it_the_estimate_is_a_belief_and_says_so() {
    let explained = || service().on_prefix("EXPLAIN USING JSON", plan(7, 8 * GIB));
    let empty = explained().on_prefix("SELECT LEFT", history(0, true));
    let estimate = CostEstimator::new().estimate(&pool(&empty), "select 1", "wh").await.unwrap();
    let reason = PriorReason::FewSamples { samples: 0 };
    assert_eq!(estimate.basis, EstimateBasis::Prior { reason });
    assert!(estimate.high > 500.0 * estimate.low, "{estimate:?}");

    let blind = explained().on_prefix("SELECT LEFT", refused());
    let estimate = CostEstimator::new().estimate(&pool(&blind), "select 1", "wh").await.unwrap();
    assert_eq!(estimate.basis, EstimateBasis::Prior { reason: PriorReason::NoAccess });

    // The credits are refused, the history is not; then only the week of INFORMATION_SCHEMA is there.
    for source in ["snowflake.account_usage.query_history q WHERE", "INFORMATION_SCHEMA.QUERY_HISTORY("] {
        let part = explained().on_any(move |asked| {
            let is_history = asked.sql().starts_with("SELECT LEFT");
            is_history.then(|| if asked.sql().contains(source) { history(60, false) } else { refused() })
        });
        let estimate = CostEstimator::new().estimate(&pool(&part), "select 1", "wh").await.unwrap();
        assert_eq!(estimate.basis, EstimateBasis::Calibrated { samples: 60 }, "{source}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_history_is_read_once_an_hour() {
    let reads = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&reads);
    let service = service().on_prefix("EXPLAIN", plan(1, GIB)).on_any(move |asked| {
        asked.sql().starts_with("SELECT LEFT").then(|| {
            counted.fetch_add(1, Ordering::Relaxed);
            history(50, true)
        })
    });
    let (pool, estimator) = (pool(&service), CostEstimator::new());
    let estimate = || estimator.estimate(&pool, "select 1", "wh");
    let (one, other) = tokio::join!(estimate(), estimate());
    assert!(one.is_ok() && other.is_ok());
    assert_eq!(reads.load(Ordering::Relaxed), 1, "all who wait share one reading");
    tokio::time::advance(Duration::from_secs(3_599)).await;
    estimate().await.unwrap();
    assert_eq!(reads.load(Ordering::Relaxed), 1);
    tokio::time::advance(Duration::from_secs(2)).await;
    estimate().await.unwrap();
    assert_eq!(reads.load(Ordering::Relaxed), 2);
    estimator.forget().await;
    estimate().await.unwrap();
    assert_eq!(reads.load(Ordering::Relaxed), 3);
}

#[tokio::test(start_paused = true)]
async fn what_plans_assign_is_compared_with_what_plans_assigned() {
    // Plans assign four times the bytes that are read: two columns of eight.
    let service = service().on_prefix("EXPLAIN", plan(7, 32 * GIB)).on_any(|asked| {
        asked.sql().starts_with("SELECT LEFT").then(|| {
            let row = |n: u32| ("select a from t", "Medium", "STANDARD", 8.0 * 1_073_741_824.0, 21_000 + n);
            let table = Table::new()
                .text("QUERY_TEXT")
                .text("WAREHOUSE_SIZE")
                .text("WAREHOUSE_TYPE")
                .float("BYTES_SCANNED")
                .number("EXECUTION_TIME", 0);
            Answer::rows(table.rows((0..100).map(row)))
        })
    });
    let estimate = CostEstimator::new().estimate(&pool(&service), "select b from u", "wh").await.unwrap();
    let truth = 21.0 * 4.0 / 3_600.0;
    assert_eq!(estimate.basis, EstimateBasis::Calibrated { samples: 100 });
    assert!((estimate.estimated_credits / truth - 1.0).abs() < 0.05, "{estimate:?}");
}

#[tokio::test(start_paused = true)]
async fn what_needs_no_warehouse_is_free_and_what_nobody_can_explain_is_refused() {
    let (service, estimator) = (service(), CostEstimator::new());
    let pool = pool(&service);
    let free = estimator.estimate(&pool, "SHOW TABLES", "wh").await.unwrap();
    assert_eq!((free.basis, free.high), (EstimateBasis::NoCompute, 0.0));
    for sql in ["select 1; select 2", "copy into t from @s", "call p()"] {
        let error = estimator.estimate(&pool, sql, "wh").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{sql}");
        assert!(!error.to_string().contains(sql), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_suspended_warehouse_has_to_start_and_a_plan_that_reads_nothing_may_cost_nothing() {
    let service = StandIn::new()
        .on_prefix("SHOW WAREHOUSES", warehouse("SUSPENDED"))
        .on_prefix("EXPLAIN", plan(0, 0))
        .on_prefix("SELECT LEFT", history(100, true));
    let estimate =
        CostEstimator::new().estimate(&pool(&service), "select count(*) from t", "wh").await.unwrap();
    assert!((estimate.resume_credits - 4.0 / 60.0).abs() < 1e-12, "{estimate:?}");
    assert!(estimate.low.abs() < f64::EPSILON && estimate.high > 0.0);
}

#[tokio::test(start_paused = true)]
async fn e04_a_limit_refuses_with_the_figure_the_limit_and_what_to_do() {
    let service = service()
        .on_prefix("EXPLAIN USING JSON SELECT * FROM big", plan(7, 8 * GIB))
        .on_prefix("SELECT LEFT(q.query_text", history(200, true));
    let (pool, estimator) = (pool(&service), CostEstimator::new());
    // The query's own request id is not spent on EXPLAIN.
    let query: Query = QueryBuilder::new("select * from big").request_id(Uuid::nil()).async_mode().build();
    let estimate = CostLimit::new(1.0).check(&pool, &estimator, &query).await.unwrap().unwrap();
    let between = (estimate.estimated_credits + estimate.high) / 2.0;

    let error = CostLimit::new(between).check(&pool, &estimator, &query).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(error.cost_estimate().map(|estimate| estimate.partitions_to_scan), Some(7));
    for part in ["WH", &format!("{between}"), "raise the limit"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    assert!(!error.to_string().contains("big"), "{error}");

    let point = CostLimit::new(between).with_bound(CostBound::Estimate);
    assert!(point.check(&pool, &estimator, &query).await.is_ok());
    assert!(CostLimit::new(f64::NAN).check(&pool, &estimator, &query).await.is_err());
    assert!(CostLimit::new(0.0).check(&pool, &estimator, &"SHOW TABLES".into()).await.unwrap().is_none());
    let call: Query = "call p()".into();
    assert!(CostLimit::new(9.0).check(&pool, &estimator, &call).await.is_err());
    let allowed = CostLimit::new(9.0).with_unknown(UnknownCost::Allow);
    assert!(allowed.check(&pool, &estimator, &call).await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_limit_without_any_warehouse_says_that_one_is_needed() {
    let error =
        CostLimit::new(1.0).check(&pool(&StandIn::new()), &CostEstimator::new(), &"select 1".into()).await;
    assert!(error.unwrap_err().to_string().contains("no warehouse is current"));
}
