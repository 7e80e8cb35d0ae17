//! Whoever stops waiting stops the statement.

use std::time::Duration;

use serde_json::json;
use snowflake_query::{ErrorKind, QueryBuilder, QueryId};
use snowflake_sim::{Expect, Fault, Reply, Rule, Script};

use crate::service::{
    ABORT, ABORT_BY_ID, ID, LOGOUT, QUERY, RESULT, TOKEN, connect, count, failed, one, requests, running,
    script, service, settle,
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

/// Starts a statement, leaves it, and lets an hour pass.
async fn leave_a_statement(service: &crate::service::Service) {
    let session = connect(service).await;
    assert!(tokio::time::timeout(Duration::from_millis(10), session.execute("select 1")).await.is_err());
    for _ in 0..60 {
        settle().await;
        tokio::time::advance(Duration::from_millis(100)).await;
    }
    settle().await;
}

fn aborting(mut answer: impl FnMut() -> Reply + Send + Sync + 'static) -> crate::service::Service {
    let script =
        Script::new().in_any_order().expect(Expect::post(ABORT).any_times().reply_with(move |_| answer()));
    let rest = script_of_others();
    std::sync::Arc::new(Fault::new(rest(script)))
}

/// The rest of the service, for a script that already knows how to abort.
fn script_of_others() -> impl FnOnce(Script) -> Script {
    |script| {
        let login = json!({ "success": true, "data": {
            "token": "session-1", "masterToken": "master", "validityInSeconds": 3600,
            "masterValidityInSeconds": 14400, "sessionId": 1, "parameters": [], "sessionInfo": {},
        }});
        let renewed =
            json!({ "success": true, "data": { "sessionToken": "renewed-1", "masterToken": "master" } });
        script
            .expect(Expect::post(crate::service::LOGIN).any_times().reply(Reply::json(&login)))
            .expect(Expect::post(TOKEN).any_times().reply(Reply::json(&renewed)))
            .expect(Expect::post(LOGOUT).any_times().reply(Reply::json(&json!({ "success": true }))))
            .expect(Expect::post(QUERY).any_times().reply(Reply::silence()))
    }
}

#[tokio::test(start_paused = true)]
async fn p03_an_abort_that_fails_is_tried_three_times() {
    let service = aborting(|| Reply::status(503));
    leave_a_statement(&service).await;
    assert_eq!(count(&service, ABORT), 3);
}

#[tokio::test(start_paused = true)]
async fn p03_an_abort_that_is_lost_is_tried_three_times() {
    let service = aborting(|| Reply::json(&json!({ "success": true })));
    service.add(Rule::on(ABORT).lose_response());
    leave_a_statement(&service).await;
    assert_eq!(count(&service, ABORT), 3);
}

#[tokio::test(start_paused = true)]
async fn p03_an_abort_that_is_never_answered_is_given_up() {
    let service = aborting(Reply::silence);
    leave_a_statement(&service).await;
    assert_eq!(count(&service, ABORT), 1);
}

#[tokio::test(start_paused = true)]
async fn p03_a_statement_that_is_not_executing_needs_no_second_abort() {
    let not_executing = json!({ "success": false, "code": "", "message": "not currently executing", "data": {
        "errorCode": "000605", "sqlState": "01000", "queryId": null, "age": 0, "internalError": false,
    }});
    let service = aborting(move || Reply::json(&not_executing));
    leave_a_statement(&service).await;
    assert_eq!(count(&service, ABORT), 1);
}

#[tokio::test(start_paused = true)]
async fn p03_an_expired_session_is_renewed_for_the_abort() {
    let mut answers = vec![json!({ "success": true }), failed("390112", "expired")];
    let service = aborting(move || Reply::json(&answers.pop().unwrap()));
    leave_a_statement(&service).await;
    assert_eq!((count(&service, ABORT), count(&service, TOKEN)), (2, 1));
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
    let handle = session.execute_async("select 1").await.unwrap();
    assert_eq!(handle.detach(), QueryId::parse(ID).unwrap());
    settle().await;
    assert_eq!(count(&service, ABORT), 0);
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
