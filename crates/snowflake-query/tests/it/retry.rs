//! Attempts, lost answers and what is known about a statement afterwards.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use snowflake_query::{ErrorKind, QueryBuilder};
use snowflake_sim::{Cut, Expect, Reply, Rule};
use snowflake_transport::{Delivery, ErrorKind as Cause};
use tokio::time::Instant;

use crate::service::{
    ABORT, QUERY, RESULT, Service, connect, count, failed, inserted, one, requests, running, service, settle,
};

/// Runs every request id once, as the real service does, and keeps account.
pub(crate) fn deduplicating() -> (Service, Arc<Mutex<BTreeMap<String, usize>>>) {
    let runs: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
    let ledger = Arc::clone(&runs);
    let service = service(move |seen| {
        let id = seen.query("requestId").unwrap();
        let mut runs = ledger.lock().unwrap();
        runs.entry(id).or_insert(1);
        Reply::json(&inserted())
    });
    (service, runs)
}

#[tokio::test(start_paused = true)]
async fn r01_503_on_submit_keeps_the_request_id() {
    let service = service(|_| Reply::json(&one()));
    service.add(Rule::on(QUERY).times(2).status(503));
    // The fault answers before the script sees anything, so the third attempt tells what the others were.
    let session = connect(&service).await;
    let result = session.execute("select 1").await.unwrap();
    assert_eq!(result.rows.len(), 1);
    let attempts = requests(&service, QUERY);
    assert_eq!(attempts.len(), 1);
    assert_eq!(attempts[0].query("retryCount").as_deref(), Some("2"));
    assert_eq!(attempts[0].query("retryReason").as_deref(), Some("503"));
    assert!(attempts[0].query("clientStartTime").is_some());
}

#[tokio::test(start_paused = true)]
async fn r01_attempts_share_one_id_and_start_time_and_differ_in_their_guid() {
    let mut answers = vec![Reply::json(&one()), Reply::status(503), Reply::status(503)];
    let service = service(move |_| answers.pop().unwrap());
    let session = connect(&service).await;
    session.execute("select 1").await.unwrap();
    let attempts = requests(&service, QUERY);
    let values = |name: &str| -> Vec<_> { attempts.iter().map(|seen| seen.query(name)).collect() };
    let ids = values("requestId");
    assert_eq!(ids.len(), 3);
    assert!(ids[0].is_some() && ids.iter().all(|id| *id == ids[0]));
    let guids = values("request_guid");
    assert!(guids[0] != guids[1] && guids[1] != guids[2] && guids[0] != guids[2]);
    assert_eq!(values("retryCount"), [None, Some("1".into()), Some("2".into())]);
    assert_eq!(values("retryReason"), [None, Some("503".into()), Some("503".into())]);
    let started = values("clientStartTime");
    assert!(started[0].is_none() && started[1].is_some() && started[1] == started[2]);
    let bodies: Vec<_> = attempts.iter().map(|seen| seen.json()).collect();
    assert!(bodies[0] == bodies[1] && bodies[1] == bodies[2]);
}

#[tokio::test(start_paused = true)]
async fn r02_a_lost_answer_to_an_insert_is_asked_for_again() {
    let (service, runs) = deduplicating();
    service.add(Rule::on(QUERY).times(1).lose_response());
    let session = connect(&service).await;
    let result = session.execute("insert into t values (1)").await.unwrap();
    assert_eq!(result.rows_affected(), Some(3));
    assert_eq!(count(&service, QUERY), 2);
    assert_eq!(runs.lock().unwrap().values().copied().collect::<Vec<_>>(), [1]);
    assert_eq!(count(&service, ABORT), 0);
}

#[tokio::test(start_paused = true)]
async fn r04_an_insert_without_any_answer_has_an_unknown_outcome_and_can_be_resumed() {
    let (service, runs) = deduplicating();
    service.add(Rule::on(QUERY).lose_response());
    let session = connect(&service).await;
    let error = session.execute("insert into t values (1)").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert!(error.attempts().is_some_and(|attempts| attempts > 1));
    let id = error.request_id().unwrap();
    assert!(error.to_string().contains(&id.to_string()));
    settle().await;
    assert_eq!(count(&service, ABORT), 0, "a statement that may be resumed is not aborted");

    service.clear();
    let again = QueryBuilder::new("insert into t values (1)").request_id(id);
    let result = session.execute(again).await.unwrap();
    assert_eq!(result.rows_affected(), Some(3));
    assert_eq!(*runs.lock().unwrap(), BTreeMap::from([(id.to_string(), 1)]));
}

