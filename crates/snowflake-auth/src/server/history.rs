//! What is known about a call when its last answer does not tell the whole story.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use snowflake_transport::Attempt;

/// How often a call was attempted, and whether the server may have acted on an attempt whose answer nobody saw.
///
/// The last answer can be a refusal although an earlier attempt was carried out, such as when a session ends between
/// the two. Give one to a request with [`ApiRequest::with_history`](crate::ApiRequest::with_history).
#[derive(Debug, Default)]
pub struct CallHistory {
    attempts: AtomicU32,
    in_doubt: AtomicBool,
}

impl CallHistory {
    /// How many attempts were begun, those of a replay after a renewal included.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    /// Whether the server may have received an attempt before the last one without that its answer came back.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        self.in_doubt.load(Ordering::Relaxed)
    }

    pub(super) fn note(&self, attempt: &Attempt) {
        self.attempts.fetch_add(1, Ordering::Relaxed);
        self.in_doubt.fetch_or(attempt.maybe_sent, Ordering::Relaxed);
    }
}
