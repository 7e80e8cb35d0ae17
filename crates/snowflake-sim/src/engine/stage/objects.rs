//! Where the files of all stages are kept: in the server's own memory, or in a store at an endpoint.

use std::collections::BTreeMap;

use bytes::Bytes;
use md5::{Digest as _, Md5};
use time::OffsetDateTime;

use super::super::SqlError;
use super::super::endpoint::Remote;
use crate::storage::Storage;

/// An object's metadata by name: lower case, without the prefix of a cloud.
pub(in super::super) type Metadata = BTreeMap<String, String>;

/// Where the files of all stages are kept.
#[derive(Debug)]
pub(super) enum Objects {
    /// In memory.
    Memory(Storage),
    /// At an endpoint.
    Remote(Remote),
}

/// An object in a list.
#[derive(Clone, Debug)]
pub(in super::super) struct Listed {
    pub(in super::super) key: String,
    pub(in super::super) size: u64,
    pub(in super::super) modified: OffsetDateTime,
    /// Changes with every write.
    pub(in super::super) etag: String,
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
            Self::Remote(remote) => remote.list(prefix).await?,
        };
        listed.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(listed)
    }

    /// The bytes of all objects; 0 for a store at an endpoint, which is not asked.
    pub(super) fn held(&self) -> u64 {
        match self {
            Self::Memory(storage) => {
                let sizes = storage.list("").into_iter().map(|object| object.size());
                u64::try_from(sizes.sum::<usize>()).unwrap_or(u64::MAX)
            }
            Self::Remote(_) => 0,
        }
    }

    /// An object as it is stored.
    pub(super) async fn get(&self, key: &str) -> Result<(Bytes, Metadata), SqlError> {
        match self {
            Self::Memory(storage) => {
                let object = storage.get(key).ok_or_else(|| SqlError::internal("a staged file is gone"))?;
                Ok((object.body(), object.metadata().clone()))
            }
            Self::Remote(remote) => remote.get(key).await,
        }
    }

    /// What is said about an object.
    pub(super) async fn metadata(&self, key: &str) -> Result<Metadata, SqlError> {
        match self {
            Self::Memory(_) => self.get(key).await.map(|(_, metadata)| metadata),
            Self::Remote(remote) => remote.metadata(key).await,
        }
    }

    /// Writes an object, and says what its tag is now.
    pub(super) async fn put(&self, key: &str, body: Bytes, metadata: Metadata) -> Result<String, SqlError> {
        match self {
            Self::Memory(storage) => {
                storage.put(key, body, metadata);
                Ok(storage.get(key).map(|object| object.etag().to_owned()).unwrap_or_default())
            }
            Self::Remote(remote) => remote.put(key, body, metadata).await,
        }
    }

    /// Removes an object, if it is there.
    pub(super) async fn remove(&self, key: &str) -> Result<(), SqlError> {
        match self {
            Self::Memory(storage) => {
                storage.remove(key);
                Ok(())
            }
            Self::Remote(remote) => remote.remove(key).await,
        }
    }

    /// Removes all objects whose keys begin like this, those at an endpoint in a task of its own.
    pub(super) fn clear(&self, prefix: &str) {
        match self {
            Self::Memory(storage) => {
                for object in storage.list(prefix) {
                    storage.remove(object.key());
                }
            }
            Self::Remote(remote) => {
                let (remote, prefix) = (remote.clone(), prefix.to_owned());
                tokio::spawn(async move {
                    for object in remote.list(&prefix).await.unwrap_or_default() {
                        // What stays does no harm: no stage will look at it again.
                        let _ = remote.remove(&object.key).await;
                    }
                });
            }
        }
    }
}

/// The MD5 digest of bytes.
pub(in super::super) fn digest(content: &[u8]) -> String {
    super::super::value::hex(&Md5::digest(content)).to_lowercase()
}
