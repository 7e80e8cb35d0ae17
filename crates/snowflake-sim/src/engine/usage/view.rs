//! `SNOWFLAKE.ACCOUNT_USAGE`: the histories as views.

use super::super::SqlError;
use super::super::catalog::ObjectPath;
use super::super::run::Run;
use super::field::Rows;
use super::queries;

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
        other => Err(SqlError::missing("Object", &format!("{DATABASE}.{SCHEMA}.{other}"))),
    }
}
