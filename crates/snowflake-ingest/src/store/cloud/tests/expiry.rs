//! Credentials that expire, and what is done about it.

use std::sync::Arc;

use futures::future::join_all;
use snowflake_sim::storage::Operation;

use super::support::{Server, Shape, Trouble, opened, put, read, stage, storage};
use crate::store::{Mode, Written};
use crate::{Error, ErrorKind};

fn shown(error: &Error) -> String {
    let mut shown = format!("{error} {error:?}");
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        shown.push_str(&format!(" {error} {error:?}"));
        cause = error.source();
    }
    shown
}

#[tokio::test]
async fn f07_a_burst_of_refusals_asks_the_server_once() {
    for shape in Shape::WHOLE {
        let storage = storage();
        let (store, server) = stage(&storage, shape);
        put(&*store, "first", b"1", Mode::Create).await.unwrap();
        storage.expire_all();
        let keys: Vec<String> = (0..20).map(|at| format!("{at}.csv")).collect();
        let written = join_all(keys.iter().map(|key| put(&*store, key, b"x", Mode::Create))).await;
        assert!(written.into_iter().all(|written| written.unwrap() == Written::Yes));
        assert_eq!(server.asked(), 1, "{shape:?}");
        assert_eq!(storage.count(Operation::Put), 21);
        // Later, they expire again.
        storage.expire_all();
        assert_eq!(read(&*store, "7.csv").await.unwrap(), b"x");
        assert!(store.head("8.csv").await.unwrap().is_some());
        assert_eq!(server.asked(), 2, "{shape:?}");
    }
}

#[tokio::test]
async fn f07_signed_addresses_that_expire_are_renewed_by_file_or_all_at_once() {
    let storage = storage();
    let (store, server) = stage(&storage, Shape::Write);
    put(&*store, "a", b"1", Mode::Create).await.unwrap();
    storage.expire_all();
    put(&*store, "a", b"2", Mode::Overwrite).await.unwrap();
    assert_eq!((server.asked(), storage.get("stage/dir/a").unwrap().body()), (2, "2".into()));

    let mut server = Server::new(&storage, Shape::Read);
    server.files = (0..8).map(|at| format!("{at}")).collect();
    server.files.iter().for_each(|key| {
        storage.put(&format!("stage/dir/{key}"), key.clone(), [("sfc-digest", "d")]);
    });
    let server = Arc::new(server);
    let store = opened(&server, Arc::new(storage.clone()));
    storage.expire_all();
    let read = join_all(server.files.iter().map(|key| read(&*store, key))).await;
    let read: Vec<_> = read.into_iter().map(|body| String::from_utf8(body.unwrap()).unwrap()).collect();
    assert_eq!(read, server.files);
    assert_eq!(server.asked(), 1);
}

#[tokio::test]
async fn f08_new_credentials_that_are_refused_too_are_an_error_without_any_secret() {
    for shape in Shape::WRITING {
        let storage = storage();
        let mut server = Server::new(&storage, shape);
        server.trouble = Some(Trouble::Useless);
        let server = Arc::new(server);
        let store = opened(&server, Arc::new(storage.clone()));
        storage.expire_all();
        let keys: Vec<String> = (0..6).map(|at| format!("{at}.csv")).collect();
        let outcomes = join_all(keys.iter().map(|key| put(&*store, key, b"x", Mode::Create))).await;
        for (error, key) in outcomes.into_iter().map(Result::unwrap_err).zip(&keys) {
            assert_eq!(error.kind(), ErrorKind::Auth, "{shape:?} {error:?}");
            let shown = shown(&error);
            assert!(!shown.contains("canary") && !shown.contains("sig=") && shown.contains(key), "{shown}");
        }
        // Each signed address is a secret of its own.
        let expected = if shape == Shape::Write { 2 * keys.len() } else { 1 };
        assert_eq!(server.asked(), expected, "{shape:?}");
        assert!(!format!("{store:?}").contains("canary"));
    }
}

#[tokio::test]
async fn f08_a_renewal_that_fails_is_not_tried_again_for_every_file() {
    for shape in Shape::WHOLE {
        let storage = storage();
        let mut server = Server::new(&storage, shape);
        server.trouble = Some(Trouble::Fails);
        let server = Arc::new(server);
        let store = opened(&server, Arc::new(storage.clone()));
        storage.expire_all();
        let outcomes = join_all(["a", "b", "c"].map(|key| put(&*store, key, b"x", Mode::Create))).await;
        for error in outcomes.into_iter().map(Result::unwrap_err) {
            assert_eq!(error.kind(), ErrorKind::Protocol, "what the server's own failure is");
            assert!(error.to_string().contains("new credentials"), "{error}");
        }
        assert_eq!(server.asked(), 1, "{shape:?}");
    }
}

#[tokio::test]
async fn f07_a_download_goes_on_after_its_credentials_expired() {
    for shape in Shape::WHOLE {
        let storage = storage();
        let (store, server) = stage(&storage, shape);
        put(&*store, "k", &vec![3; 30 << 20], Mode::Create).await.unwrap();
        let mut body = store.get("k", None).await.unwrap().body;
        let first = futures::TryStreamExt::try_next(&mut body).await.unwrap().unwrap();
        storage.expire_all();
        let rest: Vec<bytes::Bytes> = futures::TryStreamExt::try_collect(body).await.unwrap();
        assert_eq!(first.len() + rest.concat().len(), 30 << 20);
        assert_eq!(server.asked(), 1, "{shape:?}");
    }
}
