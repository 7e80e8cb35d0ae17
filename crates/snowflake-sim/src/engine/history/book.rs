//! The book itself: bounded, its oldest records are forgotten.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;

use super::super::warehouse::Admitted;
use super::shares::Shares;
use super::{Asked, Ended, Entry, Login, Opened, TaskRun, Work};

/// Statements that are remembered after their end.
const STATEMENTS: usize = 50_000;
/// Letters of their texts that are remembered together.
const LETTERS: usize = 64 << 20;
/// Letters of one text that are remembered, as many as the service remembers.
const TEXT: usize = 100_000;
/// Logins, sessions and runs of tasks that are remembered.
const OTHERS: usize = 10_000;

/// The book of one account.
#[derive(Default)]
pub(crate) struct Book {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    running: HashMap<String, Arc<Entry>>,
    /// Oldest end first.
    past: VecDeque<Arc<Entry>>,
    letters: usize,
    shares: Shares,
    /// How many logins there have been.
    events: i64,
    logins: VecDeque<Login>,
    sessions: VecDeque<Opened>,
    tasks: VecDeque<TaskRun>,
}

impl Book {
    /// A statement begins.
    pub(crate) fn begin(&self, mut asked: Asked, work: Work) {
        if let Some((end, _)) = asked.sql.char_indices().nth(TEXT) {
            asked.sql.truncate(end);
        }
        let entry = Entry { asked, work, ended: None };
        self.lock().running.insert(entry.asked.query_id.clone(), Arc::new(entry));
    }

    /// A statement has a warehouse, and occupies it until it ends.
    pub(crate) fn occupy(&self, query_id: &str, warehouse: &Admitted) {
        self.lock().shares.begin(query_id, warehouse.id, warehouse.at);
    }

    /// A statement has left its warehouse, and will end.
    pub(crate) fn leave(&self, query_id: &str, now: OffsetDateTime) {
        self.lock().shares.leave(query_id, now);
    }

    /// A statement has ended: `how` is told what it was and which part of its warehouse it had.
    pub(crate) fn end(&self, query_id: &str, now: OffsetDateTime, how: impl FnOnce(&Entry, f64) -> Ended) {
        let mut inner = self.lock();
        let share = inner.shares.end(query_id, now);
        let Some(entry) = inner.running.remove(query_id) else { return };
        let ended = Some(how(&entry, share));
        inner.letters += entry.asked.sql.len();
        inner.past.push_back(Arc::new(Entry { ended, ..Entry::clone(&entry) }));
        while inner.past.len() > STATEMENTS || inner.letters > LETTERS && inner.past.len() > 1 {
            let Some(oldest) = inner.past.pop_front() else { break };
            inner.letters -= oldest.asked.sql.len();
        }
    }

    /// Somebody logged in, or was turned away: answers the number of the event, which it is given.
    pub(crate) fn login(&self, login: Login) -> i64 {
        let mut inner = self.lock();
        inner.events += 1;
        let event_id = inner.events;
        push(&mut inner.logins, Login { event_id, ..login });
        event_id
    }

    /// A session was opened.
    pub(crate) fn opened(&self, session: Opened) {
        push(&mut self.lock().sessions, session);
    }

    /// A task was due, has run, or was left out.
    pub(in super::super) fn task(&self, run: TaskRun) {
        push(&mut self.lock().tasks, run);
    }

    /// All statements: those that have ended, oldest end first, and then those that run.
    pub(in super::super) fn statements(&self) -> Vec<Arc<Entry>> {
        let inner = self.lock();
        let mut running: Vec<_> = inner.running.values().map(Arc::clone).collect();
        running.sort_by_key(|entry| entry.asked.started);
        inner.past.iter().map(Arc::clone).chain(running).collect()
    }

    /// A statement by its id.
    pub(crate) fn find(&self, query_id: &str) -> Option<Arc<Entry>> {
        let inner = self.lock();
        let past = || inner.past.iter().rfind(|entry| entry.asked.query_id == query_id);
        inner.running.get(query_id).or_else(past).map(Arc::clone)
    }

    /// The ids of a user's statements, the latest first, and those that run before the others.
    pub(crate) fn latest_of(&self, user: &str, most: usize) -> Vec<String> {
        let all = self.statements().into_iter().rev();
        let own = all.filter(|entry| entry.asked.context.user == user).take(most);
        own.map(|entry| entry.asked.query_id.clone()).collect()
    }

    /// All logins, oldest first.
    pub(in super::super) fn logins(&self) -> Vec<Login> {
        self.lock().logins.iter().cloned().collect()
    }

    /// All sessions, oldest first.
    pub(in super::super) fn sessions(&self) -> Vec<Opened> {
        self.lock().sessions.iter().cloned().collect()
    }

    /// All runs of tasks, oldest first.
    pub(in super::super) fn tasks(&self) -> Vec<TaskRun> {
        self.lock().tasks.iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn push<T>(records: &mut VecDeque<T>, record: T) {
    records.push_back(record);
    if records.len() > OTHERS {
        records.pop_front();
    }
}

impl fmt::Debug for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.lock();
        f.debug_struct("Book")
            .field("running", &inner.running.len())
            .field("past", &inner.past.len())
            .finish_non_exhaustive()
    }
}
