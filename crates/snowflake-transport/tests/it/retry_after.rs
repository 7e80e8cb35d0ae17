//! R07: `Retry-After` in all its forms.

use std::sync::Arc;
use std::time::Duration;

use snowflake_sim::socket::RawReply;
use snowflake_sim::{Expect, ManualClock, Reply, Script, SeededEntropy};
use snowflake_transport::{ErrorKind, Retrier, RetryClass, RetryPolicy};
use time::OffsetDateTime;
use tokio::time::Instant;

use crate::support::{always, fetch, get, transport};

/// Sun, 22 Nov 2026 10:00:00 GMT
const NOW: i64 = 1_795_341_600;

fn retrier(deadline: Duration) -> Retrier {
    let now = OffsetDateTime::from_unix_timestamp(NOW).unwrap();
    Retrier::new(RetryPolicy::default().with_deadline(deadline))
        .with_clock(Arc::new(ManualClock::new(now)))
        .with_entropy(Arc::new(SeededEntropy::new(7)))
}

/// How long the loop waits after a 503 with these headers.
async fn wait_after(headers: &[&str]) -> Duration {
    let busy =
        headers.iter().fold(Reply::status(503), |reply, value| reply.with_header("retry-after", *value));
    let script =
        Script::new().expect(Expect::get("/").reply(busy)).expect(Expect::get("/").reply(Reply::status(200)));
    let start = Instant::now();
    fetch(&retrier(Duration::from_secs(600)), &script, RetryClass::Api, || get("http://h/")).await.unwrap();
    script.verify().unwrap();
    start.elapsed()
}

fn is_ordinary(wait: Duration) -> bool {
    (Duration::from_millis(250)..=Duration::from_millis(752)).contains(&wait)
}

#[tokio::test(start_paused = true)]
async fn r07_seconds_and_dates_are_waited_for_up_to_the_cap() {
    for (value, seconds) in [
        ("2", 2),
        ("0", 0),
        ("18446744073709551615", 16),
        ("99999999999999999999999999", 16),
        ("Sun, 22 Nov 2026 10:00:05 GMT", 5),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 16),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0),
    ] {
        let wait = wait_after(&[value]).await;
        assert!(wait.abs_diff(Duration::from_secs(seconds)) <= Duration::from_millis(1), "{value}: {wait:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r07_garbage_is_as_good_as_nothing() {
    for headers in [&[][..], &["-1"], &["abc"], &["", "1.5"]] {
        let wait = wait_after(headers).await;
        assert!(is_ordinary(wait), "{headers:?}: {wait:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r07_of_two_headers_the_longer_wait_counts() {
    for headers in [["3", "1"], ["1", "3"], ["abc", "3"]] {
        let wait = wait_after(&headers).await;
        assert!(wait.abs_diff(Duration::from_secs(3)) <= Duration::from_millis(1), "{headers:?}: {wait:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r07_a_wait_beyond_the_deadline_ends_the_loop_at_once() {
    let script =
        Script::new().expect(Expect::get("/").reply(Reply::status(429).with_header("retry-after", "9")));
    let start = Instant::now();
    let error = fetch(&retrier(Duration::from_secs(8)), &script, RetryClass::Api, || get("http://h/"))
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Timeout, 429));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(9)));
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn r07_the_header_is_found_on_the_wire() {
    let headers = [("Retry-After", "0"), ("Connection", "close")];
    let server = always(RawReply::answer(503, &headers, "busy").then_close()).await;
    let policy = RetryPolicy::default().with_waits(Duration::from_secs(3600), Duration::from_secs(3600));
    let retrier = Retrier::new(policy.with_max_attempts(3).without_deadline());
    let error = fetch(&retrier, &transport(), RetryClass::Api, || get(&server.url("/"))).await.unwrap_err();
    assert_eq!((error.kind(), server.requests().len()), (ErrorKind::Status, 3));
    assert_eq!(error.response().unwrap().body(), "busy");
}
