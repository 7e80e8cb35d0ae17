//! How far a transfer has come.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// How far a transfer has come: what its files have together, at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// How many files the transfer has.
    pub files: u64,
    /// How many of them are done: moved, skipped or failed.
    pub files_done: u64,
    /// How many bytes they have before compression, or in the stage when they are downloaded; 0 as long as that
    /// is not known of all files.
    pub bytes: u64,
    /// How many of those bytes were read.
    pub bytes_read: u64,
    /// How many bytes were written: to the stage, as they are stored there, or to local files.
    pub bytes_written: u64,
}

/// Somebody who wants to know how far a transfer has come.
///
/// Called after every block, part and file, from whichever thread moved it: it should return at once.
#[derive(Clone)]
pub(crate) struct Watcher(Arc<dyn Fn(&Progress) + Send + Sync>);

impl Watcher {
    pub(crate) fn new(call: impl Fn(&Progress) + Send + Sync + 'static) -> Self {
        Self(Arc::new(call))
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watcher").finish_non_exhaustive()
    }
}

/// Counts what is moved, and tells.
#[derive(Debug, Default)]
pub(super) struct Tally {
    so_far: Mutex<Progress>,
    watcher: Option<Watcher>,
}

impl Tally {
    pub(super) fn new(watcher: Option<Watcher>) -> Self {
        Self { so_far: Mutex::default(), watcher }
    }

    /// Changes the figures and tells the new ones.
    pub(super) fn note(&self, change: impl FnOnce(&mut Progress)) {
        // The figures are valid after every change, so a panic elsewhere cannot have spoilt them.
        let mut so_far = self.so_far.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut so_far);
        // Told while nobody else counts, so that the figures never go back.
        if let Some(Watcher(call)) = &self.watcher {
            call(&so_far);
        }
    }

    pub(super) fn read(&self, bytes: u64) {
        self.note(|so_far| so_far.bytes_read = so_far.bytes_read.saturating_add(bytes));
    }

    pub(super) fn written(&self, bytes: u64) {
        self.note(|so_far| so_far.bytes_written = so_far.bytes_written.saturating_add(bytes));
    }

    pub(super) fn file_done(&self) {
        self.note(|so_far| so_far.files_done = so_far.files_done.saturating_add(1));
    }
}
