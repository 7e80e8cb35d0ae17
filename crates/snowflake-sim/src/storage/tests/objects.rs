//! Whole objects, ranges and conditions: what all dialects have.

use http::Method;

use super::{Client, NONE, storage};
use crate::storage::{Cloud, Operation, Storage};

fn clients(storage: &Storage) -> [Client; 3] {
    Cloud::ALL.map(|cloud| Client::new(storage, cloud))
}

/// What an upload needs in each dialect.
fn put(cloud: Cloud) -> Vec<(&'static str, &'static str)> {
    match cloud {
        Cloud::S3 => vec![("x-amz-meta-sfc-digest", "d1"), ("content-type", "application/octet-stream")],
        Cloud::Azure => vec![("x-ms-meta-sfcdigest", "d1"), ("x-ms-blob-type", "BlockBlob")],
        Cloud::Gcs => vec![("x-goog-meta-sfc-digest", "d1"), ("content-encoding", "")],
    }
}

#[tokio::test]
async fn an_object_comes_back_with_its_metadata_until_it_is_removed() {
    let (storage, _) = storage();
    for client in clients(&storage) {
        let cloud = client.cloud();
        let written = client.send(Method::PUT, "st/a%20b.csv.gz", &put(cloud), "data").await;
        assert!(written.is_ok(), "{cloud:?}");
        let read = client.get("st/a%20b.csv.gz").await;
        assert_eq!((read.status, read.text()), (200, "data"));
        assert_eq!((read.header("etag"), read.header("content-length")), (written.header("etag"), "4"));
        assert_eq!(read.header("last-modified"), "Tue, 05 Aug 2025 10:00:00 GMT");
        assert_eq!(read.header(put(cloud)[0].0), "d1", "{cloud:?}");
        assert!(!read.headers.contains_key("content-encoding"));
        let head = client.send(Method::HEAD, "st/a%20b.csv.gz", &[], "").await;
        assert_eq!((head.status, head.text(), head.header("content-length")), (200, "", "4"));
        assert_eq!(storage.list("st/a").first().unwrap().key(), "st/a b.csv.gz");
        assert!(client.send(Method::DELETE, "st/a%20b.csv.gz", &[], "").await.is_ok());
        assert_eq!(client.send(Method::HEAD, "st/a%20b.csv.gz", &[], "").await.status, 404);
        assert!(storage.get("st/a b.csv.gz").is_none());
    }
}

#[tokio::test]
async fn what_one_dialect_wrote_the_others_read() {
    let (storage, _) = storage();
    let [s3, azure, gcs] = clients(&storage);
    s3.send(Method::PUT, "d/f", &put(Cloud::S3), "bytes").await;
    assert_eq!(azure.get("d/f").await.text(), "bytes");
    let read = gcs.get("d%2Ff").await;
    assert_eq!((read.text(), read.header("x-goog-meta-sfc-digest")), ("bytes", "d1"));
    assert_eq!(storage.get("d/f").unwrap().metadata()["sfc-digest"], "d1");
    let tag = storage.put("d/g", "more", [("matdesc", "{}")]);
    assert_eq!(storage.head("d/g").unwrap().etag(), tag);
    assert_eq!(azure.get("d/g").await.header("x-ms-meta-matdesc"), "{}");
}

#[tokio::test]
async fn ranges_are_answered_with_206_and_where_they_lie() {
    let (storage, _) = storage();
    storage.put("f", "0123456789", NONE);
    for client in clients(&storage) {
        for (range, body, stated) in [
            ("bytes=2-4", "234", "bytes 2-4/10"),
            ("bytes=8-80", "89", "bytes 8-9/10"),
            ("bytes=-1", "9", "bytes 9-9/10"),
        ] {
            let read = client.send(Method::GET, "f", &[("range", range)], "").await;
            assert_eq!((read.status, read.text()), (206, body));
            assert_eq!(
                (read.header("content-range"), read.header("content-length")),
                (stated, &*body.len().to_string())
            );
        }
        let beyond = client.send(Method::GET, "f", &[("range", "bytes=10-12")], "").await;
        assert_eq!((beyond.refusal(), beyond.header("content-range")), ((416, "InvalidRange"), "bytes */10"));
    }
    let azure = Client::new(&storage, Cloud::Azure);
    let both = [("x-ms-range", "bytes=0-0"), ("range", "bytes=5-5")];
    assert_eq!(azure.send(Method::GET, "f", &both, "").await.text(), "0");
}

