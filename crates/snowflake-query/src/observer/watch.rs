//! One statement under observation: whatever happens to it, its end is told once.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde_json::Value;
use snowflake_proto::wire::query::{Request, Response};
use time::OffsetDateTime;
use tokio::time::Instant;
use uuid::Uuid;

use super::{Ending, Observed, Observer, Outcome};
use crate::error::Error;
use crate::session::{Core, Names};
use crate::statement::QueryId;

/// A statement under observation. Dropped before its end was told, it tells that nobody waits any more.
#[derive(Debug)]
pub(crate) struct Watch(Option<Box<Watched>>);

struct Watched {
    core: Arc<Core>,
    sql: String,
    tag: Option<String>,
    binds: usize,
    is_internal: bool,
    request_id: Uuid,
    names: Names,
    started: Instant,
    submitted_at: OffsetDateTime,
    query_id: Option<QueryId>,
    /// What became of it, if nobody says more.
    outcome: Outcome,
}

/// Shows no text.
impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.observed().fmt(f)
    }
}

impl Watch {
    /// Tells that the statement is submitted now. Without observers this costs nothing.
    pub(crate) fn start(core: &Arc<Core>, request_id: Uuid, body: &Request) -> Self {
        if core.defaults.observers.is_empty() {
            return Self(None);
        }
        let watched = Watched {
            core: Arc::clone(core),
            sql: body.sql_text.clone(),
            tag: body.parameters.as_ref().and_then(tag),
            binds: body.bindings.as_ref().map_or(0, BTreeMap::len),
            is_internal: body.is_internal,
            request_id,
            names: core.state().names.clone(),
            started: core.now(),
            submitted_at: core.server.clock().wall(),
            query_id: None,
            outcome: Outcome::Abandoned,
        };
        watched.tell(|observer, statement| observer.submitted(statement));
        Self(Some(Box::new(watched)))
    }

    /// The server gave the statement this id.
    pub(crate) fn named(&mut self, query_id: QueryId) {
        if let Some(watched) = &mut self.0 {
            watched.query_id = (!query_id.is_none()).then_some(query_id);
        }
    }

    /// This is what became of the statement, unless more is learnt.
    pub(crate) fn presume(&mut self, outcome: Outcome) {
        if let Some(watched) = &mut self.0 {
            watched.outcome = outcome;
        }
    }

    /// The statement has ended.
    pub(crate) fn end(&mut self, finished: Result<&Response, &Error>, query_id: Option<QueryId>) {
        if let Some(watched) = self.0.take() {
            let query_id = query_id.filter(|id| !id.is_none()).or(watched.query_id);
            watched.end(&Ending::of(finished, query_id, watched.core.since(watched.started)));
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(watched) = self.0.take() {
            let elapsed = watched.core.since(watched.started);
            watched.end(&Ending::unseen(watched.outcome, watched.query_id, elapsed));
        }
    }
}

impl Watched {
    fn end(&self, ending: &Ending<'_>) {
        self.tell(|observer, statement| observer.ended(statement, ending));
    }

    fn tell(&self, what: impl Fn(&dyn Observer, &Observed<'_>)) {
        let statement = self.observed();
        for observer in &self.core.defaults.observers {
            let told = catch_unwind(AssertUnwindSafe(|| what(observer.as_ref(), &statement)));
            if told.is_err() {
                tracing::error!(request_id = %self.request_id, "an observer of statements panicked");
            }
        }
    }

    fn observed(&self) -> Observed<'_> {
        let Self { core, names, .. } = self;
        Observed {
            sql: &self.sql,
            request_id: self.request_id,
            session_id: core.session_id,
            user: core.user.as_deref(),
            role: names.role.as_deref(),
            warehouse: names.warehouse.as_deref(),
            database: names.database.as_deref(),
            schema: names.schema.as_deref(),
            tag: self.tag.as_deref(),
            binds: self.binds,
            submitted_at: self.submitted_at,
            is_internal: self.is_internal,
        }
    }
}

fn tag(parameters: &BTreeMap<String, Value>) -> Option<String> {
    parameters.get("QUERY_TAG").and_then(Value::as_str).map(str::to_owned)
}
