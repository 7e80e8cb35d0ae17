//! A service that keeps account of what it ran, and in which session.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use snowflake_sim::Seen;

use crate::service::{Service, inserted, one, sql};

/// The statements that were run, in their order.
#[derive(Clone, Default)]
pub(crate) struct Engine {
    runs: Arc<Mutex<Vec<Run>>>,
    forgetful: bool,
}

/// One execution.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    pub(crate) session: String,
    pub(crate) request_id: String,
    pub(crate) query_id: String,
    pub(crate) sql: String,
}

impl Engine {
    /// Runs a request id once in each session, as the service says it does.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Runs whatever comes, as if it had never seen it.
    pub(crate) fn forgetful() -> Self {
        Self { forgetful: true, ..Self::default() }
    }

    /// A service that answers each statement with its outcome.
    pub(crate) fn service(&self) -> Service {
        let engine = self.clone();
        crate::service::service(move |seen| snowflake_sim::Reply::json(&engine.outcome(seen)))
    }

    pub(crate) fn runs(&self) -> Vec<Run> {
        self.runs.lock().unwrap().clone()
    }

    /// How often each statement that changes something ran.
    pub(crate) fn writes(&self) -> usize {
        self.runs().iter().filter(|run| !run.sql.starts_with("select")).count()
    }

    /// Runs the statement, or finds what an earlier request with its id ran.
    pub(crate) fn run(&self, seen: &Seen) -> Run {
        let session = seen.header("authorization").unwrap().to_owned();
        let request_id = seen.query("requestId").unwrap();
        let mut runs = self.runs.lock().unwrap();
        let known = runs.iter().find(|run| run.session == session && run.request_id == request_id);
        if let Some(known) = known.filter(|_| !self.forgetful) {
            return known.clone();
        }
        let query_id = format!("01b2c3d4-0000-1111-0000-{:012}", runs.len() + 1);
        let run = Run { session, request_id, query_id, sql: sql(seen) };
        runs.push(run.clone());
        run
    }

    pub(crate) fn outcome(&self, seen: &Seen) -> Value {
        let run = self.run(seen);
        let mut answer = if run.sql.starts_with("insert") { inserted() } else { one() };
        answer["data"]["queryId"] = json!(run.query_id);
        answer
    }
}
