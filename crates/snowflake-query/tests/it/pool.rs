//! Sessions lent and taken back.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use snowflake_query::{ErrorKind, Pool, PoolOptions, QueryBuilder, Wanted};
use snowflake_sim::{Expect, ManualClock, Reply, Rule};
use time::macros::datetime;
use tokio::time::Instant;

use crate::service::{
    HEARTBEAT, LOGIN, LOGOUT, QUERY, Service, count, failed, one, options, options_by, requests, service,
    settle, sql,
};

async fn pool(service: &Service, limits: PoolOptions) -> Pool {
    Pool::open(options(service), limits).await.unwrap()
}

fn limits(min: u32, max: u32) -> PoolOptions {
    PoolOptions::default().with_size(min, max)
}

/// Answers everything, and follows USE and the statements that leave traces.
fn following() -> Service {
    service(|seen| {
        let mut answer = one();
        let text = sql(seen);
        let data = &mut answer["data"];
        if let Some(name) = text.strip_prefix("USE WAREHOUSE ") {
            data["finalWarehouseName"] = json!(name.trim_matches('"'));
        }
        data["statementTypeId"] = match text.split(' ').next().unwrap() {
            "USE" => json!(0x4303),
            "ALTER" => json!(0x4100),
            "BEGIN" => json!(0x5000),
            "CREATE" => json!(0x6000),
            "SET" => json!(0x4100),
            "CALL" => json!(0x9000),
            _ => json!(0x1000),
        };
        Reply::json(&answer)
    })
}

fn wanting(warehouse: &str) -> Wanted {
    Wanted { warehouse: Some(warehouse.to_owned()), ..Wanted::default() }
}

