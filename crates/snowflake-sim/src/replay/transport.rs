//! The replay as a transport.

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, Method, Uri};
use serde_json::{Value, json};
use snowflake_transport::{BoxFuture, Error, Request, Response, Transport};

use super::login::{self, Tokens};
use super::missing::NotRecorded;
use super::options::ReplayOptions;
use super::player::Player;
use super::served::Served;
use super::unused::Unused;
use crate::protocol::{Call, Sessions, body_json, query, read, statement, token};
use crate::record::{asked, store_address, told};
use crate::recording::{Recording, RecordingError};
use crate::scrub::Scrub;

/// Answers from a [`Recording`] alone, without any network.
///
/// Every login is accepted, whatever its credential. Statements are known again by their
/// [`Fingerprint`](crate::Fingerprint), which takes the names in force in their session into account, and are
/// answered in the order in which they were recorded, with the waits for their results, parts and states.
/// Stages that were folders become a temporary folder of the replay, which goes with it.
///
/// What was never recorded fails with an error of kind `InvalidRequest`, which no client repeats; its source is
/// a [`NotRecorded`].
///
/// ```
/// use snowflake_sim::{Recording, Replay};
///
/// let recording = Recording::from_json(r#"{ "snowflake_recording": 1, "literals": "keep" }"#)?;
/// let replay = Replay::new(recording);
/// assert!(replay.unused().is_empty());
/// # Ok::<(), snowflake_sim::RecordingError>(())
/// ```
pub struct Replay {
    options: ReplayOptions,
    state: Mutex<State>,
}

struct State {
    player: Player,
    sessions: Sessions,
    scrub: Scrub,
    logins: u64,
}

impl Replay {
    /// Replays a recording from its beginning.
    #[must_use]
    pub fn new(recording: Recording) -> Self {
        Self::with_options(recording, ReplayOptions::default())
    }

    /// Replays a recording in another way.
    #[must_use]
    pub fn with_options(recording: Recording, options: ReplayOptions) -> Self {
        let state = State {
            player: Player::new(recording.contents, options.repeat),
            sessions: Sessions::default(),
            scrub: Scrub::default(),
            logins: 0,
        };
        Self { options, state: Mutex::new(state) }
    }

    /// Replays a recording from a file.
    ///
    /// # Errors
    /// Those of [`Recording::load`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self, RecordingError> {
        Recording::load(path).map(Self::new)
    }

    /// The recording that is replayed, whole.
    #[must_use]
    pub fn recording(&self) -> Recording {
        Recording { contents: self.state().player.contents().clone() }
    }

    /// What was recorded and was not asked for yet.
    #[must_use]
    pub fn unused(&self) -> Vec<Unused> {
        self.state().player.unused()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for Replay {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            let (head, body) = read(request).await?;
            let body = body_json(&body).unwrap_or_default();
            let served = self.state().answer(&head.method, &head.uri, &head.headers, body)?;
            Ok(served.at(self.options.speed).await)
        })
    }
}

impl State {
    fn answer(
        &mut self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: Value,
    ) -> Result<Served, Error> {
        let token = token(headers);
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
        match Call::of(method, uri) {
            Call::Login => self.login(uri, body),
            Call::Renew => self.renew(text("oldSessionToken")),
            Call::Logout => {
                token.into_iter().for_each(|token| self.sessions.end(token));
                done()
            }
            Call::Heartbeat | Call::Telemetry => done(),
            Call::AbortSubmission => {
                self.player.abort_submission(text("requestId"));
                done()
            }
            Call::AbortQuery(id) => {
                self.player.abort_query(&id);
                done()
            }
            Call::Submit => {
                let context = self.sessions.context(token);
                let literals = self.player.contents().literals;
                let statement = statement(body, context, literals, &mut self.scrub);
                let served = self.player.submit(&statement, query(uri, "requestId"))?;
                Ok(self.finished(token, served))
            }
            Call::Result(id) => {
                let served = self.player.poll(&id)?;
                Ok(self.finished(token, served))
            }
            Call::Monitor(id) => self.player.monitor(&id),
            Call::Other => self.other(method, uri),
        }
    }

    fn finished(&mut self, token: Option<&str>, served: Served) -> Served {
        if let Some(names) = &served.data {
            self.sessions.finished(token, names);
        }
        served
    }

    fn login(&mut self, uri: &Uri, mut body: Value) -> Result<Served, Error> {
        // What the login says must not be told again by an error that shows a statement.
        self.scrub.request_json(&mut body);
        let tokens = Tokens::new(self.logins);
        let envelope = login::answer(&self.player.contents().logins, &asked(uri), &tokens, self.logins);
        self.logins += 1;
        let context = envelope.get("data").map(told).unwrap_or_default();
        self.sessions.begin([tokens.session.as_str(), tokens.master.as_str()], context);
        Served::json(envelope)
    }

    fn renew(&mut self, old: &str) -> Result<Served, Error> {
        let tokens = Tokens::new(self.logins);
        self.logins += 1;
        self.sessions.renew(old, [tokens.session.as_str(), tokens.master.as_str()]);
        Served::json(login::renewed(&tokens))
    }

    fn other(&mut self, method: &Method, uri: &Uri) -> Result<Served, Error> {
        if let Some(part) = self.player.part(&uri.to_string()) {
            return part;
        }
        let address = store_address(uri, &self.scrub);
        let found = self.player.transfer(method.as_str(), &address);
        found.unwrap_or_else(|| Err(NotRecorded::request(format!("{method} {}", uri.path())).into()))
    }
}

fn done() -> Result<Served, Error> {
    Served::json(json!({ "success": true, "code": null, "message": null, "data": null }))
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay").field("options", &self.options).finish_non_exhaustive()
    }
}
