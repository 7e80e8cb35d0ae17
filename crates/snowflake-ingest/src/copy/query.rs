//! A statement with what goes with it.

use std::time::Duration;

use snowflake_query::{Query, QueryBuilder};

/// Adds what the caller chose.
pub(crate) fn with_options(
    mut query: QueryBuilder,
    warehouse: Option<&str>,
    timeout: Option<Duration>,
    tag: Option<&str>,
) -> Query {
    if let Some(warehouse) = warehouse {
        query = query.warehouse(warehouse);
    }
    if let Some(limit) = timeout {
        query = query.timeout(limit);
    }
    if let Some(tag) = tag {
        query = query.tag(tag);
    }
    query.build()
}
