//! Everything that the requests to one stand-in share.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::execution::Execution;
use super::repertoire::Repertoire;
use super::session::Session;
use super::settings::Settings;
use crate::ledger::Ledger;
use crate::service::{Grants, Sessions};

/// Everything that the requests to one stand-in share.
#[derive(Default)]
pub(super) struct Inner {
    settings: Mutex<Settings>,
    repertoire: Mutex<Repertoire>,
    pub(super) sessions: Sessions<Session>,
    queries: Mutex<HashMap<String, Arc<Execution>>>,
    pub(super) grants: Grants,
    ledger: Mutex<Ledger>,
}

impl Inner {
    pub(super) fn settings(&self) -> MutexGuard<'_, Settings> {
        lock(&self.settings)
    }

    pub(super) fn repertoire(&self) -> MutexGuard<'_, Repertoire> {
        lock(&self.repertoire)
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        lock(&self.ledger)
    }

    /// The time that tokens and statements are measured with.
    pub(super) fn now(&self) -> Instant {
        let clock = Arc::clone(&self.settings().clock);
        clock.now()
    }

    pub(super) fn remember(&self, execution: &Arc<Execution>) {
        lock(&self.queries).insert(execution.facts.query_id.clone(), Arc::clone(execution));
    }

    pub(super) fn find(&self, query_id: &str) -> Option<Arc<Execution>> {
        lock(&self.queries).get(query_id).cloned()
    }

    /// Every statement, in the order of the query ids.
    pub(super) fn executions(&self) -> Vec<Arc<Execution>> {
        let mut all: Vec<_> = lock(&self.queries).values().cloned().collect();
        all.sort_by(|one, other| one.facts.query_id.cmp(&other.facts.query_id));
        all
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner").field("repertoire", &*self.repertoire()).finish_non_exhaustive()
    }
}
