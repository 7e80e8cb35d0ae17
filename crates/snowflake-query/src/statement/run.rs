//! Running one statement to its end in one session: limits, abort, bookkeeping.

use std::sync::Arc;
use std::time::Duration;

use snowflake_proto::StatementType;
use snowflake_proto::wire::query::{Request, Response};
use tracing::Instrument;
use uuid::Uuid;

use super::progress::query_id;
use super::{AbortGuard, Progress, Query, QueryId, ResultUrl, Submission, TextClass, request};
use crate::error::{Error, Repr};
use crate::session::Core;
use crate::{metric, session};

/// The complete answer to a statement.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) core: Arc<Core>,
    pub(crate) response: Box<Response>,
    pub(crate) query_id: QueryId,
    pub(crate) statement_type: StatementType,
    /// From submission to this answer.
    pub(crate) elapsed: Duration,
}

impl Answer {
    pub(crate) fn new(core: &Arc<Core>, response: Box<Response>, elapsed: Duration) -> Result<Self, Error> {
        let query_id = query_id(&response)?.unwrap_or(QueryId::NONE);
        let statement_type = StatementType::from_id(response.statement_type_id.unwrap_or(0));
        Ok(Self { core: Arc::clone(core), response, query_id, statement_type, elapsed })
    }
}

/// A statement that the server has taken and runs by itself.
#[derive(Debug)]
pub(crate) struct Detached {
    pub(crate) submission: Submission,
    pub(crate) guard: AbortGuard,
    pub(crate) query_id: QueryId,
    pub(crate) ready: Option<Box<Response>>,
    pub(crate) url: ResultUrl,
    pub(crate) limit: Option<Duration>,
}

/// What the query asks of the session before it can run there.
struct Prepared {
    request_id: Uuid,
    class: TextClass,
    body: Request,
    limit: Option<Duration>,
}

/// Runs a statement and waits for its end.
///
/// Dropped after the request began, it aborts the statement.
pub(crate) async fn run(core: &Arc<Core>, query: &Query) -> Result<Answer, Error> {
    let prepared = prepare(core, query)?;
    if prepared.class == TextClass::Transfer {
        return Err(transfer_refused());
    }
    let names = query.wanted.names()?;
    let _names_stay = session::prepare(core, &names).await?;
    let answer = supervised(core, prepared).await?;
    if answer.response.transfer.command.is_some() {
        return Err(transfer_refused());
    }
    Ok(answer)
}

/// Asks the server for the instructions of a PUT or GET.
pub(crate) async fn run_transfer(core: &Arc<Core>, query: &Query) -> Result<Answer, Error> {
    let prepared = prepare(core, query)?;
    let names = query.wanted.names()?;
    let _names_stay = session::prepare(core, &names).await?;
    supervised(core, prepared).await
}

/// Runs a statement of our own, such as USE.
pub(crate) async fn run_internal(core: &Arc<Core>, sql: String) -> Result<(), Error> {
    let mut prepared = prepare(core, &Query::from(sql))?;
    prepared.body.is_internal = true;
    supervised(core, prepared).await.map(drop)
}

/// Submits a statement that the server shall run by itself.
pub(crate) async fn detach(core: &Arc<Core>, query: &Query) -> Result<Detached, Error> {
    let prepared = prepare(core, query)?;
    if prepared.class == TextClass::Transfer {
        return Err(transfer_refused());
    }
    let names = query.wanted.names()?;
    let _names_stay = session::prepare(core, &names).await?;
    // Whatever the statement does to the session, it does so at a time that nobody here knows.
    core.state().unfinished(prepared.class);
    let Prepared { request_id, class, body, limit } = prepared;
    let submission = Submission::new(core, request_id, class, body);
    let guard = AbortGuard::new(core, request_id, class);
    guard.arm();
    let submitted = within(limit, request_id, submission.submit(true)).await;
    let submitted = submitted.inspect_err(|error| guard.settle(error));
    let (ready, url, id) = match submitted? {
        Progress::Running { url, query_id: Some(id) } => (None, url, id),
        Progress::Running { query_id: None, .. } => {
            return Err(
                Repr::Answer { reason: "a detached statement has no query id", query_id: None }.into()
            );
        }
        Progress::Done(response) => {
            guard.disarm();
            let id = query_id(&response)?.unwrap_or(QueryId::NONE);
            (Some(response), ResultUrl::of(id), id)
        }
        Progress::Failed(failure) => {
            guard.disarm();
            return Err((*failure).into());
        }
    };
    Ok(Detached { submission, guard, query_id: id, ready, url, limit })
}

/// The result of a statement that somebody submitted earlier, in this session or another one.
pub(crate) async fn result(core: &Arc<Core>, query_id: QueryId) -> Result<Answer, Error> {
    let started = core.now();
    let request_id = core.server.entropy().uuid();
    let submission = Submission::new(core, request_id, TextClass::Read, Request::default());
    let url = ResultUrl::of(query_id);
    let response = submission.collect(url, query_id).await?;
    Answer::new(core, response, core.since(started))
}

fn prepare(core: &Core, query: &Query) -> Result<Prepared, Error> {
    let limit = query.timeout.or(core.defaults.timeout);
    let mut body = request::body(query, limit)?;
    body.sequence_id = Some(core.next_sequence());
    let now = core.server.clock().wall().unix_timestamp_nanos() / 1_000_000;
    body.query_submission_time = i64::try_from(now).ok();
    let several = query.parameters.contains_key("MULTI_STATEMENT_COUNT");
    Ok(Prepared {
        request_id: query.request_id.unwrap_or_else(|| core.server.entropy().uuid()),
        class: if several { TextClass::Session } else { TextClass::of(&query.sql) },
        body,
        limit,
    })
}

async fn supervised(core: &Arc<Core>, prepared: Prepared) -> Result<Answer, Error> {
    let Prepared { request_id, class, body, limit } = prepared;
    let span = tracing::info_span!("query.submit", %request_id, query_id = tracing::field::Empty);
    let started = core.now();
    let submission = Submission::new(core, request_id, class, body);
    let guard = AbortGuard::new(core, request_id, class);
    let work = async {
        guard.arm();
        let progress = submission.submit(false).await?;
        submission.follow(progress).await
    };
    let finished = within(limit, request_id, work.instrument(span.clone())).await;
    let elapsed = core.since(started);
    let finished = finished.and_then(|response| Answer::new(core, response, elapsed));
    metric::query(core, elapsed, finished.as_ref().err());
    match finished {
        Ok(answer) => {
            guard.disarm();
            span.record("query_id", tracing::field::display(answer.query_id));
            core.finished(class, &answer.response);
            tracing::debug!(parent: &span, ?elapsed, "the statement is done");
            Ok(answer)
        }
        Err(error) => {
            guard.settle(&error);
            tracing::debug!(parent: &span, ?elapsed, kind = ?error.kind(), "the statement failed");
            Err(error)
        }
    }
}

/// Gives up on what takes longer than the statement may.
pub(crate) async fn within<T>(
    limit: Option<Duration>,
    request_id: Uuid,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let Some(limit) = limit else { return work.await };
    match tokio::time::timeout(limit, work).await {
        Ok(done) => done,
        Err(_) => Err(Repr::Timeout { limit, request_id: Some(request_id), query_id: None }.into()),
    }
}

fn transfer_refused() -> Error {
    Error::configuration(
        "PUT and GET move files, which execute does not: use put_file or get_file of the client",
    )
}
