//! A recording answers a real client by itself, and says clearly what it does not have.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use snowflake_query::{ErrorKind, QueryBuilder, Session};
use snowflake_sim::{
    Cut, Expect, Fault, NotRecorded, RecordOptions, Recording, Repeat, Replay, ReplayOptions, Reply, Rule,
    Speed,
};
use tokio::time::Instant;

use crate::record::{chain, over, recorder, replayed, texts};
use crate::service::{ID, QUERY, RESULT, failed, one, running, service, settle, sql};

/// What is recorded while some statements run one after the other.
async fn recording_of(statements: &[&str]) -> Recording {
    let service = service(|seen| {
        let mut answer = one();
        if let Some(warehouse) = sql(seen).strip_prefix("USE WAREHOUSE ") {
            answer["data"]["finalWarehouseName"] = json!(warehouse);
            answer["data"]["statementTypeId"] = json!(0x4303);
        }
        answer["data"]["queryId"] = json!(seen.query("requestId"));
        Reply::json(&answer)
    });
    let record = recorder(&service, RecordOptions::default());
    let session = over(&record).await;
    for sql in statements {
        session.execute(*sql).await.unwrap();
    }
    record.recording()
}

/// The cause that a replay gives.
fn missing<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e NotRecorded> {
    std::iter::successors(Some(error), |error| error.source()).find_map(|error| error.downcast_ref())
}