#[tokio::test(start_paused = true)]
async fn r04_a_read_without_any_answer_is_a_failure_of_the_network() {
    let service = service(|_| Reply::json(&one()));
    service.add(Rule::on(QUERY).lose_response());
    let session = connect(&service).await;
    let error = session.execute("select 1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(error.is_retryable() && error.request_id().is_some());
    settle().await;
    assert_eq!(count(&service, ABORT), 1, "nobody will ask for it again");
}

#[tokio::test(start_paused = true)]
async fn r04_an_insert_that_never_left_has_no_unknown_outcome() {
    let service = service(|_| Reply::json(&one()));
    service.add(Rule::on(QUERY).reset());
    let session = connect(&service).await;
    let error = session.execute("insert into t values (1)").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    settle().await;
    assert_eq!((count(&service, QUERY), count(&service, ABORT)), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn r11_a_cut_answer_is_asked_for_once_more() {
    for how in [Cut::Short, Cut::Reset, Cut::Clean] {
        let (service, runs) = deduplicating();
        service.add(Rule::on(QUERY).times(1).cut(40, how));
        let session = connect(&service).await;
        let result = session.execute("insert into t values (1)").await.unwrap();
        assert_eq!(result.rows_affected(), Some(3));
        assert_eq!(count(&service, QUERY), 2);
        assert_eq!(runs.lock().unwrap().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn r12_an_answer_that_is_cut_twice_is_given_up() {
    for how in [Cut::Short, Cut::Clean] {
        let service = service(|_| Reply::json(&one()));
        service.add(Rule::on(QUERY).cut(40, how));
        let session = connect(&service).await;
        let error = session.execute("select 1").await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Network | ErrorKind::Protocol), "{error:?}");
        assert_eq!(count(&service, QUERY), 2, "{how:?}");
        let error = session.execute("delete from t").await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::OutcomeUnknown, Some(2)));
        service.clear();
        session.execute("select 1").await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn r15_a_connection_that_breaks_is_survived() {
    let (service, runs) = deduplicating();
    service.add(Rule::on(QUERY).times(1).reset());
    service.add(Rule::on(QUERY).times(1).lose_response());
    service.add(Rule::on(QUERY).times(1).cut(100, Cut::Reset));
    let session = connect(&service).await;
    let result = session.execute("insert into t values (1)").await.unwrap();
    assert_eq!(result.rows_affected(), Some(3));
    assert_eq!(runs.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn r17_a_server_that_never_answers_ends_in_a_timeout() {
    let service = service(|_| Reply::silence());
    let session = connect(&service).await;
    let started = Instant::now();
    let error = session.execute("select 1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.is_timeout() && started.elapsed() <= Duration::from_secs(301), "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn r21_polls_survive_whatever_befalls_them() {
    let mut polls = vec![
        Reply::json(&one()),
        Reply::json(&running("333334", RESULT)),
        Reply::json(&failed("390112", "expired")),
        Reply::status(503),
        Reply::json(&running("333333", RESULT)),
    ];
    let service = service(|_| Reply::json(&running("333333", RESULT)));
    let polled = Expect::get(RESULT).any_times().reply_with(move |_| polls.pop().unwrap());
    service.inner().push(polled);
    service.add(Rule::on(RESULT).nth(2).times(1).lose_response());
    let session = connect(&service).await;
    let result = session.execute("select 1").await.unwrap();
    assert_eq!(result.rows.len(), 1);
    assert_eq!(count(&service, QUERY), 1);
    assert_eq!(
        requests(&service, RESULT).last().unwrap().header("authorization"),
        Some("Snowflake Token=\"renewed-1\"")
    );
}

#[tokio::test(start_paused = true)]
async fn r21_polls_survive_every_order_of_what_may_befall_them() {
    let mut orders = 0;
    for order in (0..256_u32).map(|n| [n % 4, n / 4 % 4, n / 16 % 4, n / 64 % 4]) {
        let mut sorted = order;
        sorted.sort_unstable();
        if sorted != [0, 1, 2, 3] {
            continue;
        }
        orders += 1;
        let mut polls = 0;
        let service = service(|_| Reply::json(&running("333333", RESULT)));
        service.inner().push(Expect::get(RESULT).any_times().reply_with(move |_| {
            polls += 1;
            match order.get(polls - 1) {
                Some(0) => Reply::status(503),
                Some(1) => Reply::fail(Cause::Reset, Delivery::MaybeSent),
                Some(2) => Reply::json(&failed("390112", "expired")),
                Some(3) => Reply::fail(Cause::Stalled, Delivery::MaybeSent).after(Duration::from_secs(20)),
                _ if polls < 8 => Reply::json(&running("333334", RESULT)),
                _ => Reply::json(&inserted()),
            }
        }));
        let session = connect(&service).await;
        let result = session.execute("insert into t values (1)").await.unwrap();
        assert_eq!(result.rows_affected(), Some(3), "{order:?}");
        assert_eq!((count(&service, QUERY), count(&service, RESULT)), (1, 8), "{order:?}");
        settle().await;
        assert_eq!(count(&service, ABORT), 0);
    }
    assert_eq!(orders, 24);
}

#[tokio::test(start_paused = true)]
async fn r22_a_statement_may_take_hours_and_polls_grow_apart() {
    let started = Instant::now();
    let service = service(|_| Reply::json(&running("333333", RESULT)));
    let times: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let noted = Arc::clone(&times);
    service.inner().push(Expect::get(RESULT).any_times().reply_with(move |_| {
        noted.lock().unwrap().push(Instant::now());
        let done = started.elapsed() > Duration::from_secs(10 * 3600);
        Reply::json(&if done { one() } else { running("333333", RESULT) })
    }));
    let session = connect(&service).await;
    session.execute("select 1").await.unwrap();
    let polls = count(&service, RESULT);
    assert!((3600..3700).contains(&polls), "{polls}");
    let times = times.lock().unwrap();
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] <= Duration::from_secs(30)));
}

#[tokio::test(start_paused = true)]
async fn r22_a_server_that_holds_polls_is_asked_again_at_once() {
    let mut polls = 0;
    let service = service(|_| Reply::json(&running("333333", RESULT)));
    service.inner().push(Expect::get(RESULT).any_times().reply_with(move |_| {
        polls += 1;
        let answer = if polls == 5 { one() } else { running("333333", RESULT) };
        Reply::json(&answer).after(Duration::from_secs(45))
    }));
    let session = connect(&service).await;
    let started = Instant::now();
    session.execute("select 1").await.unwrap();
    assert_eq!(started.elapsed().as_secs(), 5 * 45);
}

#[tokio::test(start_paused = true)]
async fn r23_a_result_not_found_at_the_first_poll_is_submitted_again_under_its_id() {
    let mut answers = vec![one(), running("333334", RESULT)];
    let service = service(move |_| Reply::json(&answers.pop().unwrap()));
    service.inner().push(Expect::get(RESULT).any_times().reply(Reply::json(&failed("000612", "not found"))));
    let session = connect(&service).await;
    let handle = session.execute_async("call p()").await.unwrap();
    assert_eq!(handle.wait().await.unwrap().rows.len(), 1);
    let submitted = requests(&service, QUERY);
    assert_eq!(submitted.len(), 2);
    assert_eq!(submitted[0].query("requestId"), submitted[1].query("requestId"));
    assert_eq!(submitted[0].json()["asyncExec"], json!(true));
    assert_eq!(submitted[1].json()["asyncExec"], json!(false));
}

#[tokio::test(start_paused = true)]
async fn r23_a_result_not_found_at_a_later_poll_is_an_error() {
    let mut polls = vec![failed("000612", "not found"), running("333333", RESULT)];
    let service = service(|_| Reply::json(&running("333333", RESULT)));
    service
        .inner()
        .push(Expect::get(RESULT).any_times().reply_with(move |_| Reply::json(&polls.pop().unwrap())));
    let session = connect(&service).await;
    let error = session.execute("select 1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(count(&service, QUERY), 1);
}

#[tokio::test(start_paused = true)]
async fn r28_a_caller_that_leaves_between_attempts_sends_only_the_abort() {
    let broken = Arc::new(Mutex::new(true));
    let is_broken = Arc::clone(&broken);
    let service =
        service(move |_| if *is_broken.lock().unwrap() { Reply::status(503) } else { Reply::json(&one()) });
    let session = connect(&service).await;
    let waited = tokio::time::timeout(Duration::from_millis(100), session.execute("select 1")).await;
    assert!(waited.is_err());
    tokio::time::advance(Duration::from_secs(600)).await;
    settle().await;
    let sent = requests(&service, QUERY);
    assert_eq!(sent.len(), 1);
    let aborts = requests(&service, ABORT);
    assert_eq!(aborts.len(), 1);
    assert_eq!(aborts[0].json()["requestId"].as_str(), sent[0].query("requestId").as_deref());
    *broken.lock().unwrap() = false;
    session.execute("select 1").await.unwrap();
    assert_eq!((count(&service, QUERY), count(&service, ABORT)), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn r29_the_servers_words_in_a_bad_status_are_kept() {
    let body = json!({ "success": false, "code": "000603", "message": "internal error", "data": {
        "sqlState": "XX000", "queryId": crate::service::ID,
    }});
    let service = service(move |_| Reply::json(&body).with_status(500));
    let session = connect(&service).await;
    let error = session.execute("select 1").await.unwrap_err();
    assert_eq!(error.code().map(|code| code.as_str()), Some("000603"));
    assert_eq!(error.sql_state(), Some("XX000"));
    assert_eq!(error.query_id().map(|id| id.to_string()).as_deref(), Some(crate::service::ID));
    assert!(error.attempts().is_none() && error.is_retryable());
    // A write may have run before it failed; what the server said is kept all the same.
    let error = session.execute("insert into t values (1)").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert_eq!(error.code().map(|code| code.as_str()), Some("000603"));
    assert_eq!(error.sql_state(), Some("XX000"));
    assert_eq!(error.query_id().map(|id| id.to_string()).as_deref(), Some(crate::service::ID));
}
