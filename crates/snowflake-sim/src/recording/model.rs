//! What a recording holds.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;

use crate::encode::json::Row;
use crate::fingerprint::{Fingerprint, Statement, StatementContext};

/// One login that succeeded.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Login {
    /// The names that it asked for.
    pub(crate) asked: StatementContext,
    pub(crate) answer: Answer,
}

/// A statement and what came of it, each time that it was submitted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) fingerprint: Fingerprint,
    pub(crate) statement: Statement,
    pub(crate) executions: Vec<Execution>,
}

/// What came of a statement once.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Execution {
    pub(crate) query_id: Option<String>,
    /// The answer to the submission; absent for a result that was only asked for by its id.
    pub(crate) submitted: Option<Answer>,
    /// The answers at the address of the result, up to the first that was final.
    pub(crate) polls: Vec<Answer>,
    /// Whether the client told the server to stop it.
    pub(crate) aborted: bool,
    pub(crate) monitoring: Vec<Answer>,
    pub(crate) parts: BTreeMap<usize, Answer>,
}

/// What was asked of a store, and each answer in order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Transfer {
    pub(crate) method: String,
    /// Host, path and query, without signatures.
    pub(crate) address: String,
    pub(crate) answers: Vec<Answer>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    /// From the request to the end of the answer, in milliseconds.
    pub(crate) after_ms: u64,
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Kept,
}

/// The body of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kept {
    Json(Value),
    /// The rows of a part.
    Rows(Vec<Row>),
    Bytes(Bytes),
    /// Not kept, and why.
    LeftOut(String),
}

impl Answer {
    pub(crate) fn ok(body: Kept) -> Self {
        Self { after_ms: 0, status: 200, headers: BTreeMap::new(), body }
    }

    pub(crate) fn json(&self) -> Option<&Value> {
        match &self.body {
            Kept::Json(value) => Some(value),
            _ => None,
        }
    }

    /// Whether the statement runs on, and this is not its end.
    pub(crate) fn is_in_progress(&self) -> bool {
        self.json().is_some_and(in_progress)
    }
}

impl Kept {
    /// Its size in bytes, as good as that of its text.
    pub(crate) fn size(&self) -> usize {
        match self {
            Kept::Json(value) => json_size(value),
            Kept::Rows(rows) => rows_size(rows),
            Kept::Bytes(bytes) => bytes.len(),
            Kept::LeftOut(reason) => reason.len(),
        }
    }
}

impl Execution {
    /// Every answer but parts and monitoring, in order.
    pub(crate) fn steps(&self) -> impl Iterator<Item = &Answer> {
        self.submitted.iter().chain(&self.polls)
    }

    /// Its end, if it was recorded.
    pub(crate) fn outcome(&self) -> Option<&Answer> {
        self.steps().last().filter(|last| !last.is_in_progress())
    }

    /// The `data` of its end.
    pub(crate) fn data(&self) -> Option<&Value> {
        self.outcome()?.json()?.get("data")
    }

    /// Every answer with the name of its list and its place there.
    pub(crate) fn answers(&self) -> impl Iterator<Item = (&'static str, usize, &Answer)> {
        let submitted = self.submitted.iter().map(|answer| ("answer", 0, answer));
        let polls = self.polls.iter().enumerate().map(|(index, answer)| ("polls", index, answer));
        let monitoring =
            self.monitoring.iter().enumerate().map(|(index, answer)| ("monitoring", index, answer));
        let parts = self.parts.iter().map(|(index, answer)| ("parts", *index, answer));
        submitted.chain(polls).chain(monitoring).chain(parts)
    }

    pub(crate) fn size(&self) -> usize {
        self.answers().map(|(_, _, answer)| answer.body.size()).sum()
    }

    /// How many rows the result has in all, as the server says.
    pub(crate) fn rows(&self) -> Option<u64> {
        self.data()?.get("total")?.as_u64()
    }
}

/// Whether an answer says that the statement runs on: by its code, or by an address to ask at instead of rows.
pub(crate) fn in_progress(envelope: &Value) -> bool {
    let Some(data) = envelope.get("data") else { return false };
    let code = |of: &Value, name: &str| of.get(name).and_then(Value::as_str).map(str::to_owned);
    let code = code(envelope, "code").or_else(|| code(data, "errorCode")).filter(|code| !code.is_empty());
    let empty = ["rowset", "rowsetBase64", "chunks"].iter().all(|name| is_absent(data, name));
    let asks_again = empty && !is_absent(data, "getResultUrl");
    match code.as_deref() {
        Some("333333" | "333334") => true,
        None => asks_again,
        Some(_) => asks_again && envelope.get("success") == Some(&Value::Bool(true)),
    }
}

fn is_absent(data: &Value, name: &str) -> bool {
    data.get(name).is_none_or(Value::is_null)
}

pub(crate) fn rows_size(rows: &[Row]) -> usize {
    rows.iter().flatten().map(|cell| cell.as_ref().map_or(4, |text| text.len() + 3)).sum()
}

fn json_size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 2,
        Value::Array(items) => items.iter().map(json_size).sum::<usize>() + 2,
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| name.len() + 4 + json_size(value)).sum::<usize>() + 2
        }
        _ => 5,
    }
}
