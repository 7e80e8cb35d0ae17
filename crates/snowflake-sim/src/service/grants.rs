//! Remote parts of results: the addresses that are handed out for them, and the requests that use one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use snowflake_proto::wire::chunk::Descriptor;
use snowflake_transport::Entropy;
use tokio::time::Instant;

use super::result_set::ResultSet;

const SIGNATURE: &str = "X-Amz-Signature";

/// The addresses that were handed out.
#[derive(Default)]
pub(crate) struct Grants {
    inner: Mutex<HashMap<String, Grant>>,
}

struct Grant {
    /// Gone once the result is forgotten.
    result: Weak<ResultSet>,
    signature: String,
    /// Forever unless set.
    valid_until: Option<Instant>,
    is_expired: bool,
}

/// A request for a part, as far as its address tells.
pub(crate) enum Access {
    /// The part's result and number.
    Part(Arc<ResultSet>, usize),
    /// The address was never handed out, or its time is over.
    Denied,
}

impl Grants {
    /// Hands out addresses for all parts of a result, at an origin.
    pub(crate) fn hand_out(
        &self,
        result: &Arc<ResultSet>,
        origin: &str,
        valid_until: Option<Instant>,
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
        let grant = Grant { result: Arc::downgrade(result), signature, valid_until, is_expired: false };
        self.lock().insert(id, grant);
        descriptors
    }

    /// What an address opens.
    pub(crate) fn find(&self, id: &str, n: &str, query: &str, now: Instant) -> Access {
        let signature = query.split('&').find_map(|pair| pair.strip_prefix(SIGNATURE)?.strip_prefix('='));
        let inner = self.lock();
        let is_due = |grant: &&Grant| !grant.is_expired && grant.valid_until.is_none_or(|end| now < end);
        let grant = inner.get(id).filter(is_due).filter(|grant| signature == Some(&grant.signature));
        match (grant.and_then(|grant| grant.result.upgrade()), n.parse()) {
            (Some(result), Ok(n)) if n < result.parts.len() => Access::Part(result, n),
            _ => Access::Denied,
        }
    }

    /// Ends the time of every address that was handed out until now.
    pub(crate) fn expire(&self) {
        self.lock().values_mut().for_each(|grant| grant.is_expired = true);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Grant>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A count as the wire has it.
pub(crate) fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
