//! Sessions that are kept alive while nobody uses them, and their end.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use snowflake_query::{ErrorKind, Pool, PoolOptions, Session, Wanted};
use snowflake_sim::{Expect, ManualClock, Reply, Rule};
use time::macros::datetime;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::time::{advance, sleep};

use crate::service::{
    HEARTBEAT, LOGIN, LOGOUT, QUERY, Service, TOKEN, connect, count, failed, kept_alive, login, one, options,
    options_for, service, settle, sql,
};

const HOUR: Duration = Duration::from_secs(3600);
/// A sixteenth of the four hours for which the service's master tokens live.
const INTERVAL: Duration = Duration::from_secs(900);
/// What marks the process that a test starts to watch it end.
const CHILD: &str = "SNOWFLAKE_TEST_HEARTBEAT_CHILD";

/// A service that answers heartbeats like this.
fn answering(heartbeat: impl FnMut() -> Reply + Send + Sync + 'static) -> Service {
    let mut heartbeat = heartbeat;
    let service = service(|seen| {
        let mut answer = one();
        if let Some((name, value)) =
            sql(seen).strip_prefix("ALTER SESSION SET ").and_then(|set| set.split_once(" = "))
        {
            answer["data"]["parameters"] = json!([{ "name": name, "value": value }]);
        }
        Reply::json(&answer)
    });
    service.inner().push(Expect::post(HEARTBEAT).any_times().reply_with(move |_| heartbeat()));
    service
}

fn fine() -> Reply {
    Reply::json(&json!({ "success": true, "code": null, "message": null, "data": null }))
}

async fn pool(service: &Service, min: u32, max: u32) -> Pool {
    Pool::open(kept_alive(service), PoolOptions::default().with_size(min, max).with_max_lifetime(None))
        .await
        .unwrap()
}

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

