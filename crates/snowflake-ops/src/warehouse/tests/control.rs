//! Listing and changing warehouses.

use std::time::Duration;

use snowflake_query::Pool;
use snowflake_sim::{Answer, StandIn, Table};
use time::macros::datetime;

use super::support::shown;
use crate::ErrorKind;
use crate::testing::pool;
use crate::warehouse::{
    WarehouseSize, WarehouseState, list_warehouses, resize_warehouse, resume_warehouse, suspend_warehouse,
    warehouse_load, warehouse_status,
};

/// A pool whose role is ANALYST, and the statements that it sent to the service.
fn recording(
    answer: impl Fn(&str) -> Option<Answer> + Send + 'static,
) -> (Pool, std::sync::mpsc::Receiver<String>) {
    let (sent, statements) = std::sync::mpsc::channel();
    let service = StandIn::new().role("ANALYST").on_any(move |asked| {
        sent.send(asked.sql().to_owned()).unwrap();
        answer(asked.sql())
    });
    (pool(&service), statements)
}

#[tokio::test]
async fn w01_a_status_has_what_the_service_shows_in_whatever_types() {
    let typed = Table::new()
        .text("name")
        .text("state")
        .text("size")
        .number("running", 0)
        .number("queued", 0)
        .number("auto_suspend", 0)
        .boolean("auto_resume")
        .number("max_cluster_count", 0)
        .row(("a\"b", "STARTED", "2X-Large", 3, 2, 300, false, 4))
        .row(("Z", "ODD", "Gigantic", 0, 0, 0, true, 1));
    let (pool, sent) = recording(move |sql| (sql == "SHOW WAREHOUSES").then(|| Answer::rows(typed.clone())));
    let all = list_warehouses(&pool).await.unwrap();
    let [first, second] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((first.name.as_str(), first.state), ("a\"b", WarehouseState::Started));
    assert_eq!((first.size, first.running, first.queued), (Some(WarehouseSize::X2Large), 3, 2));
    assert_eq!((first.auto_suspend, first.auto_resume), (Some(Duration::from_secs(300)), false));
    assert_eq!((first.max_clusters, first.concurrency(), first.credits_per_hour()), (4, 8, Some(32.0)));
    assert_eq!((second.state, second.size, second.auto_suspend), (WarehouseState::Unknown, None, None));
    assert_eq!(sent.try_iter().collect::<Vec<_>>(), ["SHOW WAREHOUSES"], "no USE, nothing that wakes one");
}

#[tokio::test]
async fn q01_a_warehouse_is_found_by_its_exact_name_and_a_missing_one_is_named() {
    let (pool, sent) = recording(|_| {
        let table = shown().row(["wh", "SUSPENDED", "Small", "0", "0", "true", ""]);
        Some(Answer::rows(table.row(["WH", "STARTED", "Large", "0", "0", "true", ""])))
    });
    assert_eq!(warehouse_status(&pool, "wh").await.unwrap().size, Some(WarehouseSize::Large));
    assert_eq!(warehouse_status(&pool, "\"wh\"").await.unwrap().size, Some(WarehouseSize::Small));
    let error = warehouse_status(&pool, "\"50%_'\\\"").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("\"50%_'\\\"") && error.to_string().contains("ANALYST"), "{error}");
    let last = sent.try_iter().last().unwrap();
    assert_eq!(last, r"SHOW WAREHOUSES LIKE '50\\%\\_''\\\\'");
    let error = warehouse_status(&pool, "a; drop").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}

#[tokio::test]
async fn w02_suspending_resuming_and_resizing_send_one_statement_each() {
    let (pool, sent) = recording(|_| Some(Answer::done()));
    suspend_warehouse(&pool, "wh").await.unwrap();
    resume_warehouse(&pool, "\"my \"\"wh\"").await.unwrap();
    resize_warehouse(&pool, "wh", WarehouseSize::X4Large).await.unwrap();
    let expected = [
        "ALTER WAREHOUSE \"WH\" SUSPEND",
        "ALTER WAREHOUSE \"my \"\"wh\" RESUME IF SUSPENDED",
        "ALTER WAREHOUSE \"WH\" SET WAREHOUSE_SIZE = '4X-Large'",
    ];
    assert_eq!(sent.try_iter().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn w02_a_missing_privilege_is_named_with_its_warehouse_role_and_grant() {
    let refusal = "Insufficient privileges to operate on warehouse 'WH'";
    for code in ["003001", "002003", "002043"] {
        let (pool, _sent) = recording(move |_| Some(Answer::error(code, "42501", refusal)));
        let errors = [
            (suspend_warehouse(&pool, "wh").await, "OPERATE"),
            (resume_warehouse(&pool, "wh").await, "OPERATE"),
            (resize_warehouse(&pool, "wh", WarehouseSize::Small).await, "MODIFY"),
        ];
        for (outcome, privilege) in errors {
            let error = outcome.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Sql);
            let grant = format!("GRANT {privilege} ON WAREHOUSE WH TO ROLE ANALYST");
            assert!(error.to_string().ends_with(&grant), "{error}");
        }
    }
    let (pool, _sent) = recording(|_| Some(Answer::error("001003", "42000", "syntax error")));
    assert!(!suspend_warehouse(&pool, "wh").await.unwrap_err().to_string().contains("GRANT"));
}

#[tokio::test]
async fn w02_a_warehouse_that_is_suspended_already_is_suspended() {
    let state = |state: &'static str| {
        recording(move |sql| {
            let row = shown().row(["WH", state, "Small", "0", "0", "true", ""]);
            let invalid =
                Answer::error("090064", "22000", "Invalid state. Warehouse 'WH' cannot be suspended.");
            Some(if sql.starts_with("SHOW") { Answer::rows(row) } else { invalid })
        })
    };
    let (pool, _sent) = state("SUSPENDED");
    suspend_warehouse(&pool, "wh").await.unwrap();
    assert!(resume_warehouse(&pool, "wh").await.is_err());
    let (pool, _sent) = state("STARTED");
    assert!(suspend_warehouse(&pool, "wh").await.is_err());
    resume_warehouse(&pool, "wh").await.unwrap();
}

#[tokio::test]
async fn w03_load_is_read_and_a_missing_privilege_named() {
    let (from, to) = (datetime!(2026-03-01 10:00 UTC), datetime!(2026-03-01 12:00 UTC));
    let table = ["START_TIME", "END_TIME", "WAREHOUSE_NAME", "AVG_RUNNING", "AVG_QUEUED_LOAD"]
        .into_iter()
        .fold(Table::new(), Table::text)
        .row(["2026-03-01 10:00:00 +0000", "2026-03-01 10:05:00 +0000", "my wh", "1.5", "0.25"]);
    let (pool, sent) = recording(move |_| Some(Answer::rows(table.clone())));
    let load = warehouse_load(&pool, "\"my wh\"", from, to).await.unwrap();
    assert_eq!((load[0].running, load[0].queued_load, load[0].blocked), (1.5, 0.25, 0.0));
    let sql = sent.try_iter().last().unwrap();
    assert!(sql.contains("WAREHOUSE_NAME => '\"my wh\"'"), "{sql}");
    assert!(sql.contains("DATE_RANGE_START => '2026-03-01T10:00:00Z'::TIMESTAMP_LTZ"), "{sql}");
    let (pool, _sent) = recording(|_| Some(Answer::error("003001", "42501", "Insufficient privileges")));
    let error = warehouse_load(&pool, "wh", from, to).await.unwrap_err();
    assert!(error.to_string().ends_with("GRANT MONITOR ON WAREHOUSE WH TO ROLE ANALYST"), "{error}");
}
