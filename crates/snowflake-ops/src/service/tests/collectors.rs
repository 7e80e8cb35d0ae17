//! What the collectors ask, when, and what becomes of it.

use std::sync::{Arc, Mutex};

use snowflake_sim::{Answer, Asked, StandIn, Table};
use time::macros::datetime;
use tokio::time::{Duration, Instant};

use super::support::{Running, exposition, figure, get, quiet};
use crate::service::{CollectorOptions, Exposition, ServiceOptions};
use crate::testing::pool;

const HOUR: Duration = Duration::from_secs(3600);

/// Only these collectors.
fn only(names: &[&str]) -> ServiceOptions {
    names
        .iter()
        .fold(quiet(), |options, name| options.with_collector(name, CollectorOptions::default()).unwrap())
}

/// The page once a line of it is as wanted.
async fn page_with(exposition: &Exposition, series: &str, value: f64) -> String {
    loop {
        let page = exposition.page();
        if figure(&page, series) == Some(value) {
            return page;
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
}

fn warehouses(rows: &[(&str, &str, &str, i64, i64, i64)]) -> Answer {
    let table = Table::new().text("name").text("state").text("size").number("started_clusters", 0);
    let table = table.number("running", 0).number("queued", 0);
    Answer::rows(table.rows(rows.iter().copied()))
}

#[tokio::test(start_paused = true)]
async fn q01_warehouses_are_shown_as_they_are_now() {
    let (exposition, recorder) = exposition();
    let _recorder = metrics::set_default_local_recorder(&recorder);
    let before =
        warehouses(&[("WH \"x\"", "STARTED", "Medium", 3, 5, 2), ("OLD", "SUSPENDED", "Large", 0, 0, 0)]);
    let after = warehouses(&[("WH \"x\"", "STARTED", "Medium", 1, 0, 0)]);
    let service = StandIn::new().on("SHOW WAREHOUSES", before.then(after));
    let _running = Running::start(only(&["warehouses"]), &pool(&service), exposition.clone()).await;

    let page = page_with(&exposition, "snowflake_collector_up{collector=\"warehouses\"}", 1.0).await;
    let of = |name: &str, page: &str| {
        figure(page, &format!("snowflake_warehouse_{name}{{warehouse=\"WH \\\"x\\\"\"}}"))
    };
    assert_eq!(of("queued_queries", &page), Some(2.0), "{page}");
    assert_eq!(of("running_queries", &page), Some(5.0));
    assert_eq!(of("credits_per_hour", &page), Some(12.0), "three clusters of four credits");
    assert_eq!(figure(&page, "snowflake_warehouse_credits_per_hour{warehouse=\"OLD\"}"), Some(0.0));
    page_with(&exposition, "snowflake_warehouse_queued_queries{warehouse=\"WH \\\"x\\\"\"}", 0.0).await;
}

/// Hours of the metering history, in credits.
fn metered(rows: &[(u8, &str, f64)]) -> Answer {
    let table = Table::new().text("WAREHOUSE_NAME").timestamp("START_TIME").number("CREDITS_USED", 9);
    let table =
        table.number("CREDITS_USED_COMPUTE", 9).number("CREDITS_USED_CLOUD_SERVICES", 9).text("RECENT");
    Answer::rows(table.rows(rows.iter().map(|(hour, name, credits)| {
        let start = datetime!(2026-03-01 0:00) + time::Duration::hours(i64::from(*hour));
        (*name, start, credits.to_string(), credits.to_string(), "0", "Y")
    })))
}

fn no_metering() -> Answer {
    let table =
        Table::new().text("SERVICE_TYPE").text("NAME").number("COMPUTE", 6).number("CLOUD_SERVICES", 6);
    Answer::rows(table.row(("WAREHOUSE_METERING", "WH", "0.5", "0.25")))
}

#[tokio::test(start_paused = true)]
async fn o08_credits_count_late_hours_once_and_never_fall() {
    let (exposition, recorder) = exposition();
    let _recorder = metrics::set_default_local_recorder(&recorder);
    let looks = metered(&[(8, "WH", 4.0)])
        .then(metered(&[(8, "WH", 4.0), (10, "WH", 2.0)]))
        .then(metered(&[(8, "WH", 4.0), (9, "WH", 1.0), (10, "WH", 2.5), (10, "NEW", 0.25)]))
        .then(metered(&[(9, "WH", 1.0), (10, "WH", 0.5)]));
    let service = StandIn::new()
        .on_prefix("SELECT WAREHOUSE_NAME, START_TIME", looks)
        .on_prefix("SELECT SERVICE_TYPE", no_metering());
    let _running = Running::start(only(&["credits"]), &pool(&service), exposition.clone()).await;

    let series = "snowflake_credits_used_total{warehouse=\"WH\"}";
    let page = page_with(&exposition, series, 0.0).await;
    assert!(page.contains("# TYPE snowflake_credits_used_total counter"), "{page}");
    page_with(&exposition, series, 2.0).await;
    let page = page_with(&exposition, series, 3.5).await;
    assert_eq!(figure(&page, "snowflake_credits_used_total{warehouse=\"NEW\"}"), Some(0.25));
    let runs = "snowflake_collector_runs_total{collector=\"credits\",status=\"success\"}";
    let page = page_with(&exposition, runs, 4.0).await;
    assert_eq!(figure(&page, series), Some(3.5), "a correction downwards takes nothing back");
    let service = "snowflake_used_compute_credits{service_type=\"WAREHOUSE_METERING\",service=\"WH\"}";
    assert_eq!(figure(&page, service), Some(0.5));
    assert_eq!(figure(&page, "snowflake_warehouse_used_compute_credits{warehouse=\"WH\"}"), Some(1.5 / 24.0));
}

#[tokio::test(start_paused = true)]
async fn o07_a_missing_grant_turns_one_collector_off_until_it_is_granted() {
    let (exposition, recorder) = exposition();
    let _recorder = metrics::set_default_local_recorder(&recorder);
    let refusal = "SQL compilation error: Database 'SNOWFLAKE' does not exist or not authorized.";
    let logins = Table::new().text("REPORTED_CLIENT_TYPE").text("REPORTED_CLIENT_VERSION");
    let logins = logins.number("LOGINS", 6).number("SUCCESSFUL", 6).number("REFUSED", 6);
    let granted = Answer::rows(logins.row(("PYTHON_DRIVER", "4.7.5", "2.5", "2", "0.5")));
    let service = StandIn::new()
        .role("MONITOR")
        .on("SHOW WAREHOUSES", warehouses(&[("WH", "STARTED", "X-Small", 1, 0, 0)]))
        .on_prefix("SELECT REPORTED_CLIENT_TYPE", Answer::error("002003", "02000", refusal).then(granted));
    let running = Running::start(only(&["warehouses", "logins"]), &pool(&service), exposition.clone()).await;

    let grant = "GRANT DATABASE ROLE SNOWFLAKE.SECURITY_VIEWER TO ROLE MONITOR";
    let missing = format!("snowflake_collector_missing_grant{{collector=\"logins\",grant=\"{grant}\"}}");
    let page = page_with(&exposition, &missing, 1.0).await;
    assert_eq!(figure(&page, "snowflake_collector_up{collector=\"logins\"}"), Some(0.0));
    page_with(&exposition, "snowflake_collector_up{collector=\"warehouses\"}", 1.0).await;
    let board = get(running.http, "/health/collectors").await.text();
    assert!(board.contains(grant) && board.contains("\"denied\""), "{board}");

    let begun = Instant::now();
    let page = page_with(&exposition, &missing, 0.0).await;
    assert!(
        begun.elapsed() >= HOUR - Duration::from_secs(60),
        "{:?}: it asks no more often",
        begun.elapsed()
    );
    assert_eq!(figure(&page, "snowflake_collector_up{collector=\"logins\"}"), Some(1.0));
    let rate = "snowflake_failed_login_rate{client_type=\"PYTHON_DRIVER\",client_version=\"4.7.5\"}";
    assert_eq!(figure(&page, rate), Some(0.5));
}

#[tokio::test(start_paused = true)]
async fn o07_a_warehouse_that_may_not_be_used_is_named() {
    let (exposition, recorder) = exposition();
    let _recorder = metrics::set_default_local_recorder(&recorder);
    let none = "No active warehouse selected in the current session.";
    let forbidden = "SQL access control error: Insufficient privileges to operate on warehouse 'OPS_WH'.";
    let service = StandIn::new()
        .role("MONITOR")
        .on_prefix("SELECT REPORTED_CLIENT_TYPE", Answer::error("000606", "57P03", none))
        .on_prefix("SELECT DATABASE_NAME, SCHEMA_NAME", Answer::error("003001", "42501", forbidden));
    let options = only(&["logins", "tasks"]).with_warehouse("OPS_WH");
    let _running = Running::start(options, &pool(&service), exposition.clone()).await;
    let grant = |collector: &str, role: &str| {
        let grant = format!("GRANT USAGE ON WAREHOUSE OPS_WH TO ROLE {role}");
        format!("snowflake_collector_missing_grant{{collector=\"{collector}\",grant=\"{grant}\"}}")
    };
    page_with(&exposition, &grant("logins", "the role of the service"), 1.0).await;
    page_with(&exposition, &grant("tasks", "MONITOR"), 1.0).await;
}

/// What was asked, and when.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<(Instant, String)>>>);

impl Diary {
    /// An answer to everything that needs a warehouse: no rows, after some seconds.
    fn answer(&self) -> impl FnMut(&Asked) -> Option<Answer> + Send + 'static {
        let diary = self.clone();
        move |asked| {
            asked.sql().contains("ACCOUNT_USAGE").then(|| {
                diary.0.lock().unwrap().push((Instant::now(), asked.sql().to_owned()));
                let table = Table::new().text("WAREHOUSE_NAME").timestamp("START_TIME");
                Answer::rows(table).takes(Duration::from_secs(3))
            })
        }
    }

    fn times(&self) -> Vec<Instant> {
        self.0.lock().unwrap().iter().map(|(at, _)| *at).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn o09_a_warehouse_is_needed_once_an_hour_and_by_one_statement_at_a_time() {
    let (exposition, _recorder) = exposition();
    let diary = Diary::default();
    let service = StandIn::new().on("SHOW WAREHOUSES", warehouses(&[])).on_any(diary.answer());
    let all = quiet();
    let all = crate::collector_names()
        .into_iter()
        .fold(all, |options, name| options.with_collector(name, CollectorOptions::default()).unwrap());
    let running = Running::start(all, &pool(&service), exposition).await;
    let begun = Instant::now();
    tokio::time::sleep(7 * HOUR + Duration::from_secs(600)).await;
    drop(running);

    let times = diary.times();
    let hour = |at: &Instant| (*at - begun).as_secs() / 3600;
    let busy: Duration = Duration::from_secs(3 * u64::try_from(times.len()).unwrap());
    for (one, next) in times.iter().zip(times.iter().skip(1)) {
        let apart = *next - *one;
        assert!(apart >= Duration::from_secs(3), "one at a time: {apart:?}");
        if hour(one) == hour(next) {
            assert!(apart < Duration::from_secs(10), "together: {apart:?}");
        }
    }
    // 7 statements of hourly collectors, and 6 more every 6 hours.
    assert_eq!(times.len(), 8 * 7 + 2 * 6, "statements in seven hours");
    assert!(busy < Duration::from_secs(5 * 60), "{busy:?} of seven hours");
}

#[tokio::test(start_paused = true)]
async fn what_fails_is_tried_again_soon() {
    let (exposition, recorder) = exposition();
    let _recorder = metrics::set_default_local_recorder(&recorder);
    let broken = Answer::error("000603", "XX000", "SQL execution internal error");
    let service =
        StandIn::new().on("SHOW WAREHOUSES", broken.then(warehouses(&[("WH", "STARTED", "Small", 1, 0, 0)])));
    let _running = Running::start(only(&["warehouses"]), &pool(&service), exposition.clone()).await;
    let failed = "snowflake_collector_runs_total{collector=\"warehouses\",status=\"failed\"}";
    page_with(&exposition, failed, 1.0).await;
    let begun = Instant::now();
    page_with(&exposition, "snowflake_collector_up{collector=\"warehouses\"}", 1.0).await;
    assert!(begun.elapsed() <= Duration::from_secs(21), "{:?}", begun.elapsed());
}
