//! A transport that answers from a list of expectations.

mod expect;
mod reply;
mod seen;
mod unmet;
mod verified;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use snowflake_transport::{BoxFuture, Delivery, Error, ErrorKind, Request, Response, Transport};

pub use expect::Expect;
pub use reply::Reply;
pub use seen::Seen;
pub use unmet::Unmet;
pub use verified::Verified;

/// Answers each request with the reply of the expectation that it meets, and keeps both to account.
///
/// Expectations are met in the order in which they are given, unless [`Script::in_any_order`] says
/// otherwise. A request that meets none is answered with an error of kind `InvalidRequest`, and
/// [`Script::verify`] reports it, together with the expectations that nothing met.
///
/// A script answers 100,000 requests at most, unless [`Script::at_most`] says otherwise: a client that asks
/// for ever fails instead of filling the memory. [`Script::verified`] makes sure that nobody forgets to
/// verify.
pub struct Script {
    order: Order,
    most: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Order {
    #[default]
    AsGiven,
    Any,
}

#[derive(Debug, Default)]
struct State {
    expectations: Vec<Expect>,
    seen: Vec<Seen>,
    unexpected: Vec<String>,
    /// Whether more requests came than the script answers.
    is_endless: bool,
}

/// Requests that a script answers unless it says otherwise.
const MOST: usize = 100_000;

impl Default for Script {
    fn default() -> Self {
        Self { order: Order::default(), most: MOST, state: Mutex::default() }
    }
}

impl Script {
    /// A script that expects nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets expectations be met in any order, as parallel requests need it.
    #[must_use]
    pub fn in_any_order(mut self) -> Self {
        self.order = Order::Any;
        self
    }

    /// Sets the most requests that are answered: expectations of any number of requests end there.
    #[must_use]
    pub fn at_most(mut self, requests: usize) -> Self {
        self.most = requests;
        self
    }

    /// Verifies the script when it is dropped.
    #[must_use]
    pub fn verified(self) -> Verified {
        Verified::new(self)
    }

    /// Adds an expectation at the end.
    #[must_use]
    pub fn expect(self, expectation: Expect) -> Self {
        self.push(expectation);
        self
    }

    /// Adds an expectation while the script is in use.
    pub fn push(&self, expectation: Expect) {
        self.state().expectations.push(expectation);
    }

    /// All requests so far, expected or not, in the order in which they came.
    pub fn requests(&self) -> Vec<Seen> {
        self.state().seen.clone()
    }

    /// Checks that all came that should, and nothing else.
    ///
    /// # Errors
    ///
    /// Names every unexpected request and every expectation that was not met.
    pub fn verify(&self) -> Result<(), Unmet> {
        let state = self.state();
        let missing = state.expectations.iter().filter(|expect| expect.is_due()).map(ToString::to_string);
        let endless = state.is_endless.then(|| self.endless());
        Unmet::check(state.unexpected.iter().cloned().chain(endless).collect(), missing.collect())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a request is told that comes after the last one.
    fn endless(&self) -> String {
        format!("a script that never ends: it has answered {} requests", self.most)
    }

    /// Notes a request and finds its reply; `Err` says why there is none.
    fn meet(&self, seen: Seen) -> Result<Reply, String> {
        let mut state = self.state();
        if state.seen.len() >= self.most {
            state.is_endless = true;
            return Err(self.endless());
        }
        state.seen.push(seen.clone());
        let mut reply = None;
        for expectation in state.expectations.iter_mut().filter(|expect| expect.is_open()) {
            if expectation.matches(&seen) {
                reply = Some(expectation.meet(&seen));
                break;
            }
            if self.order == Order::AsGiven && expectation.is_due() {
                break;
            }
        }
        reply.ok_or_else(|| {
            let next = state.expectations.iter().find(|expect| expect.is_due());
            let next = next.map_or_else(|| "nothing more".to_owned(), ToString::to_string);
            state.unexpected.push(format!("{seen} came, where {next} was expected"));
            format!("{seen} is not in the script")
        })
    }
}

impl Transport for Script {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            let seen = Seen::read(request).await?;
            match self.meet(seen) {
                Ok(reply) => reply.into_response().await,
                Err(cause) => Err(Error::reported(ErrorKind::InvalidRequest, Delivery::NotSent, cause)),
            }
        })
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Script")
            .field("expectations", &state.expectations)
            .field("seen", &state.seen.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
