//! A stream that is dropped leaves nothing behind.

use std::sync::Arc;

use futures::{FutureExt, StreamExt};

use super::storage::{Reply, Storage, answer, fetcher, options, store};
use crate::result::ResultSet;

/// Lets every task that can run do so; aborted tasks are dropped on the way.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// Waits for what happens without the passing of time, on this or another thread.
async fn until(holds: impl Fn() -> bool) {
    while !holds() {
        settle().await;
        tokio::task::spawn_blocking(|| ()).await.unwrap();
    }
}

#[tokio::test]
async fn c25_dropping_the_stream_stops_all_downloads() {
    let parts = 20;
    for read in 0..parts {
        let storage = Arc::new(Storage::new());
        store(&storage, parts);
        for index in read..parts {
            storage.put(&format!("/{index}"), [Reply::Silence]);
        }
        let options = options();
        let set = ResultSet::open(answer(parts), fetcher(&storage), options.clone(), None).await.unwrap();
        let mut stream = set.into_batches();
        for _ in 0..read {
            stream.next().await.unwrap().unwrap();
        }
        assert!(futures::poll!(StreamExt::next(&mut stream)).is_pending());
        storage.until_requests((read + 4).min(parts)).await;
        assert!(storage.in_flight() >= 4.min(parts - read));
        assert!(options.budget.used() > 0);
        drop(stream);
        settle().await;
        assert_eq!((storage.in_flight(), options.budget.used()), (0, 0), "after {read} parts");
        let requests = storage.requests().len();
        settle().await;
        assert_eq!(storage.requests().len(), requests);
        assert_eq!(Arc::strong_count(&storage), 1, "no task holds the transport");
        store(&storage, parts);
        let set = ResultSet::open(answer(parts), fetcher(&storage), options, None).await.unwrap();
        assert_eq!(set.collect().await.unwrap().len(), parts * 10);
    }
}

#[tokio::test]
async fn c25_dropping_a_stream_with_rows_that_nobody_took_gives_their_bytes_back() {
    let storage = Arc::new(Storage::new());
    store(&storage, 20);
    for read in 0..=20 {
        let options = options();
        let set = ResultSet::open(answer(20), fetcher(&storage), options.clone(), None).await.unwrap();
        let mut stream = set.into_batches();
        for _ in 0..read {
            stream.next().await.unwrap().unwrap();
        }
        if read == 20 {
            assert!(stream.next().await.is_none());
            assert_eq!(options.budget.used(), 0, "a stream that is read holds nothing");
        }
        drop(stream);
        until(|| options.budget.used() == 0 && Arc::strong_count(&storage) == 1).await;
    }
}

#[tokio::test]
async fn nothing_is_fetched_before_the_first_poll() {
    let storage = Arc::new(Storage::new());
    store(&storage, 3);
    let set = ResultSet::open(answer(3), fetcher(&storage), options(), None).await.unwrap();
    let stream = set.into_batches().into_rows();
    settle().await;
    drop(stream);
    assert!(storage.requests().is_empty());
}

#[test]
fn c26_a_stream_polled_outside_of_a_runtime_is_an_error() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let storage = Arc::new(Storage::new());
    let set = runtime.block_on(ResultSet::open(answer(1), fetcher(&storage), options(), None)).unwrap();
    let mut stream = set.into_batches();
    let next = StreamExt::next(&mut stream).now_or_never().unwrap();
    let error = next.unwrap().unwrap_err();
    assert!(error.to_string().contains("tokio runtime"), "{error}");
}

#[test]
fn c26_a_stream_may_move_to_another_runtime() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let storage = Arc::new(Storage::new());
    store(&storage, 3);
    let set = runtime().block_on(ResultSet::open(answer(3), fetcher(&storage), options(), None)).unwrap();
    assert_eq!(runtime().block_on(set.collect()).unwrap().len(), 30);
}
