//! Futures that are dropped after any number of polls, and cancels that race with the end of a statement.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::time::Duration;

use futures::poll;
use serde_json::json;
use snowflake_query::{ErrorKind, Pool, PoolOptions, Query, QueryBuilder, QueryHandle, Session, Wanted};
use snowflake_sim::{Expect, Reply, Rule, Seen};
use tokio::time::Instant;

use crate::service::{
    ABORT, ABORT_BY_ID, QUERY, RESULT, Service, connect, count, failed, inserted, one, options, requests,
    running, service, settle, sql,
};

/// Polls a future as often as it wakes, but not more than `polls` times, and drops it then.
async fn polled<F: Future>(future: F, polls: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// A statement that needs another warehouse, is told that its token expired, meets a bad gateway, and runs for two
/// polls: a way with many places to leave at. Tells when the last answer was asked for, too.
fn winding() -> (Service, Arc<OnceLock<Instant>>) {
    let mut seen_before = 0;
    let service = service(move |seen| {
        seen_before += 1;
        let mut answer = match (sql(seen).as_str(), seen_before) {
            ("select 'recovered'", _) => one(),
            (text, _) if text.starts_with("USE") => {
                let mut switched = one();
                switched["data"]["finalWarehouseName"] = json!(text.split('"').nth(1).unwrap());
                switched
            }
            (_, 2) => failed("390112", "expired"),
            _ => running("333333", RESULT),
        };
        if sql(seen) == "select 'recovered'" {
            answer["data"]["finalWarehouseName"] = json!("WH");
        }
        Reply::json(&answer).after(Duration::from_millis(20))
    });
    let mut polls = 0;
    let asked = Arc::new(OnceLock::new());
    let last = Arc::clone(&asked);
    service.inner().push(Expect::get(RESULT).any_times().reply_with(move |_| {
        polls += 1;
        let answer = if polls == 3 { inserted() } else { running("333333", RESULT) };
        if polls == 3 {
            last.set(Instant::now()).unwrap();
        }
        Reply::json(&answer).after(ANSWER)
    }));
    service.add(Rule::on(QUERY).nth(3).times(1).status(503));
    (service, asked)
}

/// The time that a poll takes.
const ANSWER: Duration = Duration::from_millis(10);

fn statement() -> Query {
    QueryBuilder::new("insert into t values (1)").warehouse("other").build()
}

/// The ids of the requests to a path, in order and each once.
fn ids(seen: &[Seen], of: impl Fn(&Seen) -> String) -> Vec<String> {
    let mut ids: Vec<_> = seen.iter().map(of).collect();
    ids.dedup();
    ids
}

fn submitted(service: &Service) -> Vec<String> {
    ids(&requests(service, QUERY), |seen| seen.query("requestId").unwrap())
}

fn aborted(service: &Service) -> Vec<String> {
    requests(service, ABORT)
        .iter()
        .map(|seen| seen.json()["requestId"].as_str().unwrap().to_owned())
        .collect()
}

/// Lets whatever was left behind come to its end.
async fn wait_a_minute() {
    for _ in 0..12 {
        settle().await;
        tokio::time::advance(Duration::from_secs(5)).await;
    }
    settle().await;
}

/// What must hold after a statement was left: the last one that was sent, if it had not ended, was aborted, and once.
async fn check_left((service, asked): &(Service, Arc<OnceLock<Instant>>), polls: usize) -> usize {
    let sent = submitted(service);
    // With its last answer here, a statement has ended, whatever became of its rows.
    let has_ended = asked.get().is_some_and(|asked| asked.elapsed() >= ANSWER);
    wait_a_minute().await;
    let aborted = aborted(service);
    assert_eq!(submitted(service), sent, "nothing is sent after the caller has left, after {polls} polls");
    match sent.last() {
        None => assert!(aborted.is_empty(), "nothing was sent, so nothing is aborted, after {polls} polls"),
        Some(_) if has_ended => assert!(aborted.is_empty(), "it had ended, after {polls} polls"),
        Some(last) => assert_eq!(aborted, std::slice::from_ref(last), "after {polls} polls"),
    }
    aborted.len()
}

#[tokio::test(start_paused = true)]
async fn p01_a_statement_that_is_dropped_at_any_await_is_aborted_once() {
    let mut aborts = 0;
    for polls in 0.. {
        let winding = winding();
        let service = &winding.0;
        let session = connect(service).await;
        if let Some(outcome) = polled(session.execute(statement()), polls).await {
            assert_eq!(outcome.unwrap().rows_affected(), Some(3));
            settle().await;
            assert!(aborted(service).is_empty());
            break;
        }
        aborts += check_left(&winding, polls).await;
        session.execute("select 'recovered'").await.unwrap();
    }
    assert!(aborts >= 8, "there were places to leave at: {aborts}");
}

#[tokio::test(start_paused = true)]
async fn p01_a_statement_of_a_pool_that_is_dropped_at_any_await_is_aborted_once_and_the_pool_goes_on() {
    let mut aborts = 0;
    for polls in 0.. {
        let winding = winding();
        let service = &winding.0;
        let pool = Pool::open(options(service), PoolOptions::default().with_size(0, 1)).await.unwrap();
        if polled(pool.execute(statement()), polls).await.is_some_and(|outcome| outcome.is_ok()) {
            settle().await;
            assert!(aborted(service).is_empty());
            break;
        }
        aborts += check_left(&winding, polls).await;
        let size = pool.size();
        assert_eq!(size.open, size.idle, "after {polls} polls");
        pool.execute("select 'recovered'").await.unwrap();
    }
    assert!(aborts >= 8, "there were places to leave at: {aborts}");
}

#[tokio::test(start_paused = true)]
async fn p01_a_submission_that_is_dropped_at_any_await_is_aborted_once() {
    let mut aborts = 0;
    for polls in 0.. {
        let winding = winding();
        let service = &winding.0;
        let session = connect(service).await;
        if let Some(handle) = polled(session.execute_async(statement()), polls).await {
            drop(handle.unwrap());
            check_left(&winding, polls).await;
            break;
        }
        aborts += check_left(&winding, polls).await;
        session.execute("select 'recovered'").await.unwrap();
    }
    assert!(aborts >= 4, "there were places to leave at: {aborts}");
}

#[tokio::test(start_paused = true)]
async fn p01_borrowing_that_is_dropped_at_any_await_uses_up_no_session() {
    let mut borrowed = false;
    for polls in 0.. {
        let winding = winding();
        let service = &winding.0;
        let pool = Pool::open(options(service), PoolOptions::default().with_size(0, 1)).await.unwrap();
        let wanted = Wanted { warehouse: Some("other".into()), ..Wanted::default() };
        borrowed = polled(Box::pin(pool.get(&wanted)), polls).await.is_some();
        check_switches(service).await;
        let size = pool.size();
        assert_eq!(size.open, size.idle, "after {polls} polls");
        pool.execute("select 'recovered'").await.unwrap();
        if borrowed {
            break;
        }
    }
    assert!(borrowed);
}

/// A USE that was left half-way is aborted as any other statement.
async fn check_switches(service: &Service) {
    let sent = submitted(service);
    wait_a_minute().await;
    assert!(aborted(service).len() <= sent.len());
}

/// A statement that ends after 50 ms, unless it was told to stop before that.
fn race() -> (Service, Arc<AtomicBool>) {
    let cancelled = Arc::new(AtomicBool::new(false));
    let service = service(|seen| {
        Reply::json(&if seen.json()["asyncExec"] == true { running("333334", RESULT) } else { one() })
    });
    let begun = Instant::now();
    let ended = move || begun.elapsed() >= Duration::from_millis(50);
    let flag = Arc::clone(&cancelled);
    service.inner().push(Expect::get(RESULT).any_times().reply_with(move |_| {
        let answer = match (flag.load(Ordering::SeqCst), ended()) {
            (true, _) => failed("000604", "SQL execution canceled"),
            (false, true) => inserted(),
            (false, false) => running("333334", RESULT),
        };
        Reply::json(&answer).after(Duration::from_millis(3))
    }));
    let flag = Arc::clone(&cancelled);
    service.inner().push(Expect::post(ABORT_BY_ID).any_times().reply_with(move |_| {
        let answer = if ended() {
            failed("000605", "not executing")
        } else {
            flag.store(true, Ordering::SeqCst);
            json!({ "success": true })
        };
        Reply::json(&answer).after(Duration::from_millis(3))
    }));
    (service, cancelled)
}

async fn begin(service: &Service) -> (Session, QueryHandle) {
    let session = connect(service).await;
    let handle = session.execute_async("insert into t values (1)").await.unwrap();
    (session, handle)
}

/// One outcome, which is that of the server, and one abort at most.
async fn check_race(service: &Service, session: &Session, handle: QueryHandle, cancelled: &AtomicBool) {
    for _ in 0..2 {
        let outcome = handle.wait().await;
        match cancelled.load(Ordering::SeqCst) {
            true => assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Cancelled),
            false => assert_eq!(outcome.unwrap().rows_affected(), Some(3)),
        }
    }
    handle.cancel().await.unwrap();
    drop(handle);
    settle().await;
    assert!(count(service, ABORT_BY_ID) + count(service, ABORT) <= 1);
    session.execute("select 1").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn p04_a_cancel_that_races_with_the_end_has_one_outcome() {
    let mut outcomes = [0, 0];
    // A cancel that begins at any poll of the one who waits, and is driven at once or in turn with it.
    for begin_at in 0..32 {
        for in_turn in [false, true] {
            let (service, cancelled) = race();
            let (session, handle) = begin(&service).await;
            {
                let mut wait = pin!(handle.wait());
                let mut cancel = pin!(handle.cancel());
                let (mut waited, mut stopped) = (None, None);
                for turn in 0.. {
                    if waited.is_none()
                        && let Poll::Ready(outcome) = poll!(wait.as_mut())
                    {
                        waited = Some(outcome);
                    }
                    let drive = turn >= begin_at && (in_turn || turn == begin_at);
                    if drive && !in_turn {
                        stopped = Some(cancel.as_mut().await);
                    } else if drive
                        && stopped.is_none()
                        && let Poll::Ready(outcome) = poll!(cancel.as_mut())
                    {
                        stopped = Some(outcome);
                    }
                    if waited.is_some() && stopped.is_some() {
                        break;
                    }
                    settle().await;
                    tokio::time::advance(Duration::from_millis(2)).await;
                }
                stopped.unwrap().unwrap();
                let was_cancelled = cancelled.load(Ordering::SeqCst);
                outcomes[usize::from(was_cancelled)] += 1;
                assert_eq!(waited.unwrap().is_err(), was_cancelled, "cancelled at poll {begin_at}");
            }
            check_race(&service, &session, handle, &cancelled).await;
        }
    }
    assert!(outcomes[0] >= 10 && outcomes[1] >= 10, "both ways were seen: {outcomes:?}");
}

#[tokio::test(start_paused = true)]
async fn p04_of_a_thousand_cancels_one_is_sent() {
    let (service, cancelled) = race();
    let (session, handle) = begin(&service).await;
    let all = futures::future::join_all((0..1000).map(|_| handle.cancel())).await;
    assert!(all.into_iter().all(|outcome| outcome.is_ok()));
    assert!(cancelled.load(Ordering::SeqCst));
    assert_eq!(count(&service, ABORT_BY_ID), 1);
    check_race(&service, &session, handle, &cancelled).await;
}

#[tokio::test(start_paused = true)]
async fn p04_a_cancel_that_failed_can_be_tried_again() {
    let (service, cancelled) = race();
    let (session, handle) = begin(&service).await;
    service.add(Rule::on(ABORT_BY_ID).status(403));
    assert!(handle.cancel().await.is_err());
    service.clear();
    handle.cancel().await.unwrap();
    check_race(&service, &session, handle, &cancelled).await;
    assert!(cancelled.load(Ordering::SeqCst));
}
