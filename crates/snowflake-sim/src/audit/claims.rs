//! What a program believes.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use snowflake_proto::sql::{Literals, normalize};
use tokio::runtime::Handle;
use tokio::task::JoinError;

use super::reading::{Read, Reading};
use super::timing::{Deadline, Timed};

/// What a program believes about what it did, noted while it runs.
///
/// Clones are handles of the same notes, for tasks to note in.
#[derive(Clone, Default)]
pub struct Claims {
    notes: Arc<Mutex<Notes>>,
}

#[derive(Debug, Default)]
pub(super) struct Notes {
    /// By the normalized text.
    pub(super) statements: BTreeMap<String, Believed>,
    pub(super) reads: Vec<Arc<Mutex<Read>>>,
    pub(super) timed: Vec<Arc<Mutex<Timed>>>,
    pub(super) mishaps: Vec<String>,
    pub(super) tasks_at_start: Option<usize>,
    pub(super) tasks_after_close: Option<usize>,
    pub(super) gauges: Vec<Gauge>,
    pub(super) log: Vec<String>,
    pub(super) recovery: Option<Result<(), String>>,
}

/// What is believed of one statement text that changes rows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Believed {
    pub(super) done: u64,
    pub(super) done_rows: u64,
    pub(super) failed: u64,
    pub(super) unknown: u64,
    pub(super) unknown_rows: u64,
}

/// Something that is taken and given back.
#[derive(Debug)]
pub(super) struct Gauge {
    pub(super) name: String,
    pub(super) before: u64,
    pub(super) after: u64,
}

impl Claims {
    /// No belief yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A statement has changed so many rows for good.
    pub fn done(&self, sql: &str, rows: u64) {
        self.statement(sql, |believed| {
            believed.done += 1;
            believed.done_rows += rows;
        });
    }

    /// A statement has failed and changed nothing; or its transaction was rolled back.
    pub fn failed(&self, sql: &str) {
        self.statement(sql, |believed| believed.failed += 1);
    }

    /// Nobody can tell whether a statement has changed its rows, of which there are at most so many.
    pub fn unknown(&self, sql: &str, rows: u64) {
        self.statement(sql, |believed| {
            believed.unknown += 1;
            believed.unknown_rows += rows;
        });
    }

    /// Rows of a result are read from now on: tell the [`Reading`] of each, and how it ended.
    pub fn reading(&self, query_id: impl Into<String>) -> Reading {
        let read = Arc::new(Mutex::new(Read::new(query_id.into())));
        self.notes().reads.push(Arc::clone(&read));
        Reading::new(read)
    }

    /// Something starts now, which shall end within a time as tokio counts it: tell the [`Deadline`] when
    /// it has.
    pub fn within(&self, what: impl Into<String>, limit: Duration) -> Deadline {
        let timed = Arc::new(Mutex::new(Timed::start(what.into(), limit)));
        self.notes().timed.push(Arc::clone(&timed));
        Deadline::new(timed)
    }

    /// A task has ended, as its `JoinHandle` tells.
    pub fn joined<T>(&self, what: &str, outcome: &Result<T, JoinError>) {
        if let Err(error) = outcome {
            let how = if error.is_panic() { "panicked" } else { "was aborted" };
            self.notes().mishaps.push(format!("{what} {how}"));
        }
    }

    /// Counts the tasks of the runtime before the program starts. Outside of a runtime there are none.
    pub fn started(&self) {
        self.notes().tasks_at_start = tasks();
    }

    /// Counts the tasks of the runtime after the program has closed whatever it had.
    pub fn closed(&self) {
        self.notes().tasks_after_close = tasks();
    }

    /// Something that is taken and given back, such as permits of a pool or bytes of a budget, before the
    /// program starts and after it has closed.
    pub fn gauge(&self, name: impl Into<String>, before: u64, after: u64) {
        self.notes().gauges.push(Gauge { name: name.into(), before, after });
    }

    /// What the program logged; it is searched for the secrets that the tap knows.
    pub fn logged(&self, text: impl Into<String>) {
        self.notes().log.push(text.into());
    }

    /// What came of a plain call after the fault. Only the last one counts.
    pub fn recovered<T, E: fmt::Display>(&self, outcome: &Result<T, E>) {
        let outcome = outcome.as_ref().map(|_| ()).map_err(ToString::to_string);
        self.notes().recovery = Some(outcome);
    }

    fn statement(&self, sql: &str, note: impl FnOnce(&mut Believed)) {
        note(self.notes().statements.entry(normalize(sql, Literals::Keep)).or_default());
    }

    /// The notes, for one entry: never held across an await.
    pub(super) fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tasks() -> Option<usize> {
    Handle::try_current().ok().map(|handle| handle.metrics().num_alive_tasks())
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Statements and logs hold data.
        let notes = self.notes();
        f.debug_struct("Claims")
            .field("statements", &notes.statements.len())
            .field("reads", &notes.reads.len())
            .field("timed", &notes.timed.len())
            .field("recovery", &notes.recovery)
            .finish_non_exhaustive()
    }
}
