//! Where the files of all stages are kept: in the server's own memory, or in a store at an endpoint.

use std::collections::BTreeMap;

use bytes::Bytes;
use md5::{Digest as _, Md5};
use time::OffsetDateTime;

use super::super::SqlError;
use crate::storage::Storage;

/// An object's metadata by name: lower case, without the prefix of a cloud.
pub(super) type Metadata = BTreeMap<String, String>;

/// Where the files of all stages are kept.
#[derive(Debug)]
pub(crate) enum Objects {
    /// In memory.
    Memory(Storage),
}

/// An object in a list.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) key: String,
    pub(super) size: u64,
    pub(super) modified: OffsetDateTime,
    /// Changes with every write.
    pub(super) etag: String,
}

impl Objects {
    /// The objects whose keys begin like this, in the order of their keys.
    pub(super) async fn list(&self, prefix: &str) -> Result<Vec<Listed>, SqlError> {
        let mut listed: Vec<_> = match self {
            Self::Memory(storage) => storage
                .list(prefix)
                .iter()
                .map(|object| Listed {
                    key: object.key().to_owned(),
                    size: u64::try_from(object.size()).unwrap_or(u64::MAX),
                    modified: object.modified(),
                    etag: object.etag().to_owned(),
                })
                .collect(),
        };
        listed.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(listed)
    }

    /// An object as it is stored.
    pub(super) async fn get(&self, key: &str) -> Result<(Bytes, Metadata), SqlError> {
        match self {
            Self::Memory(storage) => {
                let object = storage.get(key).ok_or_else(|| SqlError::internal("a staged file is gone"))?;
                Ok((object.body(), object.metadata().clone()))
            }
        }
    }

    /// What is said about an object.
    pub(super) async fn metadata(&self, key: &str) -> Result<Metadata, SqlError> {
        match self {
            Self::Memory(_) => self.get(key).await.map(|(_, metadata)| metadata),
        }
    }

    /// Writes an object, and says what its tag is now.
    pub(super) async fn put(&self, key: &str, body: Bytes, metadata: Metadata) -> Result<String, SqlError> {
        match self {
            Self::Memory(storage) => {
                storage.put(key, body, metadata);
                Ok(storage.get(key).map(|object| object.etag().to_owned()).unwrap_or_default())
            }
        }
    }

    /// Removes an object, if it is there.
    pub(super) async fn remove(&self, key: &str) -> Result<(), SqlError> {
        match self {
            Self::Memory(storage) => {
                storage.remove(key);
                Ok(())
            }
        }
    }

    /// Removes all objects whose keys begin like this.
    pub(super) fn clear(&self, prefix: &str) {
        match self {
            Self::Memory(storage) => {
                for object in storage.list(prefix) {
                    storage.remove(object.key());
                }
            }
        }
    }
}

/// The MD5 digest of bytes.
pub(in super::super) fn digest(content: &[u8]) -> String {
    super::super::value::hex(&Md5::digest(content)).to_lowercase()
}
