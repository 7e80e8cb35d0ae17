//! What is kept of statements: submissions, polls, results by id, states, aborts and parts.

use serde_json::Value;

use super::arrival::Arrival;
use super::rowsets::Rowsets;
use super::tape::Tape;
use super::transfers::file;
use crate::protocol::{is_session_trouble, statement};
use crate::recording::{Execution, Kept, in_progress};
use crate::replay::part_address;

impl Tape {
    /// A statement is submitted: under an id that was seen before it is the same one.
    pub(super) fn submitted(
        &mut self,
        body: Value,
        token: Option<&str>,
        request_id: Option<String>,
    ) -> usize {
        if let Some(&number) = request_id.as_ref().and_then(|id| self.by_request.get(id)) {
            return number;
        }
        let context = self.sessions.context(token);
        let literals = self.literals();
        let statement = statement(body, context, literals, &mut self.scrub);
        let number = self.execution_of(statement);
        if let Some(id) = request_id {
            self.by_request.insert(id, number);
        }
        number
    }

    /// The answer to a submission replaces what an earlier attempt was answered, and what followed from it.
    pub(super) fn submission_answered(&mut self, number: usize, token: Option<&str>, arrival: &Arrival) {
        let Some((body, rowsets)) = self.step(number, token, arrival) else { return };
        let Some(taped) = self.taped.get_mut(number) else { return };
        let query_id = taped.execution.query_id.take();
        taped.execution = Execution { query_id, submitted: Some(arrival.with(body)), ..Execution::default() };
        taped.rowsets = rowsets;
    }

    /// The answer at the address of a result, up to the first that is final.
    pub(super) fn result_answered(&mut self, query_id: &str, token: Option<&str>, arrival: &Arrival) {
        let number = self.execution_with(query_id);
        if self.taped.get(number).is_some_and(|taped| taped.execution.outcome().is_some()) {
            self.addresses_again(number, arrival);
            return;
        }
        let Some((body, rowsets)) = self.step(number, token, arrival) else { return };
        let Some(taped) = self.taped.get_mut(number) else { return };
        taped.execution.polls.push(arrival.with(body));
        taped.rowsets = rowsets;
    }

    pub(super) fn state_answered(&mut self, query_id: &str, arrival: &Arrival) {
        let Some(mut envelope) = arrival.json().filter(|_| arrival.is_outcome()) else { return };
        if is_session_trouble(&envelope) || self.grant(arrival.size()).is_err() {
            return;
        }
        self.scrub.answer_json(&mut envelope);
        let number = self.execution_with(query_id);
        if let Some(taped) = self.taped.get_mut(number) {
            taped.execution.monitoring.push(arrival.with(Kept::Json(envelope)));
        }
    }

    /// The client gives up a statement that has not come to its end.
    pub(super) fn aborted(&mut self, number: Option<usize>) {
        let taped = number.and_then(|number| self.taped.get_mut(number));
        if let Some(taped) = taped.filter(|taped| taped.execution.outcome().is_none()) {
            taped.execution.aborted = true;
        }
    }

    /// Only a part that was delivered is kept: a refusal makes the client ask for fresh addresses.
    pub(super) fn part_fetched(&mut self, number: usize, part: usize, arrival: &Arrival) {
        if !arrival.status.is_success() {
            return;
        }
        let mut answer = arrival.unseen(self.options.body_limit, &self.scrub);
        if let Err(reason) = self.grant(arrival.size()) {
            answer.body = Kept::LeftOut(reason);
        }
        let room = self.room();
        let Some(taped) = self.taped.get_mut(number) else { return };
        let size = taped.rowsets.part(part, answer, &self.options, &self.scrub, room);
        // The text of rows counts from now on, however much of it there is.
        let _ = self.grant(size.saturating_sub(arrival.size()));
    }

    /// What is kept of one answer to a statement; `None` for one that makes the client ask again.
    fn step(&mut self, number: usize, token: Option<&str>, arrival: &Arrival) -> Option<(Kept, Rowsets)> {
        if !arrival.is_outcome() {
            return None;
        }
        let Some(mut envelope) = arrival.json() else {
            return Some((arrival.as_sent(self.options.body_limit, &self.scrub).body, Rowsets::default()));
        };
        if is_session_trouble(&envelope) {
            return None;
        }
        let id = envelope.pointer("/data/queryId").and_then(Value::as_str).filter(|id| !id.is_empty());
        if let Some(id) = id.map(str::to_owned) {
            self.named(number, id);
        }
        let mut rowsets = Rowsets::default();
        let mut outcome = Ok(());
        if let Some(data) = envelope.get("data").filter(|_| !in_progress(&envelope)) {
            self.sessions.finished(token, data);
        }
        if let Some(data) = envelope.get_mut("data").filter(|data| data.is_object()) {
            self.addresses(number, data);
            match Rowsets::take(data, &self.options, &self.scrub) {
                Ok(taken) => rowsets = taken,
                Err(reason) => outcome = Err(reason.to_owned()),
            }
            self.transfer_told(data);
        }
        self.scrub.answer_json(&mut envelope);
        let outcome = outcome.and_then(|()| self.grant(arrival.size()));
        Some(match outcome {
            Ok(()) => (Kept::Json(envelope), rowsets),
            Err(reason) => (Kept::LeftOut(reason), Rowsets::default()),
        })
    }

    fn named(&mut self, number: usize, id: String) {
        if let Some(taped) = self.taped.get_mut(number) {
            taped.execution.query_id = Some(id.clone());
        }
        self.by_query.insert(id, number);
    }

    /// Puts addresses of ours in the place of those that the service signed, and remembers which are which.
    fn addresses(&mut self, number: usize, data: &mut Value) {
        let query_id = self.taped.get(number).and_then(|taped| taped.execution.query_id.clone());
        let key = query_id.unwrap_or_else(|| format!("unnamed-{number}"));
        let chunks = data.get_mut("chunks").and_then(Value::as_array_mut).into_iter().flatten();
        for (part, chunk) in chunks.enumerate() {
            let Some(url) = chunk.get_mut("url") else { continue };
            let real = std::mem::replace(url, Value::from(part_address(&key, part)));
            if let Value::String(real) = real {
                self.parts.insert(real, (number, part));
            }
        }
        // An absolute address would name the account, which a replay does not have.
        if let Some(url) = data.get_mut("getResultUrl").filter(|url| url.is_string()) {
            *url = Value::from(format!("/queries/{key}/result"));
        }
    }

    /// A result that is known already was asked for again: its parts have other addresses now.
    fn addresses_again(&mut self, number: usize, arrival: &Arrival) {
        let Some(mut envelope) = arrival.json() else { return };
        if let Some(data) = envelope.get_mut("data").filter(|data| data.is_object()) {
            self.addresses(number, data);
        }
    }

    /// Learns from an answer to PUT or GET.
    fn transfer_told(&mut self, data: &mut Value) {
        if data.get("command").is_none_or(Value::is_null) {
            return;
        }
        let files = self.stores.learn(data, self.options.body_limit);
        for local in files {
            let mut file = file(local);
            if self.options.filter.is_some() {
                file.leave_out("the filter sees rows only");
            } else if let Err(reason) = self.grant(file.size()) {
                file.leave_out(&reason);
            }
            self.transferred(file);
        }
    }
}
