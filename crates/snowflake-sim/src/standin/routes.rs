//! Which request goes where.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use snowflake_proto::wire::Envelope;
use snowflake_proto::wire::abort;
use snowflake_proto::wire::query::Request;
use tokio::time::Instant;

use super::execution::{Execution, Finished, Problem, Success};
use super::inner::Inner;
use super::login::{authorize, heartbeat, login, logout, renew};
use crate::ledger::AbortTarget;
use crate::service::monitor::{Facts, State};
use crate::service::refusal::{malformed, no_such_path, not_an_id};
use crate::service::{Call, Reply, answer, is_query_id, milliseconds, monitor, part};

/// The host of the parts, which is another one than the service's, as it is in the real world. The name is
/// reserved for examples: nothing is ever there.
const STORAGE: &str = "storage.stand-in.example";

impl Inner {
    /// Answers one request.
    pub(super) async fn answer(&self, call: Call) -> Reply {
        // Whatever else is ready may go first, as it would while a network is waited for.
        tokio::task::yield_now().await;
        let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
        match (&call.method, segments.as_slice()) {
            (&Method::POST, ["session", "v1", "login-request"]) => login(self, &call),
            (&Method::POST, ["session", "token-request"]) => renew(self, &call),
            (&Method::POST, ["session", "heartbeat"]) => heartbeat(self, &call),
            (&Method::POST, ["session"]) if call.argument("delete").is_some() => logout(self, &call),
            (&Method::POST, ["telemetry", "send"]) => Reply::envelope(&Envelope::ok("Log Received")),
            (&Method::POST, ["queries", "v1", "query-request"]) => self.query(&call).await,
            (&Method::POST, ["queries", "v1", "abort-request"]) => self.abort_request(&call),
            (&Method::POST, ["queries", id, "abort-request"]) => self.abort_query(&call, id),
            (&Method::GET, ["queries", id, "result"]) => self.result(&call, id).await,
            (&Method::GET, ["monitoring", "queries", id]) => self.monitor(&call, id),
            (&Method::GET, ["sim", "chunks", id, n]) => {
                part::answer(&self.grants, &call, (id, n), self.now(), &mut self.ledger())
            }
            _ => no_such_path(),
        }
    }

    async fn query(&self, call: &Call) -> Reply {
        let session = match authorize(self, call) {
            Ok(session) => session,
            Err(refusal) => return refusal,
        };
        let request: Request = match call.json() {
            Ok(request) => request,
            Err(error) => return malformed(error),
        };
        let Some(execution) = self.submit(&session, call.argument("requestId").as_deref(), &request) else {
            return answer::other_text();
        };
        if execution.facts.is_async {
            return answer::in_progress(&execution.facts.query_id, true);
        }
        self.when_finished(call, &execution).await
    }

    async fn result(&self, call: &Call, query_id: &str) -> Reply {
        if !is_query_id(query_id) {
            return not_an_id();
        }
        if let Err(refusal) = authorize(self, call) {
            return refusal;
        }
        self.ledger().result_requests += 1;
        let Some(execution) = self.find(query_id) else { return answer::no_such_result(query_id) };
        execution.count_poll();
        self.when_finished(call, &execution).await
    }

    /// Waits for the end of a statement, or until the client shall ask again.
    async fn when_finished(&self, call: &Call, execution: &Execution) -> Reply {
        let hold = self.settings().hold;
        let began = self.now();
        loop {
            let woken = execution.woken();
            self.settle(execution);
            if let Some(finished) = execution.finished() {
                return self.reply(call, execution, &finished);
            }
            let held = self.now().saturating_duration_since(began);
            match self.wait(execution).map(|wait| wait.min(hold.saturating_sub(held))) {
                Some(wait) if !wait.is_zero() => {
                    // The timer and the wake-up lead to the same look at how the statement stands.
                    let _ = tokio::time::timeout(wait, woken).await;
                }
                _ => return answer::in_progress(&execution.facts.query_id, execution.facts.is_async),
            }
        }
    }

