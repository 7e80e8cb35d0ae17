//! The books of a service: everything that it saw and did.

use std::collections::BTreeMap;
use std::fmt;

use snowflake_proto::sql::{Literals, normalize};

use super::{Abort, AbortTarget, Effect, Pending, Produced, Settled, Submissions};

/// A copy of a service's books at one moment.
///
/// A test asks for it before and after, and compares: executions per request id show whether a statement
/// ran twice, effects what is there for good, aborts whether a dropped future was heard of.
/// [`Ledger::since`] tells what happened between two copies.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ledger {
    /// Logins that succeeded; each opens a session.
    pub logins: u64,
    /// Logins that were refused.
    pub refused_logins: u64,
    /// Logouts that ended a session.
    pub logouts: u64,
    /// Sessions that the service ended by itself.
    pub lost_sessions: u64,
    /// Renewals asked for, whether or not they succeeded.
    pub token_requests: u64,
    /// Heartbeats that were accepted.
    pub heartbeats: u64,
    /// Statements by their `requestId`.
    pub statements: BTreeMap<String, Submissions>,
    /// What INSERT, UPDATE, DELETE, MERGE and COPY into a table changed for good, by their text as
    /// [`normalize`] writes it.
    pub effects: BTreeMap<String, Effect>,
    /// Results by the query id of their statement.
    pub results: BTreeMap<String, Produced>,
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

    /// What a statement changed for good; nothing if it never ran or was rolled back.
    #[must_use]
    pub fn effect(&self, statement: &str) -> Effect {
        self.effects.get(&key(statement)).copied().unwrap_or_default()
    }

    /// The `requestId`s that stand for a statement, in their order.
    #[must_use]
    pub fn request_ids(&self, statement: &str) -> Vec<&str> {
        let wanted = key(statement);
        let same = self.statements.iter().filter(|(_, one)| key(&one.text) == wanted);
        same.map(|(request_id, _)| request_id.as_str()).collect()
    }

    /// The query ids of a statement's executions, in the order of their `requestId`s.
    #[must_use]
    pub fn query_ids(&self, statement: &str) -> Vec<&str> {
        let wanted = key(statement);
        let same = self.statements.values().filter(|one| key(&one.text) == wanted);
        same.flat_map(|one| one.query_ids.iter().map(String::as_str)).collect()
    }

    /// A request with this id arrived.
    pub(crate) fn received(&mut self, request_id: &str) {
        self.statements.entry(request_id.to_owned()).or_default().received += 1;
    }

    /// A statement was started for it.
    pub(crate) fn executed(&mut self, request_id: &str, text: &str, query_id: &str) {
        let statement = self.statements.entry(request_id.to_owned()).or_default();
        statement.executed += 1;
        statement.query_ids.push(query_id.to_owned());
        if statement.executed == 1 {
            text.clone_into(&mut statement.text);
        }
    }

    /// A statement of a session succeeded, and this is how its transaction stands.
    pub(crate) fn settled(&mut self, pending: &mut Pending, settled: Settled) {
        for (statement, rows) in pending.settle(settled) {
            let effect = self.effects.entry(key(&statement)).or_default();
            effect.executions += 1;
            effect.rows += rows;
        }
    }

    /// A statement has a result.
    pub(crate) fn produced(&mut self, query_id: &str, produced: Produced) {
        self.results.insert(query_id.to_owned(), produced);
    }

    /// A part of a result was sent.
    pub(crate) fn part_sent(&mut self, query_id: &str, n: usize, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.chunk_bytes += bytes;
        if let Some(part) = self.results.get_mut(query_id).and_then(|result| result.parts.get_mut(n)) {
            part.requests += 1;
            part.bytes += bytes;
        }
    }

    /// An abort arrived. `found` is the statement that it names, and whether it runs.
    pub(crate) fn aborted(&mut self, target: AbortTarget, found: Option<(String, bool)>) {
        let accepted = found.as_ref().is_some_and(|(_, runs)| *runs);
        self.aborts.push(Abort { target, accepted, query_id: found.map(|(query_id, _)| query_id) });
    }
}

/// Statements that differ only in their spelling count as one.
fn key(statement: &str) -> String {
    normalize(statement, Literals::Keep)
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Statements hold data: their texts are left out.
        f.debug_struct("Ledger")
            .field("logins", &self.logins)
            .field("refused_logins", &self.refused_logins)
            .field("logouts", &self.logouts)
            .field("lost_sessions", &self.lost_sessions)
            .field("token_requests", &self.token_requests)
            .field("heartbeats", &self.heartbeats)
            .field("statements", &self.statements)
            .field("effects", &self.effects.values().collect::<Vec<_>>())
            .field("results", &self.results)
            .field("result_requests", &self.result_requests)
            .field("aborts", &self.aborts)
            .field("chunk_requests", &self.chunk_requests)
            .field("chunk_bytes", &self.chunk_bytes)
            .field("open_sessions", &self.open_sessions)
            .finish()
    }
}
