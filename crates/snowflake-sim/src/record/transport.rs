//! The recorder as a transport.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Method;
use serde_json::Value;
use snowflake_transport::{Body, BoxFuture, Error, Request, Response, Transport};
use tokio::time::Instant;

use super::arrival::Arrival;
use super::logins::asked;
use super::options::RecordOptions;
use super::tape::Tape;
use super::tee::copied;
use crate::fingerprint::StatementContext;
use crate::protocol::{Call, body_json, changes_session, query, read, statement, token};
use crate::recording::Recording;
use crate::replay::{Player, Repeat, Served, Speed};

/// Bytes of the answer to a login that are always looked at.
const LOGIN_LIMIT: usize = 1024 * 1024;

/// Passes requests to another transport and keeps what a [`Replay`](crate::Replay) needs: logins, statements with
/// the waits for their results, results by id, states, parts, and transfers of files.
///
/// Bodies stream through as they come. Secrets are taken out before anything is kept, in memory too.
/// A request that is repeated because an attempt failed is recorded once, with its last outcome; a renewal of
/// tokens is not recorded at all, because the tokens of a replay never expire.
///
/// ```
/// use snowflake_sim::{Expect, Record, RecordOptions, Reply, Script};
/// use snowflake_transport::{Body, Transport};
/// use serde_json::json;
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let answer = json!({ "success": true, "data": { "rowset": [["1"]], "total": 1 } });
/// let script = Script::new().expect(Expect::post("/queries/v1/query-request").reply(Reply::json(&answer)));
/// let record = Record::new(script, RecordOptions::default());
/// let request = http::Request::post("https://acct.snowflakecomputing.com/queries/v1/query-request?requestId=1")
///     .body(Body::from(json!({ "sqlText": "select 1" }).to_string()))?;
/// record.send(request).await?;
/// let recording = record.recording();
/// assert_eq!(recording.statements().next().map(|statement| statement.sql.as_str()), Some("select 1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Record<T> {
    inner: T,
    body_limit: usize,
    tape: Arc<Mutex<Tape>>,
    known: Option<Mutex<Player>>,
}

/// What an answer belongs to.
enum Pending {
    Login { asked: StatementContext },
    Renewal { old: String },
    Submission { number: usize, token: Option<String> },
    Result { query_id: String, token: Option<String> },
    State { query_id: String },
    Part { number: usize, part: usize },
    Store { method: Method, address: String },
}

/// What becomes of a request.
enum Route {
    /// It is passed on, and its answer is kept as what is pending.
    Pass(Option<Pending>),
    /// It is answered from what was known before.
    Known(Result<Served, Error>),
}

impl<T: Transport> Record<T> {
    /// Records what passes through to `inner` from now on.
    pub fn new(inner: T, options: RecordOptions) -> Self {
        let known = options.known.as_ref();
        let known = known.map(|known| Mutex::new(Player::new(known.contents.clone(), Repeat::Never)));
        Self { inner, body_limit: options.body_limit, tape: Arc::new(Mutex::new(Tape::new(options))), known }
    }

    /// What was recorded so far.
    #[must_use]
    pub fn recording(&self) -> Recording {
        self.tape().recording()
    }

    /// The transport that is recorded.
    pub fn inner(&self) -> &T {
        &self.inner
    }

