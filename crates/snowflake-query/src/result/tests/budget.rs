//! A reader that waits does not make the client hold more than it may.

use std::sync::Arc;

use futures::StreamExt;

use super::storage::{Storage, answer, batch, fetcher, options, store, stream};
use crate::result::{PrefetchOptions, ResultSet};

/// What a part costs while it is fetched.
fn cost() -> u64 {
    stream(&[batch(0..10)]).len() as u64 + 100
}

async fn requests_without_reading(max_bytes: u64) -> (usize, usize) {
    let storage = Arc::new(Storage::new());
    store(&storage, 50);
    let prefetch = PrefetchOptions::default().with_max_bytes(max_bytes);
    let set = ResultSet::open(answer(50), fetcher(&storage), options().with_prefetch(prefetch), None)
        .await
        .unwrap();
    let mut stream = set.into_batches();
    stream.next().await.unwrap().unwrap();
    let mut requests = 0;
    // Downloads end when nothing changes any more.
    loop {
        for _ in 0..200 {
            tokio::task::yield_now().await;
            tokio::task::spawn_blocking(|| ()).await.unwrap();
        }
        let now = storage.requests().len();
        if now == requests {
            break;
        }
        requests = now;
    }
    let mut rows = 10;
    while let Some(batch) = StreamExt::next(&mut stream).await {
        rows += batch.unwrap().num_rows();
    }
    (requests, rows)
}

#[tokio::test]
async fn p16_a_reader_that_stops_holds_no_more_than_the_budget() {
    let (requests, rows) = requests_without_reading(cost() * 5).await;
    assert!((4..=7).contains(&requests), "{requests}");
    assert_eq!(rows, 500);
}

#[tokio::test]
async fn a_part_beyond_the_budget_is_fetched_alone() {
    let (requests, rows) = requests_without_reading(1).await;
    assert!(requests <= 2, "{requests}");
    assert_eq!(rows, 500);
}
