//! Credentials: who is let in, for how long, and what the others are told.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::{Client, HOUR, NONE, raw, storage};
use crate::storage::{Cloud, Credentials};

const REFUSED: [(u16, &str); 3] =
    [(400, "ExpiredToken"), (403, "AuthenticationFailed"), (401, "AuthenticationRequired")];

#[tokio::test]
async fn credentials_let_in_for_their_lifetime() {
    let (storage, clock) = storage();
    storage.put("f", "x", NONE);
    let clients = Cloud::ALL.map(|cloud| Client::new(&storage, cloud));
    clock.advance(HOUR - Duration::from_secs(1));
    for client in &clients {
        assert_eq!(client.get("f").await.status, 200);
    }
    clock.advance(Duration::from_secs(1));
    for (client, refusal) in clients.iter().zip(REFUSED) {
        assert_eq!(client.get("f").await.refusal(), refusal);
    }
}

#[tokio::test]
async fn everything_can_expire_at_once_and_what_is_issued_later_is_good() {
    let (storage, _) = storage();
    storage.put("f", "x", NONE);
    let clients = Cloud::ALL.map(|cloud| Client::new(&storage, cloud));
    storage.expire_all();
    for (client, refusal) in clients.iter().zip(REFUSED) {
        assert_eq!(client.get("f").await.refusal(), refusal);
        assert_eq!(Client::new(&storage, client.cloud()).get("f").await.status, 200);
    }
}

#[tokio::test]
async fn credentials_can_expire_after_some_requests() {
    let (storage, _) = storage();
    storage.put("f", "x", NONE);
    for cloud in Cloud::ALL {
        let client = Client::new(&storage, cloud);
        storage.expire_after(2);
        let mut statuses = Vec::new();
        for _ in 0..4 {
            statuses.push(client.get("f").await.status);
        }
        assert_eq!(statuses[..2], [200, 200], "{cloud:?}");
        assert!(statuses[2..].iter().all(|status| *status >= 400), "{cloud:?}");
        let renewed = Client::new(&storage, cloud);
        for _ in 0..3 {
            assert_eq!(renewed.get("f").await.status, 200);
        }
    }
}

#[tokio::test]
async fn strangers_are_told_so() {
    let (storage, _) = storage();
    storage.put("f", "x", NONE);
    for cloud in Cloud::ALL {
        let uri = format!("https://storage.example/{}/f", cloud.bucket());
        let status = raw(&storage, Method::GET, &uri, HeaderMap::new(), Bytes::new()).await.status;
        assert!([401, 403].contains(&status), "{cloud:?}: {status}");
    }
    let unsigned = |key_id: &str, secret: &str, token: &str| Client {
        storage: storage.clone(),
        credentials: Credentials::S3 {
            key_id: key_id.into(),
            secret_key: secret.into(),
            token: token.into(),
        },
    };
    let Credentials::S3 { key_id, secret_key, token } = storage.credentials(Cloud::S3, HOUR) else {
        unreachable!()
    };
    let (secret, token) = (secret_key.expose(), token.expose());
    let refusal = unsigned("ASIAUNKNOWN", secret, token).get("f").await;
    assert_eq!(refusal.refusal(), (403, "InvalidAccessKeyId"));
    assert_eq!(unsigned(&key_id, "guess", token).get("f").await.refusal(), (403, "SignatureDoesNotMatch"));
    assert_eq!(unsigned(&key_id, secret, "other").get("f").await.refusal(), (400, "InvalidToken"));
    assert_eq!(unsigned(&key_id, secret, token).get("f").await.status, 200);
}

#[tokio::test]
async fn requests_for_another_region_are_sent_there() {
    let (storage, _) = storage();
    storage.put("f", "x", NONE);
    let client = Client::new(&storage, Cloud::S3);
    storage.set_region(Some("eu-west-1"));
    let elsewhere = client.get("f").await;
    assert_eq!(elsewhere.refusal(), (301, "PermanentRedirect"));
    assert_eq!(elsewhere.header("x-amz-bucket-region"), "eu-west-1");
    storage.set_region(Some("us-west-2"));
    assert_eq!(client.get("f").await.status, 200);
}

#[tokio::test]
async fn a_signed_address_is_for_one_method_one_object_and_a_time() {
    let (storage, clock) = storage();
    let address = storage.presign("https://any.example", &Method::PUT, "st/a b.gz", HOUR);
    let put = |address: String, method: Method| {
        let storage = &storage;
        async move { raw(storage, method, &address, HeaderMap::new(), Bytes::from_static(b"x")).await }
    };
    assert_eq!(put(address.clone(), Method::PUT).await.status, 200);
    assert_eq!(storage.get("st/a b.gz").unwrap().body(), "x");
    let refused = (403, "SignatureDoesNotMatch");
    assert_eq!(put(address.clone(), Method::GET).await.refusal(), refused);
    assert_eq!(put(address.replace("a%20b", "c"), Method::PUT).await.refusal(), refused);
    clock.advance(HOUR);
    assert_eq!(put(address, Method::PUT).await.refusal(), (400, "ExpiredToken"));
}

#[tokio::test]
async fn nothing_secret_is_shown() {
    let (storage, _) = storage();
    let address = storage.presign("https://any.example", &Method::GET, "f", HOUR);
    let shown = Cloud::ALL.map(|cloud| format!("{:?}", storage.credentials(cloud, HOUR))).join(" ");
    storage.put("f", "the data", [("x-amz-key", "the key")]);
    let shown = format!("{shown} {storage:?} {:?}", storage.get("f"));
    let secrets = Cloud::ALL.map(|cloud| storage.credentials(cloud, HOUR).named());
    for (name, secret) in secrets.iter().flatten().filter(|(name, _)| !name.ends_with("ID")) {
        assert!(!shown.contains(secret.as_deref().unwrap()), "{name}");
    }
    let (_, signature) = address.rsplit_once('=').unwrap();
    for secret in [signature, "the data", "the key"] {
        assert!(!shown.contains(secret));
    }
}
