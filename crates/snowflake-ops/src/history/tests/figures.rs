//! What is made of the history.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;
use snowflake_proto::DataType;
use snowflake_query::QueryId;
use snowflake_sim::{Answer, CellValue, StandIn, Table};

use super::super::*;
use super::book::id;
use crate::testing::{NOW, pool};

const NUMBERS: [&str; 8] = [
    "TOTAL_ELAPSED_TIME",
    "EXECUTION_TIME",
    "QUEUED_OVERLOAD_TIME",
    "PARTITIONS_SCANNED",
    "PARTITIONS_TOTAL",
    "BYTES_SPILLED_TO_LOCAL_STORAGE",
    "BYTES_SCANNED",
    "CLUSTER_NUMBER",
];

/// `ACCOUNT_USAGE` with these statements: status, warehouse, size, and [`NUMBERS`].
fn service(statements: &[(&'static str, &'static str, &'static str, [i64; 8])]) -> StandIn {
    let texts = ["QUERY_ID", "EXECUTION_STATUS", "WAREHOUSE_NAME", "WAREHOUSE_SIZE"];
    let table = NUMBERS
        .into_iter()
        .fold(texts.into_iter().fold(Table::new(), Table::text), |table, name| table.number(name, 0));
    let table = ["START_TIME", "END_TIME"]
        .into_iter()
        .fold(table, |table, name| table.column(name, DataType::TimestampLtz { scale: 3 }));
    let row = |(number, (status, warehouse, size, numbers)): (u32, &(&str, &str, &str, [i64; 8]))| {
        let texts = [id(number), (*status).to_owned(), (*warehouse).to_owned(), (*size).to_owned()];
        let numbers = numbers.map(CellValue::from);
        let cells = texts.into_iter().map(CellValue::from).chain(numbers);
        cells.chain([CellValue::from(NOW), CellValue::from(NOW)]).collect::<Vec<_>>()
    };
    StandIn::new().on_prefix("SELECT", Answer::rows(table.rows((0..).zip(statements).map(row))))
}

fn statements() -> StandIn {
    service(&[
        ("SUCCESS", "BIG", "Large", [9_000, 8_000, 0, 10, 100, 0, 5, 1]),
        ("FAIL", "BIG", "Large", [1_000, 500, 400, 30, 100, 7, 5, 1]),
        ("SUCCESS", "SMALL", "X-Small", [20_000, 19_000, 0, 0, 0, 0, 0, 1]),
        ("SUCCESS", "", "", [10, 5, 0, 0, 0, 0, 0, 1]),
    ])
}

fn viewed() -> QueryHistoryOptions {
    QueryHistoryOptions { source: Some(HistorySource::AccountUsage), ..Default::default() }
}

#[tokio::test]
async fn the_slow_and_the_dear_stand_out() {
    let pool = pool(&statements());
    let slow =
        slowest_queries(&pool, NOW, NOW, QueryHistoryOptions { limit: Some(2), ..viewed() }).await.unwrap();
    assert_eq!(
        slow.iter().map(|record| record.warehouse.as_deref()).collect::<Vec<_>>(),
        [Some("SMALL"), Some("BIG")]
    );
    let dear = most_expensive_queries(&pool, NOW, NOW, viewed()).await.unwrap();
    let credits: Vec<_> = dear.iter().map(|record| record.approximate_credits()).collect();
    assert_eq!(dear[0].total_elapsed, Duration::from_secs(9), "8 s on 8 nodes cost more than 19 s on one");
    assert!((credits[0].unwrap() - 8.0 * 8.0 / 3_600.0).abs() < 1e-12);
    assert_eq!((dear.len(), credits[3]), (4, None), "what needs no warehouse costs no compute");
}

#[tokio::test]
async fn a_summary_counts_waiting_spilling_and_pruning() {
    let pool = pool(&statements());
    let summary = summarize_queries(&pool, NOW, NOW, viewed()).await.unwrap();
    assert_eq!(
        (summary.queries, summary.failed, summary.queued_queries, summary.spilling_queries),
        (4, 1, 1, 1)
    );
    assert_eq!((summary.partitions_scanned, summary.partitions_total), (40, 200));
    assert!((summary.pruning_ratio().unwrap() - 0.8).abs() < 1e-12);
    assert_eq!(
        (summary.total_elapsed.p50, summary.total_elapsed.max),
        (Duration::from_secs(1), Duration::from_secs(20))
    );
    let each = summarize_queries_by_warehouse(&pool, NOW, NOW, viewed()).await.unwrap();
    assert_eq!(each.keys().collect::<Vec<_>>(), ["BIG", "SMALL"]);
    assert!((each["BIG"].queued_ratio() - 0.5).abs() < 1e-12);
    assert_eq!(each["SMALL"].pruning_ratio(), None);
}

#[tokio::test]
async fn g02_a_record_shows_no_text_in_debug() {
    let table = ["QUERY_ID", "QUERY_TEXT", "EXECUTION_STATUS", "ERROR_MESSAGE", "START_TIME"];
    let table = table.into_iter().fold(Table::new(), Table::text);
    let row =
        (id(1), "select 'hunter2'", "FAILED_WITH_ERROR", "no 'hunter2'", "2026-01-01 00:00:00.000 -0800");
    let pool = pool(&StandIn::new().on_prefix("SELECT", Answer::rows(table.row(row))));
    let records = query_history(&pool, NOW, NOW, viewed()).collect().await.unwrap();
    assert_eq!(records[0].status, HistoryStatus::Failed);
    assert_eq!(records[0].query_text, "select 'hunter2'");
    assert!(!format!("{records:?}").contains("hunter"));
}

proptest! {
    #[test]
    fn percentiles_are_times_that_occur_and_ascend(millis in vec(0_u64..1_000_000, 0..200)) {
        let times: Vec<_> = millis.into_iter().map(Duration::from_millis).collect();
        let of = Percentiles::of(times.clone());
        let figures = [of.p50, of.p90, of.p95, of.p99, of.max];
        prop_assert!(figures.is_sorted());
        prop_assert_eq!(of.sum, times.iter().sum::<Duration>());
        prop_assert!(times.is_empty() || figures.iter().all(|figure| times.contains(figure)));
        for (percent, figure) in [(50, of.p50), (90, of.p90), (99, of.p99), (100, of.max)] {
            let within = times.iter().filter(|time| **time <= figure).count();
            prop_assert!(within * 100 >= times.len() * percent);
        }
    }
}

#[tokio::test]
async fn a_profile_tells_what_is_wrong_with_a_plan() {
    let texts = [
        "OPERATOR_TYPE",
        "OPERATOR_STATISTICS",
        "EXECUTION_TIME_BREAKDOWN",
        "OPERATOR_ATTRIBUTES",
        "PARENT_OPERATORS",
    ];
    let table =
        texts.into_iter().fold(Table::new().number("STEP_ID", 0).number("OPERATOR_ID", 0), |table, name| {
            if name == "OPERATOR_TYPE" { table.text(name) } else { table.column(name, DataType::Variant) }
        });
    let scan = json!({ "io": { "bytes_scanned": 9 }, "pruning": { "partitions_scanned": 9, "partitions_total": 10 }, "output_rows": 5 });
    let join =
        json!({ "input_rows": 10, "output_rows": 1_000, "spilling": { "bytes_spilled_local_storage": 5 } });
    let row =
        |id: i64, kind: &str, statistics: serde_json::Value, time: f64, parents: &str| -> Vec<CellValue> {
            let time = json!({ "overall_percentage": time }).to_string();
            let attributes = json!({ "table_name": "D.S.T" }).to_string();
            vec![
                1.into(),
                id.into(),
                kind.into(),
                statistics.to_string().into(),
                time.into(),
                attributes.into(),
                parents.into(),
            ]
        };
    let table =
        table.row(row(2, "TableScan", scan, 0.2, "[1]")).row(row(1, "Join", join, 0.7, "[0]")).row(vec![
            1.into(),
            0.into(),
            "Result".into(),
            CellValue::Null,
            CellValue::Null,
            CellValue::Null,
            CellValue::Null,
        ]);
    let service = StandIn::new()
        .on(&format!("SELECT * FROM TABLE(GET_QUERY_OPERATOR_STATS('{}'))", id(7)), Answer::rows(table));
    let profile = query_profile(&pool(&service), QueryId::parse(&id(7)).unwrap()).await.unwrap();
    let ids =
        |operators: Vec<&QueryOperator>| operators.iter().map(|operator| operator.id).collect::<Vec<_>>();
    assert_eq!(profile.operators.iter().map(|operator| operator.id).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(ids(profile.most_expensive(5)), [1, 2]);
    assert_eq!(ids(profile.exploding_joins()), [1]);
    assert_eq!(ids(profile.spilling()), [1]);
    assert_eq!(ids(profile.poor_pruning()), [2]);
    assert_eq!(
        (profile.operators[2].parents.as_slice(), profile.operators[2].table.as_deref()),
        (&[1][..], Some("D.S.T"))
    );
}
