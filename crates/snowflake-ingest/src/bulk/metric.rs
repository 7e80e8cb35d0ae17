//! The figures that bulk loads report through the `metrics` facade.

use std::time::Duration;

use metrics::{counter, histogram};

use super::options::BulkMethod;
use crate::ErrorKind;

/// A load came to its end.
pub(super) fn load(method: BulkMethod, rows: u64, bytes: u64, rejected: u64, peak: usize, elapsed: Duration) {
    let method = match method {
        BulkMethod::Binds => "binds",
        BulkMethod::Files | BulkMethod::Auto => "files",
    };
    counter!("snowflake_bulk_loads_total", "method" => method, "status" => "success").increment(1);
    counter!("snowflake_bulk_rows_total", "method" => method).increment(rows);
    counter!("snowflake_bulk_bytes_total", "method" => method).increment(bytes);
    counter!("snowflake_bulk_rejected_rows_total").increment(rejected);
    histogram!("snowflake_bulk_duration_seconds", "method" => method).record(elapsed.as_secs_f64());
    let peak = u32::try_from(peak).unwrap_or(u32::MAX);
    histogram!("snowflake_bulk_buffered_bytes_peak").record(f64::from(peak));
}

/// A load failed.
pub(super) fn failed(kind: ErrorKind) {
    let status = match kind {
        ErrorKind::OutcomeUnknown => "unknown",
        ErrorKind::Timeout => "timeout",
        _ => "failed",
    };
    counter!("snowflake_bulk_loads_total", "method" => "none", "status" => status).increment(1);
}
