//! A transport that breaks another one's exchanges by rule.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use snowflake_transport::{BoxFuture, Clock, Error, Request, Response, SystemClock, Transport};
use tokio::sync::watch;

use super::apply;
use super::call::Call;
use super::rule::Rule;
use super::schedule::Schedule;
use super::state::Memory;

/// Passes requests to another transport, except where a rule says what goes wrong.
///
/// For each request the first rule that matches it and still has turns left applies. Rules can be
/// added and removed while the transport is in use.
///
/// ```
/// use snowflake_sim::{Expect, Fault, Reply, Rule, Script};
/// use snowflake_transport::{Body, Transport};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let script = Script::new().expect(Expect::get("/v1").reply(Reply::bytes("fine")));
/// let faulty = Fault::new(script).rule(Rule::on("/v1").times(1).status(503));
/// let get = || http::Request::get("https://acct.example.com/v1").body(Body::empty());
/// assert_eq!(faulty.send(get()?).await?.status(), 503);
/// assert_eq!(faulty.send(get()?).await?.status(), 200);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Fault<T> {
    pub(super) inner: T,
    pub(super) clock: Arc<dyn Clock>,
    /// How many exchanges have ended, for those whose answers wait for others.
    pub(super) ended: watch::Sender<u64>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    rules: Vec<Rule>,
    memory: Memory,
}

impl<T: Transport> Fault<T> {
    /// A transport without faults so far.
    pub fn new(inner: T) -> Self {
        Self { inner, clock: Arc::new(SystemClock), ended: watch::Sender::new(0), state: Mutex::default() }
    }

    /// Sets what tells the date that [`Rule::clock_skew`] shifts where an answer has none.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Adds a rule after the others.
    #[must_use]
    pub fn rule(self, rule: Rule) -> Self {
        self.add(rule);
        self
    }

    /// Adds the rules of a schedule after the others.
    #[must_use]
    pub fn schedule(self, schedule: &Schedule) -> Self {
        schedule.rules().iter().for_each(|rule| self.add(rule.clone()));
        self
    }

    /// Adds a rule after the others, while the transport is in use.
    pub fn add(&self, rule: Rule) {
        self.state().rules.push(rule);
    }

    /// Removes all rules and lets whatever they made expire be accepted again: the fault is over.
    pub fn clear(&self) {
        let mut state = self.state();
        state.rules.clear();
        state.memory.forgive();
    }

    /// How many requests each rule was applied to, in the order of the rules.
    pub fn hits(&self) -> Vec<usize> {
        self.state().rules.iter().map(Rule::hits).collect()
    }

    /// The transport behind the faults.
    pub fn inner(&self) -> &T {
        &self.inner
    }

    /// What has expired; never hold it over an `await`.
    pub(super) fn memory<R>(&self, act: impl FnOnce(&mut Memory) -> R) -> R {
        act(&mut self.state().memory)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Transport> Transport for Fault<T> {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let mut call = Call::of(&request);
        let actions = {
            let state = &mut *self.state();
            state.memory.number(&mut call);
            state.rules.iter_mut().find_map(|rule| rule.take(&request, &call))
        };
        Box::pin(apply::exchange(self, request, call, actions.unwrap_or_default()))
    }
}

impl<T: fmt::Debug> fmt::Debug for Fault<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Fault")
            .field("inner", &self.inner)
            .field("rules", &state.rules)
            .finish_non_exhaustive()
    }
}
