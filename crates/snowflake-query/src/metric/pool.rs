//! The pool: how many sessions there are, and how long one waits for one.

use std::time::Duration;

use metrics::{gauge, histogram};

use crate::error::{Error, ErrorKind};

/// The pool's sessions changed hands.
pub(crate) fn pool(idle: u32, in_use: u32, max: u32) {
    gauge!("snowflake_pool_sessions", "state" => "idle").set(f64::from(idle));
    gauge!("snowflake_pool_sessions", "state" => "in_use").set(f64::from(in_use));
    gauge!("snowflake_pool_max_sessions").set(f64::from(max));
}

/// Somebody who waited for a session got one, or did not.
pub(crate) fn waited(elapsed: Duration, error: Option<&Error>) {
    let status = match error {
        None => "success",
        Some(error) if error.is_timeout() => "timeout",
        Some(error) if error.kind() == ErrorKind::Auth => "refused",
        Some(_) => "failed",
    };
    histogram!("snowflake_pool_wait_duration_seconds", "status" => status).record(elapsed.as_secs_f64());
}
