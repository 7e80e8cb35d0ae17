//! Statements that run on the server by themselves.

use std::time::Duration;

use serde_json::{Value, json};
use snowflake_query::{ErrorKind, QueryBuilder, QueryStatus};
use snowflake_sim::{Expect, Reply};

use crate::service::{
    ABORT, ABORT_BY_ID, ID, MONITOR, QUERY, RESULT, connect, count, failed, one, requests, running, service,
    settle,
};

fn state(status: &str) -> Value {
    json!({ "success": true, "data": { "queries": [{ "id": ID, "status": status, "errorCode": "", "sessionId": 1 }] } })
}

#[tokio::test(start_paused = true)]
async fn a_statement_is_submitted_polled_and_fetched() {
    let mut states = vec![
        state("SUCCESS"),
        state("RUNNING"),
        state("QUEUED"),
        json!({ "success": true, "data": { "queries": [] } }),
    ];
    let service = service(|_| Reply::json(&running("333334", RESULT)));
    service
        .inner()
        .push(Expect::get(MONITOR).any_times().reply_with(move |_| Reply::json(&states.pop().unwrap())));
    service.inner().push(Expect::get(RESULT).any_times().reply(Reply::json(&one())));
    let session = connect(&service).await;
    let handle = session.execute_async(QueryBuilder::new("select 1").async_mode()).await.unwrap();
    assert_eq!(handle.query_id().to_string(), ID);
    assert_eq!(requests(&service, QUERY)[0].json()["asyncExec"], true);
    assert!(matches!(handle.poll().await.unwrap(), QueryStatus::Running));
    assert!(matches!(handle.poll().await.unwrap(), QueryStatus::Queued));
    assert!(matches!(handle.poll().await.unwrap(), QueryStatus::Running));
    assert!(handle.poll().await.unwrap().is_success());
    let result = handle.wait().await.unwrap();
    assert_eq!(result.rows.len(), 1);
    assert_eq!(handle.wait_with_timeout(Duration::from_secs(1)).await.unwrap().query_id, handle.query_id());
    drop(handle);
    settle().await;
    assert_eq!(count(&service, ABORT), 0);
}

#[tokio::test(start_paused = true)]
async fn a_failed_statement_is_a_status_and_an_error_of_wait() {
    let failure = json!({ "success": true, "data": { "queries": [{ "id": ID, "status": "FAILED_WITH_ERROR",
        "errorCode": "100051", "errorMessage": "Division by zero", "sessionId": 1 }] } });
    let service = service(|_| Reply::json(&running("333334", RESULT)));
    service.inner().push(Expect::get(MONITOR).any_times().reply(Reply::json(&failure)));
    service
        .inner()
        .push(Expect::get(RESULT).any_times().reply(Reply::json(&failed("100051", "Division by zero"))));
    let session = connect(&service).await;
    let handle = session.execute_async("select 1/0").await.unwrap();
    let QueryStatus::Failed { error, .. } = handle.poll().await.unwrap() else { panic!("it failed") };
    assert_eq!(error.to_string(), "100051 (22012): Division by zero");
    let error = handle.wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Sql);
    drop(handle);
    settle().await;
    assert_eq!(count(&service, ABORT), 0);
}

#[tokio::test(start_paused = true)]
async fn waiting_too_long_leaves_the_statement_running() {
    let service = service(|_| Reply::json(&running("333334", RESULT)));
    service.inner().push(Expect::get(RESULT).any_times().reply(Reply::json(&running("333333", RESULT))));
    let session = connect(&service).await;
    let handle = session.execute_async("select 1").await.unwrap();
    let error = handle.wait_with_timeout(Duration::from_secs(60)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.query_id(), Some(handle.query_id()));
    settle().await;
    assert_eq!(count(&service, ABORT), 0);
    drop(handle);
    settle().await;
    assert_eq!(count(&service, ABORT), 1);
}

#[tokio::test(start_paused = true)]
async fn cancelling_uses_the_query_id_and_is_idempotent() {
    let mut answers = vec![failed("000605", "not executing"), json!({ "success": true, "data": null })];
    let service = service(|_| Reply::json(&running("333334", RESULT)));
    service.inner().push(
        Expect::post(ABORT_BY_ID).any_times().reply_with(move |_| Reply::json(&answers.pop().unwrap())),
    );
    service.inner().push(
        Expect::get(RESULT).any_times().reply(Reply::json(&failed("000604", "SQL execution canceled"))),
    );
    let session = connect(&service).await;
    let handle = session.execute_async("select 1").await.unwrap();
    handle.cancel().await.unwrap();
    handle.cancel().await.unwrap();
    assert_eq!(requests(&service, ABORT_BY_ID)[0].json(), json!({}));
    assert_eq!(handle.wait().await.unwrap_err().kind(), ErrorKind::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_comes_at_once_is_kept() {
    let service = service(|_| Reply::json(&one()));
    let session = connect(&service).await;
    let handle = session.execute_async("select 1").await.unwrap();
    assert_eq!(handle.wait().await.unwrap().rows.len(), 1);
    assert_eq!(service.inner().requests().iter().filter(|seen| seen.path() == RESULT).count(), 0);
}

#[tokio::test(start_paused = true)]
async fn execute_waits_for_a_query_in_async_mode() {
    let service = service(|_| Reply::json(&running("333334", RESULT)));
    service.inner().push(Expect::get(RESULT).any_times().reply(Reply::json(&one())));
    let session = connect(&service).await;
    let result = session.execute(QueryBuilder::new("select 1").async_mode()).await.unwrap();
    assert_eq!(result.rows.len(), 1);
    assert_eq!(requests(&service, QUERY)[0].json()["asyncExec"], true);
    settle().await;
    assert_eq!(count(&service, ABORT), 0);
}

#[tokio::test(start_paused = true)]
async fn the_time_of_a_statement_in_async_mode_is_limited_too() {
    let service = service(|_| Reply::json(&running("333334", RESULT)));
    service.inner().push(Expect::get(RESULT).any_times().reply(Reply::json(&running("333333", RESULT))));
    let session = connect(&service).await;
    let query = QueryBuilder::new("select 1").async_mode().timeout(Duration::from_secs(5));
    let error = session.execute(query).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    settle().await;
    assert_eq!(count(&service, ABORT), 1);
}

#[tokio::test(start_paused = true)]
async fn rows_can_be_streamed() {
    let service = service(|_| Reply::json(&one()));
    let session = connect(&service).await;
    let mut rows = session.execute_stream("select 1").await.unwrap();
    let row = rows.next().await.unwrap().unwrap();
    assert_eq!(row.get::<i64>("1").unwrap(), 1);
    assert!(rows.next().await.is_none());
    let mut batches = session.execute_batches("select 1").await.unwrap();
    assert_eq!(batches.next().await.unwrap().unwrap().num_rows(), 1);
}
