//! A pool that is closed while much is under way.

use std::time::Duration;

use futures::FutureExt;
use futures::future::join_all;
use snowflake_query::{ErrorKind, InFlight, Pool, PoolOptions, Wanted};
use snowflake_sim::{Expect, Reply, Rule};
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::service::{
    ABORT, LOGIN, LOGOUT, QUERY, RESULT, Service, count, failed, one, options, requests, running, service,
    settle,
};

fn limits(max: u32) -> PoolOptions {
    PoolOptions::default().with_size(0, max)
}

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// Holds every statement for an hour, or answers as soon as its request id was aborted.
fn busy(answers_aborts: bool) -> Service {
    let service = service(move |seen| {
        let is_detached = seen.json()["asyncExec"] == true;
        let rows = Reply::json(&if is_detached { running("333334", RESULT) } else { one() });
        if is_detached { rows } else { rows.after(Duration::from_secs(3600)) }
    });
    if answers_aborts {
        service.add(Rule::on(QUERY).nth(1).delay(Duration::from_millis(500)).answer(
            200,
            &[],
            failed("000604", "SQL execution canceled").to_string(),
        ));
    }
    service.inner().push(
        Expect::get(RESULT)
            .any_times()
            .reply(Reply::json(&running("333334", RESULT)).after(Duration::from_secs(45))),
    );
    service
}

/// Starts a hundred statements, every fifth of them as one that runs by itself.
async fn start_a_hundred(pool: &Pool) -> Vec<tokio::task::JoinHandle<Result<(), snowflake_query::Error>>> {
    let started = (0..100).map(|number| {
        let pool = pool.clone();
        tokio::spawn(async move {
            if number % 5 == 0 {
                let handle = pool.execute_async("insert into t values (1)").await?;
                return handle.wait().await.map(drop);
            }
            pool.execute("select 1").await.map(drop)
        })
    });
    let started = started.collect();
    for _ in 0..20 {
        settle().await;
    }
    started
}

#[tokio::test(start_paused = true)]
async fn p06_closing_stops_a_hundred_statements_and_leaves_no_task() {
    let service = busy(false);
    let before = tasks();
    let pool = Pool::open(options(&service), limits(100)).await.unwrap();
    let callers = start_a_hundred(&pool).await;
    assert_eq!(count(&service, QUERY), 100);
    let begun = Instant::now();
    pool.close().await;
    assert!(begun.elapsed() <= Duration::from_secs(15), "{:?}", begun.elapsed());
    for outcome in join_all(callers).await {
        let error = outcome.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{error:?}");
    }
    settle().await;
    let mut aborted: Vec<_> = requests(&service, ABORT)
        .iter()
        .map(|seen| seen.json()["requestId"].as_str().unwrap().to_owned())
        .collect();
    let mut sent: Vec<_> =
        requests(&service, QUERY).iter().map(|seen| seen.query("requestId").unwrap()).collect();
    aborted.sort();
    sent.sort();
    assert_eq!(aborted, sent, "each was aborted, and once");
    assert_eq!(count(&service, LOGOUT), count(&service, LOGIN));
    assert_eq!(pool.size().open, 0);
    assert_eq!(pool.execute("select 1").await.unwrap_err().kind(), ErrorKind::Pool);
    drop(pool);
    settle().await;
    assert_eq!(tasks(), before);
}

#[tokio::test(start_paused = true)]
async fn p06_whoever_waits_hears_what_the_server_says_to_the_abort() {
    let service = busy(true);
    let pool = Pool::open(options(&service), limits(1)).await.unwrap();
    let caller = tokio::spawn({
        let pool = pool.clone();
        async move { pool.execute("insert into t values (1)").await }
    });
    settle().await;
    pool.close().await;
    let error = caller.await.unwrap().unwrap_err();
    assert_eq!(error.code().map(|code| code.as_str()), Some("000604"));
    assert_eq!(count(&service, ABORT), 1);
}

