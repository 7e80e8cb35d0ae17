//! What the server saw, for tests to compare with what a client believes.

use std::collections::BTreeMap;

/// A copy of the server's counters at one moment.
///
/// A test asks for it before and after, and compares: executions per request id show whether a statement
/// ran twice, aborts show whether a dropped future was heard of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ledger {
    /// Logins that succeeded.
    pub logins: u64,
    /// Logins that were refused.
    pub refused_logins: u64,
    /// Logouts that ended a session.
    pub logouts: u64,
    /// Renewals asked for, whether or not they succeeded.
    pub token_requests: u64,
    /// Heartbeats that were accepted.
    pub heartbeats: u64,
    /// Statements by their `requestId`.
    pub statements: BTreeMap<String, Submissions>,
    /// Requests for a result by query id, polls included.
    pub result_requests: u64,
    /// Every abort, in the order of arrival.
    pub aborts: Vec<Abort>,
    /// Requests for remote parts of results, refused ones included.
    pub chunk_requests: u64,
    /// Bytes of the remote parts that were sent.
    pub chunk_bytes: u64,
    /// Sessions that are logged in now.
    pub open_sessions: u64,
}

impl Ledger {
    /// How often the statements behind all request ids were executed.
    #[must_use]
    pub fn executions(&self) -> u64 {
        self.statements.values().map(|submissions| submissions.executed).sum()
    }
}

/// How often one `requestId` arrived, and how often it made the server run something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Submissions {
    /// Requests that carried the id.
    pub received: u64,
    /// Executions that they started.
    pub executed: u64,
}

/// An abort that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Abort {
    /// What it aimed at.
    pub target: AbortTarget,
    /// Whether a running statement was hit.
    pub accepted: bool,
}

/// How an abort names its statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AbortTarget {
    /// By the `requestId` of its submission.
    Request(String),
    /// By its query id.
    Query(String),
}

impl Ledger {
    pub(super) fn received(&mut self, request_id: &str) {
        self.statements.entry(request_id.to_owned()).or_default().received += 1;
    }

    pub(super) fn executed(&mut self, request_id: &str) {
        self.statements.entry(request_id.to_owned()).or_default().executed += 1;
    }
}
