//! Somebody who is logged in.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::statement::Execution;
use crate::engine::EngineSession;
use crate::ledger::Pending;

/// Somebody who is logged in.
pub(super) struct Session {
    pub(super) id: i64,
    /// The driver's name, which decides the result format.
    pub(super) app: String,
    pub(super) engine: EngineSession,
    /// Session parameters that the login named.
    pub(super) login_parameters: BTreeMap<String, Value>,
    /// Changes that are not committed yet.
    pub(super) pending: Mutex<Pending>,
    requests: Mutex<HashMap<String, Arc<Execution>>>,
}

impl Session {
    pub(super) fn new(
        id: i64,
        app: String,
        engine: EngineSession,
        login_parameters: BTreeMap<String, Value>,
    ) -> Self {
        Self { id, app, engine, login_parameters, pending: Mutex::default(), requests: Mutex::default() }
    }

    /// The execution of a request id, started by `start` when the id is new. Says whether it was.
    pub(super) fn once(
        &self,
        request_id: &str,
        start: impl FnOnce() -> Arc<Execution>,
    ) -> (Arc<Execution>, bool) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(execution) = requests.get(request_id) {
            return (Arc::clone(execution), false);
        }
        let execution = start();
        requests.insert(request_id.to_owned(), Arc::clone(&execution));
        (execution, true)
    }

    /// The execution that a request id started.
    pub(super) fn submitted(&self, request_id: &str) -> Option<Arc<Execution>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).get(request_id).cloned()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("id", &self.id).field("app", &self.app).finish_non_exhaustive()
    }
}
