//! Rows into files: bounded, and the same files for the same rows.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::Serialize;
use snowflake_proto::DataType;
use snowflake_transport::BoxFuture;

use crate::bulk::convert::{OnMisfit, Rows};
use crate::bulk::gauge::Gauge;
use crate::bulk::parts::{Limits, Part, Parts, Sink, digest_of};
use crate::bulk::table::TableColumn;
use crate::error::Result;

#[derive(Clone, Serialize)]
struct Record {
    id: u64,
    text: String,
}

/// Keeps files, and takes its time.
#[derive(Debug, Default)]
struct Shelf {
    files: Mutex<Vec<(String, Bytes)>>,
    at_a_time: Mutex<(usize, usize)>,
}

impl Sink for Shelf {
    fn put(&self, name: String, content: Bytes) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            {
                let mut counts = self.at_a_time.lock().unwrap();
                counts.0 += 1;
                counts.1 = counts.1.max(counts.0);
            }
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
            self.files.lock().unwrap().push((name, content));
            self.at_a_time.lock().unwrap().0 -= 1;
            Ok(())
        })
    }
}

fn columns() -> Vec<TableColumn> {
    let column = |name: &str, data_type| TableColumn {
        name: name.to_owned(),
        data_type,
        nullable: true,
        has_default: false,
        is_new: false,
        is_guessed: false,
    };
    vec![
        column("ID", DataType::Number { precision: 38, scale: 0 }),
        column("TEXT", DataType::Text { length: 100 }),
    ]
}

fn records(count: u64) -> Vec<Record> {
    // Text that does not compress, so that the bytes of the files are those of the rows.
    let text = |id: u64| {
        format!("{:032x}", u128::from(id + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835))
    };
    (0..count).map(|id| Record { id, text: text(id) }).collect()
}

async fn store(records: &[Record], block: usize, limits: Limits) -> (Arc<Shelf>, Vec<Part>, Gauge) {
    let (shelf, gauge) = (Arc::new(Shelf::default()), Gauge::default());
    let mut parts = Parts::new(Arc::clone(&shelf) as Arc<dyn Sink>, limits, gauge.clone());
    let mut rows = Rows::new(columns());
    let mut first = 0;
    for some in records.chunks(block) {
        parts.push(rows.block(some, first, OnMisfit::Fail).unwrap()).await.unwrap();
        first += u64::try_from(some.len()).unwrap();
    }
    let parts = parts.finish().await.unwrap();
    (shelf, parts, gauge)
}

const LIMITS: Limits = Limits { bytes: 100_000, rows: 1_000_000, parallel: 2 };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_row_is_in_one_file_and_files_are_in_order() {
    let records = records(20_000);
    let (shelf, parts, _) = store(&records, 500, LIMITS).await;
    assert!(parts.len() > 5, "{}", parts.len());
    assert_eq!(parts.iter().map(|part| part.rows).sum::<u64>(), 20_000);
    let files = shelf.files.lock().unwrap();
    let mut next = 0;
    for part in &parts {
        let (_, content) = files.iter().find(|(name, _)| *name == part.name).unwrap();
        assert_eq!(part.bytes, u64::try_from(content.len()).unwrap());
        let reader = ParquetRecordBatchReaderBuilder::try_new(content.clone()).unwrap().build().unwrap();
        assert_eq!(part.input_row(0), Some(next));
        next += reader.map(|batch| u64::try_from(batch.unwrap().num_rows()).unwrap()).sum::<u64>();
        assert_eq!(part.input_row(part.rows - 1), Some(next - 1));
        assert_eq!(part.input_row(part.rows), None);
    }
    assert_eq!(next, 20_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f09_the_same_rows_are_the_same_files_and_other_rows_are_others() {
    let mut records = records(5000);
    let (_, parts, _) = store(&records, 500, LIMITS).await;
    let (_, again, _) = store(&records, 500, LIMITS).await;
    assert_eq!(parts, again);
    records[4999].text.push('x');
    let (_, other, _) = store(&records, 500, LIMITS).await;
    assert_eq!(parts[..parts.len() - 1], other[..other.len() - 1]);
    assert_ne!(parts.last(), other.last());
    assert_ne!(digest_of(&parts), digest_of(&other));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn l10_memory_is_bounded_however_many_rows_there_are() {
    for count in [20_000, 100_000] {
        let (shelf, parts, gauge) = store(&records(count), 500, LIMITS).await;
        assert!(parts.len() > 5);
        assert!(shelf.at_a_time.lock().unwrap().1 <= LIMITS.parallel);
        // Files that are filled and uploaded, and the blocks that wait for the one that is filled.
        let bound = (LIMITS.parallel + 2) * LIMITS.bytes * 2;
        assert!(gauge.peak() < bound, "{} of {bound}", gauge.peak());
        assert_eq!(gauge.now(), 0, "and all of it is given back");
    }
}

#[tokio::test]
async fn rejected_rows_are_counted_around() {
    let mut rows = Rows::new(columns());
    let records: Vec<_> = (0..10).map(|n| serde_json::json!({ "id": if n % 2 == 0 { serde_json::json!(n) } else { serde_json::json!("x") } })).collect();
    let shelf: Arc<dyn Sink> = Arc::new(Shelf::default());
    let mut parts = Parts::new(shelf, LIMITS, Gauge::default());
    for first in [0, 10] {
        parts.push(rows.block(&records, first, OnMisfit::Reject).unwrap()).await.unwrap();
    }
    let parts = parts.finish().await.unwrap();
    let rows: Vec<_> = (0..10).map(|row| parts[0].input_row(row).unwrap()).collect();
    assert_eq!(rows, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
}

#[tokio::test]
async fn a_store_that_fails_ends_the_load() {
    #[derive(Debug)]
    struct Full;
    impl Sink for Full {
        fn put(&self, _: String, _: Bytes) -> BoxFuture<'_, Result<()>> {
            let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
            Box::pin(async { Err(crate::error::Repr::Write { source: full }.into()) })
        }
    }
    let mut parts = Parts::new(Arc::new(Full), LIMITS, Gauge::default());
    let mut rows = Rows::new(columns());
    let records = records(20_000);
    let mut failed = None;
    for some in records.chunks(500) {
        if let Err(error) = parts.push(rows.block(some, 0, OnMisfit::Fail).unwrap()).await {
            failed = Some(error);
            break;
        }
    }
    assert_eq!(failed.unwrap().kind(), crate::ErrorKind::Io);
}
