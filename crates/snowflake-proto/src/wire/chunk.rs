//! Where the parts of a large result lie.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One remote part of a result. The URL is signed: it is a secret until it expires.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// The pre-signed address.
    pub url: String,
    /// How many rows the part holds.
    pub row_count: i64,
    /// Size after inflating, in bytes; a hint that can be wrong.
    #[serde(default)]
    pub uncompressed_size: i64,
    /// Size on the wire, in bytes; a hint that can be wrong.
    #[serde(default)]
    pub compressed_size: i64,
}

impl fmt::Debug for Descriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Descriptor")
            .field("row_count", &self.row_count)
            .field("uncompressed_size", &self.uncompressed_size)
            .field("compressed_size", &self.compressed_size)
            .finish_non_exhaustive()
    }
}