#[tokio::test(start_paused = true)]
async fn a_session_beats_only_when_its_parameter_says_so() {
    let service = answering(fine);
    let silent = connect(&service).await;
    sleep(HOUR * 2).await;
    assert_eq!(count(&service, HEARTBEAT), 0);
    drop(silent);

    // The server says so of its own accord, such as for the user's defaults.
    let said = json!([{ "name": "CLIENT_SESSION_KEEP_ALIVE", "value": "true" }]);
    service.add(Rule::on(LOGIN).patch_json(move |answer| answer["data"]["parameters"] = said.clone()));
    let kept = connect(&service).await;
    sleep(INTERVAL * 4).await;
    assert!(matches!(count(&service, HEARTBEAT), 3..=4));
    assert!(kept.execute("select 1").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_statement_starts_and_stops_the_heartbeats() {
    let service = answering(fine);
    let session = connect(&service).await;
    session.execute("ALTER SESSION SET CLIENT_SESSION_KEEP_ALIVE = true").await.unwrap();
    sleep(INTERVAL * 4).await;
    let beats = count(&service, HEARTBEAT);
    assert!(matches!(beats, 3..=4));
    session.execute("ALTER SESSION SET CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY = 3600").await.unwrap();
    sleep(HOUR * 4).await;
    let slower = count(&service, HEARTBEAT) - beats;
    assert!(matches!(slower, 3..=4), "{slower}");
    session.execute("ALTER SESSION SET CLIENT_SESSION_KEEP_ALIVE = false").await.unwrap();
    let before = count(&service, HEARTBEAT);
    sleep(HOUR * 4).await;
    assert_eq!(count(&service, HEARTBEAT), before);
    assert!(session.execute("select 1").await.is_ok());
}

/// S10: whatever is asked for, the interval stays within a sixteenth and a quarter of the master token's life.
#[tokio::test(start_paused = true)]
async fn s10_odd_frequencies_neither_storm_nor_starve() {
    let frequencies = [json!(1), json!(899), json!(3601), json!(-1), json!(u64::MAX), json!(0)];
    for (frequency, most_in_a_day) in frequencies.into_iter().zip([96, 96, 24, 96, 24, 96]) {
        let service = answering(fine);
        let login = login()
            .with_parameter("CLIENT_SESSION_KEEP_ALIVE", true)
            .with_parameter("CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY", frequency.clone());
        let clock = ManualClock::ticking(datetime!(2026-01-02 03:04:05 UTC)).into();
        let session = Session::connect(options_for(&service, clock, login)).await.unwrap();
        sleep(HOUR * 24).await;
        let beats = count(&service, HEARTBEAT);
        assert!(beats == most_in_a_day || beats + 1 == most_in_a_day, "{frequency}: {beats}");
        assert!(session.execute("select 1").await.is_ok());
    }
}

/// S07: a heartbeat that fails is no reason for anything.
#[tokio::test(start_paused = true)]
async fn s07_a_failed_heartbeat_leaves_the_session_as_it_is() {
    let service = answering(|| Reply::status(503));
    let session = Session::connect(kept_alive(&service)).await.unwrap();
    sleep(INTERVAL * 4).await;
    assert!(matches!(count(&service, HEARTBEAT), 3..=4), "one attempt in each interval");
    assert!(!session.is_over());
    assert!(session.execute("select 1").await.is_ok());
}

/// S07: a session that a heartbeat finds to be over says so at once, and is not logged out of.
#[tokio::test(start_paused = true)]
async fn s07_a_session_that_a_heartbeat_finds_over_sends_nothing_more() {
    let service = answering(|| Reply::json(&failed("390114", "Authentication token has expired.")));
    let session = Session::connect(kept_alive(&service)).await.unwrap();
    sleep(INTERVAL).await;
    assert!(session.is_over());
    assert_eq!(session.execute("select 1").await.unwrap_err().kind(), ErrorKind::Auth);
    sleep(HOUR * 4).await;
    drop(session);
    settle().await;
    let sent = [HEARTBEAT, QUERY, LOGOUT].map(|path| count(&service, path));
    assert_eq!(sent, [1, 0, 0]);
}

/// S07: a pool replaces a session that a heartbeat found over, before anybody meets it.
#[tokio::test(start_paused = true)]
async fn s07_a_pool_replaces_what_a_heartbeat_found_over() {
    let mut beats = 0;
    let service = answering(move || {
        beats += 1;
        if beats == 1 { Reply::json(&failed("390111", "Session no longer exists.")) } else { fine() }
    });
    let pool = pool(&service, 1, 2).await;
    sleep(INTERVAL + Duration::from_secs(31)).await;
    assert_eq!((count(&service, LOGIN), pool.size().open), (2, 1));
    pool.execute("insert into t values (1)").await.unwrap();
    assert_eq!((count(&service, LOGIN), count(&service, QUERY)), (2, 1));
}

/// S03: a session whose renewal is refused for good is not lent again, and the pool goes on with another one.
#[tokio::test(start_paused = true)]
async fn s03_a_pool_gives_up_a_session_that_cannot_be_renewed() {
    let service = service(|seen| {
        let first = seen.header("authorization") == Some("Snowflake Token=\"session-1\"");
        Reply::json(&if first { failed("390112", "expired") } else { one() })
    });
    let gone = failed("390114", "Authentication token has expired.").to_string();
    service.add(Rule::on(TOKEN).answer(200, &[], gone));
    let pool = Pool::open(options(&service), PoolOptions::default().with_size(1, 1)).await.unwrap();
    let session = pool.get(&Wanted::default()).await.unwrap();
    assert_eq!(session.execute("insert into t values (1)").await.unwrap_err().kind(), ErrorKind::Auth);
    drop(session);
    assert_eq!(pool.size().open, 0);
    pool.execute("insert into t values (1)").await.unwrap();
    assert_eq!((count(&service, LOGIN), service.hits()[0]), (2, 1));
}

/// S06: the answer to a renewal is lost and the old token refused: a read goes on in another session.
#[tokio::test(start_paused = true)]
async fn s06_a_pool_survives_a_session_whose_renewal_was_lost() {
    let service = service(|seen| {
        let first = seen.header("authorization") == Some("Snowflake Token=\"session-1\"");
        Reply::json(&if first { failed("390112", "expired") } else { one() })
    });
    let refused = failed("390115", "Master token is not valid.").to_string();
    service.add(Rule::on(TOKEN).times(1).lose_response());
    service.add(Rule::on(TOKEN).answer(200, &[], refused));
    let pool = Pool::open(options(&service), PoolOptions::default().with_size(1, 1)).await.unwrap();
    pool.execute("select 1").await.unwrap();
    assert_eq!(service.hits(), [1, 1], "the renewal was asked for twice and no more");
    assert_eq!(count(&service, LOGIN), 2);
    pool.execute("select 1").await.unwrap();
    assert_eq!(count(&service, LOGIN), 2);
}

/// A free session that beats is neither doubted nor thrown away, and yet does not outlive the pool's limits.
#[tokio::test(start_paused = true)]
async fn p11_a_pool_trusts_the_heartbeats_of_its_free_sessions() {
    let service = answering(fine);
    let pool = pool(&service, 1, 2).await;
    pool.execute("select 1").await.unwrap();
    sleep(HOUR * 9).await;
    while count(&service, HEARTBEAT) < 36 {
        sleep(Duration::from_secs(1)).await;
    }
    pool.execute("select 1").await.unwrap();
    assert_eq!(count(&service, LOGIN), 1, "the session is the same after nine hours");
    assert_eq!(count(&service, HEARTBEAT), 36, "a heartbeat a moment ago is sign of life enough");

    let anything = Wanted::default();
    drop(tokio::join!(pool.get(&anything), pool.get(&anything)));
    assert_eq!(pool.size().open, 2);
    sleep(Duration::from_secs(700)).await;
    assert_eq!(pool.size().open, 1, "heartbeats are no use");
}

/// S08: after a night's sleep, sessions that were silent for too long are replaced, or beat once; there is no burst.
#[tokio::test(start_paused = true)]
async fn s08_a_pool_wakes_up_without_a_burst() {
    let service = answering(fine);
    let pool = pool(&service, 3, 3).await;
    sleep(INTERVAL).await;
    let before = count(&service, HEARTBEAT);
    assert_eq!(before, 3);
    advance(HOUR * 8).await;
    sleep(Duration::from_secs(1)).await;
    assert!(count(&service, HEARTBEAT) <= before + 3);
    assert_eq!(pool.size().open, 3);
    pool.execute("select 1").await.unwrap();
    assert!(count(&service, LOGIN) <= 6);
    let before = count(&service, HEARTBEAT);
    sleep(INTERVAL * 4).await;
    assert!(matches!(count(&service, HEARTBEAT) - before, 9..=12), "the rhythm goes on");
}

/// S09: with its last handle, a session's heartbeats are gone.
#[tokio::test(start_paused = true)]
async fn s09_a_session_that_is_dropped_leaves_no_task_behind() {
    for stalled in [false, true] {
        let service = answering(move || if stalled { Reply::silence() } else { fine() });
        let others = tasks();
        let session = Session::connect(kept_alive(&service)).await.unwrap();
        assert_eq!(tasks(), others + 1);
        sleep(INTERVAL).await;
        let beats = count(&service, HEARTBEAT);
        assert_eq!(beats, 1);
        drop(session);
        settle().await;
        assert_eq!(tasks(), others);
        sleep(HOUR * 4).await;
        assert_eq!((count(&service, HEARTBEAT), count(&service, LOGOUT)), (beats, 1));
        assert_eq!(Arc::strong_count(&service), 1, "nothing holds on to the transport");
    }
}

/// S09: the same for a session that is closed and for a pool with all its tasks.
#[tokio::test(start_paused = true)]
async fn s09_closing_and_dropping_leave_no_task_behind() {
    let service = answering(Reply::silence);
    let others = tasks();
    let session = Session::connect(kept_alive(&service)).await.unwrap();
    sleep(INTERVAL).await;
    session.close().await;
    settle().await;
    assert_eq!(tasks(), others);

    let first = pool(&service, 5, 5).await;
    sleep(INTERVAL).await;
    let second = pool(&service, 5, 5).await;
    second.close().await;
    drop((first, second));
    sleep(Duration::from_secs(1)).await;
    assert_eq!(tasks(), others);
    assert_eq!(count(&service, LOGOUT), 11);
    assert_eq!(Arc::strong_count(&service), 1);
}

/// Real time: no heartbeat is due for minutes, and a busy machine may take seconds over anything.
const AT_ONCE: Duration = Duration::from_secs(30);

fn several_threads() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// S09: a runtime is shut down with heartbeats waiting or under way, and what is left of the client afterwards is
/// harmless.
#[test]
fn s09_a_runtime_shuts_down_at_once_with_heartbeats_on() {
    let paused = || Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    for (runtime, wait) in [(paused(), HOUR), (several_threads(), Duration::ZERO)] {
        let service = runtime.block_on(async { answering(Reply::silence) });
        let (pool, session) = runtime.block_on(async {
            let opened = (pool(&service, 3, 3).await, Session::connect(kept_alive(&service)).await.unwrap());
            sleep(wait).await;
            opened
        });
        assert_eq!(count(&service, HEARTBEAT) > 0, wait == HOUR);
        let started = Instant::now();
        drop(runtime);
        drop((pool, session));
        assert!(started.elapsed() < AT_ONCE, "{:?}", started.elapsed());
        assert_eq!(Arc::strong_count(&service), 1, "nothing holds on to the transport");
    }
}

/// S09: a process ends as if there were no heartbeats.
#[test]
fn s09_a_process_exits_at_once_with_heartbeats_on() {
    if std::env::var_os(CHILD).is_some() {
        let runtime = several_threads();
        let service = runtime.block_on(async { answering(Reply::silence) });
        std::mem::forget(runtime.block_on(pool(&service, 3, 3)));
        std::mem::forget(runtime);
        println!("\nconnected");
        return;
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "heartbeat::s09_a_process_exits_at_once_with_heartbeats_on", "--nocapture"])
        .env(CHILD, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line == "connected"));
    let started = Instant::now();
    lines.for_each(drop);
    assert!(child.wait().unwrap().success());
    assert!(started.elapsed() < AT_ONCE, "{:?}", started.elapsed());
}
