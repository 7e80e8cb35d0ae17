//! The figures that transfers report through the `metrics` facade.

use std::time::Duration;

use metrics::{counter, histogram};

use super::{GetFile, GetStatus, PutFile, PutStatus};

/// A file was uploaded, or was not.
pub(super) fn put(file: &PutFile) {
    let status = match file.status {
        PutStatus::Uploaded => "uploaded",
        PutStatus::Skipped => "skipped",
        PutStatus::Failed(_) => "failed",
    };
    done("put", status, file.target_size);
}

/// A file was downloaded, or was not.
pub(super) fn get(file: &GetFile) {
    let status = match file.status {
        GetStatus::Downloaded => "downloaded",
        GetStatus::Failed(_) => "failed",
    };
    done("get", status, file.size);
}

/// A file could not be moved, and with it the transfer came to its end.
pub(super) fn failed(direction: &'static str) {
    done(direction, "failed", 0);
}

/// A file took this long.
pub(super) fn took(direction: &'static str, elapsed: Duration) {
    histogram!("snowflake_transfer_duration_seconds", "direction" => direction).record(elapsed.as_secs_f64());
}

fn done(direction: &'static str, status: &'static str, bytes: u64) {
    counter!("snowflake_transfer_files_total", "direction" => direction, "status" => status).increment(1);
    counter!("snowflake_transfer_bytes_total", "direction" => direction).increment(bytes);
}
