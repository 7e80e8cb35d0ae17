//! Sessions that are kept alive, in good times and bad.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use snowflake_auth::{ErrorKind, Login, Server, ServerOptions, keep_alive, login};
use snowflake_proto::Recovery;
use snowflake_sim::{Expect, ManualClock, Reply, Script, Seen};
use snowflake_transport::{Clock as _, Delivery, ErrorKind as TransportErrorKind, RetryPolicy, Transport};
use time::macros::datetime;
use tokio::task::JoinHandle;
use tokio::time::{Instant, advance, sleep};

use crate::support::{
    HEARTBEAT, LOGIN, QUERY, RENEW, authorization, count, expired, failure, options, password, renewed,
    server_with, session, success,
};

/// A sixteenth of the four hours for which the master token of the tests lives.
const INTERVAL: Duration = Duration::from_secs(900);

/// A session whose heartbeats are answered like this, and the times at which they came.
struct Kept {
    script: Arc<Script>,
    clock: Arc<ManualClock>,
    server: Server,
    login: Login,
    times: Arc<Mutex<Vec<Instant>>>,
    task: JoinHandle<snowflake_auth::Error>,
}

impl Kept {
    async fn with(mut answer: impl FnMut(usize) -> Reply + Send + Sync + 'static) -> Self {
        let times = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&times);
        let script = Script::new()
            .in_any_order()
            .expect(Expect::post(LOGIN).reply(success(session())))
            .expect(Expect::post(HEARTBEAT).any_times().reply_with(move |_| {
                let mut noted = noted.lock().unwrap();
                noted.push(Instant::now());
                answer(noted.len())
            }))
            .expect(Expect::post(QUERY).any_times().reply(success(Value::Null)));
        let script = Arc::new(script);
        let clock = Arc::new(ManualClock::ticking(datetime!(2026-03-01 12:00 UTC)));
        let server = server_with(&script, Arc::<ManualClock>::clone(&clock));
        let login = login(&server, &password(), &options()).await.unwrap();
        let task = spawn(&server, &login);
        Self { script, clock, server, login, times, task }
    }

    fn beats(&self) -> usize {
        count(&self.script, HEARTBEAT)
    }

    /// The seconds between heartbeats.
    fn gaps(&self) -> Vec<u64> {
        let times = self.times.lock().unwrap();
        times.windows(2).map(|pair| (pair[1] - pair[0]).as_secs()).collect()
    }

    /// A call by somebody who uses the session works.
    async fn is_usable(&self) -> bool {
        crate::rotating::call(&self.server, &self.login).await.is_ok_and(|envelope| envelope.success)
    }
}

fn spawn(server: &Server, login: &Login) -> JoinHandle<snowflake_auth::Error> {
    let (server, tokens) = (server.clone(), login.tokens.clone());
    tokio::spawn(async move { keep_alive(&server, &tokens, None).await })
}

