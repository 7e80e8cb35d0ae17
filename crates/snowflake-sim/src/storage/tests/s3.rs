//! S3: parts, chunks, probes.

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::{Client, Got, NONE, raw, sign, storage};
use crate::storage::{Cloud, Credentials, Operation, Storage};

const LEAST: usize = 5 << 20;

async fn begin(client: &Client, key: &str) -> String {
    let meta = match client.cloud() {
        Cloud::Gcs => "x-goog-meta-sfc-digest",
        _ => "x-amz-meta-sfc-digest",
    };
    let begun = client.send(Method::POST, &format!("{key}?uploads"), &[(meta, "d1")], "").await;
    assert_eq!((begun.status, begun.element("Key")), (200, key));
    begun.element("UploadId").to_owned()
}

async fn part(client: &Client, key: &str, id: &str, number: u32, body: Bytes) -> String {
    let target = format!("{key}?partNumber={number}&uploadId={id}");
    let sent = client.send(Method::PUT, &target, &[], body).await;
    assert_eq!(sent.status, 200);
    sent.header("etag").to_owned()
}

async fn complete(client: &Client, key: &str, id: &str, parts: &[(u32, &str)]) -> Got {
    let parts: String = parts
        .iter()
        .map(|(number, etag)| {
            format!(
                "<Part><ETag>{}</ETag><PartNumber>{number}</PartNumber></Part>",
                etag.replace('"', "&quot;")
            )
        })
        .collect();
    let list = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
    client.send(Method::POST, &format!("{key}?uploadId={id}"), &[], list).await
}

#[tokio::test]
async fn parts_in_any_order_become_one_object_with_the_metadata_of_the_beginning() {
    let (storage, _) = storage();
    for client in [Client::new(&storage, Cloud::S3), Client::new(&storage, Cloud::Gcs)] {
        let id = begin(&client, "big").await;
        let last = part(&client, "big", &id, 3, Bytes::from_static(b"end")).await;
        let first = part(&client, "big", &id, 1, vec![1; LEAST].into()).await;
        part(&client, "big", &id, 2, vec![9; LEAST].into()).await;
        let again = part(&client, "big", &id, 2, vec![2; LEAST].into()).await;
        assert!(storage.get("big").is_none());
        assert_eq!(storage.unfinished().len(), 1);
        assert_eq!((storage.unfinished()[0].parts, storage.unfinished()[0].bytes), (3, 2 * LEAST + 3));
        let done = complete(&client, "big", &id, &[(1, &first), (2, &again), (3, &last)]).await;
        assert_eq!(done.status, 200);
        let object = storage.get("big").unwrap();
        assert_eq!(object.body(), [vec![1; LEAST], vec![2; LEAST], b"end".to_vec()].concat());
        assert_eq!(object.metadata()["sfc-digest"], "d1");
        assert_eq!(done.element("ETag").replace("&quot;", "\""), object.etag());
        assert!(storage.unfinished().is_empty());
        assert!(storage.remove("big"));
    }
    let sent = storage.parts_sent("big");
    assert_eq!(sent.into_iter().collect::<Vec<_>>(), [("1".into(), 2), ("2".into(), 4), ("3".into(), 2)]);
}

#[tokio::test]
async fn a_list_of_parts_that_is_wrong_completes_nothing() {
    let (storage, _) = storage();
    let client = Client::new(&storage, Cloud::S3);
    let id = begin(&client, "big").await;
    let small = part(&client, "big", &id, 1, Bytes::from_static(b"small")).await;
    let large = part(&client, "big", &id, 2, vec![2; LEAST].into()).await;
    let (small, large) = (small.as_str(), large.as_str());
    let wrong: [(&[(u32, &str)], &str); 6] = [
        (&[(2, large), (1, small)], "InvalidPartOrder"),
        (&[(1, small), (1, small)], "InvalidPartOrder"),
        (&[(1, large)], "InvalidPart"),
        (&[(3, large)], "InvalidPart"),
        (&[(1, small), (2, large)], "EntityTooSmall"),
        (&[], "MalformedXML"),
    ];
    for (parts, code) in wrong {
        assert_eq!(complete(&client, "big", &id, parts).await.refusal(), (400, code));
    }
    assert!(storage.get("big").is_none());
    assert_eq!(complete(&client, "big", &id, &[(2, large)]).await.status, 200);
    // Neither another time nor elsewhere.
    assert_eq!(complete(&client, "big", &id, &[(2, large)]).await.refusal(), (404, "NoSuchUpload"));
    let other = begin(&client, "other").await;
    assert_eq!(complete(&client, "big", &other, &[(2, large)]).await.refusal(), (404, "NoSuchUpload"));
}

