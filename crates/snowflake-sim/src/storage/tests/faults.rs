//! Faults before the store: what only stores get wrong comes from the rules that break any transport.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use snowflake_transport::{Body, ErrorKind, Transport};

use super::{HOUR, NONE, storage};
use crate::{Cut, Endpoint, Fault, Rule};

#[tokio::test]
async fn f05_f06_f18_a_store_can_lie_cut_and_flip() {
    let (storage, _) = storage();
    storage.put("f", vec![0; 64], NONE);
    let address = storage.presign("https://storage.example", &Method::GET, "f", HOUR);
    let error = "<Error><Code>InternalError</Code></Error>";
    let rules = [
        Rule::on("/sim-gcs/").times(1).replace_body(error),
        Rule::on("/sim-gcs/").times(1).answer(503, &[], vec![b'x'; 10 << 20]),
        Rule::on("/sim-gcs/").times(1).answer(301, &[("x-amz-bucket-region", "eu-west-1")], ""),
        Rule::at(Endpoint::Part).times(1).flip_bit(7),
        Rule::at(Endpoint::Part).times(1).cut(10, Cut::Short),
    ];
    let faulty = rules.into_iter().fold(Fault::new(storage.clone()), Fault::rule);
    let get = || async {
        let request = http::Request::get(&address).body(Body::empty()).unwrap();
        let (parts, body) = faulty.send(request).await.unwrap().into_parts();
        (parts, body.collect(usize::MAX).await)
    };
    let (parts, body) = get().await;
    assert_eq!((parts.status.as_u16(), body.unwrap()), (200, error.into()));
    assert_eq!(
        (get().await.1.unwrap().len(), get().await.0.headers["x-amz-bucket-region"].as_bytes()),
        (10 << 20, &b"eu-west-1"[..])
    );
    let flipped = get().await.1.unwrap();
    assert_eq!((flipped.len(), flipped.iter().map(|byte| byte.count_ones()).sum::<u32>()), (64, 1));
    assert_eq!(get().await.1.unwrap_err().kind(), ErrorKind::Truncated);
    assert_eq!(get().await.1.unwrap(), vec![0; 64]);
}

/// A refusal in the middle of an upload, seen from a client that asks for new credentials once.
#[tokio::test]
async fn f07_credentials_can_expire_between_two_parts() {
    let (storage, clock) = storage();
    let store: Arc<dyn Transport> = Arc::new(storage.clone());
    let mut address = storage.presign("http://h", &Method::PUT, "f", Duration::from_secs(60));
    let mut renewals = 0;
    for part in ["a", "b", "c"] {
        loop {
            let request = http::Request::put(&address).body(Body::from(part)).unwrap();
            match store.send(request).await.unwrap().status().as_u16() {
                200 => break,
                status => assert_eq!(status, 400),
            }
            renewals += 1;
            address = storage.presign("http://h", &Method::PUT, "f", Duration::from_secs(60));
        }
        clock.advance(Duration::from_secs(31));
    }
    assert_eq!((renewals, storage.get("f").unwrap().body()), (1, "c".into()));
}
