//! Where such a store is, and who may use it.

use std::fmt;

use snowflake_proto::Secret;

use crate::storage::Cloud;

/// A store that is not this server's, for the files of all stages: an emulator, or a cloud's own.
///
/// The server reads and writes there too, and makes the bucket when it starts, unless it is there.
#[derive(Clone)]
pub struct StageEndpoint {
    pub(super) url: String,
    pub(super) bucket: String,
    pub(super) access: Access,
}

/// Who may use a store.
#[derive(Clone)]
pub(super) enum Access {
    S3 { key_id: String, secret_key: Secret, token: Option<Secret>, region: String },
    Azure { account: String, key: Secret },
    Gcs { token: Secret },
}

impl StageEndpoint {
    /// A bucket of S3 at an address such as `http://127.0.0.1:5000`, of the region `us-east-1`. Clients are
    /// sent the same key.
    #[must_use]
    pub fn s3(
        url: impl Into<String>,
        bucket: impl Into<String>,
        key_id: impl Into<String>,
        secret_key: impl Into<Secret>,
    ) -> Self {
        let (key_id, secret_key) = (key_id.into(), secret_key.into());
        Self::new(url, bucket, Access::S3 { key_id, secret_key, token: None, region: "us-east-1".to_owned() })
    }

    /// A container of Azure Blob Storage at an address such as `http://127.0.0.1:10000/devstoreaccount1`.
    /// Clients are sent signatures that are made with the account's key.
    #[must_use]
    pub fn azure(
        url: impl Into<String>,
        container: impl Into<String>,
        account: impl Into<String>,
        key: impl Into<Secret>,
    ) -> Self {
        Self::new(url, container, Access::Azure { account: account.into(), key: key.into() })
    }

    /// A bucket of Google Cloud Storage at an address such as `http://127.0.0.1:9023`. Clients are sent the
    /// same token.
    #[must_use]
    pub fn gcs(url: impl Into<String>, bucket: impl Into<String>, token: impl Into<Secret>) -> Self {
        Self::new(url, bucket, Access::Gcs { token: token.into() })
    }

    fn new(url: impl Into<String>, bucket: impl Into<String>, access: Access) -> Self {
        Self { url: url.into().trim_end_matches('/').to_owned(), bucket: bucket.into(), access }
    }

    /// Sets the session token that goes with a key of S3; the official Rust core wants one, whatever it is.
    #[must_use]
    pub fn with_session_token(mut self, text: impl Into<Secret>) -> Self {
        if let Access::S3 { token, .. } = &mut self.access {
            *token = Some(text.into());
        }
        self
    }

    /// Sets the region of a bucket of S3.
    #[must_use]
    pub fn with_region(mut self, name: impl Into<String>) -> Self {
        if let Access::S3 { region, .. } = &mut self.access {
            *region = name.into();
        }
        self
    }

    pub(in super::super) fn cloud(&self) -> Cloud {
        match self.access {
            Access::S3 { .. } => Cloud::S3,
            Access::Azure { .. } => Cloud::Azure,
            Access::Gcs { .. } => Cloud::Gcs,
        }
    }
}

impl fmt::Debug for StageEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StageEndpoint")
            .field("cloud", &self.cloud())
            .field("url", &self.url)
            .field("bucket", &self.bucket)
            .finish_non_exhaustive()
    }
}
