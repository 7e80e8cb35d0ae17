//! The table functions that answer histories.

use super::super::SqlError;
use super::super::run::Run;
use super::super::syntax::Tokens;
use super::arguments::Arguments;
use super::field::Rows;
use super::{logins, metering, operators, queries, tasks, warehouses};

/// A table function: its name, its arguments in order, and what answers it.
struct Function {
    name: &'static str,
    arguments: &'static [&'static str],
    call: fn(&Run, &Arguments<'_>) -> Result<Rows, SqlError>,
}

impl Function {
    const fn new(
        name: &'static str,
        arguments: &'static [&'static str],
        call: fn(&Run, &Arguments<'_>) -> Result<Rows, SqlError>,
    ) -> Self {
        Self { name, arguments, call }
    }
}

const FUNCTIONS: [Function; 10] = [
    Function::new(
        "QUERY_HISTORY",
        &["END_TIME_RANGE_START", "END_TIME_RANGE_END", "RESULT_LIMIT"],
        queries::all,
    ),
    Function::new(
        "QUERY_HISTORY_BY_SESSION",
        &["SESSION_ID", "END_TIME_RANGE_START", "END_TIME_RANGE_END", "RESULT_LIMIT"],
        queries::by_session,
    ),
    Function::new(
        "QUERY_HISTORY_BY_USER",
        &["USER_NAME", "END_TIME_RANGE_START", "END_TIME_RANGE_END", "RESULT_LIMIT"],
        queries::by_user,
    ),
    Function::new(
        "QUERY_HISTORY_BY_WAREHOUSE",
        &["WAREHOUSE_NAME", "END_TIME_RANGE_START", "END_TIME_RANGE_END", "RESULT_LIMIT"],
        queries::by_warehouse,
    ),
    Function::new(
        "WAREHOUSE_METERING_HISTORY",
        &["DATE_RANGE_START", "DATE_RANGE_END", "WAREHOUSE_NAME"],
        metering::function,
    ),
    Function::new(
        "WAREHOUSE_LOAD_HISTORY",
        &["DATE_RANGE_START", "DATE_RANGE_END", "WAREHOUSE_NAME"],
        warehouses::function,
    ),
    Function::new(
        "LOGIN_HISTORY",
        &["TIME_RANGE_START", "TIME_RANGE_END", "RESULT_LIMIT"],
        |run, arguments| logins::function(run, arguments, None),
    ),
    Function::new(
        "LOGIN_HISTORY_BY_USER",
        &["USER_NAME", "TIME_RANGE_START", "TIME_RANGE_END", "RESULT_LIMIT"],
        |run, arguments| {
            let user = arguments.text("USER_NAME").unwrap_or_else(|| run.context.user.clone());
            logins::function(run, arguments, Some(&user))
        },
    ),
    Function::new(
        "TASK_HISTORY",
        &[
            "SCHEDULED_TIME_RANGE_START",
            "SCHEDULED_TIME_RANGE_END",
            "RESULT_LIMIT",
            "TASK_NAME",
            "ERROR_ONLY",
            "ROOT_TASK_ID",
        ],
        tasks::function,
    ),
    Function::new("GET_QUERY_OPERATOR_STATS", &["QUERY_ID"], operators::function),
];

/// Whether a name is that of a table function that answers a history.
pub(in super::super) fn is_function(name: &str) -> bool {
    FUNCTIONS.iter().any(|function| function.name == name)
}

/// Calls such a function.
///
/// # Errors
/// `001044` for arguments that the function does not take.
pub(in super::super) async fn call(run: &Run, name: &str, arguments: &Tokens) -> Result<Rows, SqlError> {
    let function = FUNCTIONS.iter().find(|function| function.name == name);
    let function = function.ok_or_else(|| SqlError::unknown_function(name))?;
    let arguments = Arguments::read(run, name, function.arguments, arguments).await?;
    (function.call)(run, &arguments)
}
