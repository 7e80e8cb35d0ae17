//! Requests that nobody sends, and many that somebody might.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, Strategy, any, proptest};
use proptest::sample::select;

use super::{Client, NONE, raw, storage};
use crate::storage::Cloud;

const METHODS: [Method; 6] =
    [Method::GET, Method::HEAD, Method::PUT, Method::POST, Method::DELETE, Method::PATCH];
const ARGUMENTS: [&str; 14] = [
    "uploads",
    "uploadId=1",
    "partNumber=1",
    "partNumber=-1",
    "upload_id=1",
    "comp=block",
    "comp=blocklist",
    "blockid=QQ==",
    "comp=list",
    "list-type=2",
    "max-keys=0",
    "delimiter=/",
    "prefix=é",
    "%zz=%",
];
const HEADERS: [(&str, &str); 10] = [
    ("range", "bytes=5-1"),
    ("range", "bytes=1-"),
    ("content-range", "bytes 0-0/1"),
    ("content-encoding", "aws-chunked"),
    ("x-goog-resumable", "start"),
    ("x-goog-if-generation-match", "-1"),
    ("if-none-match", "*"),
    ("if-match", ","),
    ("x-ms-blob-type", "BlockBlob"),
    ("x-amz-meta-", ""),
];

fn headers() -> impl Strategy<Value = HeaderMap> {
    let wild = "\\PC{0,8}".prop_filter_map("no header", |text| HeaderValue::from_bytes(text.as_bytes()).ok());
    (vec(select(&HEADERS[..]), 0..4), wild).prop_map(|(known, wild)| {
        let known = known
            .into_iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        known.chain([(HeaderName::from_static("x-goog-meta-a"), wild)]).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]
    #[test]
    fn every_request_has_an_answer(
        cloud in select(&Cloud::ALL[..]),
        method in select(&METHODS[..]),
        key in select(&["", "f", "f/g", "a%2Fb", "%ff", "%00", "//"][..]),
        arguments in vec(select(&ARGUMENTS[..]), 0..4),
        headers in headers(),
        body in any::<Vec<u8>>(),
        is_let_in in any::<bool>(),
    ) {
        let (storage, _) = storage();
        storage.put("f", "0123456789", NONE);
        let target = format!("{key}?{}", arguments.join("&"));
        let target = if target.is_ascii() { target } else { target.replace('é', "%C3%A9") };
        let answer = async {
            // The signature is of plain arguments: what S3 is asked strangely stays outside its door.
            if is_let_in && cloud != Cloud::S3 {
                let client = Client::new(&storage, cloud);
                let pairs: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap_or("x"))).collect();
                client.send(method, &target, &pairs, body).await
            } else {
                let uri = format!("http://h/{}/{target}", cloud.bucket());
                raw(&storage, method, &uri, headers, body.into()).await
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let answer = runtime.block_on(answer);
        assert!(answer.status >= 200);
        assert_eq!(storage.served().len(), 1);
    }

    /// Whatever is written, replaced and removed through any dialect, all dialects agree with a map.
    #[test]
    fn the_dialects_agree_with_a_map(
        steps in vec((select(&Cloud::ALL[..]), 0..4_usize, select(&["a", "b", "c/d"][..]), any::<u8>()), 1..12)
    ) {
        let (storage, _) = storage();
        let clients = Cloud::ALL.map(|cloud| Client::new(&storage, cloud));
        let mut map = BTreeMap::<&str, Bytes>::new();
        let run = async {
            for (cloud, verb, key, byte) in steps {
                let client = clients.iter().find(|client| client.cloud() == cloud).unwrap();
                let body = Bytes::from(vec![byte; usize::from(byte)]);
                match verb {
                    0 => {
                        client.send(Method::DELETE, key, &[], "").await;
                        map.remove(key);
                    }
                    _ => {
                        let answer = client.send(Method::PUT, key, &[("x-ms-blob-type", "BlockBlob")], body.clone()).await;
                        assert!(answer.is_ok());
                        map.insert(key, body);
                    }
                }
            }
            for client in &clients {
                for key in ["a", "b", "c/d"] {
                    let read = client.get(key).await;
                    assert_eq!(read.is_ok().then_some(&read.body), map.get(key));
                }
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(run);
        assert_eq!(storage.list("").iter().map(super::super::Object::key).collect::<Vec<_>>(), map.into_keys().collect::<Vec<_>>());
    }
}
