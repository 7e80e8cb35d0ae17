//! What the server answers to `PUT` and `GET`: where the files are and how to reach them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The transfer part of a query answer's `data`.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Transfer {
    /// `UPLOAD` or `DOWNLOAD`, in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// UPLOAD: one local pattern. DOWNLOAD: paths within the stage.
    #[serde(rename = "src_locations", skip_serializing_if = "Option::is_none")]
    pub src_locations: Option<Vec<String>>,
    /// DOWNLOAD: the local folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_location: Option<String>,
    /// Whether to gzip what is not compressed yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_compress: Option<bool>,
    /// Whether to replace files that exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overwrite: Option<bool>,
    /// Such as `AUTO_DETECT`, `GZIP`, `NONE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_compression: Option<String>,
    /// Transfers at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallel: Option<i64>,
    /// Size in bytes from which a file is sent in parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<i64>,
    /// The store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage_info: Option<StageInfo>,
    /// Keys of client-side encryption: one object, or a list aligned with `src_locations`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption_material: Option<OneOrMany<EncryptionMaterial>>,
    /// DOWNLOAD from GCS without a token: aligned with `src_locations`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presigned_urls: Option<Vec<String>>,
}

impl fmt::Debug for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transfer")
            .field("command", &self.command)
            .field("files", &self.src_locations.as_ref().map(Vec::len))
            .field("stage_info", &self.stage_info)
            .finish_non_exhaustive()
    }
}

/// The store behind a stage.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StageInfo {
    /// `S3`, `AZURE`, `GCS` or `LOCAL_FS`.
    pub location_type: String,
    /// `bucket_or_container/prefix/`, or a folder for `LOCAL_FS`.
    pub location: String,
    /// The prefix alone; on Azure the container, which is where Go's driver looks for it.
    pub path: Option<String>,
    /// The cloud region.
    pub region: Option<String>,
    /// Azure's storage account.
    pub storage_account: Option<String>,
    /// Whether the client encrypts.
    pub is_client_side_encrypted: Option<bool>,
    /// Credentials by name; secrets.
    pub creds: Option<BTreeMap<String, Option<String>>>,
    /// GCS: the signed address of the first file.
    pub presigned_url: Option<String>,
    /// Another host than the cloud's own.
    pub end_point: Option<String>,
    /// S3: the address of the region instead of the global one.
    #[serde(rename = "useS3RegionalUrl", skip_serializing_if = "Option::is_none")]
    pub use_s3_regional_url: Option<bool>,
    /// The address of the region instead of the global one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_regional_url: Option<bool>,
    /// GCS: the bucket in the host instead of the path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_virtual_url: Option<bool>,
}

impl fmt::Debug for StageInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StageInfo")
            .field("location_type", &self.location_type)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// The key that wraps the file keys of a stage.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EncryptionMaterial {
    /// Base64 of 16 or 32 bytes; secret.
    pub query_stage_master_key: String,
    /// The statement that the key belongs to.
    pub query_id: String,
    /// The key's id: a number, or a string for clients that announced it.
    pub smk_id: Option<SmkId>,
}

impl fmt::Debug for EncryptionMaterial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptionMaterial").field("query_id", &self.query_id).finish_non_exhaustive()
    }
}

/// The id of a stage's key, as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SmkId {
    /// A number: what most clients are sent.
    Number(i64),
    /// Its digits.
    Text(String),
}

impl fmt::Display for SmkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

impl From<&str> for SmkId {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A value that the server writes alone or in a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// A list.
    Many(Vec<Option<T>>),
    /// One value.
    One(T),
}

#[cfg(test)]
mod tests {
    use super::EncryptionMaterial;

    #[test]
    fn an_id_of_a_key_is_written_and_shown_as_it_came() {
        for (sent, shown) in [("92", "92"), ("\"92\"", "92"), ("\"007\"", "007")] {
            let json = format!(r#"{{"queryStageMasterKey":"","queryId":"","smkId":{sent}}}"#);
            let material: EncryptionMaterial = serde_json::from_str(&json).unwrap();
            assert_eq!(material.smk_id.as_ref().map(ToString::to_string).as_deref(), Some(shown));
            assert_eq!(serde_json::to_string(&material).unwrap(), json);
        }
    }
}
