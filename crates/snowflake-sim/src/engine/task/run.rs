//! One run of a task: in a session of its own, booked like any statement.

use std::sync::Arc;

use futures::TryStreamExt;
use time::OffsetDateTime;

use super::super::catalog::{OWNER, ObjectPath};
use super::super::history::{Asked, Ended, Rows, TaskRun, Took};
use super::super::{Engine, EngineSession, Outcome, SqlError, Statement};
use super::definition::Task;
use crate::context::Context;
use crate::service::{query_id, session_id};

/// The user whose sessions run tasks.
const USER: &str = "SYSTEM";
const TAG: &str = "QUERY_TAG";

/// Runs a task once and books the run; answers whether it succeeded.
pub(super) async fn once(
    engine: &Engine,
    path: &ObjectPath,
    task: &Arc<Task>,
    scheduled: OffsetDateTime,
    from: &'static str,
) -> bool {
    let session = session(engine, path, task);
    let mut booked = TaskRun {
        query_id: None,
        database: path.database.clone(),
        schema: path.schema.clone(),
        name: path.name.clone(),
        definition: task.definition.clone(),
        condition: task.condition.clone(),
        state: "SKIPPED",
        failure: None,
        scheduled,
        started: None,
        completed: None,
        scheduled_from: from,
        return_value: None,
    };
    let is_wanted = match &task.condition {
        None => Ok(true),
        Some(condition) => is_true(&session, condition).await,
    };
    let outcome = match is_wanted {
        Ok(false) => None,
        Ok(true) => {
            booked.started = Some(engine.options().clock.wall());
            let id = query_id(engine.options().entropy.as_ref());
            booked.query_id = Some(id.clone());
            Some(statement(engine, &session, id, &task.definition).await)
        }
        Err(error) => Some(Err(error)),
    };
    session.close();
    booked.completed = Some(engine.options().clock.wall());
    if let Some(outcome) = &outcome {
        booked.state = if outcome.is_ok() { "SUCCEEDED" } else { "FAILED" };
        booked.failure = outcome.as_ref().err().map(|error| (error.code.to_owned(), error.message.clone()));
        engine.count_outcome(path, outcome.is_ok());
    }
    engine.book().task(booked);
    matches!(outcome, Some(Ok(())))
}

/// A session where the task is at home.
fn session(engine: &Engine, path: &ObjectPath, task: &Task) -> EngineSession {
    let role = task.role.clone().unwrap_or_else(|| OWNER.to_owned());
    let id = session_id(engine.options().entropy.as_ref());
    // Nobody logs in: the user is the service itself.
    let session = EngineSession::new(engine.clone(), USER, role.clone(), id);
    {
        let mut state = session.state();
        state.context = Context {
            user: USER.to_owned(),
            role: Some(role),
            warehouse: task.warehouse.clone(),
            database: Some(path.database.clone()),
            schema: Some(path.schema.clone()),
        };
        state.parameters.extend(task.parameters.clone());
    }
    session
}

async fn is_true(session: &EngineSession, condition: &str) -> Result<bool, SqlError> {
    let sql = format!("SELECT 1 WHERE {condition}");
    let outcome = session.execute(Statement { sql, ..Statement::default() }).await?;
    let Outcome::Rows(rows) = outcome else { return Ok(false) };
    let batches: Vec<_> = rows.batches.try_collect().await?;
    Ok(batches.iter().any(|batch| batch.num_rows() > 0))
}

/// Runs the statement of a task to its end, on its warehouse, and books it.
async fn statement(
    engine: &Engine,
    session: &EngineSession,
    query_id: String,
    sql: &str,
) -> Result<(), SqlError> {
    let statement = Statement { sql: sql.to_owned(), query_id, ..Statement::default() };
    let (id, work) = (statement.query_id.clone(), statement.work.clone());
    let tag = session.parameters().remove(TAG);
    engine.book().begin(
        Asked {
            query_id: id.clone(),
            parent: None,
            sql: sql.to_owned(),
            session_id: session.session_id(),
            context: session.context(),
            tag: tag.and_then(|tag| tag.as_str().map(str::to_owned)).unwrap_or_default(),
            is_client_generated: false,
            started: engine.options().clock.wall(),
        },
        work,
    );
    let outcome = collected(engine, session, statement).await;
    let now = engine.options().clock.wall();
    engine.book().end(&id, now, |entry, share| {
        let Took { at, compilation, execution } = Took::of(engine, entry, now);
        let failure = outcome.as_ref().err().map(|error| (error.code.to_owned(), error.message.clone()));
        let produced = outcome.as_ref().copied().unwrap_or_default();
        let rows = Rows { produced, ..Rows::default() };
        Ended { at, failure, rows, bytes_to_result: 0, compilation, execution, share }
    });
    outcome.map(|_| ())
}

/// How many rows the statement answers.
async fn collected(engine: &Engine, session: &EngineSession, statement: Statement) -> Result<u64, SqlError> {
    let admission = engine.admit(session, &statement).await?;
    statement.work.admit(&admission);
    if let Some(warehouse) = &admission.warehouse {
        engine.book().occupy(&statement.query_id, warehouse);
    }
    let Outcome::Rows(mut rows) = session.execute(statement).await? else {
        return Err(SqlError::not_simulated("PUT and GET in a task"));
    };
    let mut produced = 0_u64;
    while let Some(batch) = rows.batches.try_next().await? {
        produced += u64::try_from(batch.num_rows()).unwrap_or_default();
    }
    Ok(produced)
}