    fn tape(&self) -> MutexGuard<'_, Tape> {
        lock(&self.tape)
    }

    /// Looks at a request before it is passed on.
    fn route(&self, request: &Request, body: Option<Value>) -> Route {
        let (uri, token) = (request.uri(), token(request.headers()).map(str::to_owned));
        let body = body.unwrap_or_default();
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut tape = self.tape();
        let pending = match Call::of(request.method(), uri) {
            Call::Login => {
                tape.login_sent(body);
                Pending::Login { asked: asked(uri) }
            }
            Call::Renew => Pending::Renewal { old: text("oldSessionToken") },
            Call::Submit => {
                let request_id = query(uri, "requestId");
                if let Some(known) =
                    self.known_statement(&mut tape, &body, token.as_deref(), request_id.as_ref())
                {
                    return Route::Known(known);
                }
                Pending::Submission { number: tape.submitted(body, token.as_deref(), request_id), token }
            }
            Call::Result(query_id) => match self.known_query(&query_id) {
                Some(mut known) => return Route::Known(known.poll(&query_id)),
                None => Pending::Result { query_id, token },
            },
            Call::Monitor(query_id) => match self.known_query(&query_id) {
                Some(mut known) => return Route::Known(known.monitor(&query_id)),
                None => Pending::State { query_id },
            },
            Call::AbortSubmission => {
                let number = tape.by_request.get(&text("requestId")).copied();
                tape.aborted(number);
                return Route::Pass(None);
            }
            Call::AbortQuery(query_id) => {
                let number = tape.by_query.get(&query_id).copied();
                tape.aborted(number);
                return Route::Pass(None);
            }
            Call::Heartbeat | Call::Logout | Call::Telemetry => return Route::Pass(None),
            Call::Other => return self.other(&tape, request),
        };
        Route::Pass(Some(pending))
    }

    fn other(&self, tape: &Tape, request: &Request) -> Route {
        let uri = request.uri();
        if let Some(&(number, part)) = tape.parts.get(&uri.to_string()) {
            return Route::Pass(Some(Pending::Part { number, part }));
        }
        if let Some(part) = self.known.as_ref().and_then(|known| lock(known).part(&uri.to_string())) {
            return Route::Known(part);
        }
        let method = request.method().clone();
        Route::Pass(tape.store_address(uri).map(|address| Pending::Store { method, address }))
    }

    /// The answer to a statement that was recorded before. One that changes the session has to reach the service.
    fn known_statement(
        &self,
        tape: &mut Tape,
        body: &Value,
        token: Option<&str>,
        request_id: Option<&String>,
    ) -> Option<Result<Served, Error>> {
        let mut known = lock(self.known.as_ref()?);
        if changes_session(body.get("sqlText").and_then(Value::as_str).unwrap_or_default()) {
            return None;
        }
        let context = tape.sessions.context(token);
        let literals = tape.literals();
        let statement = statement(body.clone(), context, literals, &mut tape.scrub);
        let is_known = known.has(&statement) || request_id.is_some_and(|id| known.has_request(id));
        is_known.then(|| known.submit(&statement, request_id.cloned()))
    }

    fn known_query(&self, query_id: &str) -> Option<MutexGuard<'_, Player>> {
        let known = lock(self.known.as_ref()?);
        known.has_query(query_id).then_some(known)
    }

    /// Sends a request and keeps its answer once it was read to its end.
    async fn pass(&self, request: Request, pending: Option<Pending>) -> Result<Response, Error> {
        let started = Instant::now();
        let response = self.inner.send(request).await?;
        let Some(pending) = pending else { return Ok(response) };
        let (status, headers) = (response.status(), response.headers().clone());
        let limit = match pending {
            // Without these nobody could tell which session a statement belongs to.
            Pending::Login { .. } | Pending::Renewal { .. } => self.body_limit.max(LOGIN_LIMIT),
            _ => self.body_limit,
        };
        let tape = Arc::clone(&self.tape);
        let done = move |body| {
            let after_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
            pending.answered(&mut lock(&tape), &Arrival { status, headers, body, after_ms });
        };
        Ok(copied(response, limit, Box::new(done)))
    }
}

impl Pending {
    fn answered(self, tape: &mut Tape, arrival: &Arrival) {
        match self {
            Self::Login { asked } => tape.login_answered(asked, arrival),
            Self::Renewal { old } => tape.renewal_answered(&old, arrival),
            Self::Submission { number, token } => tape.submission_answered(number, token.as_deref(), arrival),
            Self::Result { query_id, token } => tape.result_answered(&query_id, token.as_deref(), arrival),
            Self::State { query_id } => tape.state_answered(&query_id, arrival),
            Self::Part { number, part } => tape.part_fetched(number, part, arrival),
            Self::Store { method, address } => tape.store_answered(&method, address, arrival),
        }
    }
}

impl<T: Transport> Transport for Record<T> {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            let (request, body) = match Call::of(request.method(), request.uri()) {
                Call::Login | Call::Renew | Call::Submit | Call::AbortSubmission => {
                    let (head, body) = read(request).await?;
                    let json = body_json(&body);
                    (Request::from_parts(head, Body::from(body)), json)
                }
                _ => (request, None),
            };
            match self.route(&request, body) {
                Route::Pass(pending) => self.pass(request, pending).await,
                Route::Known(served) => Ok(served?.at(Speed::Full).await),
            }
        })
    }
}

fn lock<S>(mutex: &Mutex<S>) -> MutexGuard<'_, S> {
    // Every change leaves the state usable, so a panic elsewhere cannot have spoilt it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T: fmt::Debug> fmt::Debug for Record<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("inner", &self.inner).finish_non_exhaustive()
    }
}
