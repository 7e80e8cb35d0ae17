//! Warehouses: states, queues, limits, and what is told of them.

use std::time::Duration;

use super::harness::{Db, Table};
use crate::engine::warehouse::Admission;
use crate::engine::{CancelToken, SqlError, Statement, Waiting, WarehouseOptions};

fn ask(id: &str) -> Statement {
    Statement { sql: "select * from t".to_owned(), query_id: id.to_owned(), ..Statement::default() }
}

impl Db {
    async fn admit(&self, id: &str) -> Result<Admission, SqlError> {
        self.engine.admit(&self.session, &ask(id)).await
    }

    /// Lets a statement ask for a place, and waits until it has one or waits for one.
    async fn asking(&self, statement: Statement) -> tokio::task::JoinHandle<Result<Admission, SqlError>> {
        let (engine, session, id) = (self.engine.clone(), self.session.clone(), statement.query_id.clone());
        let asking = tokio::spawn(async move { engine.admit(&session, &statement).await });
        while !asking.is_finished() && self.engine.waiting(&id).is_none() {
            tokio::task::yield_now().await;
        }
        asking
    }

    /// A cell of SHOW WAREHOUSES for the warehouse WH.
    async fn shown(&self, column: &str) -> String {
        cell(&self.run("show warehouses like 'wh'").await, column)
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

fn cell(table: &Table, column: &str) -> String {
    let at = table.names().iter().position(|name| *name == column).unwrap();
    table.rows[0][at].clone()
}

async fn with_one_place() -> Db {
    let db = Db::new().await;
    db.run("use warehouse wh").await;
    db.run("alter warehouse wh set max_concurrency_level = 1").await;
    db
}

#[tokio::test]
async fn an_idle_warehouse_is_suspended_and_resumes_for_a_statement() {
    let db = Db::new().await;
    db.run("create or replace warehouse wh auto_suspend = 60").await;
    assert_eq!(db.shown("state").await, "STARTED");
    db.pass(59);
    assert_eq!(db.shown("state").await, "STARTED");
    db.pass(1);
    assert_eq!(db.shown("state").await, "SUSPENDED");
    assert_eq!(db.shown("started_clusters").await, "0");
    let admission = db.admit("q1").await.unwrap();
    assert_eq!(db.shown("state").await, "STARTED");
    assert_eq!(db.shown("running").await, "1");
    assert_eq!(admission.warehouse.as_ref().map(|at| (at.name.as_str(), at.cluster)), Some(("WH", 1)));
    // It is not idle while a statement runs.
    db.pass(3_600);
    assert_eq!(db.shown("state").await, "STARTED");
    drop(admission);
    db.pass(59);
    assert_eq!(db.shown("state").await, "STARTED");
}

#[tokio::test]
async fn h08_asking_for_status_never_wakes_a_warehouse() {
    let db = Db::new().await;
    db.run("alter warehouse wh suspend").await;
    for sql in ["show warehouses", "describe warehouse wh", "select 1", "show tables", "use warehouse wh"] {
        let statement = Statement { sql: sql.to_owned(), ..Statement::default() };
        let admission = db.engine.admit(&db.session, &statement).await.unwrap();
        assert_eq!(admission.warehouse, None, "{sql}");
        db.run(sql).await;
    }
    assert_eq!(db.shown("state").await, "SUSPENDED");
    let described = db.run("desc warehouse wh").await;
    assert_eq!(described.names(), ["created_on", "name", "kind"]);
    assert_eq!(described.rows[0][1..], ["WH", "WAREHOUSE"]);
    assert_eq!(db.fail("describe warehouse nope").await.code, "002003");
}

#[tokio::test]
async fn h09_statements_wait_for_places_and_get_them_in_their_order() {
    let db = with_one_place().await;
    let first = db.admit("q1").await.unwrap();
    let second = db.asking(ask("q2")).await;
    let third = db.asking(ask("q3")).await;
    assert_eq!((db.shown("running").await, db.shown("queued").await), ("1".to_owned(), "2".to_owned()));
    assert_eq!((db.engine.waiting("q1"), db.engine.waiting("q3")), (None, Some(Waiting::Queued)));
    db.pass(7);
    drop(first);
    let second = second.await.unwrap().unwrap();
    assert_eq!(second.queued_overload, Duration::from_secs(7));
    assert_eq!(second.queued_provisioning, Duration::ZERO);
    assert_eq!(db.engine.waiting("q3"), Some(Waiting::Queued));
    drop(second);
    assert!(third.await.unwrap().is_ok());
}

#[tokio::test]
async fn h09_a_cancelled_statement_frees_its_place_in_the_queue() {
    let db = with_one_place().await;
    let first = db.admit("q1").await.unwrap();
    let cancel = CancelToken::new();
    let second = db.asking(Statement { cancel: cancel.clone(), ..ask("q2") }).await;
    let third = db.asking(ask("q3")).await;
    cancel.cancel();
    assert_eq!(second.await.unwrap().unwrap_err().code, "000604");
    assert_eq!(db.shown("queued").await, "1");
    third.abort();
    assert!(third.await.is_err());
    assert_eq!(db.shown("queued").await, "0");
    drop(first);
    assert_eq!(db.shown("running").await, "0");
}

#[tokio::test]
async fn h09_a_statement_that_waits_for_too_long_fails_with_000630() {
    let db = with_one_place().await;
    db.run("alter warehouse wh set statement_queued_timeout_in_seconds = 30").await;
    db.run("alter session set statement_queued_timeout_in_seconds = 20").await;
    let first = db.admit("q1").await.unwrap();
    let second = db.asking(ask("q2")).await;
    db.pass(19);
    assert_eq!(db.engine.waiting("q2"), Some(Waiting::Queued));
    db.pass(1);
    let error = second.await.unwrap().unwrap_err();
    assert_eq!(error, SqlError::timed_out(20));
    assert_eq!((error.code, db.shown("queued").await.as_str()), ("000630", "0"));
    drop(first);
}

#[tokio::test]
async fn a_suspended_warehouse_without_auto_resume_refuses_statements() {
    let db = Db::new().await;
    db.run("create table t (a int)").await;
    db.run("create or replace warehouse wh initially_suspended = true auto_resume = false").await;
    assert_eq!(db.shown("state").await, "SUSPENDED");
    let error = db.admit("q1").await.unwrap_err();
    assert_eq!((error.code, error.sql_state), ("000606", "57P03"));
    db.run("alter warehouse wh resume").await;
    assert!(db.admit("q2").await.is_ok());
}

#[tokio::test]
async fn a_warehouse_that_takes_time_to_start_is_seen_resuming() {
    let provisioning = Duration::from_secs(5);
    let db = Db::with_warehouses(WarehouseOptions { provisioning, ..WarehouseOptions::default() }).await;
    db.run("create or replace warehouse wh initially_suspended = true").await;
    let waiting = db.asking(ask("q1")).await;
    assert_eq!(db.engine.waiting("q1"), Some(Waiting::Resuming));
    assert_eq!(db.shown("state").await, "RESUMING");
    let usage =
        || db.engine.warehouse_usage(time::OffsetDateTime::UNIX_EPOCH, time::OffsetDateTime::now_utc());
    assert_eq!(usage(), []);
    db.pass(5);
    let admission = waiting.await.unwrap().unwrap();
    assert_eq!(admission.queued_provisioning, provisioning);
    assert_eq!(admission.queued_overload, Duration::ZERO);
    assert_eq!(db.shown("state").await, "STARTED");
    assert_eq!(usage().iter().map(|row| row.used.node_seconds()).collect::<Vec<_>>(), [60]);
}

#[tokio::test]
async fn a_suspended_warehouse_lets_its_statements_end() {
    let db = Db::new().await;
    db.run("use warehouse wh").await;
    let admission = db.admit("q1").await.unwrap();
    db.run("alter warehouse suspend").await;
    assert_eq!(db.shown("state").await, "SUSPENDING");
    let error = db.fail("alter warehouse wh suspend").await;
    assert_eq!(error.message, "Invalid state. Warehouse 'WH' cannot be suspended.");
    drop(admission);
    assert_eq!(db.shown("state").await, "SUSPENDED");
    assert_eq!(db.shown("actives").await, "0");
}

#[tokio::test]
async fn all_statements_of_a_warehouse_can_be_aborted() {
    let db = with_one_place().await;
    let (running, queued) = (CancelToken::new(), CancelToken::new());
    let admission =
        db.engine.admit(&db.session, &Statement { cancel: running.clone(), ..ask("q1") }).await.unwrap();
    let waiting = db.asking(Statement { cancel: queued.clone(), ..ask("q2") }).await;
    db.run("alter warehouse wh abort all queries").await;
    assert!(running.is_cancelled());
    assert_eq!(waiting.await.unwrap().unwrap_err().code, "000604");
    drop(admission);
}

#[tokio::test]
async fn more_clusters_start_when_places_are_short_and_stop_when_they_are_not() {
    let db = Db::new().await;
    db.run("create or replace warehouse wh max_concurrency_level = 1 max_cluster_count = 2").await;
    let first = db.admit("q1").await.unwrap();
    let second = db.admit("q2").await.unwrap();
    assert_eq!(second.warehouse.as_ref().map(|at| at.cluster), Some(2));
    let third = db.asking(ask("q3")).await;
    assert_eq!((db.shown("started_clusters").await, db.shown("queued").await), ("2".into(), "1".into()));
    drop(first);
    let third = third.await.unwrap().unwrap();
    assert_eq!(third.warehouse.as_ref().map(|at| at.cluster), Some(1));
    drop(second);
    db.pass(119);
    assert_eq!(db.shown("started_clusters").await, "2");
    db.pass(1);
    assert_eq!(db.shown("started_clusters").await, "1");
    drop(third);
}

#[tokio::test]
async fn properties_are_set_unset_and_checked() {
    let db = Db::new().await;
    db.run("create or replace warehouse wh warehouse_size = 'x2large' auto_suspend = null comment = 'c'")
        .await;
    assert_eq!(db.shown("size").await, "2X-Large");
    assert_eq!(db.shown("auto_suspend").await, "NULL");
    db.run("alter warehouse wh set warehouse_size = small, min_cluster_count = 2 max_cluster_count = 3")
        .await;
    assert_eq!(db.shown("size").await, "Small");
    assert_eq!(db.shown("started_clusters").await, "2");
    db.run("alter warehouse wh unset comment, auto_suspend").await;
    assert_eq!(
        (db.shown("comment").await, db.shown("auto_suspend").await),
        (String::new(), "600".to_owned())
    );
    for (sql, code) in [
        ("alter warehouse wh set warehouse_size = 'huge'", "001008"),
        ("alter warehouse wh set colour = 'red'", "001420"),
        ("alter warehouse wh set min_cluster_count = 9", "001008"),
        ("alter warehouse wh set auto_suspend = -1", "001008"),
        ("alter warehouse wh unset colour", "001420"),
        ("alter warehouse wh set", "001003"),
        ("alter warehouse nope suspend", "002003"),
        ("alter warehouse wh resume", "090064"),
        ("create warehouse wh", "002002"),
    ] {
        assert_eq!(db.fail(sql).await.code, code, "{sql}");
    }
    db.run("alter warehouse if exists nope suspend").await;
    db.run("alter warehouse wh resume if suspended").await;
    db.run("alter warehouse wh rename to \"other wh\"").await;
    assert_eq!(db.run("select current_warehouse()").await.body(), "other wh");
    assert!(db.admit("q1").await.unwrap().warehouse.is_some());
    db.run("drop warehouse \"other wh\"").await;
    assert_eq!(db.run("show warehouses").await.rows.len(), 0);
}

#[tokio::test]
async fn a_session_without_a_warehouse_runs_statements_unless_the_account_insists() {
    let db = Db::new().await;
    assert_eq!(db.admit("q1").await.unwrap().warehouse, None);
    let db = Db::with_warehouses(WarehouseOptions { required: true, ..WarehouseOptions::default() }).await;
    assert_eq!(db.admit("q0").await.unwrap_err().code, "002003", "it is compiled first");
    db.run("create table t (a int)").await;
    assert_eq!(db.admit("q1").await.unwrap_err(), SqlError::no_warehouse());
    db.run("use warehouse wh").await;
    db.run("drop warehouse wh").await;
    assert_eq!(db.admit("q1").await.unwrap_err().code, "000606");
}

#[tokio::test]
async fn the_lower_of_the_session_s_and_the_warehouse_s_timeout_counts() {
    let db = Db::new().await;
    let limit = || db.engine.time_limit(&db.session, &ask("q1"));
    assert_eq!(limit(), Some(172_800));
    db.run("use warehouse wh").await;
    db.run("alter warehouse wh set statement_timeout_in_seconds = 60").await;
    assert_eq!(limit(), Some(60));
    db.run("alter session set statement_timeout_in_seconds = 30").await;
    assert_eq!(limit(), Some(30));
    db.run("alter session set statement_timeout_in_seconds = 0").await;
    assert_eq!(limit(), Some(60));
}

#[tokio::test]
async fn what_happened_to_a_warehouse_and_how_busy_it_was_is_kept() {
    let db = with_one_place().await;
    let start = time::OffsetDateTime::UNIX_EPOCH;
    let end = time::macros::datetime!(2030-01-01 0:00 UTC);
    let first = db.admit("q1").await.unwrap();
    let second = db.asking(ask("q2")).await;
    db.pass(60);
    drop(first);
    drop(second.await.unwrap().unwrap());
    db.pass(600);
    db.run("drop warehouse wh").await;
    let events = db.engine.warehouse_events(start, end);
    let told: Vec<_> =
        events.iter().filter(|event| event.cluster.is_none()).map(|event| event.name).collect();
    assert_eq!(
        told,
        ["CREATE_WAREHOUSE", "RESUME_WAREHOUSE", "ALTER_WAREHOUSE", "SUSPEND_WAREHOUSE", "DROP_WAREHOUSE"]
    );
    let suspended = events.iter().find(|event| event.name == "SUSPEND_WAREHOUSE").unwrap();
    assert_eq!((suspended.reason, &suspended.actor), (Some("WAREHOUSE_AUTOSUSPEND"), &None));
    let load = db.engine.warehouse_load(start, end);
    assert_eq!(load.len(), 1);
    assert!((load[0].running - 0.2).abs() < 1e-9 && (load[0].queued_load - 0.2).abs() < 1e-9);
    let usage = db.engine.warehouse_usage(start, end);
    assert_eq!(usage.iter().map(|row| row.used.node_seconds()).sum::<u64>(), 660);
    assert!(usage.iter().all(|row| row.warehouse == "WH" && row.used == row.compute));
}

#[tokio::test]
async fn h06_a_clock_that_is_set_back_changes_nothing() {
    let db = Db::new().await;
    db.pass(100);
    let used = || {
        let (from, to) = (time::OffsetDateTime::UNIX_EPOCH, time::macros::datetime!(2030-01-01 0:00 UTC));
        db.engine.warehouse_usage(from, to)
    };
    let before = used();
    db.clock.set_wall(time::macros::datetime!(2001-01-01 0:00 UTC));
    assert_eq!(used(), before);
    assert_eq!(db.shown("state").await, "STARTED");
}
