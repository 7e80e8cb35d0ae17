//! An object as it lies in the store.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use bytes::Bytes;
use time::OffsetDateTime;

use super::content::Content;
use super::description::Description;

/// The ids of Azure's committed blocks, and where each lies.
pub(super) type Blocks = Vec<(String, Range<usize>)>;

/// An object: its bytes, and what is known about them.
///
/// Its bytes are shared with the store, never copied to look at them. `Debug` shows neither them nor the
/// values of the metadata.
#[derive(Clone)]
pub struct Object {
    pub(super) key: String,
    pub(super) content: Content,
    pub(super) description: Description,
    /// Counts the writes of the whole store: no two versions of an object have the same.
    pub(super) generation: u64,
    pub(super) etag: String,
    pub(super) modified: OffsetDateTime,
    /// A list of blocks that is sent again names them.
    pub(super) blocks: Blocks,
}

impl Object {
    /// The key, without the bucket.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The length in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.content.len()
    }

    /// The bytes.
    #[must_use]
    pub fn body(&self) -> Bytes {
        self.content.to_bytes()
    }

    /// The client's own metadata by name: lower case, without the prefix of the cloud.
    #[must_use]
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.description.metadata
    }

    /// What changes with every write, in quotes as in the `ETag` header.
    #[must_use]
    pub fn etag(&self) -> &str {
        &self.etag
    }

    /// When it was written.
    #[must_use]
    pub fn modified(&self) -> OffsetDateTime {
        self.modified
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object")
            .field("key", &self.key)
            .field("size", &self.size())
            .field("etag", &self.etag)
            .field("modified", &self.modified)
            .field("metadata", &self.description.metadata.keys())
            .finish_non_exhaustive()
    }
}
