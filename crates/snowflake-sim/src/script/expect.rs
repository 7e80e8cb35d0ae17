//! What a script expects: a request of a shape, so many times, and what it is answered.

use std::fmt;

use http::Method;

use super::reply::Reply;
use super::seen::Seen;

/// One expected request and its reply; without a reply it is answered with an empty 200.
pub struct Expect {
    method: Method,
    path: String,
    conditions: Vec<Condition>,
    replies: Replies,
    met: usize,
    times: Times,
}

type Predicate = Box<dyn Fn(&Seen) -> bool + Send + Sync>;
type Compute = Box<dyn FnMut(&Seen) -> Reply + Send + Sync>;

struct Condition {
    what: String,
    holds: Predicate,
}

enum Replies {
    Canned(Reply),
    Computed(Compute),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Times {
    Exactly(usize),
    Any,
}

impl Expect {
    /// A request with this method and exactly this path.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            conditions: Vec::new(),
            replies: Replies::Canned(Reply::status(200)),
            met: 0,
            times: Times::Exactly(1),
        }
    }

    /// A GET of this path.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// A POST to this path.
    pub fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path)
    }

    /// Demands something of the request; the text says what, for [`Script::verify`](super::Script::verify).
    #[must_use]
    pub fn when<P>(mut self, what: impl Into<String>, holds: P) -> Self
    where
        P: Fn(&Seen) -> bool + Send + Sync + 'static,
    {
        self.conditions.push(Condition { what: what.into(), holds: Box::new(holds) });
        self
    }

    /// Demands a value of a query parameter.
    #[must_use]
    pub fn query(self, name: &'static str, value: &'static str) -> Self {
        self.when(format!("{name}={value}"), move |seen| seen.query(name).as_deref() == Some(value))
    }

    /// Demands a value of a header.
    #[must_use]
    pub fn header(self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        self.when(format!("header {name}"), move |seen| seen.header(name) == Some(&value))
    }

    /// Sets the answer.
    #[must_use]
    pub fn reply(mut self, reply: Reply) -> Self {
        self.replies = Replies::Canned(reply);
        self
    }

    /// Computes the answer from the request, each time afresh.
    #[must_use]
    pub fn reply_with<C>(mut self, compute: C) -> Self
    where
        C: FnMut(&Seen) -> Reply + Send + Sync + 'static,
    {
        self.replies = Replies::Computed(Box::new(compute));
        self
    }

    /// Expects the request so many times in a row.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Times::Exactly(times);
        self
    }

    /// Allows the request any number of times, none included.
    #[must_use]
    pub fn any_times(mut self) -> Self {
        self.times = Times::Any;
        self
    }

    pub(super) fn is_open(&self) -> bool {
        self.times == Times::Any || self.is_due()
    }

    pub(super) fn is_due(&self) -> bool {
        matches!(self.times, Times::Exactly(times) if self.met < times)
    }

    pub(super) fn matches(&self, seen: &Seen) -> bool {
        seen.method == self.method
            && seen.path() == self.path
            && self.conditions.iter().all(|condition| (condition.holds)(seen))
    }

    pub(super) fn meet(&mut self, seen: &Seen) -> Reply {
        self.met += 1;
        match &mut self.replies {
            Replies::Canned(reply) => reply.clone(),
            Replies::Computed(compute) => compute(seen),
        }
    }
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        for condition in &self.conditions {
            write!(f, " with {}", condition.what)?;
        }
        match self.times {
            Times::Exactly(times) if times != 1 => write!(f, " ({} of {times} times)", self.met),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expect({self})")
    }
}
