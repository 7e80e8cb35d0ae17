//! Many results that share one budget all arrive, and hold no more than they may.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::join_all;

use super::storage::{Reply, Storage, answer, batch, fetcher, options, store, stream};
use crate::result::{BatchStream, MemoryBudget, ResultOptions, ResultSet};

const RESULTS: usize = 64;
const PARTS: usize = 6;

fn cost() -> u64 {
    stream(&[batch(0..10)]).len() as u64 + 100
}

async fn open(storage: &Arc<Storage>, options: &ResultOptions) -> BatchStream {
    let set = ResultSet::open(answer(PARTS), fetcher(storage), options.clone(), None).await.unwrap();
    set.into_batches()
}

/// Reads a result slowly and notes the most that all results held meanwhile.
async fn read(mut stream: BatchStream, budget: &MemoryBudget, most: &AtomicU64) -> usize {
    let mut rows = 0;
    while let Some(batch) = stream.next().await {
        rows += batch.unwrap().num_rows();
        most.fetch_max(budget.used(), Ordering::SeqCst);
        tokio::task::yield_now().await;
    }
    rows
}

#[tokio::test]
async fn p15_sixty_four_results_share_one_budget_with_a_part_that_exceeds_it() {
    let budget = MemoryBudget::new(cost() * 16);
    let options = options().with_budget(budget.clone());
    let normal = Arc::new(Storage::new());
    store(&normal, PARTS);
    // One result has a part that is larger than the whole budget.
    let large = Arc::new(Storage::new());
    store(&large, PARTS);
    let rows: i64 = 10_000;
    let oversize = stream(&[batch(0..rows)]);
    let real = oversize.len() as u64;
    assert!(real > budget.capacity());
    large.put("/3", [Reply::Bytes(oversize.into())]);
    let mut described = answer(PARTS);
    let part = &mut described.chunks.as_mut().unwrap()[3];
    (part.row_count, part.uncompressed_size) = (rows, i64::try_from(real).unwrap());
    described.total = Some(50 + rows);
    let set = ResultSet::open(described, fetcher(&large), options.clone(), None).await.unwrap();

    let most = AtomicU64::new(0);
    let mut streams = vec![set.into_batches()];
    while streams.len() < RESULTS {
        streams.push(open(&normal, &options).await);
    }
    let read = join_all(streams.into_iter().map(|stream| read(stream, &budget, &most))).await;
    assert_eq!(read[0], 50 + 10_000);
    assert!(read[1..].iter().all(|rows| *rows == PARTS * 10), "{read:?}");
    let most = most.load(Ordering::SeqCst);
    // Beyond the budget at most one part for each result.
    assert!(most <= budget.capacity() + (RESULTS as u64 - 1) * cost() + real, "{most}");
    assert_eq!(budget.used(), 0);
}

#[tokio::test]
async fn p15_results_that_nobody_reads_keep_no_other_from_arriving() {
    let budget = MemoryBudget::new(cost() * 4);
    let options = options().with_budget(budget.clone());
    let storage = Arc::new(Storage::new());
    store(&storage, PARTS);
    let mut idle = Vec::new();
    for _ in 0..RESULTS - 1 {
        let mut stream = open(&storage, &options).await;
        // Begins to fetch ahead, and is then left alone.
        assert_eq!(stream.next().await.unwrap().unwrap().num_rows(), 10);
        idle.push(stream);
    }
    let most = AtomicU64::new(0);
    assert_eq!(read(open(&storage, &options).await, &budget, &most).await, PARTS * 10);
    let most = most.load(Ordering::SeqCst);
    assert!(most > budget.capacity(), "the others hold what there is");
    assert!(most <= budget.capacity() + RESULTS as u64 * cost(), "{most}");
    for stream in idle {
        assert_eq!(read(stream, &budget, &AtomicU64::new(0)).await, (PARTS - 1) * 10);
    }
    assert_eq!(budget.used(), 0);
}