#[tokio::test]
async fn a_conditional_completion_replaces_nothing() {
    let (storage, _) = storage();
    let client = Client::new(&storage, Cloud::S3);
    storage.put("big", "first", NONE);
    let id = begin(&client, "big").await;
    let etag = part(&client, "big", &id, 1, Bytes::from_static(b"second")).await;
    let list = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>"
    );
    let target = format!("big?uploadId={id}");
    let done = client.send(Method::POST, &target, &[("if-none-match", "*")], list).await;
    assert_eq!(done.refusal(), (412, "PreconditionFailed"));
    assert_eq!(storage.get("big").unwrap().body(), "first");
}

#[tokio::test]
async fn an_aborted_upload_leaves_nothing() {
    let (storage, _) = storage();
    for client in [Client::new(&storage, Cloud::S3), Client::new(&storage, Cloud::Gcs)] {
        let id = begin(&client, "big").await;
        part(&client, "big", &id, 1, vec![1; LEAST].into()).await;
        let abort = || client.send(Method::DELETE, &*format!("big?uploadId={id}").leak(), &[], "");
        assert_eq!(abort().await.status, 204);
        assert!(storage.unfinished().is_empty());
        assert_eq!(abort().await.refusal(), (404, "NoSuchUpload"));
    }
}

/// As Node streams: chunks with a checksum behind them.
#[tokio::test]
async fn chunked_uploads_are_unpacked_and_checked() {
    let (storage, _) = storage();
    let client = Client::new(&storage, Cloud::S3);
    let headers = [
        ("x-amz-meta-sfc_digest", "d1"),
        ("content-encoding", "aws-chunked"),
        ("x-amz-decoded-content-length", "9"),
        ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
        ("x-amz-trailer", "x-amz-checksum-crc32"),
        ("x-amz-sdk-checksum-algorithm", "CRC32"),
    ];
    let body =
        |checksum: &str| format!("4\r\n1234\r\n5\r\n56789\r\n0\r\nx-amz-checksum-crc32:{checksum}\r\n\r\n");
    let target = "n.csv.gz?x-id=PutObject";
    assert_eq!(
        client.send(Method::PUT, target, &headers, body("y/Q5Jw==")).await.refusal(),
        (400, "BadDigest")
    );
    assert!(storage.get("n.csv.gz").is_none());
    assert_eq!(client.send(Method::PUT, target, &headers, body("y/Q5Jg==")).await.status, 200);
    let object = storage.get("n.csv.gz").unwrap();
    assert_eq!((object.body(), &*object.metadata()["sfc_digest"]), (Bytes::from_static(b"123456789"), "d1"));
    let read = client.get("n.csv.gz").await;
    assert!(!read.headers.contains_key("content-encoding"));
    assert_eq!(
        client.send(Method::PUT, target, &headers, "4\r\n12").await.refusal(),
        (400, "IncompleteBody")
    );
    assert_eq!(
        client.send(Method::PUT, target, &headers, "4\r\n1234\r\n0\r\n\r\n").await.refusal(),
        (400, "IncompleteBody")
    );
}

#[tokio::test]
async fn a_body_must_have_the_hash_that_was_signed() {
    let (storage, _) = storage();
    let client = Client::new(&storage, Cloud::S3);
    let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let headers = [("x-amz-content-sha256", hash)];
    assert_eq!(client.send(Method::PUT, "f", &headers, "abc").await.status, 200);
    let other = client.send(Method::PUT, "f", &headers, "abd").await;
    assert_eq!(other.refusal(), (400, "XAmzContentSHA256Mismatch"));
}

#[tokio::test]
async fn probes_of_drivers_are_answered() {
    let (storage, _) = storage();
    let client = Client::new(&storage, Cloud::S3);
    for target in ["?accelerate", "?accelerate="] {
        let answer = client.get(target).await;
        assert_eq!(answer.status, 200);
        assert!(answer.text().contains("<AccelerateConfiguration"), "{}", answer.text());
    }
    assert!(client.get("?location").await.text().contains("us-west-2"));
    assert_eq!(client.send(Method::HEAD, "", &[], "").await.status, 200);
    assert_eq!(storage.count(Operation::Probe), 4);
}

async fn hosted(storage: &Storage, uri: &str) -> Got {
    let Credentials::S3 { key_id, secret_key, token } = storage.credentials(Cloud::S3, super::HOUR) else {
        unreachable!()
    };
    let mut headers = HeaderMap::new();
    headers.insert("x-amz-security-token", token.expose().parse().unwrap());
    sign(&Method::GET, uri, &mut headers, &key_id, secret_key.expose());
    raw(storage, Method::GET, uri, headers, Bytes::new()).await
}

/// As Python addresses it.
#[tokio::test]
async fn the_bucket_may_stand_in_the_host() {
    let (storage, _) = storage();
    storage.put("st/f", "x", NONE);
    assert_eq!(hosted(&storage, "https://sim-s3.localhost/st/f").await.text(), "x");
    assert_eq!(hosted(&storage, "https://other.localhost/st/f").await.status, 404);
}