fn fine(_: usize) -> Reply {
    success(Value::Null)
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_kept_beats_once_in_every_interval() {
    let kept = Kept::with(fine).await;
    let started = Instant::now();
    sleep(INTERVAL * 20).await;
    assert!(matches!(kept.beats(), 19..=20), "{}", kept.beats());
    assert!(kept.gaps().iter().all(|gap| *gap == 900), "{:?}", kept.gaps());
    let first = kept.times.lock().unwrap()[0] - started;
    assert!(first >= INTERVAL / 4 && first <= INTERVAL + Duration::from_millis(1), "{first:?}");
    assert!(kept.is_usable().await);
    assert!(!kept.task.is_finished());
}

/// S07: what fails is not repeated at once but made up for by the next heartbeat.
#[tokio::test(start_paused = true)]
async fn s07_a_heartbeat_that_fails_waits_for_the_next() {
    let kept = Kept::with(|number| match number {
        1 => Reply::status(503),
        2 => Reply::status(429).with_header("retry-after", "1"),
        3 => Reply::fail(TransportErrorKind::Reset, Delivery::MaybeSent),
        4 => Reply::fail(TransportErrorKind::Connect, Delivery::NotSent),
        5 => Reply::bytes("<html>log in to the network</html>"),
        6 => failure("390999", "odd"),
        7 => Reply::status(404),
        _ => fine(number),
    })
    .await;
    sleep(INTERVAL * 10).await;
    assert_eq!(kept.gaps()[..7], [900; 7]);
    assert!(!kept.login.tokens.is_dead());
    assert_eq!(kept.server.retrier().budget().retries_left(kept.clock.now()), 35, "no retry was spent");
    assert!(kept.is_usable().await);
}

/// S07: a heartbeat that finds the session over is the last, and everyone learns of it.
#[tokio::test(start_paused = true)]
async fn s07_a_session_that_is_over_is_flagged_and_left_alone() {
    for code in ["390111", "390114", "390104"] {
        let kept = Kept::with(move |number| match number {
            1 => fine(number),
            _ => failure(code, "Session no longer exists."),
        })
        .await;
        sleep(INTERVAL * 10).await;
        assert_eq!(kept.beats(), 2);
        assert!(kept.login.tokens.is_dead() && !kept.is_usable().await);
        assert_eq!(count(&kept.script, QUERY), 0, "nothing more is sent");
        let error = kept.task.await.unwrap();
        assert_eq!((error.kind(), error.recovery()), (ErrorKind::Expired, Recovery::Reauthenticate));
        assert_eq!(error.code().map(|code| code.as_str()), Some(code));
    }
}

/// S07: the session token is renewed on the way, and a renewal that is refused ends the heartbeats.
#[tokio::test(start_paused = true)]
async fn s07_a_heartbeat_renews_the_session_token() {
    let kept = Kept::with(|number| if number % 3 == 1 { expired() } else { fine(number) }).await;
    let mut renewals = 0;
    kept.script.push(Expect::post(RENEW).any_times().reply_with(move |_| {
        renewals += 1;
        if renewals <= 2 { success(renewed(renewals)) } else { failure("390114", "expired") }
    }));
    sleep(INTERVAL * 4).await;
    assert_eq!(kept.login.tokens.authorization().expose(), "session-2");
    assert!(kept.is_usable().await);
    sleep(INTERVAL * 4).await;
    assert_eq!(count(&kept.script, RENEW), 3);
    assert!(kept.login.tokens.is_dead());
    assert_eq!(kept.task.await.unwrap().kind(), ErrorKind::Expired);
}

/// S07: a server that takes the request and says nothing costs 300 seconds, whatever the retry policy allows.
#[tokio::test(start_paused = true)]
async fn s07_a_heartbeat_waits_five_minutes_at_most() {
    let kept = Kept::with(|number| if number <= 2 { Reply::silence() } else { fine(number) }).await;
    kept.task.abort();
    let options = ServerOptions::default()
        .with_retrier(kept.server.retrier().clone())
        .with_retry_policy(RetryPolicy::default().without_deadline());
    let transport: Arc<dyn Transport> = Arc::<Script>::clone(&kept.script);
    let server = Server::new(transport, kept.server.address().clone(), options);
    let _task = spawn(&server, &kept.login);
    sleep(INTERVAL * 5).await;
    assert_eq!(kept.gaps()[..3], [900; 3]);
    assert!(kept.is_usable().await);
}

/// S07: where heartbeats are closer together than that, the next one comes when the silent one is given up.
#[tokio::test(start_paused = true)]
async fn s07_a_silent_server_is_asked_again_after_five_minutes() {
    let script = Arc::new(Script::new().in_any_order());
    let mut data = session();
    data["masterValidityInSeconds"] = json!(160);
    script.push(Expect::post(LOGIN).reply(success(data)));
    script.push(Expect::post(HEARTBEAT).any_times().reply(Reply::silence()));
    let server = server_with(&script, Arc::new(ManualClock::ticking(datetime!(2026-03-01 12:00 UTC))));
    let login = login(&server, &password(), &options()).await.unwrap();
    let _task = spawn(&server, &login);
    sleep(Duration::from_secs(10 + 300)).await;
    assert_eq!(count(&script, HEARTBEAT), 1);
    sleep(Duration::from_secs(11)).await;
    assert_eq!(count(&script, HEARTBEAT), 2);
}

/// S08: eight hours pass at once, on the timers or only on the clock.
#[tokio::test(start_paused = true)]
async fn s08_after_eight_hours_of_sleep_there_is_one_heartbeat() {
    const NIGHT: Duration = Duration::from_secs(8 * 3600);
    let kept = Kept::with(fine).await;
    sleep(INTERVAL * 2).await;
    let before = kept.beats();
    advance(NIGHT).await;
    sleep(Duration::from_millis(10)).await;
    assert_eq!(kept.beats(), before + 1);
    sleep(INTERVAL * 2 - Duration::from_millis(20)).await;
    assert!(matches!(kept.beats() - before, 2..=3), "the rhythm goes on: {}", kept.beats());

    let before = kept.beats();
    kept.clock.advance(NIGHT);
    sleep(INTERVAL).await;
    assert_eq!(kept.beats(), before + 1);
    sleep(INTERVAL).await;
    assert_eq!(kept.beats(), before + 2);
    assert!(kept.is_usable().await);
}

/// S08: a session that the server forgot over night costs one heartbeat and one renewal.
#[tokio::test(start_paused = true)]
async fn s08_a_session_that_did_not_survive_the_night_is_flagged_at_once() {
    let kept = Kept::with(|_| expired()).await;
    kept.script.push(Expect::post(RENEW).reply(failure("390114", "Authentication token has expired.")));
    advance(Duration::from_secs(8 * 3600)).await;
    sleep(INTERVAL * 4).await;
    assert!(kept.login.tokens.is_dead());
    assert_eq!((kept.beats(), count(&kept.script, RENEW)), (1, 1));
    assert!(!kept.is_usable().await);
}

/// L09: a thousand sessions that begin together are spread over most of the interval, and stay so.
#[tokio::test(start_paused = true)]
async fn l09_a_thousand_sessions_do_not_beat_together() {
    const SESSIONS: usize = 1000;
    let times: Arc<Mutex<BTreeMap<String, Vec<Instant>>>> = Arc::default();
    let noted = Arc::clone(&times);
    let mut logins = 0;
    let script = Script::new()
        .in_any_order()
        .expect(Expect::post(LOGIN).any_times().reply_with(move |_| {
            logins += 1;
            let mut data = session();
            data["token"] = json!(format!("session-{logins}"));
            success(data)
        }))
        .expect(Expect::post(HEARTBEAT).any_times().reply_with(move |seen: &Seen| {
            let who = seen.header("authorization").unwrap().to_owned();
            noted.lock().unwrap().entry(who).or_default().push(Instant::now());
            success(Value::Null)
        }));
    let script = Arc::new(script);
    let server = server_with(&script, Arc::new(ManualClock::ticking(datetime!(2026-03-01 12:00 UTC))));
    let started = Instant::now();
    for _ in 0..SESSIONS {
        let login = login(&server, &password(), &options()).await.unwrap();
        drop(spawn(&server, &login));
    }
    sleep(INTERVAL * 8 + Duration::from_secs(1)).await;

    let times = times.lock().unwrap();
    assert_eq!(times.len(), SESSIONS);
    assert!(times.contains_key(&authorization("session-1000")));
    assert!(times.values().all(|beats| beats.len() == 8), "one in each interval");
    let tenth = (INTERVAL / 10).as_secs();
    for round in [0, 7] {
        let mut spread = BTreeMap::<u64, usize>::new();
        for beats in times.values() {
            let place = (beats[round] - started).as_secs() - INTERVAL.as_secs() * round as u64;
            *spread.entry(place / tenth).or_default() += 1;
        }
        let busy = spread.values().filter(|count| **count >= SESSIONS / 20).count();
        assert!(busy >= 6, "{busy} tenths of the interval are used: {spread:?}");
        assert!(spread.values().all(|count| *count <= SESSIONS / 5), "{spread:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn heartbeats_end_when_they_are_dropped_and_when_somebody_logs_out() {
    let kept = Kept::with(fine).await;
    sleep(INTERVAL * 2).await;
    kept.script.push(Expect::post(crate::support::LOGOUT).reply(success(Value::Null)));
    snowflake_auth::logout(&kept.server, &kept.login.tokens).await;
    let before = kept.beats();
    assert_eq!(kept.task.await.unwrap().kind(), ErrorKind::Expired);
    assert_eq!(count(&kept.script, HEARTBEAT), before);

    let kept = Kept::with(fine).await;
    sleep(INTERVAL).await;
    kept.task.abort();
    let before = kept.beats();
    sleep(INTERVAL * 4).await;
    assert_eq!(kept.beats(), before);
    assert!(kept.is_usable().await);
}

/// A session that is used says so; one that only beats does too.
#[tokio::test(start_paused = true)]
async fn the_last_answer_is_a_sign_of_life() {
    let kept = Kept::with(|number| if number > 2 { Reply::status(503) } else { fine(number) }).await;
    assert_eq!(kept.login.tokens.last_answer(), None);
    sleep(INTERVAL * 5).await;
    let last = kept.login.tokens.last_answer().unwrap();
    assert_eq!(last, kept.times.lock().unwrap()[1], "a failed heartbeat is none");
    assert!(kept.is_usable().await);
    assert_eq!(kept.login.tokens.last_answer(), Some(kept.clock.now()));
}
