//! Submitting a statement, and ending it when its time has come.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use snowflake_proto::StatementType;
use snowflake_proto::wire::query::Request;

use super::answer::Form;
use super::control::Control;
use super::execution::{Execution, Facts, Finished, Problem, Stage, Success, Work};
use super::inner::Inner;
use super::repertoire::normalized;
use super::result::{Made, make};
use super::sentence::{split, statement_type};
use super::session::Session;
use super::{Answer, Asked, Table};
use crate::ledger::{Pending, Settled};
use crate::service::{choose_format, query_id};

const COUNT: &str = "MULTI_STATEMENT_COUNT";

impl Inner {
    /// Starts a statement, or joins the execution that the same request id started before; `None` when the
    /// id stands for another text.
    pub(super) fn submit(
        &self,
        session: &Arc<Session>,
        request_id: Option<&str>,
        request: &Request,
    ) -> Option<Arc<Execution>> {
        let Some(request_id) = request_id else { return Some(self.start(session, request)) };
        self.ledger().received(request_id);
        let is_dedup = self.settings().is_dedup;
        let mut requests = session.requests();
        let known = requests.get(request_id).filter(|_| is_dedup).cloned();
        if let Some(known) = known {
            // A driver may leave the text out when it asks again.
            return (request.sql_text.is_empty() || request.sql_text == known.facts.sql).then_some(known);
        }
        let execution = self.start(session, request);
        self.ledger().executed(request_id, &execution.facts.sql, &execution.facts.query_id);
        requests.insert(request_id.to_owned(), Arc::clone(&execution));
        Some(execution)
    }

    fn start(&self, session: &Arc<Session>, request: &Request) -> Arc<Execution> {
        let texts = split(&request.sql_text);
        let whole = || self.work(session, request, &request.sql_text);
        let work = match (announced(session, request), texts.len()) {
            (_, 0 | 1) => whole(),
            // A prepared text may hold semicolons: blocks of a script do.
            (Some(1), count) if !self.repertoire().names(&request.sql_text) => {
                Work::Answer(wrong_count(count, 1))
            }
            (Some(1), _) => whole(),
            (Some(announced), count) if announced != count => Work::Answer(wrong_count(count, announced)),
            _ => {
                let child =
                    |sql: &String| self.begin(session, request, sql, self.work(session, request, sql));
                Work::Several(texts.iter().map(child).collect())
            }
        };
        let execution = self.begin(session, request, &request.sql_text, work);
        self.remember(&execution);
        execution
    }

    /// What a statement has to do. What was prepared counts before what is understood.
    fn work(&self, session: &Session, request: &Request, sql: &str) -> Work {
        let asked = Asked {
            sql: sql.to_owned(),
            normalized: normalized(sql),
            session_id: session.id,
            binds: request.bindings.clone().unwrap_or_default(),
        };
        if let Some(answer) = self.repertoire().find(&asked) {
            return Work::Answer(answer);
        }
        match Control::parse(sql) {
            Some(control) => Work::Steer(control),
            None if asked.normalized == "SELECT 1" => Work::Answer(one()),
            None => Work::Unknown,
        }
    }

    fn begin(&self, session: &Arc<Session>, request: &Request, sql: &str, work: Work) -> Arc<Execution> {
        let settings = self.settings().clone();
        let nothing = BTreeMap::new();
        let statement = request.parameters.as_ref().unwrap_or(&nothing);
        let format =
            choose_format(&session.app, statement, &session.state().parameters, &session.login_parameters);
        let (polls, duration) = match &work {
            Work::Answer(answer) => (answer.polls, answer.duration),
            _ => Default::default(),
        };
        let now = settings.clock.now();
        let due = now.checked_add(duration).unwrap_or(now);
        let stage = Stage { polls, due, is_held: settings.is_held, finished: None };
        let facts = Facts {
            query_id: query_id(settings.entropy.as_ref()),
            session: Arc::clone(session),
            sql: sql.to_owned(),
            is_async: request.async_exec,
            is_described: request.describe_only.unwrap_or_default(),
            is_in_transaction: session.state().is_in_transaction(),
            started: settings.clock.wall(),
            format,
        };
        Arc::new(Execution::new(facts, work, stage))
    }

    /// Ends a statement if its time has come.
    pub(super) fn settle(&self, execution: &Execution) {
        if let Work::Several(children) = &execution.work {
            return self.settle_several(execution, children);
        }
        let mut stage = execution.stage();
        let is_due = !stage.is_held && stage.polls == 0 && self.now() >= stage.due;
        if !is_due || stage.finished.is_some() {
            return;
        }
        let outcome = self.outcome(execution);
        stage.finished = Some(self.finished(execution, outcome));
    }

