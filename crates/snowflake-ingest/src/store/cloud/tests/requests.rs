//! What is on the wire.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Method};
use snowflake_sim::storage::Storage;
use snowflake_transport::{BoxFuture, Error, Request, Response, Transport};

use super::support::{ENDPOINT, Server, Shape, metadata, opened, put, read, storage};
use crate::store::Mode;

/// A request without its body.
type Seen = (Method, String, HeaderMap);

/// A storage behind a transport that remembers.
#[derive(Debug)]
struct Remembering {
    storage: Storage,
    seen: Mutex<Vec<Seen>>,
}

impl Transport for Remembering {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let seen = (request.method().clone(), request.uri().to_string(), request.headers().clone());
        self.seen.lock().unwrap().push(seen);
        self.storage.send(request)
    }
}

impl Remembering {
    fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

fn remembering(shape: Shape) -> (Arc<dyn crate::store::Store>, Arc<Remembering>) {
    let storage = storage();
    let transport = Arc::new(Remembering { storage: storage.clone(), seen: Mutex::default() });
    let server = Arc::new(Server::new(&storage, shape));
    (opened(&server, Arc::clone(&transport) as _), transport)
}

fn is_conditional(headers: &HeaderMap) -> bool {
    headers.get("if-none-match").is_some_and(|value| value == "*")
        || headers.get("x-goog-if-generation-match").is_some_and(|value| value == "0")
}

#[tokio::test]
async fn f13_an_upload_says_what_the_other_drivers_say() {
    let names = [
        (Shape::S3, "x-amz-meta-", ["sfc-digest", "x-amz-key", "x-amz-iv", "x-amz-matdesc"].as_slice()),
        (Shape::Azure, "x-ms-meta-", &["sfcdigest", "encryptiondata", "matdesc"]),
        (Shape::Token, "x-goog-meta-", &["sfc-digest", "encryptiondata", "matdesc"]),
        (Shape::Write, "x-goog-meta-", &["sfc-digest", "encryptiondata", "matdesc"]),
    ];
    for (shape, prefix, names) in names {
        let (store, transport) = remembering(shape);
        for mode in [Mode::Create, Mode::Overwrite] {
            put(&*store, "a b.csv", b"x", mode).await.unwrap();
            let seen = transport.take();
            let (_, address, headers) = seen.iter().find(|(method, ..)| method == Method::PUT).unwrap();
            assert!(address.starts_with(ENDPOINT) && !address.contains(' '), "{address}");
            let mut sent: Vec<_> =
                headers.keys().filter_map(|name| name.as_str().strip_prefix(prefix)).collect();
            let mut expected = names.to_vec();
            sent.sort_unstable();
            expected.sort_unstable();
            assert_eq!(sent, expected, "{shape:?}");
            // A condition that is not part of a signed address would not be accepted with it.
            assert_eq!(is_conditional(headers), mode == Mode::Create && shape != Shape::Write, "{shape:?}");
            assert!(!headers.contains_key("content-encoding"));
        }
    }
}

#[tokio::test]
async fn each_cloud_is_shown_its_own_credentials() {
    let (s3, transport) = remembering(Shape::S3);
    put(&*s3, "k", b"x", Mode::Overwrite).await.unwrap();
    read(&*s3, "k").await.unwrap();
    for (_, address, headers) in transport.take() {
        let scope = headers["authorization"].to_str().unwrap();
        assert!(scope.contains("/us-west-2/s3/aws4_request") && address.contains("/sim-s3/stage/dir/k"));
        assert_eq!(headers["x-amz-content-sha256"], "UNSIGNED-PAYLOAD");
        assert!(headers.contains_key("x-amz-security-token"));
    }
    let (azure, transport) = remembering(Shape::Azure);
    put(&*azure, "k", b"x", Mode::Overwrite).await.unwrap();
    let (_, address, headers) = transport.take().remove(0);
    assert!(address.contains("sig=") && !headers.contains_key("authorization"));
    assert_eq!(headers["x-ms-blob-type"], "BlockBlob");
    let (google, transport) = remembering(Shape::Token);
    put(&*google, "k", b"x", Mode::Overwrite).await.unwrap();
    let (_, address, headers) = transport.take().remove(0);
    assert_eq!(address, format!("{ENDPOINT}/sim-gcs/stage/dir/k"));
    assert!(headers["authorization"].to_str().unwrap().starts_with("Bearer "));
    assert!(headers["authorization"].is_sensitive());
}

#[tokio::test]
async fn an_object_in_parts_is_described_and_guarded_where_its_cloud_wants_it() {
    for shape in Shape::PARTS {
        let (store, transport) = remembering(shape);
        let parts = store.begin("k", 3, &metadata("k"), Mode::Create).await.unwrap();
        parts.part(0, Bytes::from_static(b"abc")).await.unwrap();
        parts.complete().await.unwrap();
        let seen = transport.take();
        let described: Vec<bool> = seen
            .iter()
            .map(|(.., headers)| headers.keys().any(|name| name.as_str().contains("-meta-")))
            .collect();
        let guarded: Vec<bool> = seen.iter().map(|(.., headers)| is_conditional(headers)).collect();
        match shape {
            Shape::S3 => {
                assert_eq!(described, [true, false, false]);
                assert_eq!(guarded, [false, false, true]);
            }
            _ => {
                assert_eq!(described, [false, true]);
                assert_eq!(guarded, [false, true]);
            }
        }
    }
}