#[tokio::test(start_paused = true)]
async fn m02_what_was_never_recorded_names_itself_the_nearest_and_the_difference() {
    let recording = recording_of(&["select 1", "select name from customers where id = 7"]).await;
    let session = over(&replayed(&recording)).await;
    let started = Instant::now();
    let error = session.execute("select name from customers where id = 8").await.unwrap_err();
    assert_eq!(started.elapsed(), Duration::ZERO, "it is not tried again");
    assert!(!error.is_retryable());
    assert_eq!(error.kind(), ErrorKind::Network);
    let told = chain(&error);
    assert!(told.contains("`SELECT NAME FROM CUSTOMERS WHERE ID = 8` (role R, warehouse WH"), "{told}");
    assert!(told.contains("nearest that it has is `SELECT NAME FROM CUSTOMERS WHERE ID = 7`"), "{told}");
    assert!(told.contains("the difference: token"), "{told}");
    assert_eq!(
        missing(&error).and_then(NotRecorded::nearest).unwrap().sql,
        "select name from customers where id = 7"
    );
    // A statement that would change data was certainly not executed.
    let error = session.execute("delete from customers").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    session.execute("select 1").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn statements_count_in_the_names_that_were_in_force() {
    let recording = recording_of(&["select 1", "USE WAREHOUSE OTHER", "select 1"]).await;
    assert_eq!(recording.statements().count(), 3);
    let session = over(&replayed(&recording)).await;
    session.execute("select 1").await.unwrap();
    session.execute("use warehouse other").await.unwrap();
    assert_eq!(session.warehouse().as_deref(), Some("OTHER"));
    session.execute("select 1").await.unwrap();
    let error = session.execute("use warehouse third").await.unwrap_err();
    assert!(chain(&error).contains("`USE WAREHOUSE THIRD`"), "{}", chain(&error));

    let session = over(&replayed(&recording)).await;
    let error = session.execute(QueryBuilder::new("select 1").warehouse("unknown")).await.unwrap_err();
    assert!(chain(&error).contains("USE WAREHOUSE"), "{}", chain(&error));
}

#[tokio::test(start_paused = true)]
async fn a_statement_is_answered_as_often_as_it_was_recorded_unless_told_otherwise() {
    let recording = recording_of(&["select 1"]).await;
    let replay = replayed(&recording);
    let session = over(&replay).await;
    assert_eq!(replay.unused().len(), 1);
    session.execute("select 1").await.unwrap();
    assert_eq!(replay.unused(), []);
    let error = session.execute("select 1").await.unwrap_err();
    assert!(chain(&error).contains("has only 1 answers to `SELECT 1`"), "{}", chain(&error));

    let options = ReplayOptions::default().with_repeat(Repeat::Last);
    let session = over(&Arc::new(Replay::with_options(recording, options))).await;
    for _ in 0..3 {
        session.execute("select 1").await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn answers_take_as_long_as_they_took_only_if_asked() {
    let service = service(|_| Reply::json(&one()).after(Duration::from_secs(7)));
    let record = recorder(&service, RecordOptions::default());
    over(&record).await.execute("select 1").await.unwrap();
    for (speed, seconds) in [(Speed::Full, 0), (Speed::Recorded, 7)] {
        let options = ReplayOptions::default().with_speed(speed);
        let session = over(&Arc::new(Replay::with_options(record.recording(), options))).await;
        let started = Instant::now();
        session.execute("select 1").await.unwrap();
        assert_eq!(started.elapsed().as_secs(), seconds);
    }
}

#[tokio::test(start_paused = true)]
async fn faults_around_a_replay_are_survived_as_around_a_service() {
    let recording = recording_of(&["select 1"]).await;
    let faulty = Arc::new(Fault::new(Replay::new(recording)));
    faulty.add(Rule::on(QUERY).times(1).status(503));
    faulty.add(Rule::on(QUERY).times(1).lose_response());
    faulty.add(Rule::on(QUERY).times(1).cut(10, Cut::Reset));
    let session = over(&faulty).await;
    let result = session.execute("select 1").await.unwrap();
    assert_eq!(texts(&result), [[Some("1".to_owned())]]);
    assert_eq!(faulty.inner().unused(), []);
}

#[tokio::test(start_paused = true)]
async fn a_statement_that_was_stopped_runs_until_it_is_stopped_again() {
    let service = service(|_| Reply::json(&running("333334", RESULT)));
    service.inner().push(Expect::get(RESULT).any_times().reply(Reply::json(&running("333333", RESULT))));
    let record = recorder(&service, RecordOptions::default());
    let session = over(&record).await;
    let handle = session.execute_async("call forever()").await.unwrap();
    assert!(handle.wait_with_timeout(Duration::from_secs(60)).await.unwrap_err().is_timeout());
    drop(handle);
    settle().await;

    let session = over(&replayed(&record.recording())).await;
    let handle = session.execute_async("call forever()").await.unwrap();
    assert!(handle.wait_with_timeout(Duration::from_secs(600)).await.unwrap_err().is_timeout());
    handle.cancel().await.unwrap();
    assert_eq!(handle.wait().await.unwrap_err().kind(), ErrorKind::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn a_recording_that_ends_before_its_statement_says_so() {
    let service = service(|_| Reply::json(&running("333334", RESULT)));
    let record = recorder(&service, RecordOptions::default());
    let session = over(&record).await;
    let id = session.execute_async("select 1").await.unwrap().detach();
    assert_eq!(id.to_string(), ID);
    let session = over(&replayed(&record.recording())).await;
    let error = session.execute("select 1").await.unwrap_err();
    assert!(chain(&error).contains("ends before the statement did: `SELECT 1`"), "{}", chain(&error));
}

#[tokio::test(start_paused = true)]
async fn a_replay_renews_beats_and_logs_out_by_itself() {
    let recording = recording_of(&["select 1"]).await;
    let faulty = Arc::new(Fault::new(Replay::new(recording)));
    let session = over(&faulty).await;
    session.heartbeat().await.unwrap();
    let expired = failed("390112", "expired").to_string();
    faulty.add(Rule::on(QUERY).times(1).replace_body(expired));
    assert_eq!(session.execute("select 1").await.unwrap().rows.len(), 1);
    session.close().await;
    let other = faulty.inner();
    assert_eq!(other.unused(), []);
    assert!(!format!("{other:?}").contains("replay-session"));
}

#[tokio::test(start_paused = true)]
async fn a_recording_written_by_hand_needs_no_login() {
    let statement = "1-00000000000000000000000000000000";
    let text = json!({ "snowflake_recording": 1, "literals": "keep", "statements": [
        { "fingerprint": statement, "sql": "select 1", "executions": [{ "answer": { "json": one() } }] } ] });
    let recording = Recording::from_json(&text.to_string()).unwrap();
    let problems = recording.verify().unwrap_err();
    let right = problems.iter().next().unwrap().what.rsplit(' ').next().unwrap().to_owned();
    let mended = Recording::from_json(&text.to_string().replace(statement, &right)).unwrap();
    let session: Session = over(&replayed(&mended)).await;
    assert_eq!(session.execute("select 1;").await.unwrap().rows.len(), 1);
}