#[tokio::test(start_paused = true)]
async fn sessions_are_used_again() {
    let service = following();
    let pool = pool(&service, limits(0, 4)).await;
    for _ in 0..10 {
        pool.execute("select 1").await.unwrap();
    }
    assert_eq!(count(&service, LOGIN), 1);
    assert_eq!((pool.size().open, pool.size().idle), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_lazy_pool_opens_its_first_session_for_the_first_borrower_and_then_its_minimum() {
    let service = following();
    let pool = Pool::lazy(options(&service), limits(2, 3)).unwrap();
    settle().await;
    assert_eq!(count(&service, LOGIN), 0);
    pool.execute("select 1").await.unwrap();
    assert_eq!(count(&service, LOGIN), 1);
    tokio::time::advance(Duration::from_secs(31)).await;
    settle().await;
    assert_eq!((count(&service, LOGIN), pool.size().open), (2, 2));
    assert!(Pool::lazy(options(&service), limits(2, 1)).is_err());
}

#[tokio::test(start_paused = true)]
async fn the_minimum_is_opened_at_once_and_the_maximum_is_kept() {
    let service = following();
    let pool = pool(&service, limits(2, 3)).await;
    assert_eq!(count(&service, LOGIN), 2);
    let running = AtomicUsize::new(0);
    let most = AtomicUsize::new(0);
    join_all((0..20).map(|_| async {
        let _session = pool.get(&Wanted::default()).await.unwrap();
        most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        settle().await;
        running.fetch_sub(1, Ordering::SeqCst);
    }))
    .await;
    assert_eq!(most.load(Ordering::SeqCst), 3);
    assert_eq!(count(&service, LOGIN), 3);
}

#[tokio::test(start_paused = true)]
async fn limits_that_contradict_each_other_are_refused() {
    let service = following();
    for wrong in [limits(0, 0), limits(3, 2), limits(0, 1).with_wait_timeout(Duration::ZERO)] {
        let error = Pool::open(options(&service), wrong).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
    }
    assert_eq!(count(&service, LOGIN), 0);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_stops_the_pool_after_one_login() {
    let service = following();
    let refused = failed("390100", "Incorrect username or password was specified.").to_string();
    service.add(Rule::on(LOGIN).answer(200, &[], refused));
    let pool = pool(&service, limits(0, 10)).await;
    let started = Instant::now();
    let errors = join_all((0..50).map(|_| pool.execute("select 1"))).await;
    for error in errors {
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Auth, "{error:?}");
        assert_eq!(error.code().map(|code| code.as_str()), Some("390100"));
    }
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    assert_eq!(pool.execute("select 1").await.unwrap_err().kind(), ErrorKind::Auth);
    tokio::time::advance(Duration::from_secs(600)).await;
    settle().await;
    assert_eq!(service.hits(), [1], "one login, however many asked");

    service.clear();
    pool.reopen();
    pool.execute("select 1").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_fails_the_opening_of_a_pool_with_a_minimum() {
    let service = following();
    service.add(Rule::on(LOGIN).status(403));
    let error = Pool::open(options(&service), limits(5, 20)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert_eq!(service.hits(), [1]);
}

#[tokio::test(start_paused = true)]
async fn r09_a_bare_401_is_one_request_and_does_not_stop_the_pool_for_good() {
    let service = following();
    let pool = pool(&service, limits(0, 4)).await;
    for status in [401, 403] {
        service.clear();
        service.add(Rule::on(LOGIN).status(status));
        let error = pool.execute("select 1").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Auth, "{status}: {error:?}");
        assert_eq!(service.hits(), [1], "the login is not repeated by itself");
    }
    // A proxy may have said it: nobody has to reopen the pool.
    service.clear();
    pool.execute("select 1").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn p09_waiters_are_served_in_order_and_told_why_there_is_nothing() {
    let service = following();
    let pool = pool(&service, limits(0, 2)).await;
    let busy = [pool.get(&Wanted::default()).await.unwrap(), pool.get(&Wanted::default()).await.unwrap()];
    let started = Instant::now();
    let anything = Wanted::default();
    let errors = join_all((0..200).map(|_| pool.get(&anything))).await;
    assert_eq!(started.elapsed().as_secs(), 30);
    for error in errors {
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Pool);
        assert!(error.is_timeout() && error.is_retryable());
        assert!(error.to_string().contains("all 2 are in use (2 busy"), "{error}");
    }
    let order = Arc::new(Mutex::new(Vec::new()));
    let waiters = (0..20).map(|number| {
        let (pool, order) = (pool.clone(), Arc::clone(&order));
        async move {
            let session = pool.get(&Wanted::default()).await.unwrap();
            order.lock().unwrap().push(number);
            settle().await;
            drop(session);
        }
    });
    let waiting = tokio::spawn(join_all(waiters));
    settle().await;
    drop(busy);
    waiting.await.unwrap();
    assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn p07_waiters_that_leave_take_nothing_with_them() {
    let service = following();
    let pool = pool(&service, limits(0, 3)).await;
    for round in 0..200_u64 {
        let used = (0..6).map(|number| {
            let patience = Duration::from_micros((round * 7 + number * 13) % 50);
            let pool = pool.clone();
            async move {
                let lent = tokio::time::timeout(patience, pool.get(&Wanted::default())).await;
                settle().await;
                drop(lent);
            }
        });
        join_all(used).await;
    }
    settle().await;
    let size = pool.size();
    assert!(size.open == size.idle && size.open <= 3, "{size:?}");
    let anything = Wanted::default();
    let all = join_all((0..3).map(|_| pool.get(&anything))).await;
    assert!(all.iter().all(Result::is_ok));
}

#[tokio::test(start_paused = true)]
async fn p10_a_session_with_traces_is_not_lent_again() {
    for trace in [
        "ALTER SESSION SET TIMEZONE = 'UTC'",
        "BEGIN",
        "CREATE TEMPORARY TABLE t (a int)",
        "SET x = 1",
        "CALL p()",
    ] {
        let service = following();
        let pool = pool(&service, limits(0, 1)).await;
        let session = pool.get(&Wanted::default()).await.unwrap();
        session.execute(trace).await.unwrap();
        let first = session.id();
        drop(session);
        let session = pool.get(&Wanted::default()).await.unwrap();
        assert_ne!(session.id(), first, "{trace}");
        settle().await;
        assert_eq!(count(&service, LOGOUT), 1, "{trace}");
    }
}

#[tokio::test(start_paused = true)]
async fn p10_a_switched_session_is_switched_back() {
    let service = following();
    let pool = pool(&service, limits(0, 1)).await;
    pool.execute(QueryBuilder::new("select 1").warehouse("big")).await.unwrap();
    pool.execute(QueryBuilder::new("select 2").warehouse("BIG")).await.unwrap();
    pool.execute("select 3").await.unwrap();
    let statements: Vec<_> = requests(&service, QUERY).iter().map(sql).collect();
    assert_eq!(
        statements,
        ["USE WAREHOUSE \"BIG\"", "select 1", "select 2", "USE WAREHOUSE \"WH\"", "select 3"]
    );
    assert_eq!(count(&service, LOGIN), 1);
}

#[tokio::test(start_paused = true)]
async fn the_session_that_fits_best_is_lent() {
    let service = following();
    let pool = pool(&service, limits(0, 3)).await;
    let names = ["a", "b", "c"];
    let sessions = join_all(names.map(|name| async { pool.get(&wanting(name)).await.unwrap() })).await;
    let ids: Vec<_> = sessions.iter().map(snowflake_query::Session::id).collect();
    drop(sessions);
    for (name, id) in names.iter().zip(ids).rev() {
        assert_eq!(pool.get(&wanting(name)).await.unwrap().id(), id);
    }
    assert_eq!(count(&service, QUERY), 3, "one USE for each");
}

/// The first session is found to be over by whatever is sent in it.
fn forgetting() -> Service {
    service(|seen| {
        let first = seen.header("authorization") == Some("Snowflake Token=\"session-1\"");
        Reply::json(&if first { failed("390111", "session gone") } else { one() })
    })
}

#[tokio::test(start_paused = true)]
async fn p11_a_read_in_a_session_that_is_over_runs_in_another_one() {
    let service = forgetting();
    let pool = pool(&service, limits(1, 1)).await;
    pool.execute("select 1").await.unwrap();
    assert_eq!((count(&service, LOGIN), count(&service, QUERY)), (2, 2));
    let session = pool.get(&Wanted::default()).await.unwrap();
    assert_eq!(session.id(), 2);
    assert_eq!(pool.size().open, 1);
    settle().await;
    assert_eq!(count(&service, LOGOUT), 0, "there is nothing to log out of");
}

#[tokio::test(start_paused = true)]
async fn p11_a_write_in_a_session_that_is_over_is_the_callers_to_repeat() {
    let service = forgetting();
    let pool = pool(&service, limits(1, 1)).await;
    let error = pool.execute("insert into t values (1)").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert_eq!(count(&service, QUERY), 1);
    assert_eq!(pool.size().open, 0, "the session is not lent again");
    pool.execute("insert into t values (1)").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn p11_a_session_that_was_free_for_long_is_asked_for_a_sign_of_life() {
    let service = following();
    service
        .inner()
        .push(Expect::post(HEARTBEAT).any_times().reply(Reply::json(&failed("390111", "session gone"))));
    let pool = pool(&service, limits(1, 1)).await;
    pool.execute("insert into t values (1)").await.unwrap();
    assert_eq!(count(&service, HEARTBEAT), 0);
    tokio::time::advance(Duration::from_secs(400)).await;
    pool.execute("insert into t values (2)").await.unwrap();
    assert_eq!((count(&service, HEARTBEAT), count(&service, LOGIN)), (1, 2));
    assert_eq!(requests(&service, QUERY)[1].header("authorization"), Some("Snowflake Token=\"session-2\""));
}

#[tokio::test(start_paused = true)]
async fn p14_a_session_that_grew_old_in_use_finishes_and_is_closed() {
    let service = service(|_| Reply::json(&one()).after(Duration::from_secs(40)));
    let pool = pool(&service, limits(0, 1).with_max_lifetime(Duration::from_secs(30))).await;
    pool.execute("select 1").await.unwrap();
    settle().await;
    assert_eq!((count(&service, LOGOUT), pool.size().open), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn sessions_grow_old_by_the_clock_that_the_server_was_given() {
    let service = following();
    let clock = Arc::new(ManualClock::new(datetime!(2026-01-02 03:04:05 UTC)));
    let options = options_by(&service, Arc::clone(&clock));
    let limits = limits(0, 1).with_idle_timeout(None).with_max_lifetime(Duration::from_secs(3600));
    let pool = Pool::open(options, limits).await.unwrap();
    let result = pool.execute("select 1").await.unwrap();
    assert_eq!(result.stats.execution_time_ms, 0);
    clock.advance(Duration::from_secs(3599));
    service.inner().push(Expect::post(HEARTBEAT).any_times().reply(Reply::json(&json!({ "success": true }))));
    pool.execute("select 1").await.unwrap();
    assert_eq!((count(&service, HEARTBEAT), count(&service, LOGIN)), (1, 1));
    clock.advance(Duration::from_secs(1));
    pool.execute("select 1").await.unwrap();
    assert_eq!(count(&service, LOGIN), 2);
}

#[tokio::test(start_paused = true)]
async fn idle_sessions_beyond_the_minimum_are_closed() {
    let service = following();
    let pool = pool(&service, limits(1, 4).with_idle_timeout(Duration::from_secs(60))).await;
    let anything = Wanted::default();
    drop(join_all((0..4).map(|_| pool.get(&anything))).await);
    assert_eq!(pool.size().open, 4);
    for _ in 0..10 {
        settle().await;
        tokio::time::advance(Duration::from_secs(10)).await;
    }
    settle().await;
    assert_eq!((pool.size().open, count(&service, LOGOUT)), (1, 3));
    assert_eq!(count(&service, LOGIN), 4);
}

#[tokio::test(start_paused = true)]
async fn p12_an_unreachable_server_is_not_stormed() {
    let service = following();
    let pool =
        pool(&service, limits(3, 3).with_max_lifetime(Duration::from_secs(45)).with_idle_timeout(None)).await;
    service.add(Rule::on(LOGIN).reset());
    for _ in 0..600 {
        settle().await;
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    let attempts = service.hits()[0];
    assert!((7..=700).contains(&attempts), "{attempts}");
    let started = Instant::now();
    let error = pool.execute("select 1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network, "{error:?}");
    assert!(started.elapsed() <= Duration::from_secs(100), "{:?}", started.elapsed());
    service.clear();
    for _ in 0..120 {
        settle().await;
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    settle().await;
    assert_eq!(pool.size().open, 3);
    pool.execute("select 1").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_unreachable_server_fails_every_waiter_with_the_cause() {
    let service = following();
    service.add(Rule::on(LOGIN).reset());
    let pool = pool(&service, limits(0, 10).with_wait_timeout(Duration::from_secs(300))).await;
    let errors = join_all((0..20).map(|_| pool.execute("select 1"))).await;
    for error in errors {
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Network);
    }
    service.clear();
    pool.execute("select 1").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_pool_that_is_dropped_logs_out() {
    let service = following();
    let pool = pool(&service, limits(2, 2)).await;
    drop(pool);
    settle().await;
    assert_eq!(count(&service, LOGOUT), 2);
}

#[tokio::test(start_paused = true)]
async fn r26_a_session_that_is_lost_inside_a_transaction_is_not_replaced_silently() {
    let mut statements = 0;
    let service = service(move |_| {
        statements += 1;
        Reply::json(&if statements == 2 { failed("390111", "session gone") } else { one() })
    });
    let pool = pool(&service, limits(0, 1)).await;
    let session = pool.get(&Wanted::default()).await.unwrap();
    session.execute("begin").await.unwrap();
    assert!(session.in_transaction());
    let error = session.execute("insert into t values (1)").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TransactionLost);
    assert_eq!(error.code().map(|code| code.as_str()), Some("390111"));
    for rest in ["select 1", "commit"] {
        assert_eq!(session.execute(rest).await.unwrap_err().kind(), ErrorKind::TransactionLost);
    }
    assert_eq!(count(&service, QUERY), 2, "nothing is sent in a session that is over");
    drop(session);
    assert_eq!(pool.size().open, 0);
    pool.execute("select 1").await.unwrap();
    assert_eq!(count(&service, LOGIN), 2);
}

#[tokio::test(start_paused = true)]
async fn r26_a_commit_whose_answer_was_lost_with_the_session_has_an_unknown_outcome() {
    let service = following();
    let pool = pool(&service, limits(0, 1)).await;
    let session = pool.get(&Wanted::default()).await.unwrap();
    session.execute("begin").await.unwrap();
    service.add(Rule::on(QUERY).times(1).lose_response());
    service.add(Rule::on(QUERY).times(1).answer(200, &[], failed("390111", "session gone").to_string()));
    let error = session.execute("commit").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error:?}");
    drop(session);
    assert_eq!(pool.size().open, 0);
    pool.execute("select 1").await.unwrap();
}

#[test]
fn futures_and_handles_can_move_between_threads() {
    fn moves<T: Send>(_: &T) {}
    fn all(pool: &Pool, session: &snowflake_query::Session, handle: &snowflake_query::QueryHandle) {
        let wanted = Wanted::default();
        moves(&pool.get(&wanted));
        moves(&pool.execute("select 1"));
        moves(&pool.execute_async("select 1"));
        moves(&session.execute("select 1"));
        moves(&session.execute_stream(QueryBuilder::new("select 1")));
        moves(&session.result(handle.query_id()));
        moves(&handle.wait());
        moves(&handle.poll());
        moves(&handle.cancel());
    }
    let _ = all;
}
