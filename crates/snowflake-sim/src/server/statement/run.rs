//! Submitting a statement, and running it apart from the request that brought it.

use std::sync::Arc;
use std::time::Duration;

use snowflake_proto::wire::query::{NameValue, Request};

use super::booking::{self, Origin};
use super::collect::collect;
use super::execution::{Execution, Finished, Success};
use super::{effects, several};
use crate::encode::Format;
use crate::engine::{EngineSession, Outcome, SqlError, Statement, Work};
use crate::parameters;
use crate::server::session::Session;
use crate::server::state::Shared;
use crate::service::{PartKey, choose_format};

/// What became of a submission.
#[derive(Debug)]
pub(in crate::server) enum Submitted {
    /// The statement runs, or has run: now for the first time or for an earlier request with this id.
    Execution(Arc<Execution>),
    /// The id stands for another text.
    Conflict,
}

/// Starts a statement, or joins the execution that the same request id started before.
pub(in crate::server) fn submit(
    shared: &Arc<Shared>,
    session: &Arc<Session>,
    request_id: Option<&str>,
    request: Request,
) -> Submitted {
    let sql = request.sql_text.clone();
    let start = || start(shared, session, request);
    let Some(request_id) = request_id else { return Submitted::Execution(start()) };
    let (execution, is_new) = session.once(request_id, start);
    let mut ledger = shared.ledger();
    ledger.received(request_id);
    if is_new {
        ledger.executed(request_id, &execution.sql, &execution.query_id);
    }
    // A driver may leave the text out when it asks again.
    if sql.is_empty() || sql == execution.sql { Submitted::Execution(execution) } else { Submitted::Conflict }
}

fn start(shared: &Arc<Shared>, session: &Arc<Session>, request: Request) -> Arc<Execution> {
    let mut execution =
        Execution::new(shared.query_id(), session.id, request.sql_text.clone(), shared.clock.wall());
    execution.is_async = request.async_exec;
    execution.warehouse = session.engine.context().warehouse;
    let execution = Arc::new(execution);
    shared.queries.insert(Arc::clone(&execution));
    let statement_parameters = request.parameters.unwrap_or_default();
    let job = Job {
        shared: Arc::clone(shared),
        session: Arc::clone(session),
        statement: Statement {
            sql: request.sql_text,
            query_id: execution.query_id.clone(),
            binds: request.bindings.unwrap_or_default(),
            bind_stage: request.bind_stage,
            parameters: statement_parameters,
            cancel: execution.cancel.clone(),
            describe_only: request.describe_only.unwrap_or_default(),
            work: Work::default(),
        },
    };
    booking::begin(&job, &execution, Origin { parent: None, is_internal: request.is_internal });
    tokio::spawn(run(job, Arc::clone(&execution)));
    execution
}

/// One statement and everything it runs in.
pub(super) struct Job {
    pub(super) shared: Arc<Shared>,
    pub(super) session: Arc<Session>,
    pub(super) statement: Statement,
}

async fn run(job: Job, execution: Arc<Execution>) {
    let (shared, session) = (Arc::clone(&job.shared), Arc::clone(&job.session));
    let outcome = bounded(job).await;
    let finished = finished(&shared, &session, outcome);
    complete(&shared, &execution, finished);
}

/// The state of the session that goes with an outcome.
pub(super) fn finished(shared: &Shared, session: &Session, outcome: Result<Success, SqlError>) -> Finished {
    Finished {
        ended: shared.clock.wall(),
        outcome,
        context: session.engine.context(),
        parameters: answered(&session.engine),
    }
}

/// The parameters that answers of a session carry.
pub(in crate::server) fn answered(session: &EngineSession) -> Vec<NameValue> {
    let mut all = session.parameters();
    parameters::answered(|name| all.remove(name))
}

/// Makes an outcome known.
pub(super) fn complete(shared: &Shared, execution: &Execution, finished: Finished) {
    let size = match &finished.outcome {
        Ok(Success::Rows(result)) => result.size(),
        _ => 0,
    };
    let code = finished.outcome.as_ref().err().map_or("000000", |error| error.code);
    let took_ms = (finished.ended - execution.started).whole_milliseconds();
    tracing::info!(
        query_id = execution.query_id,
        session_id = execution.session_id,
        code,
        took_ms,
        "statement ended"
    );
    // First the books: whoever sees the end may at once ask for the result to be forgotten, or for the
    // statement's history.
    booking::end(shared, execution, &finished);
    shared.queries.note_finished(execution, size);
    execution.finish(finished);
}

/// Runs until the end, the timeout, or an abort, whichever is first.
async fn bounded(job: Job) -> Result<Success, SqlError> {
    let cancel = job.statement.cancel.clone();
    let timeout = job.shared.engine.time_limit(&job.session.engine, &job.statement);
    let mut gate = job.shared.gate.subscribe();
    let work = async move {
        // An error means that the server is gone, and with it the wish to hold statements back.
        let _ = gate.wait_for(|open| *open).await;
        several::run(job).await
    };
    let work = async {
        match timeout {
            None => work.await,
            Some(seconds) => match tokio::time::timeout(Duration::from_secs(seconds), work).await {
                Ok(outcome) => outcome,
                Err(_elapsed) => Err(SqlError::timed_out(seconds)),
            },
        }
    };
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(SqlError::cancelled()),
        outcome = work => outcome,
    }
}

/// Runs one statement to its end.
pub(super) async fn one(job: Job) -> Result<Success, SqlError> {
    let Job { shared, session, statement } = job;
    let chosen = choose_format(
        &session.app,
        &statement.parameters,
        &session.engine.parameters(),
        &session.login_parameters,
    );
    let (sql, query_id) = (statement.sql.clone(), statement.query_id.clone());
    let is_run = !statement.describe_only;
    // Before it holds a place: a task may need one on the same warehouse.
    shared.engine.run_due_tasks().await;
    // Held until the result is collected.
    let admission = shared.engine.admit(&session.engine, &statement).await?;
    booking::admitted(&shared, &statement, &admission);
    let rows = match session.engine.execute(statement).await? {
        Outcome::Transfer(transfer, statement_type) => {
            return Ok(Success::Transfer(transfer, statement_type));
        }
        Outcome::Rows(rows) => rows,
    };
    let format = if rows.force_json { Format::Json } else { chosen };
    let key = PartKey::draw(shared.entropy.as_ref());
    let result = collect(query_id, rows, format, shared.settings.limits, key).await?;
    if is_run {
        effects::note(&shared, &session, &sql, &result);
    }
    // Whoever waits for the place does not run beside this statement.
    shared.engine.book().leave(&result.query_id, shared.clock.wall());
    drop(admission);
    Ok(Success::Rows(Arc::new(result)))
}
