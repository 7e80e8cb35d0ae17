//! Remote parts of results: the addresses that are handed out for them, and the requests that use one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use snowflake_proto::wire::chunk::Descriptor;
use snowflake_transport::Entropy;

use super::statement::ResultSet;

const SIGNATURE: &str = "X-Amz-Signature";

/// The addresses that were handed out.
#[derive(Default)]
pub(super) struct Grants {
    inner: Mutex<HashMap<String, Grant>>,
}

struct Grant {
    /// Gone once the result is forgotten.
    result: Weak<ResultSet>,
    signature: String,
    is_expired: bool,
}

/// A request for a part, as far as its address tells.
pub(super) enum Access {
    /// The part's result and number.
    Part(Arc<ResultSet>, usize),
    /// The address was never handed out, or its time is over.
    Denied,
}

impl Grants {
    /// Hands out addresses for all parts of a result, at the origin that the client came to.
    pub(super) fn hand_out(
        &self,
        result: &Arc<ResultSet>,
        origin: &str,
        entropy: &dyn Entropy,
    ) -> Vec<Descriptor> {
        let id = entropy.uuid().simple().to_string();
        let signature = format!("{}{}", entropy.uuid().simple(), entropy.uuid().simple());
        let parts = result.parts.iter().enumerate();
        let descriptors = parts
            .map(|(n, part)| Descriptor {
                url: format!(
                    "{origin}/sim/chunks/{id}/{n}?X-Amz-Algorithm=AWS4-HMAC-SHA256&{SIGNATURE}={signature}"
                ),
                row_count: count(part.rows),
                uncompressed_size: count(part.uncompressed),
                compressed_size: count(part.body.len()),
            })
            .collect();
        let grant = Grant { result: Arc::downgrade(result), signature, is_expired: false };
        self.lock().insert(id, grant);
        descriptors
    }

    /// What an address opens.
    pub(super) fn find(&self, id: &str, n: &str, query: &str) -> Access {
        let signature = query.split('&').find_map(|pair| pair.strip_prefix(SIGNATURE)?.strip_prefix('='));
        let inner = self.lock();
        let grant = inner.get(id).filter(|grant| !grant.is_expired && signature == Some(&grant.signature));
        match (grant.and_then(|grant| grant.result.upgrade()), n.parse()) {
            (Some(result), Ok(n)) if n < result.parts.len() => Access::Part(result, n),
            _ => Access::Denied,
        }
    }

    /// Ends the time of every address that was handed out until now.
    pub(super) fn expire(&self) {
        self.lock().values_mut().for_each(|grant| grant.is_expired = true);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Grant>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A count as the wire has it.
pub(super) fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
