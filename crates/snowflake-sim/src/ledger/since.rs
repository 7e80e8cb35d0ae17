//! What happened between two copies of the books.

use std::collections::BTreeMap;

use super::{Effect, Ledger, PartUse, Produced, Submissions};

impl Ledger {
    /// What happened after `before` was taken: every count less what it was, and statements, effects,
    /// results and aborts without those that are no different. [`Ledger::open_sessions`] is no count of
    /// events and stays what it is.
    #[must_use]
    pub fn since(&self, before: &Ledger) -> Ledger {
        Ledger {
            logins: self.logins.saturating_sub(before.logins),
            refused_logins: self.refused_logins.saturating_sub(before.refused_logins),
            logouts: self.logouts.saturating_sub(before.logouts),
            lost_sessions: self.lost_sessions.saturating_sub(before.lost_sessions),
            token_requests: self.token_requests.saturating_sub(before.token_requests),
            heartbeats: self.heartbeats.saturating_sub(before.heartbeats),
            statements: changed(&self.statements, &before.statements, submissions),
            effects: changed(&self.effects, &before.effects, effect),
            results: changed(&self.results, &before.results, produced),
            result_requests: self.result_requests.saturating_sub(before.result_requests),
            aborts: self.aborts.iter().skip(before.aborts.len()).cloned().collect(),
            chunk_requests: self.chunk_requests.saturating_sub(before.chunk_requests),
            chunk_bytes: self.chunk_bytes.saturating_sub(before.chunk_bytes),
            open_sessions: self.open_sessions,
        }
    }
}

/// The entries that are new or different, less what they were.
fn changed<T: Clone + PartialEq>(
    now: &BTreeMap<String, T>,
    before: &BTreeMap<String, T>,
    less: impl Fn(&T, &T) -> T,
) -> BTreeMap<String, T> {
    let entries = now.iter().filter_map(|(key, entry)| match before.get(key) {
        None => Some((key.clone(), entry.clone())),
        Some(before) if before == entry => None,
        Some(before) => Some((key.clone(), less(entry, before))),
    });
    entries.collect()
}

fn submissions(now: &Submissions, before: &Submissions) -> Submissions {
    Submissions {
        received: now.received.saturating_sub(before.received),
        executed: now.executed.saturating_sub(before.executed),
        text: now.text.clone(),
        query_ids: now.query_ids.iter().skip(before.query_ids.len()).cloned().collect(),
    }
}

fn effect(now: &Effect, before: &Effect) -> Effect {
    Effect {
        executions: now.executions.saturating_sub(before.executions),
        rows: now.rows.saturating_sub(before.rows),
    }
}

/// The rows of a result stay what they are; its fetches are counted.
fn produced(now: &Produced, before: &Produced) -> Produced {
    let before =
        before.parts.iter().chain(std::iter::repeat(const { &PartUse { rows: 0, requests: 0, bytes: 0 } }));
    let parts = now.parts.iter().zip(before).map(|(now, before)| PartUse {
        rows: now.rows,
        requests: now.requests.saturating_sub(before.requests),
        bytes: now.bytes.saturating_sub(before.bytes),
    });
    Produced { parts: parts.collect(), ..now.clone() }
}