#[tokio::test(start_paused = true)]
async fn p06_a_server_that_answers_nothing_costs_at_most_fifteen_seconds() {
    let service = busy(false);
    let before = tasks();
    let pool = Pool::open(options(&service), limits(100)).await.unwrap();
    let callers = start_a_hundred(&pool).await;
    service.add(Rule::always().stall());
    let begun = Instant::now();
    pool.close().await;
    assert!(begun.elapsed() <= Duration::from_secs(15), "{:?}", begun.elapsed());
    assert!(join_all(callers).await.into_iter().all(|outcome| outcome.unwrap().is_err()));
    drop(pool);
    settle().await;
    assert_eq!(tasks(), before);
}

#[tokio::test(start_paused = true)]
async fn p06_what_is_left_alone_runs_on_after_the_end_of_its_pool() {
    let service = service(|seen| {
        let is_detached = seen.json()["asyncExec"] == true;
        let answer = if is_detached { running("333334", RESULT) } else { one() };
        Reply::json(&answer).after(Duration::from_secs(if is_detached { 0 } else { 60 }))
    });
    service.inner().push(Expect::get(RESULT).any_times().reply(Reply::json(&one())));
    let before = tasks();
    let pool = Pool::open(options(&service), limits(3).with_in_flight(InFlight::Leave)).await.unwrap();
    let borrowed = pool.get(&Wanted::default()).await.unwrap();
    let handle = pool.execute_async("insert into t values (1)").await.unwrap();
    let caller = tokio::spawn({
        let pool = pool.clone();
        async move { pool.execute("select 1").await }
    });
    settle().await;
    pool.close().await;
    assert_eq!((count(&service, ABORT), count(&service, LOGOUT)), (0, 0));
    assert_eq!(pool.get(&Wanted::default()).await.unwrap_err().kind(), ErrorKind::Pool);
    assert_eq!(handle.wait().await.unwrap().rows.len(), 1);
    borrowed.execute("select 1").await.unwrap();
    assert_eq!(caller.await.unwrap().unwrap().rows.len(), 1);
    drop((borrowed, handle, pool));
    settle().await;
    assert_eq!((count(&service, ABORT), count(&service, LOGOUT)), (0, count(&service, LOGIN)));
    assert_eq!(tasks(), before);
}

#[tokio::test(start_paused = true)]
async fn p06_closing_ends_borrowed_sessions_and_those_who_wait_for_one() {
    let service = service(|_| Reply::json(&one()));
    let pool = Pool::open(options(&service), limits(1)).await.unwrap();
    let borrowed = pool.get(&Wanted::default()).await.unwrap();
    let waiter = tokio::spawn({
        let pool = pool.clone();
        async move { pool.execute("select 1").await }
    });
    settle().await;
    let begun = Instant::now();
    pool.close().await;
    assert_eq!(waiter.await.unwrap().unwrap_err().kind(), ErrorKind::Pool);
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert!(borrowed.is_over());
    assert_eq!(borrowed.execute("select 1").await.unwrap_err().kind(), ErrorKind::Auth);
    drop(borrowed);
    settle().await;
    assert_eq!((count(&service, LOGOUT), pool.size().open), (1, 0));
    pool.close().await;
}

#[tokio::test(start_paused = true)]
async fn p06_a_login_that_ends_just_when_the_pool_closes_leaves_no_session_open() {
    let service = service(|_| Reply::json(&one()));
    let pool = Pool::open(options(&service), limits(1)).await.unwrap();
    // The pool closes while the login is in the hands of the transport, which answers without a pause.
    let closing = pool.clone();
    service.add(Rule::on(LOGIN).when(move |_| closing.close().now_or_never().is_some()));
    assert_eq!(pool.get(&Wanted::default()).await.unwrap_err().kind(), ErrorKind::Pool);
    settle().await;
    assert_eq!((count(&service, LOGIN), count(&service, LOGOUT), pool.size().open), (1, 1, 0));
}
