//! Uploads that have begun and not ended.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;

use super::content::Content;
use super::credentials::Cloud;
use super::description::Description;

/// An upload in parts that was neither completed nor aborted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unfinished {
    /// Whose dialect it speaks.
    pub cloud: Cloud,
    /// The key of the object that is to be.
    pub key: String,
    /// How many parts, blocks or pieces have arrived.
    pub parts: usize,
    /// How many bytes have arrived.
    pub bytes: usize,
}

/// All of them.
#[derive(Default)]
pub(super) struct Uploads {
    /// Uploads in numbered parts, by their ids.
    pub(super) multipart: HashMap<String, Multipart>,
    /// Uncommitted blocks by key and id.
    pub(super) blocks: BTreeMap<String, BTreeMap<String, Bytes>>,
    /// Uploads in pieces one after the other, by their ids.
    pub(super) resumable: HashMap<String, Resumable>,
}

/// An upload in numbered parts.
pub(super) struct Multipart {
    pub(super) cloud: Cloud,
    pub(super) key: String,
    pub(super) description: Description,
    pub(super) parts: BTreeMap<u32, Part>,
}

pub(super) struct Part {
    pub(super) etag: String,
    pub(super) content: Content,
}

/// An upload in pieces one after the other.
pub(super) struct Resumable {
    pub(super) key: String,
    pub(super) description: Description,
    pub(super) content: Content,
    /// Whether the object may only be written if there is none.
    pub(super) creates: bool,
}

impl Uploads {
    /// What is there, by key.
    pub(super) fn unfinished(&self) -> Vec<Unfinished> {
        let multipart = self.multipart.values().map(|upload| Unfinished {
            cloud: upload.cloud,
            key: upload.key.clone(),
            parts: upload.parts.len(),
            bytes: upload.parts.values().map(|part| part.content.len()).sum(),
        });
        let blocks = self.blocks.iter().map(|(key, blocks)| Unfinished {
            cloud: Cloud::Azure,
            key: key.clone(),
            parts: blocks.len(),
            bytes: blocks.values().map(Bytes::len).sum(),
        });
        let resumable = self.resumable.values().map(|upload| Unfinished {
            cloud: Cloud::Gcs,
            key: upload.key.clone(),
            parts: upload.content.pieces().len(),
            bytes: upload.content.len(),
        });
        let mut unfinished: Vec<_> = multipart.chain(blocks).chain(resumable).collect();
        unfinished.sort_by(|a, b| (&a.key, a.cloud).cmp(&(&b.key, b.cloud)));
        unfinished
    }
}
