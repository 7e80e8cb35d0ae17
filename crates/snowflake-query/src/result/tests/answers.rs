//! Answers of the storage that are no part: an error, another try or a fresh address, by a table.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::header::REFERER;
use snowflake_sim::{Expect, Fault, Reply, Rule, Script, Seen};

use super::objects::{Object, asked, ids, read, starts, with_middle};
use super::storage::{answer, fetcher, options};
use crate::error::ErrorKind;
use crate::result::{Refresh, ResultSet};

fn healthy() -> Arc<Fault<Script>> {
    with_middle(|seen| Object::part(1).reply(seen))
}

#[tokio::test(start_paused = true)]
async fn c13_a_refusal_is_an_error_at_once_and_other_results_are_read_on() {
    for (status, body) in [
        (404, "<Error><Code>NoSuchKey</Code></Error>"),
        (400, "<Error><Code>InvalidArgument</Code></Error>"),
        (410, ""),
        (204, ""),
        (304, ""),
        (412, ""),
        (416, ""),
    ] {
        let storage = healthy();
        storage.add(Rule::on("/1").answer(status, &[], body));
        let set = ResultSet::open(answer(3), fetcher(&storage), options(), None).await.unwrap();
        let mut stream = set.into_batches();
        assert_eq!(stream.next().await.unwrap().unwrap().num_rows(), 10, "rows before it are handed out");
        let error = stream.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Network, "{status}");
        let expected = format!("storage.example.com answered {status} for part 1 of the result");
        assert_eq!(error.to_string(), expected);
        assert!(stream.next().await.is_none());
        assert_eq!(storage.hits(), [1], "{status} is asked for once");
        storage.clear();
        assert_eq!(ids(&storage).await, (0..30).collect::<Vec<_>>());
    }
}

#[tokio::test(start_paused = true)]
async fn c13_an_expired_token_asks_for_fresh_addresses() {
    let storage = healthy();
    storage.add(Rule::on("/1").times(1).answer(400, &[], "<Error><Code>ExpiredToken</Code></Error>"));
    let refreshes = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&refreshes);
    let refresh: Refresh = Arc::new(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Ok(answer(3)) })
    });
    let set = ResultSet::open(answer(3), fetcher(&storage), options(), Some(refresh)).await.unwrap();
    assert_eq!(set.collect().await.unwrap().len(), 30);
    assert_eq!(refreshes.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn c13_a_piece_that_nobody_asked_for_is_no_part() {
    let size = Object::part(1).bytes.len();
    let piece = format!("bytes 0-{}/{}", size - 1, size);
    for times in [1, 2] {
        let storage = healthy();
        let body = Object::part(1).bytes;
        storage.add(Rule::on("/1").times(times).answer(206, &[("content-range", &piece)], body));
        if times == 1 {
            assert_eq!(ids(&storage).await, (0..30).collect::<Vec<_>>());
            assert_eq!(starts(&storage), [None]);
        } else {
            let error = read(&storage).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Network);
            assert!(asked(&storage).is_empty(), "after two of them it is given up");
        }
        assert_eq!(ids(&storage).await, (0..30).collect::<Vec<_>>());
    }
}

/// Sends whoever comes for the middle part at its own address elsewhere, and has it everywhere else.
fn leading_to(location: &'static str) -> Arc<Script> {
    let signed = |seen: &Seen| seen.query("Signature").as_deref() == Some("signed-1");
    let any = |path: &str| Expect::get(path).any_times();
    let part = |index| any(&format!("/{index}")).reply(Object::part(index).whole());
    let away = Reply::status(307).with_header("location", location);
    Arc::new(
        Script::new()
            .in_any_order()
            .expect(part(0))
            .expect(any("/1").when("its own address", signed).reply(away))
            .expect(part(1))
            .expect(part(2))
            .expect(any("/stolen").reply(Object::part(1).whole())),
    )
}

#[tokio::test(start_paused = true)]
async fn c14_a_part_that_is_said_to_be_elsewhere_is_not_fetched_there() {
    for location in [
        "https://elsewhere.example.net/stolen",
        "https://storage.example.com.example.net/1",
        "http://storage.example.com/1?moved",
        "//elsewhere.example.net/stolen",
        "/1?moved",
    ] {
        let storage = leading_to(location);
        let error = read(&storage).await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Network, false));
        let text = format!("{error} {error:?}");
        assert!(text.contains("storage.example.com sends us elsewhere"), "{text}");
        for secret in ["elsewhere.example.net", "stolen", "moved", "signed", "a2V5"] {
            assert!(!text.contains(secret), "{text}");
        }
        storage.verify().unwrap();
        let requests = storage.requests();
        assert!(requests.iter().all(|seen| seen.uri.host() == Some("storage.example.com")));
        assert!(
            requests.iter().all(|seen| seen.uri.query().is_some_and(|query| query.starts_with("Signature")))
        );
        assert!(requests.iter().all(|seen| !seen.headers.contains_key(REFERER)));
        assert_eq!(requests.iter().filter(|seen| seen.path() == "/1").count(), 1);
    }
}
