//! Rows of a result as they are read.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::ledger::row_fingerprint;

/// Tells an audit which rows of a result were read, and how that ended.
///
/// Dropped without a word, the result was left before its end: what was read has to be its beginning.
pub struct Reading {
    read: Arc<Mutex<Read>>,
}

/// What was read of a result.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) query_id: String,
    pub(super) rows: u64,
    /// Of the rows whose cells were told; `None` once one was not.
    pub(super) fingerprints: Option<Vec<u64>>,
    pub(super) end: End,
}

/// How reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Left,
    Complete,
    Failed,
}

impl Reading {
    pub(super) fn new(read: Arc<Mutex<Read>>) -> Self {
        Self { read }
    }

    /// A row was read, and this is what its cells are as text: numbers with the digits of their scale,
    /// `true` and `false`, times in ISO 8601, bytes in upper-case hex, NULL as `None`.
    pub fn row<C: AsRef<str>>(&self, cells: impl IntoIterator<Item = Option<C>>) {
        let fingerprint = row_fingerprint(cells);
        self.note(|read| {
            read.rows += 1;
            if let Some(fingerprints) = &mut read.fingerprints {
                fingerprints.push(fingerprint);
            }
        });
    }

    /// So many rows were read, whatever they hold: only their number is compared.
    pub fn rows(&self, rows: u64) {
        self.note(|read| {
            read.rows += rows;
            read.fingerprints = None;
        });
    }

    /// The end of the result was met: there is no further row.
    pub fn complete(&self) {
        self.note(|read| read.end = End::Complete);
    }

    /// An error was met before the end.
    pub fn failed(&self) {
        self.note(|read| read.end = End::Failed);
    }

    fn note(&self, note: impl FnOnce(&mut Read)) {
        note(&mut self.read.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Read {
    pub(super) fn new(query_id: String) -> Self {
        Self { query_id, rows: 0, fingerprints: Some(Vec::new()), end: End::Left }
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Reading").field("rows", &read.rows).field("end", &read.end).finish_non_exhaustive()
    }
}
