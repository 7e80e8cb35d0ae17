//! One statement on its way: submitted under one request id, followed until its end.

use std::sync::Arc;
use std::time::Duration;

use snafu::{IntoError, ResultExt};
use snowflake_auth::{ApiRequest, MediaType};
use snowflake_proto::ServerCode;
use snowflake_proto::wire::query::{Request, Response};
use snowflake_transport::Clock;
use tokio::time::Instant;
use uuid::Uuid;

use super::{Progress, QueryId, ResultUrl, TextClass};
use crate::error::{Error, OutcomeUnknownSnafu, SessionSnafu, may_have_run};
use crate::session::Core;

/// The first wait between two polls; it doubles from poll to poll.
const FIRST_WAIT: Duration = Duration::from_millis(5);
/// The longest wait between two polls.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// A poll that took this long was held by the server, which then needs no wait of ours.
const HELD: Duration = Duration::from_secs(5);

/// A statement with the identity that it keeps over attempts, polls and aborts.
#[derive(Debug)]
pub(crate) struct Submission {
    pub(crate) core: Arc<Core>,
    pub(crate) request_id: Uuid,
    pub(crate) class: TextClass,
    body: Request,
}

impl Submission {
    pub(crate) fn new(core: &Arc<Core>, request_id: Uuid, class: TextClass, body: Request) -> Self {
        Self { core: Arc::clone(core), request_id, class, body }
    }

    /// Sends the statement. The same request id in every attempt lets the server run it once.
    pub(crate) async fn submit(&self, asynchronous: bool) -> Result<Progress, Error> {
        let mut body = self.body.clone();
        body.async_exec = asynchronous;
        body.query_context = Some(self.core.state().query_context.to_wire());
        let request = ApiRequest::post("query", "/queries/v1/query-request")
            .with_request_id(self.request_id)
            .with_retry_pairs()
            .with_media_type(MediaType::Snowflake)
            .with_json(&body)
            .context(SessionSnafu { request_id: self.request_id, query_id: None })?;
        let envelope = match self.core.call::<Response>(&request).await {
            Ok(envelope) => envelope,
            Err(error) => return Err(self.undelivered(error, None)),
        };
        Progress::of(&self.core, Some(self.request_id), envelope)
    }

    /// Asks until the statement has come to its end.
    pub(crate) async fn follow(&self, progress: Progress) -> Result<Box<Response>, Error> {
        let (mut url, mut query_id) = match settled(progress)? {
            Settled::Done(response) => return Ok(response),
            Settled::Running { url, query_id } => (url, query_id),
        };
        let mut pace = Pace::new(self.core.server.clock());
        let mut may_resubmit = true;
        loop {
            pace.wait().await;
            let polled = self.poll(&url, query_id).await?;
            // A statement that cannot run detached is not found at the first poll: submitted again under its id, it
            // runs in the foreground, or joins what is running.
            let progress = match polled {
                Progress::Failed(failure)
                    if may_resubmit && failure.code == Some(ServerCode::RESULT_NOT_FOUND) =>
                {
                    self.submit(false).await?
                }
                progress => progress,
            };
            may_resubmit = false;
            match settled(progress)? {
                Settled::Done(response) => return Ok(response),
                Settled::Running { url: next, query_id: id } => {
                    url = next;
                    query_id = id.or(query_id);
                }
            }
        }
    }

    /// As [`Submission::follow`], beginning with the first poll.
    pub(crate) async fn collect(&self, url: ResultUrl, query_id: QueryId) -> Result<Box<Response>, Error> {
        self.follow(Progress::Running { url, query_id: Some(query_id) }).await
    }

    async fn poll(&self, url: &ResultUrl, query_id: Option<QueryId>) -> Result<Progress, Error> {
        match fetch(&self.core, url).await {
            Ok(envelope) => Progress::of(&self.core, Some(self.request_id), envelope),
            Err(error) => Err(self.undelivered(error, query_id)),
        }
    }

    /// Decides whether a failed delivery leaves the outcome open.
    fn undelivered(&self, source: snowflake_auth::Error, query_id: Option<QueryId>) -> Error {
        let request_id = self.request_id;
        if !self.class.is_read() && (query_id.is_some() || may_have_run(&source)) {
            let attempts = source.transport().map(snowflake_transport::Error::attempts);
            return OutcomeUnknownSnafu { request_id, query_id, attempts }.into_error(source).into();
        }
        SessionSnafu { request_id, query_id }.into_error(source).into()
    }
}

/// One poll of a running or finished statement.
pub(crate) async fn fetch(
    core: &Core,
    url: &ResultUrl,
) -> snowflake_auth::Result<snowflake_proto::wire::Envelope<Response>> {
    let mut request = ApiRequest::get("result", url.path.as_str()).with_media_type(MediaType::Snowflake);
    for (name, value) in &url.query {
        request = request.with_query(name.clone(), value.clone());
    }
    core.call::<Response>(&request).await
}

enum Settled {
    Done(Box<Response>),
    Running { url: ResultUrl, query_id: Option<QueryId> },
}

fn settled(progress: Progress) -> Result<Settled, Error> {
    match progress {
        Progress::Done(response) => Ok(Settled::Done(response)),
        Progress::Running { url, query_id } => Ok(Settled::Running { url, query_id }),
        Progress::Failed(failure) => Err((*failure).into()),
    }
}

/// The waits between polls: none before the first and none after a poll that the server held, else growing ones.
struct Pace<'a> {
    clock: &'a Arc<dyn Clock>,
    next: Duration,
    last: Option<Instant>,
}

impl<'a> Pace<'a> {
    fn new(clock: &'a Arc<dyn Clock>) -> Self {
        Self { clock, next: FIRST_WAIT, last: None }
    }

    async fn wait(&mut self) {
        let held = |last| self.clock.now().saturating_duration_since(last) >= HELD;
        if self.last.is_some_and(|last| !held(last)) {
            tokio::time::sleep(self.next).await;
            self.next = (self.next * 2).min(LONGEST_WAIT);
        }
        self.last = Some(self.clock.now());
    }
}
