//! The limits of one exchange: what the request asks for, else what the transport allows.

use std::time::Duration;

use tokio::time::Instant;

use crate::options::TransportOptions;
use crate::request::{RequestOptions, StallLimit};

#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) first_byte: Duration,
    pub(super) stall: StallLimit,
    pub(super) total: Option<Duration>,
    /// When `total` is over.
    pub(super) deadline: Option<Instant>,
    pub(super) body_cap: usize,
}

impl Limits {
    pub(super) fn new(defaults: &TransportOptions, request: &RequestOptions, now: Instant) -> Self {
        let total = request.total_timeout.or(defaults.total_timeout);
        Self {
            first_byte: request.first_byte_timeout.unwrap_or(defaults.first_byte_timeout),
            stall: request.stall.unwrap_or(defaults.stall),
            total,
            deadline: total.and_then(|limit| now.checked_add(limit)),
            body_cap: request.body_cap.unwrap_or(defaults.body_cap),
        }
    }
}
