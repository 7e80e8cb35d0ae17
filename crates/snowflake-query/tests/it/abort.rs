//! Whoever stops waiting stops the statement.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use snowflake_query::{ErrorKind, Pool, PoolOptions, QueryBuilder, QueryId};
use snowflake_sim::{Cut, Expect, Fault, Reply, Rule};
use tokio::time::Instant;

use crate::service::{
    ABORT, ABORT_BY_ID, ID, QUERY, RESULT, Service, TOKEN, connect, count, failed, inserted, one, options,
    requests, running, script, script_aborting, service, settle, sql,
};

#[tokio::test(start_paused = true)]
async fn p01_dropping_a_statement_in_any_phase_aborts_it_once() {
    let mut completed = 0;
    for moment in 0..80 {
        let service = service(|_| Reply::json(&running("333333", RESULT)).after(Duration::from_millis(20)));
        let mut polls = 0;
        service.inner().push(Expect::get(RESULT).any_times().reply_with(move |_| {
            polls += 1;
            let answer = if polls == 3 { one() } else { running("333333", RESULT) };
            Reply::json(&answer).after(Duration::from_millis(10))
        }));
        let session = connect(&service).await;
        let outcome = tokio::time::timeout(Duration::from_millis(moment), session.execute("select 1")).await;
        settle().await;
        let aborts = requests(&service, ABORT);
        if outcome.is_ok() {
            completed += 1;
            assert!(aborts.is_empty(), "after {moment} ms");
            continue;
        }
        if moment == 65 {
            // The statement has just ended and its rows are being decoded: both outcomes are right.
            continue;
        }
        assert_eq!(aborts.len(), 1, "after {moment} ms");
        let submitted = requests(&service, QUERY);
        assert_eq!(aborts[0].json()["requestId"].as_str(), submitted[0].query("requestId").as_deref());
        assert_eq!(submitted.len(), 1);
    }
    assert!((1..40).contains(&completed), "{completed}");
}

