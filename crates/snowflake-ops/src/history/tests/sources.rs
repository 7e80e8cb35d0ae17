//! Where the history is read, and how it is asked.

use std::sync::{Arc, Mutex};

use snowflake_sim::{Answer, StandIn, Table};
use time::Duration;

use super::super::options::HistorySource::{AccountUsage, InformationSchema};
use super::super::read::{Range, parts};
use super::super::*;
use crate::error::ErrorKind;
use crate::testing::{NOW, pool};

fn last(days: i64) -> Range {
    Range { start: NOW - Duration::days(days), end: None }
}

#[test]
fn a_range_is_read_where_it_is_known() {
    let sources = |range: Range, source: Option<HistorySource>| {
        parts(range, NOW, source).into_iter().map(|(source, _)| source).collect::<Vec<_>>()
    };
    assert_eq!(sources(last(1), None), [InformationSchema]);
    assert_eq!(sources(last(30), None), [InformationSchema, AccountUsage]);
    let old = Range { end: Some(NOW - Duration::days(10)), ..last(30) };
    assert_eq!(sources(old, None), [AccountUsage]);
    assert_eq!(sources(last(1), Some(AccountUsage)), [AccountUsage]);
    let both = parts(last(30), NOW, None);
    let gap = both[0].1.start - both[1].1.end.unwrap();
    assert_eq!(gap, Duration::nanoseconds(1), "no moment is in both and none in neither");
}

/// The statements that a service was asked, with their binds.
type Heard = Arc<Mutex<Vec<(String, Vec<Option<String>>)>>>;

/// A service that remembers what it was asked, and knows nothing.
fn listening() -> (StandIn, Heard) {
    let asked = Heard::default();
    let heard = Arc::clone(&asked);
    let service = StandIn::new().on_any(move |statement| {
        let binds = (1..=statement.bind_count()).map(|at| statement.bind(&at.to_string()).map(str::to_owned));
        heard.lock().unwrap().push((statement.sql().to_owned(), binds.collect()));
        Some(Answer::rows(Table::new().text("QUERY_ID")))
    });
    (service, asked)
}

#[tokio::test]
async fn q01_q02_what_is_looked_for_is_bound_and_never_written_into_the_statement() {
    let hostile = "'; drop table canary; --";
    let options = QueryHistoryOptions {
        warehouse: Some("\"my \"\"wh\"".to_owned()),
        user: Some("ada".to_owned()),
        query_tag: Some(hostile.to_owned()),
        text: Some(hostile.to_owned()),
        status: Some(HistoryStatus::Failed),
        min_duration: Some(std::time::Duration::from_millis(1_500)),
        ..Default::default()
    };
    for source in [InformationSchema, AccountUsage] {
        let (service, asked) = listening();
        let options = QueryHistoryOptions { source: Some(source), ..options.clone() };
        let shown = format!("{options:?}");
        assert!(!shown.contains("canary"), "{shown}");
        let range = last(1);
        query_history(&pool(&service), range.start, NOW + Duration::days(1), options)
            .collect()
            .await
            .unwrap();
        let asked = asked.lock().unwrap();
        let (sql, binds) = &asked[0];
        assert!(!sql.contains("canary") && !sql.contains("my \"wh"), "{sql}");
        let bound = ["my \"wh", "ADA", "FAIL", "FAILED_WITH_ERROR", hostile, "1500", hostile];
        assert_eq!(binds.iter().flatten().collect::<Vec<_>>(), bound);
        assert_eq!(sql.matches('?').count(), bound.len());
    }
}

#[tokio::test]
async fn a_function_is_asked_that_knows_the_warehouse() {
    let (service, asked) = listening();
    let options = QueryHistoryOptions {
        warehouse: Some("analytics_wh".to_owned()),
        limit: Some(100),
        ..Default::default()
    };
    let range = last(1);
    query_history(&pool(&service), range.start, NOW, options).collect().await.unwrap();
    let sql = &asked.lock().unwrap()[0].0;
    assert!(sql.contains(
        "SNOWFLAKE.INFORMATION_SCHEMA.QUERY_HISTORY_BY_WAREHOUSE(WAREHOUSE_NAME => 'ANALYTICS_WH', "
    ));
    assert!(
        sql.contains("RESULT_LIMIT => 100")
            && sql.contains("'2026-02-28T12:00:00.000000000Z'::TIMESTAMP_LTZ")
    );
}

#[tokio::test]
async fn an_old_range_without_the_grant_names_it() {
    let refused = Answer::error(
        "002003",
        "02000",
        "Schema 'SNOWFLAKE.ACCOUNT_USAGE' does not exist or not authorized.",
    );
    let service = StandIn::new().role("reporter").on_prefix("SELECT", refused);
    let range = last(30);
    let end = NOW - Duration::days(20);
    let error =
        query_history(&pool(&service), range.start, end, Default::default()).collect().await.unwrap_err();
    assert!(error.lacks_account_usage());
    assert!(
        error.to_string().contains("GRANT IMPORTED PRIVILEGES ON DATABASE SNOWFLAKE TO ROLE REPORTER"),
        "{error}"
    );
}

#[tokio::test]
async fn a_name_that_is_none_is_not_sent() {
    let (service, asked) = listening();
    let options = QueryHistoryOptions { role: Some("a b".to_owned()), ..Default::default() };
    let error = query_history(&pool(&service), NOW, NOW, options).collect().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(asked.lock().unwrap().is_empty());
}
