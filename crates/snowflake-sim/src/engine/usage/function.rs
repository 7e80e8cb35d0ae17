//! The table functions that answer histories.

use super::super::SqlError;
use super::super::run::Run;
use super::super::syntax::Tokens;
use super::arguments::Arguments;
use super::field::Rows;
use super::queries;

/// The names of the functions.
pub(in super::super) const FUNCTIONS: [&str; 4] =
    ["QUERY_HISTORY", "QUERY_HISTORY_BY_SESSION", "QUERY_HISTORY_BY_USER", "QUERY_HISTORY_BY_WAREHOUSE"];

const RANGE: [&str; 3] = ["END_TIME_RANGE_START", "END_TIME_RANGE_END", "RESULT_LIMIT"];

/// Calls one of [`FUNCTIONS`].
///
/// # Errors
/// `001044` for arguments that the function does not take.
pub(in super::super) async fn call(run: &Run, name: &str, arguments: &Tokens) -> Result<Rows, SqlError> {
    let known: Vec<&str> = match name {
        "QUERY_HISTORY" => RANGE.to_vec(),
        "QUERY_HISTORY_BY_SESSION" => ["SESSION_ID"].into_iter().chain(RANGE).collect(),
        "QUERY_HISTORY_BY_USER" => ["USER_NAME"].into_iter().chain(RANGE).collect(),
        "QUERY_HISTORY_BY_WAREHOUSE" => ["WAREHOUSE_NAME"].into_iter().chain(RANGE).collect(),
        other => return Err(SqlError::unknown_function(other)),
    };
    let arguments = Arguments::read(run, name, &known, arguments).await?;
    match name {
        "QUERY_HISTORY_BY_SESSION" => queries::by_session(run, &arguments),
        "QUERY_HISTORY_BY_USER" => queries::by_user(run, &arguments),
        "QUERY_HISTORY_BY_WAREHOUSE" => queries::by_warehouse(run, &arguments),
        _ => queries::all(run, &arguments),
    }
}
