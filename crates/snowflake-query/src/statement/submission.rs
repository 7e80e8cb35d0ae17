//! One statement on its way: submitted under one request id, followed until its end.

use std::sync::Arc;
use std::time::Duration;

use snafu::{IntoError, ResultExt};
use snowflake_auth::{ApiRequest, CallHistory, MediaType};
use snowflake_proto::ServerCode;
use snowflake_proto::wire::query::{Request, Response};
use snowflake_transport::{Clock, RetryClass};
use tokio::time::Instant;
use uuid::Uuid;

use super::progress::query_id;
use super::{Progress, QueryId, Resubmit, ResultUrl, TextClass};
use crate::error::{
    DuplicateSuspectedSnafu, Error, ErrorKind, Failure, OutcomeUnknownSnafu, SessionSnafu,
    TransactionLostSnafu, may_have_run,
};
use crate::session::{Core, Whereabouts};

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
    pub(super) body: Request,
    resubmit: Resubmit,
    history: Arc<CallHistory>,
}

impl Submission {
    pub(crate) fn new(
        core: &Arc<Core>,
        request_id: Uuid,
        class: TextClass,
        body: Request,
        resubmit: Resubmit,
    ) -> Self {
        Self { core: Arc::clone(core), request_id, class, body, resubmit, history: Arc::default() }
    }

    /// Sends the statement. The same request id in every attempt lets the server run it once.
    pub(crate) async fn submit(&self, asynchronous: bool) -> Result<Progress, Error> {
        let mut body = self.body.clone();
        body.async_exec = asynchronous;
        body.query_context = Some(self.core.state().query_context.to_wire());
        let request = ApiRequest::post("query", "/queries/v1/query-request")
            .with_request_id(self.request_id)
            .with_retry_pairs()
            .with_retry_class(if self.may_repeat() { RetryClass::Api } else { RetryClass::Once })
            .with_history(&self.history)
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
    ///
    /// A statement that cannot run detached is not found at the first poll: submitted again under its id, it runs in
    /// the foreground, or joins what is running.
    pub(crate) async fn follow(&self, progress: Progress) -> Result<Box<Response>, Error> {
        self.follow_from(progress, true).await
    }

    async fn follow_from(&self, progress: Progress, mut may_submit: bool) -> Result<Box<Response>, Error> {
        let (mut url, mut query_id) = match settled(progress)? {
            Settled::Done(response) => return Ok(response),
            Settled::Running { url, query_id } => (url, query_id),
        };
        let mut pace = Pace::new(self.core.server.clock());
        loop {
            pace.wait().await;
            let progress = match self.poll(&url, query_id).await? {
                Progress::Failed(failure) if may_submit && is_not_found(&failure) => {
                    self.submit_again(failure, query_id).await?
                }
                progress => progress,
            };
            may_submit = false;
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

    /// As [`Submission::collect`], without submitting anything.
    pub(crate) async fn look_up(&self, query_id: QueryId) -> Result<Box<Response>, Error> {
        let (url, query_id) = (ResultUrl::of(query_id), Some(query_id));
        self.follow_from(Progress::Running { url, query_id }, false).await
    }

    async fn poll(&self, url: &ResultUrl, query_id: Option<QueryId>) -> Result<Progress, Error> {
        match fetch(&self.core, url).await {
            Ok(envelope) => Progress::of(&self.core, Some(self.request_id), envelope),
            Err(error) => Err(self.undelivered(error, query_id)),
        }
    }

    /// The server does not know what it has just begun.
    async fn submit_again(&self, failure: Box<Failure>, begun: Option<QueryId>) -> Result<Progress, Error> {
        let request_id = self.request_id;
        if !self.may_repeat() {
            let attempts = self.history.attempts();
            let unknown = OutcomeUnknownSnafu { request_id, query_id: begun, attempts };
            return Err(unknown.into_error((*failure).into()).into());
        }
        let progress = self.submit(false).await?;
        let now = match &progress {
            Progress::Running { query_id, .. } => *query_id,
            Progress::Done(response) => query_id(response)?,
            Progress::Failed(_) => None,
        };
        match (begun, now) {
            (Some(earlier), Some(now)) if now != earlier && !self.class.is_harmless() => {
                DuplicateSuspectedSnafu { request_id, query_id: now, earlier }.fail()?
            }
            _ => Ok(progress),
        }
    }

    /// Whether the statement may be sent once more when the answer is lost.
    fn may_repeat(&self) -> bool {
        self.resubmit != Resubmit::Never || self.class.is_harmless()
    }

    /// Decides whether a failed delivery leaves the outcome open.
    fn undelivered(&self, source: snowflake_auth::Error, query_id: Option<QueryId>) -> Error {
        let request_id = self.request_id;
        let is_over = source.kind() == snowflake_auth::ErrorKind::Expired;
        let may_have_run = query_id.is_some() || self.history.is_in_doubt() || may_have_run(&source);
        if may_have_run && !self.class.is_read() {
            let attempts = self.history.attempts();
            let source: Error = SessionSnafu { request_id, query_id }.into_error(source).into();
            return OutcomeUnknownSnafu { request_id, query_id, attempts }.into_error(source).into();
        }
        if is_over && self.core.state().in_transaction() {
            return TransactionLostSnafu { request_id }.into_error(source).into();
        }
        SessionSnafu { request_id, query_id }.into_error(source).into()
    }
}

/// What those who ask again under the same request id need to know.
impl Submission {
    /// The statement goes out under an id that the caller gave.
    pub(crate) fn announce(&self) {
        self.core.defaults.request_ids.sending(self.request_id, &self.body, &self.core);
    }

    /// Where the outcome of an earlier submission under an id that the caller gave can be had.
    pub(crate) fn earlier(&self) -> Result<Option<QueryId>, Error> {
        match self.core.defaults.request_ids.find(self.request_id, &self.body)? {
            Whereabouts::Query(query_id) => Ok(Some(query_id)),
            Whereabouts::Session(_) | Whereabouts::Nowhere => Ok(None),
        }
    }

    /// The submission has come to an end, and so its outcome to a place.
    pub(crate) fn remember(&self, outcome: Result<QueryId, &Error>) {
        let ids = &self.core.defaults.request_ids;
        let place = match outcome {
            Ok(query_id) => (!query_id.is_none()).then_some(Whereabouts::Query(query_id)),
            Err(error) if error.is_open() => {
                if error.kind() == ErrorKind::OutcomeUnknown {
                    self.announce();
                }
                error.query_id().map(Whereabouts::Query)
            }
            Err(_) => Some(Whereabouts::Nowhere),
        };
        if let Some(place) = place {
            ids.note(self.request_id, place);
        }
    }
}

fn is_not_found(failure: &Failure) -> bool {
    failure.code == Some(ServerCode::RESULT_NOT_FOUND)
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
