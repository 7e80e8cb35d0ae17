//! A transport that breaks another one's exchanges by rule.

mod apply;
mod rule;

use std::sync::{Mutex, MutexGuard, PoisonError};

use snowflake_transport::{BoxFuture, Error, Request, Response, Transport};

pub use rule::{Cut, Rule};

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
#[derive(Debug)]
pub struct Fault<T> {
    inner: T,
    rules: Mutex<Vec<Rule>>,
}

impl<T: Transport> Fault<T> {
    /// A transport without faults so far.
    pub fn new(inner: T) -> Self {
        Self { inner, rules: Mutex::default() }
    }

    /// Adds a rule after the others.
    #[must_use]
    pub fn rule(self, rule: Rule) -> Self {
        self.add(rule);
        self
    }

    /// Adds a rule after the others, while the transport is in use.
    pub fn add(&self, rule: Rule) {
        self.rules().push(rule);
    }

    /// Removes all rules: the fault is over.
    pub fn clear(&self) {
        self.rules().clear();
    }

    /// How many requests each rule was applied to, in the order of the rules.
    pub fn hits(&self) -> Vec<usize> {
        self.rules().iter().map(Rule::hits).collect()
    }

    /// The transport behind the faults.
    pub fn inner(&self) -> &T {
        &self.inner
    }

    fn rules(&self) -> MutexGuard<'_, Vec<Rule>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Transport> Transport for Fault<T> {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let verbs =
            self.rules().iter_mut().find_map(|rule| rule.take(request.method(), request.uri().path()));
        match verbs {
            None => self.inner.send(request),
            Some(verbs) => Box::pin(apply::exchange(&self.inner, request, verbs)),
        }
    }
}

#[cfg(test)]
mod tests;
