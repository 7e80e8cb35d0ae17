//! Statements: how many, how long, how they ended.

use std::time::Duration;

use metrics::{counter, histogram};

use super::bounded::BoundedLabel;
use super::generated::WAREHOUSE;
use crate::error::{Error, ErrorKind};
use crate::session::Core;

static WAREHOUSES: BoundedLabel = BoundedLabel::new(WAREHOUSE);

/// A statement came to its end: with so many rows, or with an error.
pub(crate) fn query(core: &Core, elapsed: Duration, end: Result<u64, &Error>) {
    let warehouse = WAREHOUSES.value(core.state().names.warehouse.as_deref());
    let status = match end.map_err(Error::kind) {
        Ok(_) => "success",
        Err(ErrorKind::Timeout) => "timeout",
        Err(ErrorKind::Cancelled) => "cancelled",
        Err(ErrorKind::OutcomeUnknown) => "unknown",
        Err(_) => "failed",
    };
    counter!("snowflake_queries_total", "warehouse" => warehouse.clone(), "status" => status).increment(1);
    histogram!("snowflake_query_duration_seconds", "warehouse" => warehouse).record(elapsed.as_secs_f64());
    match end {
        Ok(rows) => counter!("snowflake_query_rows_returned_total").increment(rows),
        Err(error) => {
            counter!("snowflake_query_errors_total", "kind" => error.kind().as_str()).increment(1);
        }
    }
}
