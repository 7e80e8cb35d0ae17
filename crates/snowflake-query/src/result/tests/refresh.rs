//! Addresses that expire are replaced, and the download goes on where it was.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use snowflake_proto::wire::query::Response as Answer;

use super::storage::{Reply, Storage, answer, fetcher, options, part, store};
use crate::error::{Error, ErrorKind};
use crate::result::{Refresh, ResultSet, Rows};

const EXPIRED: Reply =
    Reply::Status(403, "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>");

/// The same result at addresses that begin with `/fresh`.
fn fresh(parts: usize) -> Answer {
    let mut answer = answer(parts);
    for chunk in answer.chunks.as_mut().unwrap() {
        chunk.url = chunk.url.replace(".com/", ".com/fresh/");
    }
    answer
}

async fn read(storage: &Arc<Storage>, fresh: Answer) -> (Result<Rows, Error>, usize) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let refresh: Refresh = Arc::new(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        let fresh = fresh.clone();
        Box::pin(async move { Ok(fresh) })
    });
    let set = ResultSet::open(answer(6), fetcher(storage), options(), Some(refresh)).await.unwrap();
    (set.collect().await, asked.load(Ordering::SeqCst))
}

#[tokio::test]
async fn c10_expired_addresses_are_replaced_once_for_all_parts() {
    let storage = Arc::new(Storage::new());
    store(&storage, 2);
    for index in 2..6 {
        storage.put(&format!("/{index}"), [EXPIRED]);
        storage.put(&format!("/fresh/{index}"), [part(index)]);
    }
    let (rows, asked) = read(&storage, fresh(6)).await;
    let ids: Vec<i64> = rows.unwrap().iter().map(|row| row.get("ID").unwrap()).collect();
    assert_eq!((ids, asked), ((0..60).collect(), 1));
    assert_eq!(storage.requests_for("/fresh/0"), 0);
}

#[tokio::test]
async fn c11_a_refusal_that_stays_is_an_error_that_names_the_host() {
    let storage = Arc::new(Storage::new());
    for index in 0..6 {
        storage.put(&format!("/{index}"), [EXPIRED]);
        storage.put(&format!("/fresh/{index}"), [EXPIRED]);
    }
    let (rows, asked) = read(&storage, fresh(6)).await;
    let error = rows.unwrap_err();
    assert!(asked <= 2, "{asked}");
    let text = format!("{error} {error:?}");
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(text.contains("storage.example.com") && text.contains("403 AccessDenied"), "{text}");
    assert!(!text.contains("signed") && !text.contains("a2V5"), "{text}");
}

#[tokio::test]
async fn c10_a_result_that_changed_is_not_continued() {
    let storage = Arc::new(Storage::new());
    store(&storage, 6);
    storage.put("/4", [EXPIRED]);
    let (rows, _) = read(&storage, fresh(5)).await;
    assert_eq!(rows.unwrap_err().kind(), ErrorKind::Incomplete);
}

#[tokio::test]
async fn c12_a_result_that_is_gone_says_so() {
    let storage = Arc::new(Storage::new());
    store(&storage, 6);
    storage.put("/3", [EXPIRED]);
    let refresh: Refresh =
        Arc::new(|| Box::pin(async { Err(crate::result::Fault::ResultExpired { query_id: None }.into()) }));
    let set = ResultSet::open(answer(6), fetcher(&storage), options(), Some(refresh)).await.unwrap();
    let error = set.collect().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("run the statement again"), "{error}");
}

#[tokio::test]
async fn without_a_way_to_ask_again_a_refusal_is_final() {
    let storage = Arc::new(Storage::new());
    store(&storage, 6);
    storage.put("/0", [EXPIRED]);
    let set = ResultSet::open(answer(6), fetcher(&storage), options(), None).await.unwrap();
    assert_eq!(set.collect().await.unwrap_err().kind(), ErrorKind::Network);
    assert_eq!(storage.requests_for("/0"), 1);
}
