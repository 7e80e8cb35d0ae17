//! Stores that answer badly, on scripted and disturbed transports.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use snowflake_sim::storage::{Operation, Storage};
use snowflake_transport::{
    Body, BoxFuture, Delivery, Error, ErrorKind as Lost, Request, Response as Answer, Transport,
};

use super::support::{Server, Shape, metadata, opened, put, read, stage, storage};
use crate::ErrorKind;
use crate::store::{Mode, Store, Written};

/// What happens to a request of a number, counted from 0, before or after the store has seen it.
type Fault = dyn Fn(usize, &Method) -> Option<Happens> + Send + Sync;

enum Happens {
    /// The store never sees it, and something else answers.
    Answer(StatusCode, Vec<(&'static str, String)>, Bytes),
    /// The store acts on it, but its answer is lost.
    LostAnswer,
}

/// A storage with faults in front of it.
struct Disturbed {
    storage: Storage,
    fault: Box<Fault>,
    count: AtomicUsize,
    addresses: Mutex<Vec<String>>,
}

impl std::fmt::Debug for Disturbed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Disturbed")
    }
}

impl Transport for Disturbed {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Answer, Error>> {
        Box::pin(async move {
            let number = self.count.fetch_add(1, Ordering::SeqCst);
            self.addresses.lock().unwrap().push(request.uri().to_string());
            match (self.fault)(number, request.method()) {
                None => self.storage.send(request).await,
                Some(Happens::Answer(status, headers, body)) => {
                    let mut answer = Response::builder().status(status);
                    for (name, value) in headers {
                        answer = answer.header(name, value);
                    }
                    Ok(answer.body(Body::from(body)).unwrap())
                }
                Some(Happens::LostAnswer) => {
                    self.storage.send(request).await?;
                    Err(Error::reported(Lost::Reset, Delivery::MaybeSent, "canary"))
                }
            }
        })
    }
}

fn disturbed(
    storage: &Storage,
    shape: Shape,
    fault: impl Fn(usize, &Method) -> Option<Happens> + Send + Sync + 'static,
) -> (Arc<dyn Store>, Arc<Disturbed>, Arc<Server>) {
    let server = Arc::new(Server::new(storage, shape));
    let transport = Arc::new(Disturbed {
        storage: storage.clone(),
        fault: Box::new(fault),
        count: AtomicUsize::new(0),
        addresses: Mutex::default(),
    });
    (opened(&server, Arc::clone(&transport) as _), transport, server)
}

fn answer(status: u16, body: impl Into<Bytes>) -> Option<Happens> {
    Some(Happens::Answer(StatusCode::from_u16(status).unwrap(), Vec::new(), body.into()))
}

fn error(code: &str) -> String {
    format!("<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>canary</Message></Error>")
}

