//! Google Cloud Storage through its JSON interface.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};
use snowflake_proto::Secret;
use snowflake_transport::{Body, Transport};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::super::stage::{Listed, Metadata};
use super::bucket::{MAX_BODY, Problem, attach};

/// What separates the description of an object from its bytes.
const BOUNDARY: &str = "a1b2c3-description-and-bytes-c3b2a1";

/// One bucket.
#[derive(Clone)]
pub(super) struct JsonApi {
    pub(super) transport: Arc<dyn Transport>,
    pub(super) url: String,
    pub(super) bucket: String,
    pub(super) token: Secret,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    items: Vec<Item>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct Item {
    name: String,
    size: Option<Value>,
    updated: Option<String>,
    etag: Option<String>,
    generation: Option<Value>,
    metadata: Option<Metadata>,
}

impl JsonApi {
    pub(super) async fn list(&self, prefix: &str) -> Result<Vec<Listed>, Problem> {
        let mut listed = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let next = token.map(|token| format!("&pageToken={}", encoded(&token))).unwrap_or_default();
            let path = format!("/storage/v1/b/{}/o?prefix={}{next}", self.bucket, encoded(prefix));
            let page = self.send(Method::GET, &path, "", Bytes::new()).await?;
            let page: Page = serde_json::from_slice(&page)?;
            listed.extend(page.items.into_iter().map(Item::listed));
            token = page.next_page_token;
            if token.is_none() {
                return Ok(listed);
            }
        }
    }

    pub(super) async fn get(&self, key: &str) -> Result<Bytes, Problem> {
        self.send(Method::GET, &format!("/download{}?alt=media", self.path(key)), "", Bytes::new()).await
    }

    pub(super) async fn metadata(&self, key: &str) -> Result<Metadata, Problem> {
        let item = self.send(Method::GET, &self.path(key), "", Bytes::new()).await?;
        let item: Item = serde_json::from_slice(&item)?;
        Ok(item.metadata.unwrap_or_default())
    }

    /// Writes an object, and says what its tag is now.
    pub(super) async fn put(&self, key: &str, body: &[u8], metadata: &Metadata) -> Result<String, Problem> {
        let description = json!({"name": key, "metadata": metadata});
        let mut parts = format!(
            "--{BOUNDARY}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{description}\r\n\
             --{BOUNDARY}\r\nContent-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        parts.extend_from_slice(body);
        parts.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let path = format!("/upload/storage/v1/b/{}/o?uploadType=multipart", self.bucket);
        let content_type = format!("multipart/related; boundary={BOUNDARY}");
        let item = self.send(Method::POST, &path, &content_type, parts.into()).await?;
        Ok(serde_json::from_slice::<Item>(&item)?.listed().etag)
    }

    pub(super) async fn remove(&self, key: &str) -> Result<(), Problem> {
        self.send(Method::DELETE, &self.path(key), "", Bytes::new()).await.map(drop)
    }

    fn path(&self, key: &str) -> String {
        format!("/storage/v1/b/{}/o/{}", self.bucket, encoded(key))
    }

    /// The body of the answer. What is to be removed may be gone already.
    async fn send(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: Bytes,
    ) -> Result<Bytes, Problem> {
        let is_removal = method == Method::DELETE;
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("authorization", format!("Bearer {}", self.token.expose()));
        if !content_type.is_empty() {
            request = request.header("content-type", content_type);
        }
        let mut request = request.body(Body::from(body))?;
        attach(&mut request);
        let response = self.transport.send(request).await?;
        let status = response.status();
        let body = response.into_body().collect(MAX_BODY).await?;
        if status.is_success() || (is_removal && status == StatusCode::NOT_FOUND) {
            return Ok(body);
        }
        Err(format!("the store answered with status {}", status.as_u16()).into())
    }
}

fn encoded(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, NON_ALPHANUMERIC)
}

impl Item {
    fn listed(self) -> Listed {
        let size = self.size.as_ref().and_then(|size| size.as_u64().or_else(|| size.as_str()?.parse().ok()));
        let updated = self.updated.and_then(|updated| OffsetDateTime::parse(&updated, &Rfc3339).ok());
        let generation = self.generation.map(|generation| generation.to_string());
        Listed {
            key: self.name,
            size: size.unwrap_or(0),
            modified: updated.unwrap_or(OffsetDateTime::UNIX_EPOCH),
            etag: self.etag.or(generation).unwrap_or_default(),
        }
    }
}

impl fmt::Debug for JsonApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonApi")
            .field("url", &self.url)
            .field("bucket", &self.bucket)
            .finish_non_exhaustive()
    }
}
