//! The figures that this crate reports through the `metrics` facade.

use std::time::Duration;

use metrics::{counter, gauge, histogram};

use crate::error::{Error, ErrorKind};
use crate::session::Core;

/// A statement came to its end.
pub(crate) fn query(core: &Core, elapsed: Duration, error: Option<&Error>) {
    let warehouse = core.state().names.warehouse.clone().unwrap_or_else(|| "none".to_owned());
    let status = match error.map(Error::kind) {
        None => "success",
        Some(ErrorKind::Timeout) => "timeout",
        Some(ErrorKind::Cancelled) => "cancelled",
        Some(ErrorKind::OutcomeUnknown) => "unknown",
        Some(_) => "failed",
    };
    counter!("snowflake_queries_total", "warehouse" => warehouse.clone(), "status" => status).increment(1);
    histogram!("snowflake_query_duration_seconds", "warehouse" => warehouse).record(elapsed.as_secs_f64());
}

/// The pool's sessions changed hands.
pub(crate) fn pool(idle: u32, busy: u32) {
    gauge!("snowflake_pool_sessions", "state" => "idle").set(f64::from(idle));
    gauge!("snowflake_pool_sessions", "state" => "busy").set(f64::from(busy));
}
