//! What a client says about an object beside its bytes.

use std::collections::BTreeMap;

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::credentials::Cloud;

/// The metadata and the standard headers that come back with an object.
#[derive(Clone, Debug, Default)]
pub(super) struct Description {
    /// By name, lower case, without the cloud's prefix.
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) content_type: Option<String>,
    pub(super) content_encoding: Option<String>,
}

impl Description {
    /// What the headers of an upload say.
    pub(super) fn of(headers: &HeaderMap, cloud: Cloud) -> Self {
        let text = |name: &str| headers.get(name).map(lossy).filter(|value| !value.is_empty());
        let (content_type, content_encoding) = match cloud {
            // The plain headers are about the request, which may be a list of blocks.
            Cloud::Azure => (text("x-ms-blob-content-type"), text("x-ms-blob-content-encoding")),
            Cloud::S3 | Cloud::Gcs => (text("content-type"), text("content-encoding").and_then(lasting)),
        };
        let metadata = headers.iter().filter_map(|(name, value)| {
            let name = name.as_str().strip_prefix(cloud.metadata_prefix())?;
            Some((name.to_owned(), lossy(value)))
        });
        Self { metadata: metadata.collect(), content_type, content_encoding }
    }

    /// Writes it into the headers of an answer. What no header can say is left out.
    pub(super) fn write(&self, headers: &mut HeaderMap, cloud: Cloud) {
        let content_type = self.content_type.as_deref().unwrap_or("application/octet-stream");
        let standard =
            [(CONTENT_TYPE, Some(content_type)), (CONTENT_ENCODING, self.content_encoding.as_deref())];
        for (name, value) in standard {
            if let Some(Ok(value)) = value.map(HeaderValue::from_str) {
                headers.insert(name, value);
            }
        }
        for (name, value) in &self.metadata {
            let name = HeaderName::try_from(format!("{}{name}", cloud.metadata_prefix()));
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
                headers.insert(name, value);
            }
        }
    }
}

/// What is left of an encoding without the one that is undone on arrival.
fn lasting(encoding: String) -> Option<String> {
    let left: Vec<&str> =
        encoding.split(',').map(str::trim).filter(|coding| *coding != "aws-chunked").collect();
    (!left.is_empty()).then(|| left.join(","))
}

fn lossy(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}
