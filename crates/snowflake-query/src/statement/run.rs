//! Running one statement to its end in one session: limits, abort, bookkeeping.

use std::sync::Arc;
use std::time::Duration;

use snowflake_proto::StatementType;
use snowflake_proto::wire::query::{Request, Response};
use tracing::Instrument;
use uuid::Uuid;

use super::progress::query_id;
use super::{
    AbortGuard, Progress, Query, QueryId, Resubmit, ResultUrl, Submission, TextClass, request, trace,
};
use crate::error::{Error, Repr};
use crate::observer::Watch;
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
    pub(crate) watch: Watch,
    pub(crate) query_id: QueryId,
    pub(crate) ready: Option<Box<Response>>,
    pub(crate) url: ResultUrl,
    pub(crate) limit: Option<Duration>,
}

/// A query that has been checked and can be sent.
struct Prepared {
    submission: Submission,
    limit: Option<Duration>,
    /// Whether the caller gave the request id, under which somebody may ask again.
    is_named: bool,
    /// The server's id of the statement, when it was submitted before under this request id.
    earlier: Option<QueryId>,
}

/// Runs a statement and waits for its end.
///
/// Dropped after the request began, it aborts the statement.
pub(crate) async fn run(core: &Arc<Core>, query: &Query) -> Result<Answer, Error> {
    let prepared = prepare(core, query)?;
    if prepared.submission.class == TextClass::Transfer {
        return Err(transfer_refused());
    }
    let answer = in_names(core, query, prepared).await?;
    if answer.response.transfer.command.is_some() {
        return Err(transfer_refused());
    }
    Ok(answer)
}

/// Asks the server for the instructions of a PUT or GET.
pub(crate) async fn run_transfer(core: &Arc<Core>, query: &Query) -> Result<Answer, Error> {
    let prepared = prepare(core, query)?;
    in_names(core, query, prepared).await
}

/// Runs a statement of our own, such as USE.
pub(crate) async fn run_internal(core: &Arc<Core>, sql: String) -> Result<(), Error> {
    let mut prepared = prepare(core, &Query::from(sql))?;
    prepared.submission.body.is_internal = true;
    supervised(core, prepared).await.map(drop)
}

/// Submits a statement that the server shall run by itself.
pub(crate) async fn detach(core: &Arc<Core>, query: &Query) -> Result<Detached, Error> {
    let Prepared { submission, limit, is_named, earlier } = prepare(core, query)?;
    if submission.class == TextClass::Transfer {
        return Err(transfer_refused());
    }
    let guard = AbortGuard::new(core, submission.request_id, submission.class);
    if let Some(query_id) = earlier {
        let mut watch = Watch::start(core, submission.request_id, &submission.body);
        watch.named(query_id);
        guard.arm();
        let url = ResultUrl::of(query_id);
        return Ok(Detached { submission, guard, watch, query_id, ready: None, url, limit });
    }
    let names = query.wanted.names()?;
    let _names_stay = session::prepare(core, &names).await?;
    // Whatever the statement does to the session, it does so at a time that nobody here knows.
    core.state().unfinished(submission.class);
    if is_named {
        submission.announce();
    }
    let mut watch = Watch::start(core, submission.request_id, &submission.body);
    guard.arm();
    let span = trace::span(core, submission.request_id, &submission.body.sql_text);
    let submitting = submission.submit(true).instrument(span.clone());
    let submitted = within(core, limit, submission.request_id, submitting).await;
    let submitted = submitted.and_then(|progress| taken(progress, &guard));
    match submitted {
        Ok((ready, url, query_id)) => {
            trace::taken(&span, query_id);
            submission.remember(Ok(query_id));
            watch.named(query_id);
            Ok(Detached { submission, guard, watch, query_id, ready, url, limit })
        }
        Err(error) => {
            trace::failed(&span, &error);
            submission.remember(Err(&error));
            watch.end(Err(&error), None);
            guard.settle(&error);
            Err(error)
        }
    }
}

/// What the server says to a statement that it shall run by itself.
fn taken(
    progress: Progress,
    guard: &AbortGuard,
) -> Result<(Option<Box<Response>>, ResultUrl, QueryId), Error> {
    match progress {
        Progress::Running { url, query_id: Some(id) } => Ok((None, url, id)),
        Progress::Running { query_id: None, .. } => {
            Err(Repr::Answer { reason: "a detached statement has no query id", query_id: None }.into())
        }
        Progress::Done(response) => {
            guard.disarm();
            let id = query_id(&response)?.unwrap_or(QueryId::NONE);
            Ok((Some(response), ResultUrl::of(id), id))
        }
        Progress::Failed(failure) => Err((*failure).into()),
    }
}

