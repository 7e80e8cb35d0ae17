//! The shared heart of a session: its tokens, its state, and the one way to talk to the server in its name.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use serde::de::DeserializeOwned;
use snowflake_auth::{ApiRequest, Login, Server, SessionTokens};
use snowflake_proto::ParameterValue;
use snowflake_proto::wire::{Envelope, query::Response};
use tokio::runtime::Handle;
use tokio::sync::RwLock;
use tokio::time::Instant;

use super::heartbeat::{Heartbeat, Wish};
use super::options::Defaults;
use super::state::State;
use super::wanted::{Names, reported};
use crate::signal::Signal;
use crate::statement::{Flight, TextClass};

/// What everything that belongs to one session shares: handles, streams, aborts under way.
///
/// The session on the server ends with the last of them.
pub(crate) struct Core {
    pub(crate) server: Server,
    pub(crate) tokens: SessionTokens,
    pub(crate) session_id: i64,
    /// Who is logged in, as the server says it.
    pub(crate) user: Option<String>,
    pub(crate) defaults: Defaults,
    /// Held for reading while a statement runs, for writing while the names are switched.
    pub(crate) switching: RwLock<()>,
    state: Mutex<State>,
    sequence: AtomicI64,
    /// The statements that may run; those that are gone stay until the next one.
    flights: Mutex<Vec<Weak<Flight>>>,
    /// Nobody shall wait for a statement of this session any more.
    pub(crate) closed: Signal,
    runtime: Option<Handle>,
    heartbeat: Mutex<Option<Heartbeat>>,
}

impl Core {
    pub(crate) fn new(server: Server, login: Login, defaults: Defaults) -> Arc<Self> {
        let names = Names {
            role: reported(login.context.role),
            warehouse: reported(login.context.warehouse),
            database: reported(login.context.database),
            schema: reported(login.context.schema),
        };
        let state = State::new(names, login.parameters);
        login.tokens.set_service(state.parameter("SERVICE_NAME").and_then(ParameterValue::as_str));
        Arc::new(Self {
            server,
            tokens: login.tokens,
            session_id: login.session_id,
            user: login.user,
            defaults,
            switching: RwLock::new(()),
            state: Mutex::new(state),
            sequence: AtomicI64::new(1),
            flights: Mutex::default(),
            closed: Signal::default(),
            runtime: Handle::try_current().ok(),
            heartbeat: Mutex::default(),
        })
    }

    /// The state; never hold it over an `await`.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // Every change leaves the state usable, so a panic elsewhere cannot have spoilt it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over what the answer to a finished statement says about the session.
    pub(crate) fn finished(&self, class: TextClass, answer: &Response) {
        let mut state = self.state();
        state.finished(class, answer);
        let service = state.parameter("SERVICE_NAME").and_then(ParameterValue::as_str);
        self.tokens.set_service(service);
        drop(state);
        self.keep_alive();
    }

    /// Starts or stops the heartbeats, as the session's parameters ask for it now.
    pub(crate) fn keep_alive(&self) {
        let mut heartbeat = self.heartbeat();
        let wish = Wish::of(&self.state()).filter(|_| !self.tokens.is_dead());
        if heartbeat.as_ref().map(Heartbeat::wish) == wish {
            return;
        }
        *heartbeat =
            self.runtime.as_ref().zip(wish).map(|(runtime, wish)| {
                Heartbeat::start(runtime, self.server.clone(), self.tokens.clone(), wish)
            });
    }

    fn heartbeat(&self) -> MutexGuard<'_, Option<Heartbeat>> {
        self.heartbeat.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time by which limits and ages are measured.
    pub(crate) fn now(&self) -> Instant {
        self.server.clock().now()
    }

    /// How long it is since then.
    pub(crate) fn since(&self, then: Instant) -> Duration {
        self.now().saturating_duration_since(then)
    }

    pub(crate) fn next_sequence(&self) -> i64 {
        self.sequence.fetch_add(1, Ordering::Relaxed)
    }

    /// A statement may run from now on, for as long as its flight exists.
    pub(crate) fn took_off(&self, flight: &Arc<Flight>) {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        flights.retain(|flight| flight.strong_count() > 0);
        flights.push(Arc::downgrade(flight));
    }

    /// The statements that may run now.
    pub(crate) fn in_flight(&self) -> Vec<Arc<Flight>> {
        let flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        flights.iter().filter_map(Weak::upgrade).filter(|flight| flight.is_armed()).collect()
    }

    /// One call in the session's name; an expired token is renewed once and the call repeated.
    pub(crate) async fn call<T>(&self, request: &ApiRequest) -> snowflake_auth::Result<Envelope<T>>
    where
        T: DeserializeOwned + Send,
    {
        self.tokens.call(&self.server, request).await
    }

    /// Ends the session on the server, once; best effort and bounded.
    pub(crate) async fn logout(&self) {
        drop(self.heartbeat().take());
        snowflake_auth::logout(&self.server, &self.tokens).await;
    }

    /// Runs something that nobody waits for. Without a runtime it is not run: there is no way left to send anything.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = Handle::try_current().ok().or_else(|| self.runtime.clone()) {
            drop(runtime.spawn(task));
        }
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        if !self.tokens.is_dead() {
            let (server, tokens) = (self.server.clone(), self.tokens.clone());
            self.spawn(async move { snowflake_auth::logout(&server, &tokens).await });
        }
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core").field("session_id", &self.session_id).finish_non_exhaustive()
    }
}
