//! TASK_HISTORY.

use time::Duration;

use super::super::SqlError;
use super::super::history::TaskRun;
use super::super::run::Run;
use super::super::types::{INTEGER, TEXT};
use super::super::value::Value;
use super::arguments::Arguments;
use super::field::{Field, INSTANT, Rows, instant, known, maybe, object_id, optional, table};

/// How far the function looks back.
const KEPT: Duration = Duration::days(7);

const FIELDS: [Field<TaskRun>; 20] = [
    Field::new("QUERY_ID", TEXT, |run| optional(run.query_id.as_deref())),
    Field::new("NAME", TEXT, |run| Value::text(run.name.clone())),
    Field::new("DATABASE_NAME", TEXT, |run| Value::text(run.database.clone())),
    Field::new("SCHEMA_NAME", TEXT, |run| Value::text(run.schema.clone())),
    Field::new("QUERY_TEXT", TEXT, |run| Value::text(run.definition.clone())),
    Field::new("CONDITION_TEXT", TEXT, |run| optional(run.condition.as_deref())),
    Field::new("STATE", TEXT, |run| Value::text(run.state)),
    Field::new("ERROR_CODE", TEXT, |run| optional(run.failure.as_ref().map(|(code, _)| code.as_str()))),
    Field::new("ERROR_MESSAGE", TEXT, |run| {
        optional(run.failure.as_ref().map(|(_, message)| message.as_str()))
    }),
    Field::new("SCHEDULED_TIME", INSTANT, |run| instant(run.scheduled)),
    Field::new("QUERY_START_TIME", INSTANT, |run| maybe(run.started)),
    Field::new("NEXT_SCHEDULED_TIME", INSTANT, |_| Value::Null),
    Field::new("COMPLETED_TIME", INSTANT, |run| maybe(run.completed)),
    Field::new("ROOT_TASK_ID", TEXT, |_| Value::Null),
    Field::new("GRAPH_VERSION", INTEGER, |_| Value::integer(1)),
    Field::new("RUN_ID", INTEGER, |run| {
        i64::try_from(run.scheduled.unix_timestamp_nanos() / 1_000_000).map_or(Value::Null, Value::integer)
    }),
    Field::new("RETURN_VALUE", TEXT, |run| optional(run.return_value.as_deref())),
    Field::new("SCHEDULED_FROM", TEXT, |run| Value::text(run.scheduled_from)),
    Field::new("DATABASE_ID", INTEGER, |run| object_id("DATABASE", &run.database)),
    Field::new("SCHEMA_ID", INTEGER, |run| object_id("SCHEMA", &format!("{}.{}", run.database, run.schema))),
];

/// The table function: the latest first.
pub(super) fn function(run: &Run, arguments: &Arguments<'_>) -> Result<Rows, SqlError> {
    let now = run.engine().options().clock.wall();
    let from = arguments.time("SCHEDULED_TIME_RANGE_START")?.unwrap_or(now - KEPT).max(now - KEPT);
    let to = arguments.time("SCHEDULED_TIME_RANGE_END")?;
    let (name, limit) = (arguments.text("TASK_NAME"), arguments.limit()?);
    let only_failures = arguments.text("ERROR_ONLY").is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let is_wanted = |task: &TaskRun| {
        let is_named = name.as_ref().is_none_or(|name| task.name.eq_ignore_ascii_case(name));
        let is_within = task.scheduled >= from && to.is_none_or(|to| task.scheduled <= to);
        is_named && is_within && (!only_failures || task.failure.is_some())
    };
    table(&[&FIELDS], run.engine().book().tasks().into_iter().rev().filter(is_wanted).take(limit))
}

/// The view: runs that have ended.
pub(super) fn view(run: &Run) -> Result<Rows, SqlError> {
    let known = known(run);
    let is_told = |task: &TaskRun| task.completed.is_some_and(|completed| completed <= known);
    table(&[&FIELDS], run.engine().book().tasks().into_iter().filter(is_told))
}
