//! Addresses that expire are replaced, and the download goes on where it was.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use snowflake_proto::wire::chunk::Descriptor;
use snowflake_proto::wire::query::Response as Answer;

use super::storage::{Reply, Storage, answer, fetcher, options, part, store};
use crate::error::{Error, ErrorKind};
use crate::result::{PrefetchOptions, Refresh, ResultSet, Rows};

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

/// Reads a result whose parts can be described afresh, and tells how often that was asked for.
async fn read_parts(parts: usize, storage: &Arc<Storage>, fresh: Answer) -> (Result<Rows, Error>, usize) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let refresh: Refresh = Arc::new(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        let fresh = fresh.clone();
        Box::pin(async move { Ok(fresh) })
    });
    let set = ResultSet::open(answer(parts), fetcher(storage), options(), Some(refresh)).await.unwrap();
    (set.collect().await, asked.load(Ordering::SeqCst))
}

async fn read(storage: &Arc<Storage>, fresh: Answer) -> (Result<Rows, Error>, usize) {
    read_parts(6, storage, fresh).await
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

#[tokio::test(start_paused = true)]
async fn c10_addresses_that_expire_far_into_a_result_are_replaced_with_their_key() {
    let (parts, expired) = (794, 168);
    let storage = Arc::new(Storage::new());
    store(&storage, expired);
    for index in expired..parts {
        storage.put(&format!("/{index}"), [EXPIRED]);
        storage.put(&format!("/fresh/{index}"), [part(index)]);
    }
    let key = "x-amz-server-side-encryption-customer-key";
    let mut fresh = fresh(parts);
    fresh.chunk_headers.as_mut().unwrap().insert(key.to_owned(), "bmV3".to_owned());
    let (rows, asked) = read_parts(parts, &storage, fresh).await;
    let ids: Vec<i64> = rows.unwrap().iter().map(|row| row.get("ID").unwrap()).collect();
    assert_eq!((ids, asked), ((0..7940).collect(), 1));
    for (path, headers) in storage.requests() {
        let expected = if path.starts_with("/fresh") { "bmV3" } else { "a2V5" };
        assert_eq!(headers[key], expected, "{path}");
    }
    // Only those that were under way when the first was refused asked in vain.
    let vain = (expired..parts).map(|index| storage.requests_for(&format!("/{index}"))).sum::<usize>();
    assert!((1..=PrefetchOptions::default().max_requests.get()).contains(&vain), "{vain}");
}

#[tokio::test]
async fn c10_parts_of_another_size_are_another_result() {
    for change in [
        |part: &mut Descriptor| part.uncompressed_size += 1,
        |part: &mut Descriptor| part.compressed_size += 1,
        |part: &mut Descriptor| part.row_count += 1,
    ] {
        let storage = Arc::new(Storage::new());
        store(&storage, 6);
        storage.put("/4", [EXPIRED]);
        let mut fresh = fresh(6);
        change(&mut fresh.chunks.as_mut().unwrap()[2]);
        let error = read(&storage, fresh).await.0.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Incomplete);
        assert_eq!(error.to_string(), "the parts of the result changed while it was read");
    }
}

#[tokio::test]
async fn c11_one_part_that_stays_refused_ends_the_result_although_others_arrive() {
    let storage = Arc::new(Storage::new());
    for index in 0..6 {
        storage.put(&format!("/{index}"), [EXPIRED]);
        storage.put(&format!("/fresh/{index}"), [if index == 3 { EXPIRED } else { part(index) }]);
    }
    let (rows, asked) = read(&storage, fresh(6)).await;
    assert_eq!(rows.unwrap_err().kind(), ErrorKind::Network);
    assert!(asked <= 2, "{asked}");
    // When the storage no longer refuses, the same addresses serve a new result.
    store(&storage, 6);
    assert_eq!(read(&storage, fresh(6)).await.0.unwrap().len(), 60);
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
async fn without_a_way_to_ask_again_a_refusal_is_final() {
    let storage = Arc::new(Storage::new());
    store(&storage, 6);
    storage.put("/0", [EXPIRED]);
    let set = ResultSet::open(answer(6), fetcher(&storage), options(), None).await.unwrap();
    assert_eq!(set.collect().await.unwrap_err().kind(), ErrorKind::Network);
    assert_eq!(storage.requests_for("/0"), 1);
}