    /// Several statements run one after the other; the first failure is that of the whole.
    fn settle_several(&self, execution: &Execution, children: &[Arc<Execution>]) {
        if execution.finished().is_some() {
            return;
        }
        let mut done = Vec::with_capacity(children.len());
        for child in children {
            self.settle(child);
            if child.finished().is_some() {
                self.remember(child);
            }
            match child.finished().map(|finished| finished.outcome.clone()) {
                None => return,
                Some(Err(problem)) => {
                    execution.stage().finished = Some(self.finished(execution, Err(problem)));
                    return;
                }
                Some(Ok(success)) => done.push((child.facts.query_id.clone(), kind_of(child, &success))),
            }
        }
        execution.stage().finished = Some(self.finished(execution, Ok(Success::Several(done))));
    }

    /// Stops a statement that runs.
    pub(super) fn stop(&self, execution: &Execution, problem: Problem) {
        let mut stage = execution.stage();
        if stage.finished.is_none() {
            stage.finished = Some(self.finished(execution, Err(problem)));
        }
        drop(stage);
        execution.wake();
    }

    fn finished(&self, execution: &Execution, outcome: Result<Success, Problem>) -> Arc<Finished> {
        let clock = Arc::clone(&self.settings().clock);
        let state = execution.facts.session.state();
        let (context, parameters) = (state.context.clone(), state.answered());
        Arc::new(Finished { ended: clock.wall(), outcome, context, parameters })
    }

    fn outcome(&self, execution: &Execution) -> Result<Success, Problem> {
        let done = Answer::done();
        let (outcome, form, control) = match &execution.work {
            Work::Answer(answer) => (&answer.outcome, answer.form, Control::parse(&execution.facts.sql)),
            Work::Steer(control) => (&done.outcome, Form::default(), Some(control.clone())),
            Work::Several(_) | Work::Unknown => return Err(unknown(&execution.facts.sql)),
        };
        let entropy = Arc::clone(&self.settings().entropy);
        let made = make(execution, outcome, form, entropy.as_ref())?;
        if !execution.facts.is_described {
            self.note(execution, &made, control.as_ref());
        }
        Ok(Success::Rows(Arc::new(made.result)))
    }

    /// Lets a statement that succeeded change its session, and tells the ledger.
    fn note(&self, execution: &Execution, made: &Made, control: Option<&Control>) {
        let kind = made.result.statement_type;
        let mut state = execution.facts.session.state();
        if let Some(control) = control {
            state.steer(control);
        }
        if kind.is_dml() && !execution.facts.is_in_transaction {
            // It committed itself, whatever its session has begun since.
            let mut alone = Pending::default();
            alone.changed(&execution.facts.sql, made.result.changed());
            let mut ledger = self.ledger();
            ledger.produced(&execution.facts.query_id, made.produced.clone());
            return ledger.settled(&mut alone, Settled::Committed);
        }
        let settled = state.after(kind, control);
        let mut ledger = self.ledger();
        if kind == StatementType::DDL {
            ledger.settled(&mut state.pending, Settled::Committed);
        }
        if kind.is_dml() {
            state.pending.changed(&execution.facts.sql, made.result.changed());
        }
        ledger.produced(&execution.facts.query_id, made.produced.clone());
        ledger.settled(&mut state.pending, settled);
    }
}

fn kind_of(child: &Execution, success: &Success) -> StatementType {
    match success {
        Success::Rows(result) => result.statement_type,
        _ => statement_type(&child.facts.sql),
    }
}

/// How many statements the client announced; `None` is any number.
fn announced(session: &Session, request: &Request) -> Option<usize> {
    let state = session.state();
    let own = request.parameters.iter().flatten().chain(&state.parameters);
    let mut values = own.filter(|(name, _)| name.eq_ignore_ascii_case(COUNT)).map(|(_, value)| value);
    let number = |value: &Value| {
        value.as_u64().and_then(|n| usize::try_from(n).ok()).or_else(|| value.as_str()?.parse().ok())
    };
    match values.next().and_then(number).unwrap_or(1) {
        0 => None,
        announced => Some(announced),
    }
}

fn wrong_count(actual: usize, announced: usize) -> Answer {
    let words =
        format!("Actual statement count {actual} did not match the desired statement count {announced}.");
    Answer::error("000008", "0A000", words)
}

fn one() -> Answer {
    Answer::rows(Table::new().number("1", 0).row([1]))
}

/// Nobody prepared the statement. The message names it, as the service's own do.
fn unknown(sql: &str) -> Problem {
    let words = format!("not simulated: no answer is prepared (with StandIn::on) for the statement: {sql}");
    Problem::new("002040", "0A000", words)
}