    /// How long a statement will run on by itself; `None` if it waits for polls.
    fn wait(&self, execution: &Execution) -> Option<Duration> {
        let execution = execution.running();
        let stage = execution.stage();
        match (stage.polls, stage.is_held) {
            (0, true) => Some(Duration::MAX),
            (0, false) => Some(stage.due.saturating_duration_since(self.now())),
            _ => None,
        }
    }

    fn reply(&self, call: &Call, execution: &Execution, finished: &Finished) -> Reply {
        let query_id = &execution.facts.query_id;
        let settings = self.settings().clone();
        let (context, parameters) = (finished.context.clone(), finished.parameters.clone());
        let mut data = answer::succeeded(query_id, context, parameters, milliseconds(settings.clock.wall()));
        match &finished.outcome {
            Err(problem) => return problem.failure().reply(query_id),
            Ok(Success::Forgotten) => return answer::forgotten(query_id),
            Ok(Success::Several(children)) => answer::add_several(&mut data, children),
            Ok(Success::Rows(result)) => answer::add_rows(&mut data, result, || {
                let scheme = if call.origin.starts_with("https") { "https" } else { "http" };
                let until: Option<Instant> = settings.clock.now().checked_add(settings.part_lifetime);
                let origin = format!("{scheme}://{STORAGE}");
                self.grants.hand_out(result, &origin, until, settings.entropy.as_ref())
            }),
        }
        Reply::envelope(&Envelope::ok(data))
    }

    fn monitor(&self, call: &Call, query_id: &str) -> Reply {
        if !is_query_id(query_id) {
            return not_an_id();
        }
        if let Err(refusal) = authorize(self, call) {
            return refusal;
        }
        let now = self.settings().clock.wall();
        let Some(execution) = self.find(query_id) else { return monitor::answer(None, now) };
        self.settle(&execution);
        let finished = execution.finished();
        let state = match finished.as_ref().map(|finished| (finished.ended, &finished.outcome)) {
            None => State::Running,
            Some((ended, Ok(Success::Rows(result)))) => State::Succeeded(ended, result.total),
            Some((ended, Ok(_))) => State::Succeeded(ended, 0),
            Some((ended, Err(problem))) => State::Failed(ended, &problem.code, &problem.message),
        };
        let facts = Facts {
            query_id,
            session_id: execution.facts.session.id,
            warehouse: execution.warehouse.clone(),
            started: execution.facts.started,
            state,
            work: monitor::Work::default(),
        };
        monitor::answer(Some(facts), now)
    }

    fn abort_request(&self, call: &Call) -> Reply {
        let session = match authorize(self, call) {
            Ok(session) => session,
            Err(refusal) => return refusal,
        };
        let request: abort::Request = match call.json() {
            Ok(request) => request,
            Err(error) => return malformed(error),
        };
        let execution = session.requests().get(&request.request_id).cloned();
        self.abort(AbortTarget::Request(request.request_id), execution)
    }

    fn abort_query(&self, call: &Call, query_id: &str) -> Reply {
        if !is_query_id(query_id) {
            return not_an_id();
        }
        if let Err(refusal) = authorize(self, call) {
            return refusal;
        }
        self.abort(AbortTarget::Query(query_id.to_owned()), self.find(query_id))
    }

    fn abort(&self, target: AbortTarget, execution: Option<Arc<Execution>>) -> Reply {
        if let Some(execution) = &execution {
            self.settle(execution);
        }
        let found =
            execution.as_ref().map(|found| (found.facts.query_id.clone(), found.finished().is_none()));
        self.ledger().aborted(target, found);
        match execution.filter(|execution| execution.finished().is_none()) {
            Some(execution) => {
                self.stop(&execution, Problem::cancelled());
                Reply::empty()
            }
            None => answer::nothing_runs(),
        }
    }
}
