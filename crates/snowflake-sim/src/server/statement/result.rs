//! A finished result: its rows for later statements, and the same rows encoded for one client.

use std::collections::BTreeMap;

use arrow_array::RecordBatch;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ring::digest;
use snowflake_proto::wire::query::Stats;
use snowflake_proto::{Column, Secret, StatementType};

use crate::server::encode::{Format, Inline};

const KEY_HEADER: &str = "x-amz-server-side-encryption-customer-key";
const KEY_DIGEST_HEADER: &str = "x-amz-server-side-encryption-customer-key-md5";
const ALGORITHM_HEADER: &str = "x-amz-server-side-encryption-customer-algorithm";

/// A finished result.
#[derive(Debug)]
pub(in crate::server) struct ResultSet {
    pub(in crate::server) columns: Vec<Column>,
    /// All rows in the canonical form, which `RESULT_SCAN` reads.
    pub(in crate::server) batches: Vec<RecordBatch>,
    pub(in crate::server) statement_type: StatementType,
    pub(in crate::server) stats: Option<Stats>,
    pub(in crate::server) number_of_binds: usize,
    pub(in crate::server) array_bind_supported: bool,
    pub(in crate::server) format: Format,
    pub(in crate::server) inline: Inline,
    /// The rows after the inline ones.
    pub(in crate::server) parts: Vec<Part>,
    pub(in crate::server) total: usize,
    /// What a client must send to fetch the parts.
    pub(in crate::server) key: PartKey,
}

impl ResultSet {
    /// Bytes that keeping this result costs, roughly.
    pub(in crate::server) fn size(&self) -> usize {
        let rows: usize = self.batches.iter().map(RecordBatch::get_array_memory_size).sum();
        rows + self.parts.iter().map(|part| part.body.len()).sum::<usize>()
    }
}

/// Rows that are fetched separately.
#[derive(Debug)]
pub(in crate::server) struct Part {
    pub(in crate::server) rows: usize,
    pub(in crate::server) uncompressed: usize,
    /// The gzip'd bytes.
    pub(in crate::server) body: Bytes,
}

/// The key with which the store would decrypt the parts; a client has to send it back.
#[derive(Clone, Debug)]
pub(in crate::server) struct PartKey(Secret);

impl PartKey {
    /// A key of 32 random bytes.
    pub(in crate::server) fn new(bytes: [u8; 32]) -> Self {
        Self(Secret::new(STANDARD.encode(bytes)))
    }

    /// The headers that a client must send with a request for a part.
    pub(in crate::server) fn headers(&self) -> BTreeMap<String, String> {
        // A store would want the MD5 of the key; nothing checks it here, and ring has no MD5.
        let digest = digest::digest(&digest::SHA256, self.0.expose().as_bytes());
        let check = STANDARD.encode(&digest.as_ref()[..16]);
        BTreeMap::from([
            (ALGORITHM_HEADER.to_owned(), "AES256".to_owned()),
            (KEY_HEADER.to_owned(), self.0.expose().to_owned()),
            (KEY_DIGEST_HEADER.to_owned(), check),
        ])
    }

    /// The key alone, as `qrmk`.
    pub(in crate::server) fn text(&self) -> &str {
        self.0.expose()
    }

    /// Whether a request carries the key.
    pub(in crate::server) fn opens(&self, headers: &http::HeaderMap) -> bool {
        headers.get(KEY_HEADER).is_some_and(|sent| sent.as_bytes() == self.0.expose().as_bytes())
    }
}