/// The result of a statement that somebody submitted earlier, in this session or another one.
pub(crate) async fn result(core: &Arc<Core>, query_id: QueryId) -> Result<Answer, Error> {
    let started = core.now();
    let request_id = core.server.entropy().uuid();
    let submission = Submission::new(core, request_id, TextClass::Read, Request::default(), Resubmit::Never);
    let response = submission.look_up(query_id).await?;
    Answer::new(core, response, core.since(started))
}

fn prepare(core: &Arc<Core>, query: &Query) -> Result<Prepared, Error> {
    let limit = query.timeout.or(core.defaults.timeout);
    let mut body = request::body(query, limit)?;
    body.sequence_id = Some(core.next_sequence());
    let now = core.server.clock().wall().unix_timestamp_nanos() / 1_000_000;
    body.query_submission_time = i64::try_from(now).ok();
    let several = query.parameters.contains_key("MULTI_STATEMENT_COUNT");
    let class = if several { TextClass::Session } else { TextClass::of(&query.sql) };
    let is_named = query.request_id.is_some();
    let request_id = query.request_id.unwrap_or_else(|| core.server.entropy().uuid());
    let resubmit = query.resubmit.unwrap_or(core.defaults.resubmit);
    let submission = Submission::new(core, request_id, class, body, resubmit);
    let earlier = if is_named { submission.earlier()? } else { None };
    Ok(Prepared { submission, limit, is_named, earlier })
}

/// Runs a statement with the names that its query asks for; one that was submitted before is past caring.
async fn in_names(core: &Arc<Core>, query: &Query, prepared: Prepared) -> Result<Answer, Error> {
    if prepared.earlier.is_some() {
        return supervised(core, prepared).await;
    }
    let names = query.wanted.names()?;
    let _names_stay = session::prepare(core, &names).await?;
    supervised(core, prepared).await
}

async fn supervised(core: &Arc<Core>, prepared: Prepared) -> Result<Answer, Error> {
    let Prepared { submission, limit, is_named, earlier } = prepared;
    let Submission { request_id, class, .. } = submission;
    let span = trace::span(core, request_id, &submission.body.sql_text);
    let started = core.now();
    let guard = AbortGuard::new(core, request_id, class);
    let mut watch = Watch::start(core, request_id, &submission.body);
    let work = async {
        guard.arm();
        if let Some(query_id) = earlier {
            return submission.look_up(query_id).await;
        }
        if is_named {
            submission.announce();
        }
        let progress = submission.submit(false).await?;
        submission.follow(progress).await
    };
    let finished = within(core, limit, request_id, work.instrument(span.clone())).await;
    let elapsed = core.since(started);
    let finished = finished.and_then(|response| Answer::new(core, response, elapsed));
    metric::query(core, elapsed, finished.as_ref().map(|answer| trace::rows(&answer.response)));
    let query_id = finished.as_ref().ok().map(|answer| answer.query_id);
    watch.end(finished.as_ref().map(|answer| &*answer.response), query_id);
    if earlier.is_none() {
        submission.remember(finished.as_ref().map(|answer| answer.query_id));
    }
    match finished {
        Ok(answer) => {
            guard.disarm();
            trace::done(&span, answer.query_id, &answer.response);
            // What was submitted before tells of the session that it ran in then, which may be another one.
            if earlier.is_none() {
                core.finished(class, &answer.response);
            }
            tracing::debug!(parent: &span, ?elapsed, "the statement is done");
            Ok(answer)
        }
        Err(error) => {
            guard.settle(&error);
            trace::failed(&span, &error);
            tracing::debug!(parent: &span, ?elapsed, kind = ?error.kind(), "the statement failed");
            Err(error)
        }
    }
}

/// Gives up on what takes longer than the statement may, and when the session is closed underneath.
pub(crate) async fn within<T>(
    core: &Core,
    limit: Option<Duration>,
    request_id: Uuid,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let too_long = async {
        match limit {
            Some(limit) => {
                tokio::time::sleep(limit).await;
                Error::from(Repr::Timeout { limit, request_id: Some(request_id), query_id: None })
            }
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        done = work => done,
        error = too_long => Err(error),
        () = core.closed.raised() => Err(Repr::Closed { request_id }.into()),
    }
}

fn transfer_refused() -> Error {
    Error::configuration(
        "PUT and GET move files, which execute does not: use put_file or get_file of the client",
    )
}
