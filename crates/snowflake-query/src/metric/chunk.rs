//! The parts of results: how many, how large, how long.

use std::time::Duration;

use metrics::{counter, histogram};

/// A part of a result was fetched; `bytes` as it was stored and as it is read. Or it was not.
pub(crate) fn part(status: &'static str, bytes: Option<(u64, u64)>) {
    counter!("snowflake_chunks_total", "status" => status).increment(1);
    if let Some((stored, inflated)) = bytes {
        counter!("snowflake_chunk_bytes_total", "form" => "stored").increment(stored);
        counter!("snowflake_chunk_bytes_total", "form" => "inflated").increment(inflated);
    }
}

/// A part took this long in a step: `download` or `decode`.
pub(crate) fn took(step: &'static str, elapsed: Duration) {
    histogram!("snowflake_chunk_duration_seconds", "step" => step).record(elapsed.as_secs_f64());
}

/// Fresh addresses were asked for.
pub(crate) fn addresses_renewed() {
    counter!("snowflake_chunk_address_renewals_total").increment(1);
}
