//! What was kept so far.

use std::collections::HashMap;

use snowflake_proto::sql::Literals;

use super::options::RecordOptions;
use super::rowsets::Rowsets;
use super::stores::Stores;
use crate::fingerprint::{Fingerprint, Statement};
use crate::protocol::Sessions;
use crate::recording::{Answer, Contents, Entry, Execution, Kept, Login, Recording, Transfer};
use crate::scrub::Scrub;

/// Everything that was kept, with what is needed to know again what belongs together.
pub(super) struct Tape {
    pub(super) options: RecordOptions,
    pub(super) scrub: Scrub,
    pub(super) sessions: Sessions,
    pub(super) logins: Vec<Login>,
    entries: Vec<Draft>,
    by_fingerprint: HashMap<Fingerprint, usize>,
    pub(super) taped: Vec<Taped>,
    pub(super) by_request: HashMap<String, usize>,
    pub(super) by_query: HashMap<String, usize>,
    /// The parts by their real addresses.
    pub(super) parts: HashMap<String, (usize, usize)>,
    pub(super) stores: Stores,
    pub(super) transfers: Vec<Transfer>,
    /// Bytes kept so far.
    kept: usize,
}

/// A statement and its executions so far.
struct Draft {
    fingerprint: Fingerprint,
    statement: Statement,
    executions: Vec<usize>,
}

/// One execution so far.
#[derive(Debug, Default)]
pub(super) struct Taped {
    pub(super) execution: Execution,
    pub(super) rowsets: Rowsets,
    pub(super) is_submitted: bool,
}

impl Tape {
    pub(super) fn new(options: RecordOptions) -> Self {
        Self {
            options,
            scrub: Scrub::default(),
            sessions: Sessions::default(),
            logins: Vec::new(),
            entries: Vec::new(),
            by_fingerprint: HashMap::new(),
            taped: Vec::new(),
            by_request: HashMap::new(),
            by_query: HashMap::new(),
            parts: HashMap::new(),
            stores: Stores::default(),
            transfers: Vec::new(),
            kept: 0,
        }
    }

    pub(super) fn literals(&self) -> Literals {
        self.options.literals
    }

    /// A new execution of a statement.
    pub(super) fn execution_of(&mut self, statement: Statement) -> usize {
        let fingerprint = statement.fingerprint(self.literals());
        let place = *self.by_fingerprint.entry(fingerprint.clone()).or_insert(self.entries.len());
        if place == self.entries.len() {
            self.entries.push(Draft { fingerprint, statement, executions: Vec::new() });
        }
        let number = self.taped.len();
        self.taped.push(Taped { is_submitted: true, ..Taped::default() });
        if let Some(draft) = self.entries.get_mut(place) {
            draft.executions.push(number);
        }
        number
    }

    /// The execution with this query id, which is new when nobody submitted it here.
    pub(super) fn execution_with(&mut self, query_id: &str) -> usize {
        if let Some(&known) = self.by_query.get(query_id) {
            return known;
        }
        let number = self.taped.len();
        let execution = Execution { query_id: Some(query_id.to_owned()), ..Execution::default() };
        self.taped.push(Taped { execution, ..Taped::default() });
        self.by_query.insert(query_id.to_owned(), number);
        number
    }

    /// Makes room for so many bytes, or says why there is none.
    pub(super) fn grant(&mut self, size: usize) -> Result<(), String> {
        let kept = self.kept.saturating_add(size);
        if kept > self.options.total_limit {
            return Err(format!("the recording would have more than {} bytes", self.options.total_limit));
        }
        self.kept = kept;
        Ok(())
    }

    /// Bytes that may still be kept.
    pub(super) fn room(&self) -> usize {
        self.options.total_limit.saturating_sub(self.kept)
    }

    /// What was kept so far, behind what was known before.
    pub(super) fn recording(&self) -> Recording {
        let known = self.options.known.as_ref().map(|known| known.contents.clone());
        let mut contents = known.unwrap_or_else(|| Contents {
            literals: self.literals(),
            logins: Vec::new(),
            entries: Vec::new(),
            results: Vec::new(),
            transfers: Vec::new(),
        });
        for login in &self.logins {
            if !contents.logins.iter().any(|known| known.asked == login.asked) {
                contents.logins.push(login.clone());
            }
        }
        for draft in &self.entries {
            let executions: Vec<_> =
                draft.executions.iter().filter_map(|number| self.taped.get(*number)?.finish()).collect();
            let known = contents.entries.iter_mut().find(|entry| entry.fingerprint == draft.fingerprint);
            match known {
                Some(entry) => entry.executions.extend(executions),
                None if executions.is_empty() => {}
                None => contents.entries.push(Entry {
                    fingerprint: draft.fingerprint.clone(),
                    statement: draft.statement.clone(),
                    executions,
                }),
            }
        }
        let by_id = self.taped.iter().filter(|taped| !taped.is_submitted);
        contents.results.extend(by_id.filter_map(Taped::finish));
        contents.transfers.extend(self.transfers.iter().cloned());
        Recording::new(contents)
    }
}

impl Taped {
    /// The execution with its rows in their final form; `None` while there is no answer.
    fn finish(&self) -> Option<Execution> {
        let mut execution = self.execution.clone();
        let is_answered = if self.is_submitted {
            execution.submitted.is_some()
        } else {
            execution.answers().next().is_some()
        };
        if !is_answered {
            return None;
        }
        if execution.outcome().is_some() {
            let last = execution.polls.last_mut().or(execution.submitted.as_mut())?;
            if let Answer { body: Kept::Json(envelope), .. } = last {
                match self.rowsets.finish(envelope) {
                    Ok(parts) => execution.parts = parts,
                    Err(reason) => last.body = Kept::LeftOut(reason.to_owned()),
                }
            }
        }
        Some(execution)
    }
}
