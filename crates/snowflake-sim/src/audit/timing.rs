//! What shall end in time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Assertion;
use super::claims::Notes;
use super::violations::{Findings, found};

/// Tells an audit when something has ended that shall end in time.
///
/// Dropped without a word, it was given up, and ended then.
#[derive(Debug)]
pub struct Deadline {
    timed: Arc<Mutex<Timed>>,
}

/// Something that shall end in time.
#[derive(Debug)]
pub(super) struct Timed {
    what: String,
    started: Instant,
    limit: Duration,
    ended: Option<Instant>,
}

impl Deadline {
    pub(super) fn new(timed: Arc<Mutex<Timed>>) -> Self {
        Self { timed }
    }

    /// It has ended, well or badly.
    pub fn met(self) {
        drop(self);
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        self.timed.lock().unwrap_or_else(PoisonError::into_inner).ended = Some(Instant::now());
    }
}

impl Timed {
    pub(super) fn start(what: String, limit: Duration) -> Self {
        Self { what, started: Instant::now(), limit, ended: None }
    }
}

/// Assertion 4.
pub(super) fn check(notes: &Notes, tick: Duration, findings: &mut Findings) {
    for timed in &notes.timed {
        let timed = timed.lock().unwrap_or_else(PoisonError::into_inner);
        let took = timed.ended.unwrap_or_else(Instant::now).saturating_duration_since(timed.started);
        if took > timed.limit.saturating_add(tick) {
            let verb = if timed.ended.is_some() { "took" } else { "still runs after" };
            let finding = format!("{} {verb} {took:?}, with a deadline of {:?}", timed.what, timed.limit);
            found(findings, Assertion::Deadlines, finding);
        }
    }
}
