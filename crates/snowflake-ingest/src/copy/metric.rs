//! The figures that loads report through the `metrics` facade.

use metrics::counter;

use super::outcome::{CopyResult, CopyStatus};

/// A COPY INTO was answered.
pub(super) fn copied(result: &CopyResult) {
    counter!("snowflake_copy_rows_loaded_total").increment(result.rows_loaded);
    counter!("snowflake_copy_errors_total").increment(result.errors_seen);
    for file in &result.results {
        let status = match file.status {
            CopyStatus::Loaded => "loaded",
            CopyStatus::PartiallyLoaded => "partially_loaded",
            CopyStatus::LoadFailed => "load_failed",
            CopyStatus::LoadSkipped => "load_skipped",
            CopyStatus::Other(_) => "other",
        };
        counter!("snowflake_copy_files_total", "status" => status).increment(1);
    }
}
