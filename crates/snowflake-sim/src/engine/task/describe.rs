//! SHOW TASKS and DESCRIBE TASK.

use serde_json::json;
use snowflake_proto::StatementType;

use super::super::answer::{Answer, instant_value, optional, text};
use super::super::catalog::{OWNER, ObjectPath};
use super::super::run::Run;
use super::super::syntax::Cursor;
use super::super::value::Value;
use super::super::{Outcome, SqlError};
use super::definition::Task;

const COLUMNS: &str = "created_on: time, name, id, database_name, schema_name, owner, comment, warehouse, \
                       schedule, predecessors, state, definition, condition, allow_overlapping_execution, \
                       error_integration, last_committed_on: time, last_suspended_on: time, owner_role_type, \
                       config, budget, task_relations, last_suspended_reason";
/// What SHOW TERSE TASKS keeps.
const TERSE: [&str; 7] = ["created_on", "name", "kind", "database_name", "schema_name", "schedule", "state"];

/// The tasks of some schemas that are wanted, by name.
pub(in super::super) fn show(
    run: &Run,
    schemas: &[(String, String)],
    limit: usize,
    is_wanted: impl Fn(&str) -> bool,
    root_only: bool,
) -> Answer {
    let mut answer = Answer::listing(COLUMNS);
    let found = run.engine().tasks().into_iter().filter(|(path, task)| {
        is_wanted(&path.name)
            && (!root_only || task.predecessors.is_empty())
            && schemas.iter().any(|(database, schema)| *database == path.database && *schema == path.schema)
    });
    for (path, task) in found.take(limit) {
        add(&mut answer, &path, &task);
    }
    answer
}

/// The list with fewer columns.
pub(in super::super) fn terse(answer: Answer) -> Answer {
    answer.terse(&TERSE, None)
}

/// Describes the task that is named.
///
/// # Errors
/// `002003` when there is no such task.
pub(in super::super) fn describe(run: &Run, cursor: &mut Cursor<'_>) -> Result<Outcome, SqlError> {
    let name = cursor.name()?;
    cursor.end()?;
    let path = run.path(&name)?;
    let task = run.engine().task(&path).ok_or_else(|| SqlError::missing("Task", &name.join(".")))?;
    let mut answer = Answer::listing(COLUMNS);
    add(&mut answer, &path, &task);
    answer.finish(StatementType::DESCRIBE)
}

fn add(answer: &mut Answer, path: &ObjectPath, task: &Task) {
    let predecessors: Vec<String> = task.predecessors.iter().map(ToString::to_string).collect();
    let time = |time: Option<_>| time.map_or(Value::Null, instant_value);
    answer.named(vec![
        ("created_on", instant_value(task.created)),
        ("name", text(&path.name)),
        ("id", text(&task.id)),
        ("database_name", text(&path.database)),
        ("schema_name", text(&path.schema)),
        ("owner", text(task.role.as_deref().unwrap_or(OWNER))),
        ("comment", text(&task.comment)),
        ("warehouse", optional(task.warehouse.as_deref())),
        ("schedule", optional(task.schedule.as_ref().map(|schedule| schedule.text.as_str()))),
        ("predecessors", text(&json!(predecessors).to_string())),
        ("state", text(if task.is_started { "started" } else { "suspended" })),
        ("definition", text(&task.definition)),
        ("condition", optional(task.condition.as_deref())),
        ("allow_overlapping_execution", text(if task.allows_overlap { "true" } else { "false" })),
        ("error_integration", optional(task.error_integration.as_deref())),
        ("last_committed_on", time(task.committed)),
        ("last_suspended_on", time(task.suspended)),
        ("owner_role_type", text("ROLE")),
        ("config", optional(task.config.as_deref())),
        ("task_relations", text(&json!({"Predecessors": predecessors}).to_string())),
        ("last_suspended_reason", optional(task.suspended_reason)),
    ]);
}
