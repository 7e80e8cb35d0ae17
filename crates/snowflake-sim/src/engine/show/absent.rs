//! What an account may have and this one never has: empty lists with their columns.

use super::super::SqlError;
use super::super::answer::Answer;
use super::super::run::Run;
use super::filter::Filter;

const SEQUENCES: &str = "name, database_name, schema_name, next_value: count, interval: count, \
                         created_on: time, owner, comment, owner_role_type, ordered";
const STREAMS: &str = "created_on: time, name, database_name, schema_name, owner, comment, table_name, \
                       source_type, base_tables, type, stale, mode, stale_after: time, invalid_reason, \
                       owner_role_type";
const PIPES: &str = "created_on: time, name, database_name, schema_name, definition, owner, \
                     notification_channel, comment, integration, pattern, error_integration, owner_role_type, \
                     invalid_reason, kind";
const LOCKS: &str = "resource, type, transaction: count, transaction_started_on: time, status, \
                     acquired_on: time, query_id";
const MONITORS: &str = "name, credit_quota, used_credits, remaining_credits, level, frequency, \
                        start_time: time, end_time: time, notify_at, suspend_at, suspend_immediately_at, \
                        created_on: time, owner, comment, notify_users";
const INDEXES: &str = "created_on: time, name, is_unique, columns, included_columns, table, database_name, \
                       schema_name, owner, owner_role_type, status";
/// Of procedures; functions have more.
const PROCEDURES: &str = "created_on: time, name, schema_name, is_builtin, is_aggregate, is_ansi, \
                          min_num_arguments: count, max_num_arguments: count, arguments, description, \
                          catalog_name, is_table_function, valid_for_clustering, is_secure, secrets, \
                          external_access_integrations";
const MORE_OF_FUNCTIONS: &str = "is_external_function, language, is_memoizable, is_data_metric";

/// An empty list of the kind, which is named in the plural.
///
/// # Errors
/// `002003` for a scope that is missing, `0A000` for kinds that are not simulated.
pub(super) fn listing(run: &Run, kind: &str, filter: &Filter) -> Result<Answer, SqlError> {
    let columns = match kind {
        "SEQUENCES" => SEQUENCES,
        "STREAMS" => STREAMS,
        "PIPES" => PIPES,
        "INDEXES" => INDEXES,
        "PROCEDURES" | "USER PROCEDURES" => PROCEDURES,
        "FUNCTIONS" | "USER FUNCTIONS" => {
            filter.check(run)?;
            return Ok(filter.listing(&format!("{PROCEDURES}, {MORE_OF_FUNCTIONS}")));
        }
        "LOCKS" => return Ok(Answer::listing(LOCKS)),
        "RESOURCE MONITORS" => return Ok(Answer::listing(MONITORS)),
        other => return Err(SqlError::not_simulated(format!("SHOW {other}"))),
    };
    filter.check(run)?;
    Ok(filter.listing(columns))
}
