//! Which requests go wrong, and how.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use serde_json::Value;

/// A condition on requests and what befalls those that meet it.
///
/// A rule applies to every matching request unless [`Rule::nth`] and [`Rule::times`] say to which.
/// Several faults of one rule befall the same request, in the order in which they are given.
#[derive(Clone, Debug)]
pub struct Rule {
    method: Option<Method>,
    prefix: String,
    skip: usize,
    times: Option<usize>,
    matched: usize,
    hits: usize,
    verbs: Vec<Verb>,
}

/// How a cut body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// As if it were complete: the other side closed an answer of unknown length.
    Clean,
    /// With an error of kind `Truncated`: less arrived than was announced.
    Short,
    /// With an error of kind `Reset`: the connection broke.
    Reset,
    /// Not at all: nothing more arrives.
    Stall,
}

#[derive(Clone)]
pub(super) enum Verb {
    Status { code: u16, headers: Vec<(String, String)>, body: Bytes },
    Reset,
    LoseResponse,
    Stall,
    Delay(Duration),
    Cut { after: usize, how: Cut },
    FlipBit(usize),
    Replace(Bytes),
    PatchJson(Arc<dyn Fn(&mut Value) + Send + Sync>),
}

impl Rule {
    /// A rule for requests whose path begins like this.
    pub fn on(prefix: impl Into<String>) -> Self {
        let prefix = prefix.into();
        Self { method: None, prefix, skip: 0, times: None, matched: 0, hits: 0, verbs: Vec::new() }
    }

    /// A rule for every request.
    pub fn always() -> Self {
        Self::on("")
    }

    /// Restricts the rule to one method.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    /// Begins with the nth matching request; the first is 1.
    #[must_use]
    pub fn nth(mut self, n: usize) -> Self {
        self.skip = n.saturating_sub(1);
        self
    }

    /// Ends after so many requests.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    /// Answers with a status and nothing else; the request goes no further.
    #[must_use]
    pub fn status(self, code: u16) -> Self {
        self.answer(code, &[], Bytes::new())
    }

    /// Answers with this; the request goes no further.
    #[must_use]
    pub fn answer(self, code: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.verb(Verb::Status { code, headers, body: body.into() })
    }

    /// Breaks the connection before the request is sent.
    #[must_use]
    pub fn reset(self) -> Self {
        self.verb(Verb::Reset)
    }

    /// Lets the request be executed and loses the answer.
    #[must_use]
    pub fn lose_response(self) -> Self {
        self.verb(Verb::LoseResponse)
    }

    /// Takes the request and never answers; it goes no further.
    #[must_use]
    pub fn stall(self) -> Self {
        self.verb(Verb::Stall)
    }

    /// Waits before anything else happens, as tokio counts time.
    #[must_use]
    pub fn delay(self, by: Duration) -> Self {
        self.verb(Verb::Delay(by))
    }

    /// Cuts the body of the answer after so many bytes.
    #[must_use]
    pub fn cut(self, after: usize, how: Cut) -> Self {
        self.verb(Verb::Cut { after, how })
    }

    /// Flips one bit of the body of the answer, counted from the first; beyond the end nothing happens.
    #[must_use]
    pub fn flip_bit(self, bit: usize) -> Self {
        self.verb(Verb::FlipBit(bit))
    }

    /// Replaces the body of the answer.
    #[must_use]
    pub fn replace_body(self, body: impl Into<Bytes>) -> Self {
        self.verb(Verb::Replace(body.into()))
    }

    /// Changes the body of the answer if it is JSON.
    #[must_use]
    pub fn patch_json<P>(self, patch: P) -> Self
    where
        P: Fn(&mut Value) + Send + Sync + 'static,
    {
        self.verb(Verb::PatchJson(Arc::new(patch)))
    }

    fn verb(mut self, verb: Verb) -> Self {
        self.verbs.push(verb);
        self
    }

    pub(super) fn hits(&self) -> usize {
        self.hits
    }

    /// The faults for a request, if it is this rule's turn.
    pub(super) fn take(&mut self, method: &Method, path: &str) -> Option<Vec<Verb>> {
        let matches =
            self.method.as_ref().is_none_or(|wanted| wanted == method) && path.starts_with(&self.prefix);
        if !matches {
            return None;
        }
        self.matched += 1;
        if self.matched <= self.skip || self.times.is_some_and(|times| self.hits >= times) {
            return None;
        }
        self.hits += 1;
        Some(self.verbs.clone())
    }
}

impl fmt::Debug for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { code, .. } => write!(f, "Status({code})"),
            Self::Reset => f.write_str("Reset"),
            Self::LoseResponse => f.write_str("LoseResponse"),
            Self::Stall => f.write_str("Stall"),
            Self::Delay(by) => write!(f, "Delay({by:?})"),
            Self::Cut { after, how } => write!(f, "Cut({after}, {how:?})"),
            Self::FlipBit(bit) => write!(f, "FlipBit({bit})"),
            Self::Replace(body) => write!(f, "Replace({} bytes)", body.len()),
            Self::PatchJson(_) => f.write_str("PatchJson"),
        }
    }
}
