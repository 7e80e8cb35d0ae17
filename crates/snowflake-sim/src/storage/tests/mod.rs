//! Requests as drivers send them, and the store's answers.

mod azure;
mod drivers;
mod faults;
mod gcs;
mod letting_in;
mod objects;
mod s3;
mod strange;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use ring::{digest, hmac};
use snowflake_transport::{Body, Transport as _};
use time::macros::datetime;

use super::{Cloud, Credentials, Storage};
use crate::{ManualClock, SeededEntropy};

const HOUR: Duration = Duration::from_secs(3600);

/// No metadata.
const NONE: [(&str, &str); 0] = [];

/// A store whose clock is in the test's hands.
fn storage() -> (Storage, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(datetime!(2025-08-05 10:00 UTC)));
    (Storage::new(Arc::clone(&clock) as _, Arc::new(SeededEntropy::new(7))), clock)
}

/// A client of one cloud with one set of credentials.
struct Client {
    storage: Storage,
    credentials: Credentials,
}

#[derive(Debug)]
struct Got {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Got {
    fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// What stands in an element of an answer in XML.
    fn element(&self, name: &str) -> &str {
        let (_, rest) = self.text().split_once(&format!("<{name}>")).unwrap();
        rest.split_once(&format!("</{name}>")).unwrap().0
    }

    /// The status, and the code of the refusal.
    fn refusal(&self) -> (u16, &str) {
        (self.status, self.element("Code"))
    }
}

impl Client {
    fn new(storage: &Storage, cloud: Cloud) -> Self {
        Self { storage: storage.clone(), credentials: storage.credentials(cloud, HOUR) }
    }

    /// Sends a request for a key with a query string, with the credentials.
    async fn send(
        &self,
        method: Method,
        target: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Got {
        let (cloud, body) = (self.cloud(), body.into());
        let mut uri = format!("https://storage.example/{}/{target}", cloud.bucket());
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(http::HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
        }
        match &self.credentials {
            Credentials::S3 { key_id, secret_key, token } => {
                all.insert("x-amz-security-token", token.expose().parse().unwrap());
                sign(&method, &uri, &mut all, key_id, secret_key.expose());
            }
            Credentials::Azure { sas } => {
                let joint = if target.contains('?') { '&' } else { '?' };
                uri = format!("{uri}{joint}{}", sas.expose());
            }
            Credentials::Gcs { token } => {
                all.insert("authorization", format!("Bearer {}", token.expose()).parse().unwrap());
            }
        }
        raw(&self.storage, method, &uri, all, body).await
    }

    async fn get(&self, target: &str) -> Got {
        self.send(Method::GET, target, &[], "").await
    }

    fn cloud(&self) -> Cloud {
        match self.credentials {
            Credentials::S3 { .. } => Cloud::S3,
            Credentials::Azure { .. } => Cloud::Azure,
            Credentials::Gcs { .. } => Cloud::Gcs,
        }
    }
}

/// Sends a request as it is.
async fn raw(storage: &Storage, method: Method, uri: &str, headers: HeaderMap, body: Bytes) -> Got {
    let mut request = http::Request::new(Body::from(body));
    *request.method_mut() = method;
    *request.uri_mut() = uri.parse().unwrap();
    *request.headers_mut() = headers;
    let (parts, body) = storage.send(request).await.unwrap().into_parts();
    let body = body.collect(usize::MAX).await.unwrap();
    Got { status: parts.status.as_u16(), headers: parts.headers, body }
}

/// Signs as the drivers do, for keys and arguments that need no encoding.
fn sign(method: &Method, uri: &str, headers: &mut HeaderMap, key_id: &str, secret: &str) {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let hmac = |key: &[u8], text: &str| {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
    };
    headers.insert("x-amz-date", "20250805T100000Z".parse().unwrap());
    headers.entry("x-amz-content-sha256").or_insert("UNSIGNED-PAYLOAD".parse().unwrap());
    let (_, rest) = uri.split_once("://").unwrap();
    let (host, target) = rest.split_once('/').unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let mut pairs: Vec<_> =
        pairs.map(|pair| if pair.contains('=') { pair.into() } else { format!("{pair}=") }).collect();
    pairs.sort();
    let mut names: Vec<_> = headers.keys().map(|name| name.as_str().to_owned()).collect();
    names.push("host".to_owned());
    names.sort();
    let value = |name: &str| if name == "host" { host } else { headers[name].to_str().unwrap() };
    let lines: String = names.iter().map(|name| format!("{name}:{}\n", value(name))).collect();
    let (names, hash) = (names.join(";"), value("x-amz-content-sha256"));
    let canonical = format!("{method}\n/{path}\n{}\n{lines}\n{names}\n{hash}", pairs.join("&"));
    let hashed = hex(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref());
    let scope = "20250805/us-west-2/s3/aws4_request";
    let signed = format!("AWS4-HMAC-SHA256\n20250805T100000Z\n{scope}\n{hashed}");
    let key = scope.split('/').fold(format!("AWS4{secret}").into_bytes(), |key, step| hmac(&key, step));
    let signature = hex(&hmac(&key, &signed));
    let header =
        format!("AWS4-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={names}, Signature={signature}");
    headers.insert("authorization", header.parse().unwrap());
}