#[tokio::test(start_paused = true)]
async fn a_busy_store_is_asked_again_and_not_forever() {
    for shape in Shape::WHOLE {
        let storage = storage();
        let (store, _, _) =
            disturbed(&storage, shape, |number, _| (number < 5).then(|| answer(503, error("SlowDown")))?);
        assert_eq!(put(&*store, "k", b"x", Mode::Create).await.unwrap(), Written::Yes, "{shape:?}");

        let (store, transport, server) = disturbed(&storage, shape, |_, _| answer(503, error("SlowDown")));
        let failed = put(&*store, "k", b"x", Mode::Create).await.unwrap_err();
        assert_eq!(failed.kind(), ErrorKind::Network, "{shape:?}");
        assert_eq!((transport.count.load(Ordering::SeqCst), server.asked()), (6, 0), "{shape:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_loses_nothing_and_is_no_collision_with_oneself() {
    for shape in Shape::WHOLE {
        let storage = storage();
        let (store, _, _) =
            disturbed(&storage, shape, |number, _| (number == 0).then_some(Happens::LostAnswer));
        assert_eq!(put(&*store, "k", b"x", Mode::Create).await.unwrap(), Written::Yes, "{shape:?}");
        assert_eq!(storage.get("stage/dir/k").unwrap().body(), "x");
    }
    // The object of another client stays.
    for shape in Shape::WHOLE {
        let storage = storage();
        let (store, _) = stage(&storage, shape);
        put(&*store, "k", b"theirs", Mode::Create).await.unwrap();
        let other = store.put("k", Bytes::from_static(b"ours").into(), &metadata("z"), Mode::Create).await;
        assert_eq!(other.unwrap(), Written::Exists, "{shape:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_the_last_request_of_an_object_in_parts_loses_nothing() {
    for shape in Shape::PARTS {
        let storage = storage();
        let seen = storage.clone();
        let (store, _, _) = disturbed(&storage, shape, move |_, method| {
            let parts = seen.count(Operation::Part);
            let is_last = parts == 1 && seen.count(Operation::Complete) == 0 && *method != Method::GET;
            is_last.then_some(Happens::LostAnswer)
        });
        let parts = store.begin("k", 3, &metadata("k"), Mode::Create).await.unwrap();
        parts.part(0, Bytes::from_static(b"abc")).await.unwrap();
        assert_eq!(parts.complete().await.unwrap(), Written::Yes, "{shape:?}");
        assert_eq!(storage.get("stage/dir/k").unwrap().body(), "abc");
    }
}

#[tokio::test(start_paused = true)]
async fn f18_a_success_with_an_error_inside_is_none() {
    for shape in Shape::WRITING {
        let storage = storage();
        let (store, transport, _) = disturbed(&storage, shape, |number, _| {
            (number < 2).then(|| answer(200, error("InternalError")))?
        });
        assert_eq!(put(&*store, "k", b"x", Mode::Create).await.unwrap(), Written::Yes, "{shape:?}");
        assert_eq!(transport.count.load(Ordering::SeqCst), 3, "{shape:?}");
        assert_eq!(storage.get("stage/dir/k").unwrap().body(), "x");
    }
    for shape in Shape::PARTS {
        let storage = storage();
        let seen = storage.clone();
        let failures = AtomicUsize::new(0);
        let (store, _, _) = disturbed(&storage, shape, move |_, _| {
            let is_last = seen.count(Operation::Part) == 1 && failures.fetch_add(1, Ordering::SeqCst) < 2;
            is_last.then(|| answer(200, error("InternalError")))?
        });
        let parts = store.begin("k", 3, &metadata("k"), Mode::Create).await.unwrap();
        parts.part(0, Bytes::from_static(b"abc")).await.unwrap();
        assert_eq!(parts.complete().await.unwrap(), Written::Yes, "{shape:?}");
        assert_eq!(storage.get("stage/dir/k").unwrap().body(), "abc");
    }
}

#[tokio::test(start_paused = true)]
async fn f18_huge_refusals_and_entities_end_in_a_short_error() {
    let huge = format!("{}<x>{}</x>", error("AccessDenied"), "canary".repeat(2_000_000));
    let bomb = "<!DOCTYPE a [<!ENTITY x \"canary canary\"><!ENTITY y \"&x;&x;&x;\">]><Error><Code>&y;</Code></Error>";
    for body in [huge, bomb.to_owned()] {
        for shape in Shape::WRITING {
            for status in [200, 400, 403, 404, 409, 418, 500] {
                let storage = storage();
                let body = Bytes::from(body.clone());
                let (store, _, _) = disturbed(&storage, shape, move |_, _| answer(status, body.clone()));
                let failed = put(&*store, "k", b"x", Mode::Create).await.unwrap_err();
                let shown = format!("{failed} {failed:?} {:?}", std::error::Error::source(&failed));
                assert!(!shown.contains("canary") && shown.len() < 2000, "{shape:?} {status} {shown}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_look_is_an_error_and_no_absent_file() {
    for shape in Shape::WHOLE {
        let storage = storage();
        let (store, _, _) = disturbed(&storage, shape, |_, _| answer(403, ""));
        assert_eq!(store.head("k").await.unwrap_err().kind(), ErrorKind::Auth, "{shape:?}");
    }
}

#[tokio::test]
async fn f17_a_bucket_in_another_region_is_found_and_signed_for() {
    let storage = storage();
    let (store, server) = stage(&storage, Shape::S3);
    storage.set_region(Some("eu-central-1"));
    assert_eq!(put(&*store, "k", b"x", Mode::Create).await.unwrap(), Written::Yes);
    assert_eq!(read(&*store, "k").await.unwrap(), b"x");
    let sent_on = storage.served().iter().filter(|served| served.status.as_u16() == 301).count();
    assert_eq!((sent_on, server.asked()), (1, 0), "the place is remembered");
}

#[tokio::test]
async fn f17_a_look_that_is_refused_without_a_word_is_repeated_in_the_region_and_with_new_credentials() {
    for (region, asked) in [("eu-west-1", 0), ("us-west-2", 1)] {
        let storage = storage();
        storage.put("stage/dir/k", "x", [("sfc-digest", "d")]);
        let (store, _, server) =
            disturbed(&storage, Shape::S3, move |number, _| (number == 0).then(|| moved(400, "", region))?);
        assert_eq!(store.head("k").await.unwrap().unwrap().size, 1);
        assert_eq!(server.asked(), asked, "{region}");
    }
}

fn moved(status: u16, location: &str, region: &str) -> Option<Happens> {
    let headers = vec![("location", location.to_owned()), ("x-amz-bucket-region", region.to_owned())];
    Some(Happens::Answer(StatusCode::from_u16(status).unwrap(), headers, Bytes::new()))
}

#[tokio::test]
async fn f17_five_hops_are_followed_and_no_sixth() {
    for (hops, status) in [(5, 307), (5, 301), (6, 307)] {
        let storage = storage();
        let (store, transport, _) = disturbed(&storage, Shape::S3, move |number, _| {
            (number < hops).then(|| moved(status, "https://storage.example/", &format!("region-{number}")))?
        });
        let written = put(&*store, "k", b"x", Mode::Create).await;
        assert_eq!(transport.count.load(Ordering::SeqCst), 6);
        if hops == 5 {
            assert_eq!(written.unwrap(), Written::Yes);
        } else {
            assert_eq!(written.unwrap_err().kind(), ErrorKind::Protocol);
        }
    }
}

#[tokio::test]
async fn f17_another_host_gets_no_request() {
    for shape in Shape::WRITING {
        let storage = storage();
        let (store, transport, _) = disturbed(&storage, shape, |_, _| {
            moved(307, "https://evil.example.com/?sig=canary", "eu-west-1")
        });
        let failed = put(&*store, "k", b"x", Mode::Create).await.unwrap_err();
        assert_eq!(failed.kind(), ErrorKind::Protocol, "{shape:?}");
        assert!(!format!("{failed:?}").contains("canary"));
        let addresses = transport.addresses.lock().unwrap();
        assert_eq!(addresses.len(), 1);
        assert!(addresses.iter().all(|address| address.starts_with("https://storage.example/")));
    }
}

#[tokio::test]
async fn f06_a_range_that_is_not_the_one_asked_for_is_refused() {
    for shape in Shape::WHOLE {
        for (status, range, body) in [
            (206, "bytes 0-2/9", "abc"),
            (206, "bytes 1-3/3", "abc"),
            (200, "", "abc"),
            (206, "bytes 0-8/9", "ab"),
        ] {
            let storage = storage();
            let (store, _, _) = disturbed(&storage, shape, move |_, _| {
                let mut headers = vec![
                    ("etag", "\"e\"".to_owned()),
                    ("last-modified", "Tue, 05 Aug 2025 10:00:00 GMT".to_owned()),
                    ("content-length", body.len().to_string()),
                ];
                headers.extend((!range.is_empty()).then(|| ("content-range", range.to_owned())));
                Some(Happens::Answer(StatusCode::from_u16(status).unwrap(), headers, body.into()))
            });
            let outcome = read(&*store, "k").await;
            assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Protocol, "{shape:?} {status} {range}");
        }
    }
}
