//! Repeats of a batch, and of one that was killed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use snowflake_client::sim::{SimServer, StageEncryption, StageOptions, StageShape};
use snowflake_client::transport::{
    BoxFuture, Error, HttpTransport, Request, Response, Transport, TransportOptions,
};
use snowflake_client::{BulkInsertOptions, ErrorKind, SnowflakeClient};
use tokio::sync::Notify;

use super::{count, left_over, records};
use crate::support;

fn batch(id: &str) -> BulkInsertOptions {
    BulkInsertOptions { batch_id: Some(id.to_owned()), max_part_rows: 20_000, ..BulkInsertOptions::default() }
}

async fn prepare() -> (SimServer, SnowflakeClient) {
    let (server, client) = support::start().await;
    client.execute("CREATE TABLE t (id INT, name VARCHAR, value FLOAT)").await.unwrap();
    (server, client)
}

#[tokio::test]
async fn f09_a_batch_that_is_loaded_is_not_loaded_again() {
    let (_server, client) = prepare().await;
    let records = records(50_000);
    let first = client.bulk_insert("t", &records, batch("b1")).await.unwrap();
    assert_eq!((first.rows_loaded, first.already_loaded, first.batch_id.as_str()), (50_000, false, "b1"));
    assert!(left_over(&client).await.is_empty());
    for _ in 0..2 {
        let again = client.bulk_insert("t", &records, batch("b1")).await.unwrap();
        assert_eq!((again.rows_loaded, again.already_loaded), (0, true));
    }
    assert_eq!(count(&client, "t").await, 50_000);
    assert_eq!(client.bulk_insert("t", &records, batch("b2")).await.unwrap().rows_loaded, 50_000);
    client.execute("CREATE TABLE u LIKE t").await.unwrap();
    let other_table = client.bulk_insert("u", &records, batch("b1")).await.unwrap();
    assert_eq!(other_table.rows_loaded, 50_000, "an id is one of its table");
}

#[tokio::test]
async fn f09_other_rows_under_the_same_id_are_refused_and_nothing_is_doubled() {
    let (_server, client) = prepare().await;
    client.bulk_insert("t", &records(100), batch("b")).await.unwrap();
    for other in [records(101), records(99)] {
        let error = client.bulk_insert("t", &other, batch("b")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains("batch id b"), "{error}");
    }
    assert_eq!(count(&client, "t").await, 100);
}

#[tokio::test]
async fn a_load_that_fails_for_good_leaves_no_files_and_its_id_free() {
    let (_server, client) = prepare().await;
    let mut broken: Vec<_> =
        records(50_000).into_iter().map(|record| serde_json::to_value(record).unwrap()).collect();
    broken[49_999]["id"] = "x".into();
    assert_eq!(client.bulk_insert("t", &broken, batch("b")).await.unwrap_err().kind(), ErrorKind::Conversion);
    assert!(left_over(&client).await.is_empty(), "{:?}", left_over(&client).await);
    assert_eq!(client.bulk_insert("t", &records(50_000), batch("b")).await.unwrap().rows_loaded, 50_000);
}

/// When a process dies: before a request leaves it, or when the server has carried the request out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Before,
    After,
}

/// Carries requests until the process dies at one of them: that one and all later ones are never answered.
#[derive(Debug)]
struct Mortal {
    inner: HttpTransport,
    carried: AtomicUsize,
    dies_at: AtomicUsize,
    moment: Moment,
    dead: Arc<Notify>,
}

impl Transport for Mortal {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            let number = self.carried.fetch_add(1, Ordering::SeqCst);
            let last = self.dies_at.load(Ordering::SeqCst);
            if number < last {
                return self.inner.send(request).await;
            }
            if number == last && self.moment == Moment::After {
                let _ = self.inner.send(request).await;
            }
            self.dead.notify_one();
            std::future::pending().await
        })
    }
}

async fn mortal(server: &SimServer, moment: Moment) -> (SnowflakeClient, Arc<Mortal>) {
    let transport = Arc::new(Mortal {
        inner: HttpTransport::new(TransportOptions::default()).unwrap(),
        carried: AtomicUsize::new(0),
        dies_at: AtomicUsize::new(usize::MAX),
        moment,
        dead: Arc::new(Notify::new()),
    });
    let builder = support::builder(server).password(support::PASSWORD);
    let client = builder.transport(Arc::clone(&transport) as Arc<dyn Transport>).build().await.unwrap();
    (client, transport)
}

/// Kills a load at every one of its requests, and repeats it with another client each time.
async fn killed_anywhere(stages: StageOptions) {
    let server = support::server().stages(stages).start().await.unwrap();
    let observer = support::connect(&server).await;
    observer.execute("CREATE TABLE t (id INT, name VARCHAR, value FLOAT)").await.unwrap();
    let records = records(300);
    let options = |id: usize, moment| BulkInsertOptions {
        max_part_rows: 100,
        ..batch(&format!("killed-{id}-{moment:?}"))
    };
    let mut expected = 0;
    for moment in [Moment::Before, Moment::After] {
        for request in 0.. {
            assert!(request < 60, "a load has an end");
            let (client, transport) = mortal(&server, moment).await;
            transport.dies_at.store(transport.carried.load(Ordering::SeqCst) + request, Ordering::SeqCst);
            let ended = tokio::select! {
                ended = client.bulk_insert("t", &records, options(request, moment)) => Some(ended.unwrap()),
                () = transport.dead.notified() => None,
            };
            let again = observer.bulk_insert("t", &records, options(request, moment)).await.unwrap();
            expected += 300;
            assert_eq!(
                count(&observer, "t").await,
                expected,
                "killed {moment:?} request {request}: {again:?}"
            );
            if ended.is_some() {
                assert!(request >= 5, "the load was killed at only {request} moments");
                break;
            }
        }
    }
    assert!(left_over(&observer).await.is_empty(), "{:?}", left_over(&observer).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f09_a_load_killed_at_any_request_and_repeated_has_each_row_once_in_a_folder() {
    killed_anywhere(StageShape::Folder.into()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f09_a_load_killed_at_any_request_and_repeated_has_each_row_once_when_it_is_encrypted_anew() {
    killed_anywhere(StageOptions::new(StageShape::S3).with_encryption(StageEncryption::Aes256)).await;
}
