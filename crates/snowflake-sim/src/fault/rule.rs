//! Which requests go wrong.

use std::sync::Arc;

use http::Method;
use snowflake_transport::Request;

use super::call::Call;
use super::endpoint::Endpoint;
use super::verb::Action;

/// A condition on requests and what befalls those that meet it.
///
/// A rule applies to every matching request unless [`Rule::nth`] and [`Rule::times`] say to which.
/// Several faults of one rule befall the same request, in the order in which they are given.
///
/// `Display` writes a rule in the words of [`Schedule`](crate::Schedule), with `(code)` for what has none;
/// `Debug` leaves out headers and bodies.
#[derive(Clone)]
pub struct Rule {
    pub(super) place: Place,
    pub(super) method: Option<Method>,
    pub(super) session: Option<usize>,
    pub(super) condition: Option<Condition>,
    pub(super) nth: usize,
    pub(super) times: Option<usize>,
    pub(super) actions: Vec<Action>,
    matched: usize,
    hits: usize,
}

/// Where requests must go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Prefix(String),
    Endpoint(Endpoint),
}

type Condition = Arc<dyn Fn(&Request) -> bool + Send + Sync>;

impl Rule {
    /// A rule for requests whose path begins like this.
    pub fn on(prefix: impl Into<String>) -> Self {
        Self::to(Place::Prefix(prefix.into()))
    }

    /// A rule for one sort of requests.
    pub fn at(endpoint: Endpoint) -> Self {
        Self::to(Place::Endpoint(endpoint))
    }

    /// A rule for every request.
    pub fn always() -> Self {
        Self::at(Endpoint::Any)
    }

    pub(super) fn to(place: Place) -> Self {
        Self {
            place,
            method: None,
            session: None,
            condition: None,
            nth: 1,
            times: None,
            actions: Vec::new(),
            matched: 0,
            hits: 0,
        }
    }

    /// Restricts the rule to one method.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    /// Restricts the rule to one session; the first that is seen is 1, and it keeps its number when its
    /// token is renewed.
    ///
    /// A session is seen when its token is first presented, not when it is handed out at login.
    #[must_use]
    pub fn session(mut self, session: usize) -> Self {
        self.session = Some(session);
        self
    }

    /// Restricts the rule to requests of which this holds. Requests of which it does not hold are not
    /// counted by [`Rule::nth`] either.
    #[must_use]
    pub fn when<C>(mut self, condition: C) -> Self
    where
        C: Fn(&Request) -> bool + Send + Sync + 'static,
    {
        self.condition = Some(Arc::new(condition));
        self
    }

    /// Begins with the nth matching request; the first is 1.
    #[must_use]
    pub fn nth(mut self, n: usize) -> Self {
        self.nth = n.max(1);
        self
    }

    /// Ends after so many requests.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    pub(super) fn action(mut self, action: Action) -> Self {
        self.actions.push(action);
        self
    }

    pub(super) fn hits(&self) -> usize {
        self.hits
    }

    /// The faults for a request, if it is this rule's turn.
    pub(super) fn take(&mut self, request: &Request, call: &Call) -> Option<Vec<Action>> {
        if !self.matches(request, call) {
            return None;
        }
        self.matched += 1;
        if self.matched < self.nth || self.times.is_some_and(|times| self.hits >= times) {
            return None;
        }
        self.hits += 1;
        Some(self.actions.clone())
    }

    fn matches(&self, request: &Request, call: &Call) -> bool {
        let there = match &self.place {
            Place::Prefix(prefix) => request.uri().path().starts_with(prefix),
            Place::Endpoint(endpoint) => endpoint.covers(call.endpoint),
        };
        there
            && self.method.as_ref().is_none_or(|wanted| wanted == request.method())
            && self.session.is_none_or(|wanted| call.session == Some(wanted))
            && self.condition.as_ref().is_none_or(|holds| holds(request))
    }
}
