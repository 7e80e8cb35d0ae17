//! A finished result: its rows for later statements, and the same rows encoded for one client.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ring::digest;
use snowflake_proto::wire::query::Stats;
use snowflake_proto::{Column, Secret, StatementType};
use snowflake_transport::Entropy;

use crate::encode::{Format, Inline};
use crate::ledger::{PartUse, Produced};

const KEY_HEADER: &str = "x-amz-server-side-encryption-customer-key";
const KEY_DIGEST_HEADER: &str = "x-amz-server-side-encryption-customer-key-md5";
const ALGORITHM_HEADER: &str = "x-amz-server-side-encryption-customer-algorithm";

/// A finished result.
#[derive(Debug)]
pub(crate) struct ResultSet {
    /// The statement that it came of.
    pub(crate) query_id: String,
    pub(crate) columns: Vec<Column>,
    /// All rows in the canonical form, which `RESULT_SCAN` reads.
    #[cfg(feature = "server")]
    pub(crate) batches: Vec<arrow_array::RecordBatch>,
    pub(crate) statement_type: StatementType,
    pub(crate) stats: Option<Stats>,
    pub(crate) number_of_binds: usize,
    pub(crate) array_bind_supported: bool,
    pub(crate) format: Format,
    pub(crate) inline: Inline,
    /// The rows after the inline ones.
    pub(crate) parts: Vec<Part>,
    pub(crate) total: usize,
    /// What a client must send to fetch the parts.
    pub(crate) key: PartKey,
}

impl ResultSet {
    /// What the ledger says of its rows.
    pub(crate) fn produced(&self) -> Produced {
        let parts = self.parts.iter().map(|part| PartUse { rows: size(part.rows), ..PartUse::default() });
        let parts: Vec<_> = parts.collect();
        let elsewhere: u64 = parts.iter().map(|part| part.rows).sum();
        let rows = size(self.total);
        Produced { rows, inline_rows: rows.saturating_sub(elsewhere), parts, fingerprints: None }
    }

    /// Rows that the statement inserted, updated or deleted.
    pub(crate) fn changed(&self) -> u64 {
        let Some(stats) = &self.stats else { return 0 };
        let counts = [stats.num_rows_inserted, stats.num_rows_updated, stats.num_rows_deleted];
        counts.into_iter().flatten().filter_map(|count| u64::try_from(count).ok()).sum()
    }

    /// Bytes that keeping this result costs, roughly.
    #[cfg(feature = "server")]
    pub(crate) fn size(&self) -> usize {
        let rows: usize = self.batches.iter().map(arrow_array::RecordBatch::get_array_memory_size).sum();
        rows + self.parts.iter().map(|part| part.body.len()).sum::<usize>()
    }
}

fn size(n: usize) -> u64 {
    n.try_into().unwrap_or(u64::MAX)
}

/// Rows that are fetched separately.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) rows: usize,
    pub(crate) uncompressed: usize,
    /// The gzip'd bytes, or the plain ones.
    pub(crate) body: Bytes,
    pub(crate) is_gzip: bool,
}

/// The key with which the store would decrypt the parts; a client has to send it back.
#[derive(Clone, Debug)]
pub(crate) struct PartKey(Secret);

impl PartKey {
    /// A key of 32 random bytes.
    pub(crate) fn draw(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0_u8; 32];
        for part in bytes.chunks_exact_mut(8) {
            part.copy_from_slice(&entropy.u64().to_le_bytes());
        }
        Self(Secret::new(STANDARD.encode(bytes)))
    }

    /// The headers that a client must send with a request for a part.
    pub(crate) fn headers(&self) -> BTreeMap<String, String> {
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
    pub(crate) fn text(&self) -> &str {
        self.0.expose()
    }

    /// Whether a request carries the key.
    pub(crate) fn opens(&self, headers: &http::HeaderMap) -> bool {
        headers.get(KEY_HEADER).is_some_and(|sent| sent.as_bytes() == self.0.expose().as_bytes())
    }
}
