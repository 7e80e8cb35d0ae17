//! A transport that answers from a list of expectations.

mod expect;
mod reply;
mod seen;
mod unmet;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use snowflake_transport::{BoxFuture, Delivery, Error, ErrorKind, Request, Response, Transport};

pub use expect::Expect;
pub use reply::Reply;
pub use seen::Seen;
pub use unmet::Unmet;

/// Answers each request with the reply of the expectation that it meets, and keeps both to account.
///
/// Expectations are met in the order in which they are given, unless [`Script::in_any_order`] says
/// otherwise. A request that meets none is answered with an error of kind `InvalidRequest`, and
/// [`Script::verify`] reports it, together with the expectations that nothing met.
#[derive(Default)]
pub struct Script {
    order: Order,
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
        Unmet::check(state.unexpected.clone(), missing.collect())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request and finds its reply.
    fn meet(&self, seen: Seen) -> Option<Reply> {
        let mut state = self.state();
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
        if reply.is_none() {
            let next = state.expectations.iter().find(|expect| expect.is_due());
            let next = next.map_or_else(|| "nothing more".to_owned(), ToString::to_string);
            state.unexpected.push(format!("{seen} came, where {next} was expected"));
        }
        reply
    }
}

impl Transport for Script {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            let seen = Seen::read(request).await?;
            let text = seen.to_string();
            match self.meet(seen) {
                Some(reply) => reply.into_response().await,
                None => {
                    let cause = format!("{text} is not in the script");
                    Err(Error::reported(ErrorKind::InvalidRequest, Delivery::NotSent, cause))
                }
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
