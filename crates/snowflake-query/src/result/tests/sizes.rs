//! Announced sizes that lie do no harm: real bytes are what counts.

use std::sync::Arc;

use super::storage::{Reply, Storage, answer, batch, fetcher, gzip, options, store, stream};
use crate::error::ErrorKind;
use crate::result::{MemoryBudget, PrefetchOptions, ResultSet};

fn real() -> i64 {
    i64::try_from(stream(&[batch(0..10)]).len()).unwrap()
}

#[tokio::test]
async fn c18_sizes_that_lie_neither_fail_nor_stop_a_result() {
    let sizes = [0, -1, 1, i64::MAX, i64::MIN, real() / 10, real() * 10];
    for (inflated, compressed) in
        sizes.into_iter().flat_map(|size| [(size, 100), (real(), size), (size, size)])
    {
        let storage = Arc::new(Storage::new());
        store(&storage, 8);
        let mut answer = answer(8);
        for part in answer.chunks.as_mut().unwrap() {
            (part.uncompressed_size, part.compressed_size) = (inflated, compressed);
        }
        let options = options();
        let set = ResultSet::open(answer, fetcher(&storage), options.clone(), None).await.unwrap();
        let ids: Vec<i64> = set.collect().await.unwrap().iter().map(|row| row.get(0).unwrap()).collect();
        assert_eq!(ids, (0..80).collect::<Vec<_>>(), "{inflated} {compressed}");
        assert_eq!(options.budget.used(), 0, "{inflated} {compressed}");
    }
}

#[tokio::test]
async fn c18_parts_said_to_be_small_hold_their_real_size() {
    let parts = 40;
    for said in [0, -1, 1, real() / 10] {
        let storage = Arc::new(Storage::new());
        store(&storage, parts);
        let mut answer = answer(parts);
        for part in answer.chunks.as_mut().unwrap() {
            (part.uncompressed_size, part.compressed_size) = (said, said);
        }
        // Room for ten parts as they are, and for very many as they are said to be.
        let room = u64::try_from(real()).unwrap() * 10;
        let options = options()
            .with_prefetch(PrefetchOptions::default().with_max_bytes(room))
            .with_budget(MemoryBudget::new(room));
        let set = ResultSet::open(answer, fetcher(&storage), options.clone(), None).await.unwrap();
        let mut stream = set.into_batches();
        stream.next().await.unwrap().unwrap();
        let mut idle = 0;
        while idle < 50 {
            let before = storage.requests().len();
            tokio::task::spawn_blocking(|| ()).await.unwrap();
            tokio::task::yield_now().await;
            idle = if storage.requests().len() == before { idle + 1 } else { 0 };
        }
        // One was handed out, ten are ready, and as many as are fetched at once may have been asked for too early.
        let most = 11 + PrefetchOptions::default().max_requests.get();
        assert!(storage.requests().len() <= most, "{said}: {}", storage.requests().len());
        // A part of unknown size counts as a mebibyte until it is there, and is then fetched alone.
        let held = options.budget.used();
        assert!(held <= (room * 3 / 2).max(1 << 20), "{said}: {held}");
        assert_eq!(stream.collect().await.unwrap().len(), (parts - 1) * 10);
        assert_eq!(options.budget.used(), 0);
    }
}

#[tokio::test]
async fn c18_a_part_far_beyond_its_announced_size_is_an_error() {
    let storage = Arc::new(Storage::new());
    store(&storage, 2);
    let zeros = gzip(&vec![0; 4 << 20]);
    storage.put("/1", [Reply::Bytes(zeros)]);
    let options = options();
    let set = ResultSet::open(answer(2), fetcher(&storage), options.clone(), None).await.unwrap();
    let error = set.collect().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incomplete);
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.starts_with("inflated data exceeds the limit of"), "{source}");
    assert_eq!(options.budget.used(), 0);
}