#[tokio::test(start_paused = true)]
async fn p02_a_statement_that_was_never_polled_sends_nothing() {
    let service = service(|_| Reply::json(&one()));
    let session = connect(&service).await;
    drop(session.execute("select 1"));
    settle().await;
    assert_eq!((count(&service, QUERY), count(&service, ABORT)), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn p02_a_statement_that_waits_for_a_session_is_neither_sent_nor_aborted() {
    let service = service(|_| Reply::json(&one()));
    let pool = Pool::open(options(&service), PoolOptions::default().with_size(0, 1)).await.unwrap();
    let borrowed = pool.get(&snowflake_query::Wanted::default()).await.unwrap();
    assert!(tokio::time::timeout(Duration::from_secs(1), pool.execute("select 1")).await.is_err());
    settle().await;
    assert_eq!((count(&service, QUERY), count(&service, ABORT)), (0, 0));
    drop(borrowed);
    pool.execute("select 1").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn p02_a_statement_that_waits_for_a_name_switch_is_not_aborted_before_it_is_sent() {
    let service = service(|seen| {
        let use_statement = seen.json()["sqlText"].as_str().unwrap().starts_with("USE");
        if use_statement {
            Reply::json(&failed("000000", "x")).after(Duration::from_secs(9))
        } else {
            Reply::json(&one())
        }
    });
    let session = connect(&service).await;
    let query = QueryBuilder::new("insert into t values (1)").warehouse("other");
    assert!(tokio::time::timeout(Duration::from_secs(1), session.execute(query)).await.is_err());
    settle().await;
    let sent = requests(&service, QUERY);
    assert_eq!(sent.len(), 1, "only USE was sent");
    assert_eq!(
        requests(&service, ABORT)[0].json()["requestId"].as_str(),
        sent[0].query("requestId").as_deref()
    );
}

/// When aborts came.
type Times = Arc<Mutex<Vec<Instant>>>;

/// A service that never answers `select 1`, and answers aborts like this.
fn aborting(mut answer: impl FnMut() -> Reply + Send + Sync + 'static) -> (Service, Times) {
    let times = Times::default();
    let noted = Arc::clone(&times);
    let script = script_aborting(move |_| {
        noted.lock().unwrap().push(Instant::now());
        answer()
    });
    let script = script.expect(
        Expect::post(QUERY)
            .any_times()
            .reply_with(|seen| if sql(seen) == "select 1" { Reply::silence() } else { Reply::json(&one()) }),
    );
    (Arc::new(Fault::new(script)), times)
}

/// Starts a statement, leaves it, lets a minute pass, and checks that the abort was given up in time and quietly: the
/// session is as good as before. Tells how often an abort was sent.
async fn leave_a_statement((service, times): &(Service, Times)) -> usize {
    let session = connect(service).await;
    assert!(tokio::time::timeout(Duration::from_millis(10), session.execute("select 1")).await.is_err());
    for _ in 0..600 {
        settle().await;
        tokio::time::advance(Duration::from_millis(100)).await;
    }
    settle().await;
    service.clear();
    session.execute("select 2").await.unwrap();
    let times = times.lock().unwrap();
    if let (Some(first), Some(last)) = (times.first(), times.last()) {
        assert!(*last - *first <= Duration::from_secs(5), "{:?}", *last - *first);
    }
    count(service, ABORT)
}

#[tokio::test(start_paused = true)]
async fn p03_an_abort_that_fails_is_tried_three_times() {
    for status in [429, 500, 503] {
        assert_eq!(leave_a_statement(&aborting(move || Reply::status(status))).await, 3, "{status}");
    }
    let later = || Reply::status(503).with_header("retry-after", "1");
    assert_eq!(leave_a_statement(&aborting(later)).await, 3);
}

#[tokio::test(start_paused = true)]
async fn p03_an_abort_that_is_lost_is_tried_three_times() {
    let service = aborting(|| Reply::json(&json!({ "success": true })));
    service.0.add(Rule::on(ABORT).lose_response());
    assert_eq!(leave_a_statement(&service).await, 3);
    let cut = aborting(|| Reply::json(&json!({ "success": true })));
    cut.0.add(Rule::on(ABORT).cut(5, Cut::Clean));
    assert_eq!(leave_a_statement(&cut).await, 3);
}

#[tokio::test(start_paused = true)]
async fn p03_an_abort_that_does_not_arrive_is_tried_three_times() {
    let service = aborting(|| Reply::json(&json!({ "success": true })));
    service.0.add(Rule::on(ABORT).reset());
    let hits = Arc::clone(&service.0);
    let left = connect(&service.0).await;
    assert!(tokio::time::timeout(Duration::from_millis(10), left.execute("select 1")).await.is_err());
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(hits.hits(), [3]);
    left.execute("select 2").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn p03_an_abort_that_is_never_answered_is_given_up() {
    assert_eq!(leave_a_statement(&aborting(Reply::silence)).await, 1);
}

#[tokio::test(start_paused = true)]
async fn p03_a_statement_that_is_not_executing_needs_no_second_abort() {
    let not_executing = json!({ "success": false, "code": "", "message": "not currently executing", "data": {
        "errorCode": "000605", "sqlState": "01000", "queryId": null, "age": 0, "internalError": false,
    }});
    assert_eq!(leave_a_statement(&aborting(move || Reply::json(&not_executing))).await, 1);
}

#[tokio::test(start_paused = true)]
async fn p03_an_expired_session_is_renewed_for_the_abort() {
    let mut answers = vec![json!({ "success": true }), failed("390112", "expired")];
    let service = aborting(move || Reply::json(&answers.pop().unwrap()));
    assert_eq!((leave_a_statement(&service).await, count(&service.0, TOKEN)), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_timeout_is_told_to_the_server_and_kept_here() {
    let service = service(|_| Reply::silence());
    let session = connect(&service).await;
    let query = QueryBuilder::new("insert into t values (1)").timeout(Duration::from_millis(2500));
    let started = tokio::time::Instant::now();
    let error = session.execute(query).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(started.elapsed().as_millis(), 2500);
    settle().await;
    let submitted = requests(&service, QUERY);
    assert_eq!(submitted[0].json()["parameters"]["STATEMENT_TIMEOUT_IN_SECONDS"], json!(3));
    let aborts = requests(&service, ABORT);
    assert_eq!(aborts.len(), 1);
    assert_eq!(error.request_id().map(|id| id.to_string()), submitted[0].query("requestId"));
    assert_eq!(aborts[0].json()["requestId"].as_str(), submitted[0].query("requestId").as_deref());
}

#[tokio::test(start_paused = true)]
async fn p05_a_detached_statement_runs_on() {
    let service = service(|_| Reply::json(&running("333334", RESULT)));
    let session = connect(&service).await;
    let handle = session.execute_async("insert into t values (1)").await.unwrap();
    let query_id = handle.detach();
    assert_eq!(query_id, QueryId::parse(ID).unwrap());
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert_eq!((count(&service, ABORT), count(&service, ABORT_BY_ID)), (0, 0));
    service.inner().push(Expect::get(RESULT).any_times().reply(Reply::json(&inserted())));
    assert_eq!(session.result(query_id).await.unwrap().rows_affected(), Some(3));
    assert_eq!(count(&service, QUERY), 1);
}

#[tokio::test(start_paused = true)]
async fn p05_a_detached_statement_of_a_pool_outlives_handle_session_and_pool() {
    let service = service(|_| Reply::json(&running("333334", RESULT)));
    service.inner().push(Expect::get(RESULT).any_times().reply(Reply::json(&running("333334", RESULT))));
    let pool = Pool::open(options(&service), PoolOptions::default()).await.unwrap();
    let handle = pool.execute_async("insert into t values (1)").await.unwrap();
    // Whoever has looked on for a while may let it go as well.
    assert!(handle.wait_with_timeout(Duration::from_secs(5)).await.is_err());
    let _ = handle.detach();
    pool.close().await;
    drop(pool);
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert_eq!((count(&service, ABORT), count(&service, ABORT_BY_ID)), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn p05_a_dropped_handle_aborts() {
    let service = service(|_| Reply::json(&running("333334", RESULT)));
    let session = connect(&service).await;
    drop(session.execute_async("select 1").await.unwrap());
    settle().await;
    let aborts = requests(&service, ABORT);
    assert_eq!(aborts.len(), 1);
    assert_eq!(
        aborts[0].json()["requestId"].as_str(),
        requests(&service, QUERY)[0].query("requestId").as_deref()
    );
}

#[tokio::test(start_paused = true)]
async fn p04_a_statement_that_was_cancelled_is_not_aborted_again() {
    let service = service(|_| Reply::json(&running("333334", RESULT)));
    service
        .inner()
        .push(Expect::post(ABORT_BY_ID).any_times().reply(Reply::json(&json!({ "success": true }))));
    let session = connect(&service).await;
    let handle = session.execute_async("select 1").await.unwrap();
    handle.cancel().await.unwrap();
    drop(handle);
    settle().await;
    assert_eq!((count(&service, ABORT), count(&service, ABORT_BY_ID)), (0, 1));
}

#[test]
fn p19_a_runtime_that_ends_under_a_statement_is_no_panic() {
    let service = {
        let script = script().expect(Expect::post(QUERY).any_times().reply(Reply::silence()));
        std::sync::Arc::new(Fault::new(script))
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let session = runtime.block_on(connect(&service));
    let mut statement = Box::pin(session.execute("select 1"));
    runtime.block_on(async { assert!(futures::poll!(statement.as_mut()).is_pending()) });
    drop(runtime);
    drop(statement);
    drop(session);
}
