//! Google Cloud Storage: uploads in pieces one after the other.

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::{Client, Got, NONE, raw, storage};
use crate::storage::{Cloud, Storage};

const UNIT: usize = 256 << 10;

async fn start(client: &Client, headers: &[(&str, &str)]) -> String {
    let mut all = vec![("x-goog-resumable", "start"), ("x-goog-meta-sfc-digest", "d1")];
    all.extend_from_slice(headers);
    let begun = client.send(Method::POST, "st/r", &all, "").await;
    assert_eq!(begun.status, 201);
    begun.header("location").to_owned()
}

async fn piece(storage: &Storage, location: &str, range: &str, body: Vec<u8>) -> Got {
    let mut headers = HeaderMap::new();
    headers.insert("content-range", range.parse().unwrap());
    raw(storage, Method::PUT, location, headers, body.into()).await
}

#[tokio::test]
async fn pieces_one_after_the_other_become_an_object() {
    let (storage, _) = storage();
    let client = Client::new(&storage, Cloud::Gcs);
    let location = start(&client, &[]).await;
    let total = UNIT + 3;
    let asked = piece(&storage, &location, &format!("bytes */{total}"), Vec::new()).await;
    assert_eq!((asked.status, asked.header("range")), (308, ""));
    let first = piece(&storage, &location, &format!("bytes 0-{}/{total}", UNIT - 1), vec![1; UNIT]).await;
    assert_eq!((first.status, first.header("range")), (308, format!("bytes=0-{}", UNIT - 1).as_str()));
    assert_eq!(storage.unfinished()[0].bytes, UNIT);
    // A hole is not filled, and what has arrived is not taken twice.
    let hole =
        piece(&storage, &location, &format!("bytes {}-{}/{total}", UNIT + 1, total - 1), vec![2; 2]).await;
    assert_eq!(hole.status, 308);
    let last = piece(&storage, &location, &format!("bytes {UNIT}-{}/{total}", total - 1), vec![2; 3]).await;
    assert_eq!(last.status, 200);
    let object = storage.get("st/r").unwrap();
    assert_eq!(object.body(), [vec![1; UNIT], vec![2; 3]].concat());
    assert_eq!((object.metadata()["sfc-digest"].as_str(), last.header("etag")), ("d1", object.etag()));
    assert!(storage.unfinished().is_empty());
    assert_eq!(storage.parts_sent("st/r")[&format!("{UNIT}-{}", total - 1)], 1);
}

#[tokio::test]
async fn pieces_that_do_not_fit_are_refused() {
    let (storage, _) = storage();
    let client = Client::new(&storage, Cloud::Gcs);
    let location = start(&client, &[]).await;
    for (range, length) in [("bytes 0-9/20", 10), ("bytes 0-9/*", 10), ("bytes 0-9/10", 9), ("0-9", 10)] {
        let refused = piece(&storage, &location, range, vec![0; length]).await;
        assert_eq!(refused.refusal(), (400, "InvalidArgument"), "{range}");
    }
    let cancelled = raw(&storage, Method::DELETE, &location, HeaderMap::new(), Bytes::new()).await;
    assert_eq!((cancelled.status, storage.unfinished().len()), (499, 0));
    assert_eq!(piece(&storage, &location, "bytes 0-9/10", vec![0; 10]).await.status, 401);
}

#[tokio::test]
async fn a_token_beside_the_address_of_an_upload_has_to_be_good() {
    let (storage, _) = storage();
    let client = Client::new(&storage, Cloud::Gcs);
    let location = start(&client, &[("x-goog-if-generation-match", "0")]).await;
    let target = location.split_once("sim-gcs/").unwrap().1.to_owned();
    storage.expire_all();
    let range = [("content-range", "bytes 0-2/3")];
    let expired = client.send(Method::PUT, &target, &range, "abc").await;
    assert_eq!(expired.refusal(), (401, "AuthenticationRequired"));
    let renewed = Client::new(&storage, Cloud::Gcs);
    storage.put("st/r", "faster", NONE);
    let late = renewed.send(Method::PUT, &target, &range, "abc").await;
    assert_eq!(late.refusal(), (412, "PreconditionFailed"));
    assert_eq!(storage.get("st/r").unwrap().body(), "faster");
}
