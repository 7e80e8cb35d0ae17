//! Whatever happens on the way, rows arrive once and in order.

use std::num::NonZeroUsize;
use std::sync::Arc;

use futures::StreamExt;

use super::storage::{Reply, Storage, answer, answer_with_inline, fetcher, options, part, store};
use crate::result::{PrefetchOptions, ResultSet};

async fn ids(storage: &Arc<Storage>, answer: snowflake_proto::wire::query::Response) -> Vec<i64> {
    let set = ResultSet::open(answer, fetcher(storage), options(), None).await.unwrap();
    let rows = set.collect().await.unwrap();
    rows.iter().map(|row| row.get("id").unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn c01_a_part_that_fails_three_times_arrives_in_its_place() {
    for status in [503, 429, 408] {
        let storage = Arc::new(Storage::new());
        store(&storage, 6);
        let failure = Reply::Status(status, "later");
        storage.put("/2", [failure.clone(), failure.clone(), failure, part(2)]);
        assert_eq!(ids(&storage, answer(6)).await, (0..60).collect::<Vec<_>>());
        assert_eq!(storage.requests_for("/2"), 4);
        assert_eq!(storage.requests().len(), 9);
    }
}

#[tokio::test(start_paused = true)]
async fn c02_a_part_whose_connection_breaks_is_fetched_again() {
    let storage = Arc::new(Storage::new());
    store(&storage, 3);
    storage.put("/0", [Reply::Cut, Reply::Cut, part(0)]);
    assert_eq!(ids(&storage, answer(3)).await, (0..30).collect::<Vec<_>>());
}

#[tokio::test]
async fn inline_rows_come_before_the_parts() {
    let storage = Arc::new(Storage::new());
    store(&storage, 2);
    assert_eq!(ids(&storage, answer_with_inline(2)).await, (-10..20).collect::<Vec<_>>());
}

#[tokio::test]
async fn parts_are_requested_side_by_side_with_the_headers_of_the_answer_alone() {
    let storage = Arc::new(Storage::closed());
    store(&storage, 8);
    let prefetch = PrefetchOptions::default().with_max_requests(NonZeroUsize::new(3).unwrap());
    let set =
        ResultSet::open(answer(8), fetcher(&storage), options().with_prefetch(prefetch), None).await.unwrap();
    let mut stream = set.into_batches();
    assert!(futures::poll!(StreamExt::next(&mut stream)).is_pending());
    storage.until_requests(3).await;
    storage.open(8);
    let mut next = 0;
    while let Some(batch) = StreamExt::next(&mut stream).await {
        next += batch.unwrap().num_rows();
    }
    assert_eq!(next, 80);
    assert_eq!(stream.bytes_read(), 8 * super::storage::stream(&[super::storage::batch(0..10)]).len() as u64);
    assert_eq!(storage.most_in_flight(), 3);
    for (_, headers) in storage.requests() {
        assert_eq!(headers["x-amz-server-side-encryption-customer-key"], "a2V5");
        assert_eq!(headers.len(), 1);
    }
}

#[tokio::test]
async fn a_last_failure_ends_the_stream_with_an_error_that_hides_the_signature() {
    let storage = Arc::new(Storage::new());
    store(&storage, 3);
    storage.put("/1", [Reply::Status(404, "<Code>NoSuchKey</Code>")]);
    let set = ResultSet::open(answer(3), fetcher(&storage), options(), None).await.unwrap();
    let mut stream = set.into_batches();
    assert_eq!(stream.next().await.unwrap().unwrap().num_rows(), 10);
    let error = stream.next().await.unwrap().unwrap_err();
    assert!(stream.next().await.is_none());
    let text = format!("{error} {error:?}");
    assert!(text.contains("storage.example.com") && text.contains("404"), "{text}");
    assert!(!text.contains("signed"), "{text}");
}
