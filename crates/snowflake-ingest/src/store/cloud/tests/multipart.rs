//! Objects in parts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures::future::try_join_all;
use http::Method;
use snowflake_sim::storage::{Operation, Storage};
use snowflake_transport::{BoxFuture, Delivery, Error, Request, Response, Transport};

use super::support::{Server, Shape, metadata, opened, put, read, stage, storage};
use crate::ErrorKind;
use crate::store::{Mode, Parts, Store, Written};

const PART: usize = 8 << 20;

async fn begin(store: &dyn Store, key: &str, size: usize, mode: Mode) -> Box<dyn Parts> {
    store.begin(key, size as u64, &metadata(&key[..1]), mode).await.unwrap()
}

fn part(number: u32, length: usize) -> Bytes {
    vec![u8::try_from(number).unwrap(); length].into()
}

#[tokio::test]
async fn parts_in_any_order_make_an_object_with_its_metadata() {
    for shape in Shape::PARTS {
        let storage = storage();
        let (store, _) = stage(&storage, shape);
        let size = 2 * PART + 5;
        let parts = begin(&*store, "big", size, Mode::Create).await;
        let lengths = [(2, 5), (0, PART), (1, PART)];
        try_join_all(lengths.map(|(number, length)| parts.part(number, part(number, length)))).await.unwrap();
        assert_eq!(store.head("big").await.unwrap(), None, "{shape:?}");
        assert_eq!(parts.complete().await.unwrap(), Written::Yes);
        let object = store.head("big").await.unwrap().unwrap();
        assert_eq!((object.size, object.metadata), (size as u64, metadata("b")), "{shape:?}");
        let expected = [part(0, PART), part(1, PART), part(2, 5)].concat();
        assert!(read(&*store, "big").await.unwrap() == expected, "{shape:?}");
        assert_eq!(storage.unfinished(), []);
    }
}

#[tokio::test]
async fn an_object_in_parts_is_replaced_only_when_asked_for() {
    for shape in Shape::PARTS {
        let storage = storage();
        let (store, _) = stage(&storage, shape);
        put(&*store, "k", b"first", Mode::Create).await.unwrap();
        for (mode, written, size) in
            [(Mode::Create, Written::Exists, 5), (Mode::Overwrite, Written::Yes, PART as u64 + 1)]
        {
            let parts = store.begin("k", PART as u64 + 1, &metadata("other"), mode).await.unwrap();
            parts.part(0, part(0, PART)).await.unwrap();
            parts.part(1, part(1, 1)).await.unwrap();
            assert_eq!(parts.complete().await.unwrap(), written, "{shape:?}");
            assert_eq!(store.head("k").await.unwrap().unwrap().size, size);
        }
        assert!(shape != Shape::S3 || storage.unfinished().is_empty());
    }
}

#[tokio::test]
async fn an_object_with_a_missing_part_is_not_made() {
    for shape in Shape::PARTS {
        let storage = storage();
        let (store, _) = stage(&storage, shape);
        let parts = begin(&*store, "k", 2 * PART, Mode::Overwrite).await;
        parts.part(1, part(1, PART)).await.unwrap();
        assert_eq!(parts.complete().await.unwrap_err().kind(), ErrorKind::Configuration);
        assert_eq!(store.head("k").await.unwrap(), None);
        parts.abort().await.unwrap();
        parts.abort().await.unwrap();
        assert!(shape != Shape::S3 || storage.unfinished().is_empty());
    }
}

#[tokio::test]
async fn f07_credentials_that_expire_between_parts_of_eight_files_are_renewed_once_and_no_part_is_lost() {
    for shape in Shape::PARTS {
        let storage = storage();
        let (store, server) = stage(&storage, shape);
        let upload = |file: u32, storage: snowflake_sim::storage::Storage| {
            let store = Arc::clone(&store);
            async move {
                let key = format!("{file}.bin");
                let parts = begin(&*store, &key, 3 * PART, Mode::Create).await;
                parts.part(0, part(file, PART)).await.unwrap();
                if file == 5 {
                    storage.expire_all();
                }
                try_join_all([1, 2].map(|number| parts.part(number, part(file, PART)))).await.unwrap();
                assert_eq!(parts.complete().await.unwrap(), Written::Yes);
                // Every part arrived once, and once only.
                let sent = storage.parts_sent(&format!("stage/dir/{key}"));
                assert_eq!(sent.values().copied().collect::<Vec<_>>(), [1, 1, 1], "{shape:?}");
            }
        };
        let uploads = (0..8).map(|file| tokio::spawn(upload(file, storage.clone())));
        try_join_all(uploads.collect::<Vec<_>>()).await.unwrap();
        assert_eq!(server.asked(), 1, "{shape:?}");
        for file in 0..8 {
            let body = read(&*store, &format!("{file}.bin")).await.unwrap();
            assert!(body == part(file, 3 * PART), "{shape:?} {file}");
        }
        assert_eq!(storage.count(Operation::Complete), 8);
    }
}

/// Loses the answer to every third upload, after the store has acted on it.
#[derive(Debug)]
struct Lossy {
    storage: Storage,
    uploads: AtomicU64,
    lost: AtomicU64,
}

impl Transport for Lossy {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let is_lost = request.method() == Method::PUT && self.uploads.fetch_add(1, Ordering::SeqCst) % 3 == 2;
        Box::pin(async move {
            let answer = self.storage.send(request).await?;
            if is_lost {
                self.lost.fetch_add(1, Ordering::SeqCst);
                return Err(Error::reported(
                    snowflake_transport::ErrorKind::Reset,
                    Delivery::MaybeSent,
                    "cut",
                ));
            }
            Ok(answer)
        })
    }
}

#[tokio::test(start_paused = true)]
async fn l10_a_connection_that_breaks_costs_the_part_that_was_on_it_and_no_other() {
    for shape in Shape::PARTS {
        let storage = storage();
        let lossy =
            Arc::new(Lossy { storage: storage.clone(), uploads: AtomicU64::new(0), lost: AtomicU64::new(0) });
        let store = opened(&Arc::new(Server::new(&storage, shape)), Arc::clone(&lossy) as _);
        let parts = begin(&*store, "k", 8 * PART, Mode::Create).await;
        try_join_all((0..8).map(|number| parts.part(number, part(number, PART)))).await.unwrap();
        assert_eq!(parts.complete().await.unwrap(), Written::Yes);
        let sent: u64 = storage.parts_sent("stage/dir/k").values().map(|&times| times as u64).sum();
        let lost = lossy.lost.load(Ordering::SeqCst);
        assert!(lost >= 2, "{shape:?}");
        assert!(sent >= 8 && sent <= 8 + lost, "{shape:?}: {sent} parts sent, {lost} answers lost");
        assert!(
            read(&*store, "k")
                .await
                .unwrap()
                .chunks(PART)
                .zip(0..)
                .all(|(chunk, number)| chunk == part(number, PART))
        );
    }
}
