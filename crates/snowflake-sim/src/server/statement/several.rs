//! A text of several statements: each runs on its own, with a query id and a result of its own.

use std::sync::Arc;

use serde_json::Value;
use snowflake_proto::StatementType;

use super::booking::{self, Origin};
use super::execution::{Execution, Success};
use super::run::{Job, complete, finished, one};
use crate::engine::{SqlError, Statement, Work, split};

const COUNT: &str = "MULTI_STATEMENT_COUNT";

/// Runs the text as one statement, or as the several that the client announced.
pub(super) async fn run(job: Job) -> Result<Success, SqlError> {
    let announced = announced(&job);
    if announced == 1 || job.statement.describe_only {
        return one(job).await;
    }
    let texts = split(&job.statement.sql)?;
    if announced != 0 && texts.len() != announced {
        return Err(SqlError::statement_count(texts.len(), announced));
    }
    if texts.len() == 1 {
        return one(job).await;
    }
    if !job.statement.binds.is_empty() {
        return Err(SqlError::not_simulated("bind values for several statements"));
    }
    let mut children = Vec::with_capacity(texts.len());
    for text in texts {
        children.push(child(&job, text).await?);
    }
    Ok(Success::Several(children))
}

/// Runs one of the statements to its end; its failure is the failure of the whole.
async fn child(job: &Job, sql: String) -> Result<(String, StatementType), SqlError> {
    let Job { shared, session, statement } = job;
    let execution = Execution::new(shared.query_id(), session.id, sql.clone(), shared.clock.wall());
    let execution = Arc::new(execution);
    shared.queries.insert(Arc::clone(&execution));
    let parameters = statement.parameters.iter().filter(|(name, _)| !name.eq_ignore_ascii_case(COUNT));
    let child = Job {
        shared: Arc::clone(shared),
        session: Arc::clone(session),
        statement: Statement {
            sql,
            query_id: execution.query_id.clone(),
            cancel: execution.cancel.clone(),
            parameters: parameters.map(|(name, value)| (name.clone(), value.clone())).collect(),
            work: Work::default(),
            ..statement.clone()
        },
    };
    booking::begin(&child, &execution, Origin { parent: Some(&statement.query_id), is_internal: false });
    let unfinished = Unfinished { job, execution: &execution };
    let outcome = one(child).await;
    let answer = match &outcome {
        Ok(Success::Rows(result)) => Ok((execution.query_id.clone(), result.statement_type)),
        Ok(_) => Err(SqlError::not_simulated("file transfers among several statements")),
        Err(error) => Err(error.clone()),
    };
    complete(shared, &execution, finished(shared, session, outcome));
    drop(unfinished);
    answer
}

/// Ends a statement whose run was dropped because the whole was aborted.
struct Unfinished<'a> {
    job: &'a Job,
    execution: &'a Execution,
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if self.execution.finished().is_none() {
            let Job { shared, session, .. } = self.job;
            complete(shared, self.execution, finished(shared, session, Err(SqlError::cancelled())));
        }
    }
}

/// How many statements the client announced; 0 is any number.
fn announced(job: &Job) -> usize {
    let session = job.session.engine.parameters();
    let named = |name: &String| name.eq_ignore_ascii_case(COUNT);
    let value = [&job.statement.parameters, &session].into_iter().find_map(|parameters| {
        parameters.iter().find(|(name, _)| named(name)).map(|(_, value)| value.clone())
    });
    value.as_ref().and_then(number).unwrap_or(1)
}

fn number(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|n| usize::try_from(n).ok()).or_else(|| value.as_str()?.parse().ok())
}
