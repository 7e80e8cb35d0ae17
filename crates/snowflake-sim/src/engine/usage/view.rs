//! `SNOWFLAKE.ACCOUNT_USAGE`: the histories as views.

use super::super::SqlError;
use super::super::catalog::ObjectPath;
use super::super::run::Run;
use super::field::Rows;
use super::{attribution, logins, metering, objects, queries, storage, tasks, warehouses};

/// The database of the system.
const DATABASE: &str = "SNOWFLAKE";
/// Its schema of histories.
const SCHEMA: &str = "ACCOUNT_USAGE";

/// Whether a name is that of a view of the account's usage.
pub(in super::super) fn is_view(path: &ObjectPath) -> bool {
    path.database == DATABASE && path.schema == SCHEMA
}

/// The rows of a view.
///
/// # Errors
/// `002003` for a role that may not see it, or a view that is not there.
pub(in super::super) fn read(run: &Run, name: &str) -> Result<Rows, SqlError> {
    if !run.engine().may_read_account_usage(run.role()) {
        return Err(SqlError::missing("Database", DATABASE));
    }
    match name {
        "QUERY_HISTORY" => queries::view(run),
        "QUERY_ATTRIBUTION_HISTORY" => attribution::view(run),
        "WAREHOUSE_METERING_HISTORY" => metering::by_warehouse(run),
        "METERING_HISTORY" => metering::by_service(run),
        "METERING_DAILY_HISTORY" => metering::by_day(run),
        "WAREHOUSE_LOAD_HISTORY" => warehouses::load(run),
        "WAREHOUSE_EVENTS_HISTORY" => warehouses::events(run),
        "LOGIN_HISTORY" => logins::view(run),
        "SESSIONS" => logins::sessions(run),
        "TASK_HISTORY" => tasks::view(run),
        "COPY_HISTORY" | "LOAD_HISTORY" => storage::loads(run),
        "STORAGE_USAGE" => storage::usage(run),
        "DATABASE_STORAGE_USAGE_HISTORY" => storage::databases(run),
        "STAGE_STORAGE_USAGE_HISTORY" => storage::stages(run),
        "DATABASES" => objects::databases(run),
        view if objects::VIEWS.contains(&view) => objects::view(run, view),
        other => Err(SqlError::missing("Object", &format!("{DATABASE}.{SCHEMA}.{other}"))),
    }
}