#[tokio::test]
async fn a_conditional_upload_replaces_nothing() {
    let (storage, _) = storage();
    for client in clients(&storage) {
        let (condition, refusal) = match client.cloud() {
            Cloud::S3 => (("if-none-match", "*"), (412, "PreconditionFailed")),
            Cloud::Azure => (("if-none-match", "*"), (409, "BlobAlreadyExists")),
            Cloud::Gcs => (("x-goog-if-generation-match", "0"), (412, "PreconditionFailed")),
        };
        let mut headers = put(client.cloud());
        headers.push(condition);
        let key = client.cloud().bucket();
        assert!(client.send(Method::PUT, key, &headers, "first").await.is_ok());
        assert_eq!(client.send(Method::PUT, key, &headers, "second").await.refusal(), refusal);
        assert_eq!(storage.get(key).unwrap().body(), "first");
        headers.pop();
        assert!(client.send(Method::PUT, key, &headers, "third").await.is_ok());
        assert_eq!(storage.get(key).unwrap().body(), "third");
    }
    assert_eq!(storage.count(Operation::Put), 6);
    assert_eq!(storage.served().iter().filter(|served| !served.is_ok()).count(), 3);
}

#[tokio::test]
async fn every_write_has_another_tag_and_tags_are_conditions() {
    let (storage, _) = storage();
    for client in clients(&storage) {
        let first = client.send(Method::PUT, "f", &put(client.cloud()), "a").await;
        let second = client.send(Method::PUT, "f", &put(client.cloud()), "a").await;
        assert_ne!(first.header("etag"), second.header("etag"));
        let read = |name, etag: &str| {
            let headers = [(name, etag.to_owned())];
            let client = &client;
            async move {
                client
                    .send(Method::GET, "f", &headers.each_ref().map(|(n, v)| (*n, v.as_str())), "")
                    .await
                    .status
            }
        };
        assert_eq!(read("if-match", second.header("etag")).await, 200);
        assert_eq!(read("if-match", first.header("etag")).await, 412);
        assert_eq!(read("if-none-match", second.header("etag")).await, 304);
        assert_eq!(read("if-none-match", first.header("etag")).await, 200);
    }
}

#[tokio::test]
async fn what_is_missing_or_strange_is_refused_in_the_words_of_its_cloud() {
    let (storage, _) = storage();
    let [s3, azure, gcs] = clients(&storage);
    for (client, code) in [(&s3, "NoSuchKey"), (&azure, "BlobNotFound"), (&gcs, "NoSuchKey")] {
        assert_eq!(client.get("nothing").await.refusal(), (404, code));
        assert_eq!(client.get("bad%ff").await.refusal(), (400, "InvalidURI"));
        assert_eq!(client.send(Method::PATCH, "f", &[], "").await.status, 501);
    }
    assert_eq!(azure.get("nothing").await.header("x-ms-error-code"), "BlobNotFound");
    assert_eq!(azure.send(Method::PUT, "f", &[], "x").await.refusal(), (400, "MissingRequiredHeader"));
    let dashed = [("x-ms-blob-type", "BlockBlob"), ("x-ms-meta-sfc-digest", "d")];
    assert_eq!(azure.send(Method::PUT, "f", &dashed, "x").await.refusal(), (400, "InvalidMetadata"));
    // S3 has nothing against removing what is not there.
    assert_eq!(s3.send(Method::DELETE, "nothing", &[], "").await.status, 204);
    assert_eq!(gcs.send(Method::DELETE, "nothing", &[], "").await.refusal(), (404, "NoSuchKey"));
}

#[tokio::test]
async fn listings_come_in_pages_and_groups() {
    let (storage, _) = storage();
    for key in ["a/1", "a/2", "a/x/3", "a/x/4", "b<&>"] {
        storage.put(key, key, NONE);
    }
    let [s3, azure, gcs] = clients(&storage);
    for client in [&s3, &gcs] {
        let page = client.get("?list-type=2&max-keys=2&prefix=a%2F").await;
        assert_eq!((page.element("KeyCount"), page.element("IsTruncated")), ("2", "true"));
        let next = page.element("NextContinuationToken").replace('/', "%2F");
        let rest = client.get(&format!("?continuation-token={next}&list-type=2&prefix=a%2F")).await;
        assert_eq!((rest.element("Key"), rest.element("KeyCount")), ("a/x/3", "2"));
        let groups = client.get("?delimiter=%2F&list-type=2&prefix=a%2F").await;
        assert_eq!(groups.element("CommonPrefixes"), "<Prefix>a/x/</Prefix>");
        assert_eq!(groups.element("KeyCount"), "3");
        assert_eq!(client.get("?list-type=2&prefix=b").await.element("Key"), "b&lt;&amp;&gt;");
    }
    let page = azure.get("?restype=container&comp=list&prefix=a&maxresults=3").await;
    assert_eq!((page.element("Name"), page.element("NextMarker")), ("a/1", "a/x/3"));
    let rest = azure.get("?restype=container&comp=list&prefix=a&marker=a/x/3").await;
    assert_eq!((rest.element("Name"), rest.element("NextMarker")), ("a/x/4", ""));
}
