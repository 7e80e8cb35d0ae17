//! The clouds, and what lets a client in.

use std::collections::BTreeMap;

use snowflake_proto::Secret;

/// A cloud whose dialect the storage speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Cloud {
    /// Amazon S3.
    S3,
    /// Azure Blob Storage.
    Azure,
    /// Google Cloud Storage, its XML API.
    Gcs,
}

impl Cloud {
    /// Every cloud.
    pub const ALL: [Self; 3] = [Self::S3, Self::Azure, Self::Gcs];

    /// The name of its bucket or container: the first segment of every path.
    #[must_use]
    pub fn bucket(self) -> &'static str {
        match self {
            Self::S3 => "sim-s3",
            Self::Azure => "sim-azure",
            Self::Gcs => "sim-gcs",
        }
    }

    /// What the names of the headers with a client's own metadata begin with.
    pub(super) fn metadata_prefix(self) -> &'static str {
        match self {
            Self::S3 => "x-amz-meta-",
            Self::Azure => "x-ms-meta-",
            Self::Gcs => "x-goog-meta-",
        }
    }
}

/// Credentials of one cloud, as a stage hands them out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Credentials {
    /// Temporary credentials of S3.
    #[non_exhaustive]
    S3 {
        /// The access key's id.
        key_id: String,
        /// The access key, which signs.
        secret_key: Secret,
        /// The session's token, which travels with every request.
        token: Secret,
    },
    /// A shared access signature of Azure.
    #[non_exhaustive]
    Azure {
        /// The query string, without a leading `?`.
        sas: Secret,
    },
    /// An access token of Google Cloud.
    #[non_exhaustive]
    Gcs {
        /// The bearer token.
        token: Secret,
    },
}

impl Credentials {
    /// The secrets by the names that they have in the answer to a `PUT` or `GET`.
    #[must_use]
    pub fn named(&self) -> BTreeMap<String, Option<String>> {
        let pairs = match self {
            Self::S3 { key_id, secret_key, token } => vec![
                ("AWS_KEY_ID", key_id.as_str()),
                ("AWS_SECRET_KEY", secret_key.expose()),
                ("AWS_TOKEN", token.expose()),
                ("AWS_ID", key_id.as_str()),
                ("AWS_KEY", secret_key.expose()),
            ],
            Self::Azure { sas } => vec![("AZURE_SAS_TOKEN", sas.expose())],
            Self::Gcs { token } => vec![("GCS_ACCESS_TOKEN", token.expose())],
        };
        pairs.into_iter().map(|(name, value)| (name.to_owned(), Some(value.to_owned()))).collect()
    }
}
