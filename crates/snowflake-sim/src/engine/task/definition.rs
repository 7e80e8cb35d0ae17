//! What a task is made of.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use time::OffsetDateTime;

use super::super::catalog::ObjectPath;
use super::super::time::Stamp;
use super::schedule::Schedule;

/// Failures in a row after which a task is suspended, unless it says otherwise.
const FAILURES: u64 = 10;

/// A task.
#[derive(Clone, Debug)]
pub(in super::super) struct Task {
    pub(in super::super) id: String,
    pub(in super::super) created: Stamp,
    pub(in super::super) comment: String,
    /// The role that made it, which its runs have.
    pub(super) role: Option<String>,
    /// Where it runs; none when the service shall choose.
    pub(super) warehouse: Option<String>,
    pub(super) schedule: Option<Schedule>,
    /// The tasks that it runs after.
    pub(super) predecessors: Vec<ObjectPath>,
    pub(super) definition: String,
    pub(super) condition: Option<String>,
    pub(super) allows_overlap: bool,
    pub(super) config: Option<String>,
    pub(super) error_integration: Option<String>,
    /// Session parameters of its runs.
    pub(super) parameters: BTreeMap<String, Json>,
    pub(super) is_started: bool,
    /// When it was last resumed or told to run.
    pub(super) committed: Option<Stamp>,
    pub(super) suspended: Option<Stamp>,
    pub(super) suspended_reason: Option<&'static str>,
    /// When it is due next.
    pub(super) next: Option<OffsetDateTime>,
    /// Failures in a row, and after how many it is suspended; never when that is 0.
    pub(super) failures: u64,
    pub(super) most_failures: u64,
}

impl Task {
    /// A task that runs a statement when it is told to.
    pub(super) fn new(id: String, created: Stamp, definition: String) -> Self {
        Self {
            id,
            created,
            comment: String::new(),
            role: None,
            warehouse: None,
            schedule: None,
            predecessors: Vec::new(),
            definition,
            condition: None,
            allows_overlap: false,
            config: None,
            error_integration: None,
            parameters: BTreeMap::new(),
            is_started: false,
            committed: None,
            suspended: None,
            suspended_reason: None,
            next: None,
            failures: 0,
            most_failures: FAILURES,
        }
    }

    /// Lets it run from now on.
    pub(super) fn resume(&mut self, now: Stamp, wall: OffsetDateTime) {
        if !self.is_started {
            self.is_started = true;
            self.committed = Some(now);
            self.failures = 0;
            self.schedule_from(wall);
        }
    }

    /// Lets it run no more.
    pub(super) fn suspend(&mut self, now: Stamp, reason: &'static str) {
        if self.is_started {
            self.is_started = false;
            self.suspended = Some(now);
            self.suspended_reason = Some(reason);
        }
        self.next = None;
    }

    /// Says when it is due after a time.
    pub(super) fn schedule_from(&mut self, time: OffsetDateTime) {
        let is_root = self.is_started && self.predecessors.is_empty();
        self.next = self.schedule.as_ref().filter(|_| is_root).and_then(|schedule| schedule.after(time));
    }
}
