//! What COPY answers: one row per file.

use snowflake_proto::{Column, StatementType};

use super::super::answer::{Answer, COUNT, count_value};
use super::super::catalog::Load;
use super::super::types::TEXT;
use super::super::value::Value;
use super::super::{Outcome, SqlError};
use super::reject::Rejected;

/// What became of each file.
///
/// # Errors
/// Never in practice: as [`Answer::finish`].
pub(super) fn report<'a>(loads: impl IntoIterator<Item = &'a Load>) -> Result<Outcome, SqlError> {
    let text = |name: &str| Column::new(name, TEXT, true);
    let count = |name: &str| Column::new(name, COUNT, true);
    let mut answer = Answer::new(vec![
        text("file"),
        text("status"),
        count("rows_parsed"),
        count("rows_loaded"),
        count("error_limit"),
        count("errors_seen"),
        text("first_error"),
        count("first_error_line"),
        count("first_error_character"),
        text("first_error_column_name"),
    ]);
    for load in loads {
        let first = load.rejected.first();
        answer.row(vec![
            Value::text(load.file.clone()),
            Value::text(load.status),
            count_value(load.parsed),
            count_value(load.loaded),
            count_value(load.error_limit),
            count_value(load.rejected.len()),
            first.map_or(Value::Null, |first| Value::text(first.message())),
            first.map_or(Value::Null, |first| count_value(first.line())),
            first.map_or(Value::Null, |first| count_value(first.character())),
            first.and_then(Rejected::column).map_or(Value::Null, Value::text),
        ]);
    }
    answer.finish(StatementType::COPY)
}
