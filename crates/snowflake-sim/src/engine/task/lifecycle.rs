//! CREATE, ALTER, DROP and EXECUTE TASK.

use std::sync::Arc;

use snowflake_proto::StatementType;

use super::super::answer::status;
use super::super::catalog::ObjectPath;
use super::super::run::Run;
use super::super::syntax::{Cursor, Name, Options, Tokens};
use super::super::{Outcome, SqlError};
use super::command::{apply, condition, definition, predecessors, unset};
use super::definition::Task;
use super::graph;

const DONE: &str = "Statement executed successfully.";

/// Reads `name [options] [AFTER …] [WHEN …] AS statement` and answers the task's name and the task.
///
/// # Errors
/// `001003`, `001007` and `001008` for what it cannot read, `002003` for a missing predecessor.
pub(in super::super) fn create(run: &Run, cursor: &mut Cursor<'_>) -> Result<(ObjectPath, Task), SqlError> {
    let path = run.path(&cursor.name()?)?;
    let mut task = Task::new(run.engine().options().entropy.uuid().to_string(), run.env.now, String::new());
    task.role.clone_from(&run.context.role);
    loop {
        let options = Options::read(cursor)?;
        apply(&mut task, &options)?;
        if cursor.word("AFTER") {
            task.predecessors = predecessors(run, cursor)?;
        } else if options.is_empty() {
            break;
        }
    }
    if cursor.word("WHEN") {
        task.condition = Some(condition(cursor)?);
    }
    cursor.expect_word("AS")?;
    task.definition = definition(cursor)?;
    if task.schedule.is_some() && !task.predecessors.is_empty() {
        return Err(SqlError::invalid_argument("A task has a schedule or predecessors, not both"));
    }
    Ok((path, task))
}

/// Forgets a task; answers whether it was there.
///
/// # Errors
/// `002003` when its schema is missing.
pub(in super::super) fn drop(run: &Run, name: &Name) -> Result<bool, SqlError> {
    let path = run.path(name)?;
    let mut catalog = run.engine().catalog_mut();
    Ok(catalog.schema_mut(&path.database, &path.schema)?.tasks.remove(&path.name).is_some())
}

/// Runs `[IF EXISTS] name RESUME | SUSPEND | SET … | UNSET … | ADD AFTER … | REMOVE AFTER … | MODIFY AS … |
/// MODIFY WHEN … | REMOVE WHEN`.
///
/// # Errors
/// `002003` when there is no such task, and whatever is wrong with the change.
pub(in super::super) fn alter(run: &Run, cursor: &mut Cursor<'_>) -> Result<Outcome, SqlError> {
    let if_exists = cursor.words(&["IF", "EXISTS"]);
    let name = cursor.name()?;
    let path = run.path(&name)?;
    let found = run.engine().task(&path);
    let Some(task) = found else {
        return if if_exists {
            status(DONE, StatementType::DDL)
        } else {
            Err(SqlError::missing("Task", &name.join(".")))
        };
    };
    let mut task = Task::clone(&task);
    let (now, wall) = (run.env.now, run.engine().options().clock.wall());
    if cursor.word("RESUME") {
        task.resume(now, wall);
    } else if cursor.word("SUSPEND") {
        task.suspend(now, "USER_SUSPENDED");
    } else {
        change(run, &mut task, cursor)?;
        task.schedule_from(wall);
    }
    cursor.end()?;
    run.engine().put_task(&path, task)?;
    status(DONE, StatementType::DDL)
}

fn change(run: &Run, task: &mut Task, cursor: &mut Cursor<'_>) -> Result<(), SqlError> {
    if cursor.word("SET") {
        apply(task, &Options::read(cursor)?)
    } else if cursor.word("UNSET") {
        unset(task, cursor)
    } else if cursor.words(&["ADD", "AFTER"]) {
        let more = predecessors(run, cursor)?;
        task.predecessors.extend(more);
        Ok(())
    } else if cursor.words(&["REMOVE", "AFTER"]) {
        let fewer = predecessors(run, cursor)?;
        task.predecessors.retain(|path| !fewer.contains(path));
        Ok(())
    } else if cursor.words(&["REMOVE", "WHEN"]) {
        task.condition = None;
        Ok(())
    } else if cursor.words(&["MODIFY", "AS"]) {
        task.definition = definition(cursor)?;
        Ok(())
    } else if cursor.words(&["MODIFY", "WHEN"]) {
        task.condition = Some(condition(cursor)?);
        Ok(())
    } else {
        Err(SqlError::not_simulated("that ALTER TASK"))
    }
}

/// Runs `EXECUTE TASK name`: the task and those after it have run when this answers.
///
/// # Errors
/// `002003` when there is no such task.
pub(in super::super) async fn execute(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let mut cursor = Cursor::new(tokens);
    cursor.expect_word("EXECUTE")?;
    if !cursor.word("TASK") {
        return Err(SqlError::not_simulated("EXECUTE IMMEDIATE"));
    }
    let name = cursor.name()?;
    cursor.words(&["RETRY", "LAST"]);
    cursor.end()?;
    let path = run.path(&name)?;
    let missing = || SqlError::missing("Task", &name.join("."));
    let mut task = Task::clone(run.engine().task(&path).as_deref().ok_or_else(missing)?);
    if !run.describes() {
        task.committed = Some(run.env.now);
        run.engine().put_task(&path, task.clone())?;
        let scheduled = run.engine().options().clock.wall();
        graph::run(run.engine(), path, Arc::new(task), scheduled, "EXECUTE TASK").await;
    }
    let last = name.last().map_or("", String::as_str);
    status(format!("Task {last} is scheduled to run immediately."), StatementType::DDL)
}
