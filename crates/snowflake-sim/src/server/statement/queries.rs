//! All statements that the server remembers, by query id.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::execution::{Execution, Success};
use crate::engine::{CancelResult, QueryStore, StoredResult};

/// Bytes of results that are kept; beyond, the oldest are forgotten.
const KEPT_BYTES: usize = 2 << 30;

/// All statements that the server remembers.
#[derive(Debug, Default)]
pub(in crate::server) struct Queries {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    by_id: HashMap<String, Arc<Execution>>,
    /// Ids of finished statements with the bytes they cost, oldest first.
    finished: VecDeque<(String, usize)>,
    kept: usize,
}

impl Queries {
    pub(in crate::server) fn insert(&self, execution: Arc<Execution>) {
        self.lock().by_id.insert(execution.query_id.clone(), execution);
    }

    /// Notes that a statement has finished, and forgets old results when there are too many.
    pub(super) fn note_finished(&self, execution: &Execution, size: usize) {
        let mut inner = self.lock();
        inner.kept += size;
        inner.finished.push_back((execution.query_id.clone(), size));
        while inner.kept > KEPT_BYTES && inner.finished.len() > 1 {
            inner.forget_oldest();
        }
    }

    pub(in crate::server) fn find(&self, query_id: &str) -> Option<Arc<Execution>> {
        self.lock().by_id.get(query_id).cloned()
    }

    /// Forgets every finished result, as the service does after a day.
    pub(in crate::server) fn forget(&self) {
        let mut inner = self.lock();
        while !inner.finished.is_empty() {
            inner.forget_oldest();
        }
    }

    /// Every statement that still runs.
    pub(in crate::server) fn running(&self) -> Vec<Arc<Execution>> {
        self.lock().by_id.values().filter(|execution| execution.finished().is_none()).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn forget_oldest(&mut self) {
        if let Some((id, size)) = self.finished.pop_front() {
            self.kept -= size;
            if let Some(execution) = self.by_id.get(&id) {
                execution.forget();
            }
        }
    }
}

impl QueryStore for Queries {
    fn result(&self, query_id: &str) -> Option<StoredResult> {
        match &self.find(query_id)?.finished()?.outcome {
            Ok(Success::Rows(result)) => {
                Some(StoredResult { columns: result.columns.clone(), batches: result.batches.clone() })
            }
            _ => None,
        }
    }

    fn cancel(&self, query_id: &str) -> CancelResult {
        match self.find(query_id) {
            None => CancelResult::Unknown,
            Some(execution) if execution.finished().is_some() => CancelResult::NotRunning,
            Some(execution) => {
                execution.cancel.cancel();
                CancelResult::Cancelled
            }
        }
    }

    fn cancel_all(&self, session_id: i64) -> usize {
        let running = self.running();
        let mine = running.iter().filter(|execution| execution.session_id == session_id);
        mine.map(|execution| execution.cancel.cancel()).count()
    }
}
