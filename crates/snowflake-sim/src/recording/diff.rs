//! How two recordings differ in what a program would notice.

use std::collections::HashMap;
use std::fmt;

use serde_json::Value;

use super::document::Contents;
use super::model::{Entry, Execution, Kept};
use super::summary::shortened;
use crate::fingerprint::Fingerprint;

/// One statement that two recordings do not have alike. `Display` is a line for a listing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// What the statement is found by.
    pub fingerprint: Fingerprint,
    /// The beginning of the normalised statement.
    pub sql: String,
    /// How they differ.
    pub kind: ChangeKind,
}

/// How two recordings differ in a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeKind {
    /// Only the other one has it.
    Added,
    /// Only this one has it.
    Removed,
    /// Both have it, but the other one answers differently: in these words.
    Answered(String),
}

pub(super) fn diff(one: &Contents, other: &Contents) -> Vec<Change> {
    let index = |contents: &'_ Contents| -> HashMap<String, usize> {
        let keys = contents.entries.iter().enumerate();
        keys.map(|(index, entry)| (entry.fingerprint.to_string(), index)).collect()
    };
    let (ours, theirs) = (index(one), index(other));
    let mut changes = Vec::new();
    for entry in &one.entries {
        let twin = theirs.get(&entry.fingerprint.to_string()).and_then(|index| other.entries.get(*index));
        match twin {
            None => changes.push(change(entry, ChangeKind::Removed)),
            Some(twin) => {
                let difference = difference(entry, twin);
                changes.extend(difference.map(|words| change(entry, ChangeKind::Answered(words))));
            }
        }
    }
    let added = other.entries.iter().filter(|entry| !ours.contains_key(&entry.fingerprint.to_string()));
    changes.extend(added.map(|entry| change(entry, ChangeKind::Added)));
    changes
}

fn change(entry: &Entry, kind: ChangeKind) -> Change {
    Change { fingerprint: entry.fingerprint.clone(), sql: shortened(&entry.statement.sql), kind }
}

fn difference(one: &Entry, other: &Entry) -> Option<String> {
    let (ours, theirs) = (one.executions.len(), other.executions.len());
    if ours != theirs {
        return Some(format!("answered {theirs} times instead of {ours} times"));
    }
    let pairs = one.executions.iter().zip(&other.executions);
    let found = pairs.enumerate().find_map(|(index, (one, other))| Some((index, outcomes(one, other)?)));
    found.map(|(index, words)| if ours == 1 { words } else { format!("answer {}: {words}", index + 1) })
}

fn outcomes(one: &Execution, other: &Execution) -> Option<String> {
    let (ours, theirs) = (verdict(one), verdict(other));
    if ours != theirs {
        return Some(format!("{theirs} instead of {ours}"));
    }
    let columns = |execution: &Execution| execution.data().and_then(|data| data.get("rowtype")).cloned();
    if columns(one) != columns(other) {
        return Some("other columns".to_owned());
    }
    let (ours, theirs) = (rows(one), rows(other));
    if ours.len() != theirs.len() {
        return Some(format!("{} rows instead of {}", theirs.len(), ours.len()));
    }
    let differing = ours.iter().zip(&theirs).position(|(one, other)| one != other);
    differing.map(|row| format!("other values in row {}", row + 1)).or_else(|| encoded(one, other))
}

/// How a statement ended, in words.
fn verdict(execution: &Execution) -> String {
    let Some(outcome) = execution.outcome() else { return "no end".to_owned() };
    if outcome.status != 200 {
        return format!("status {}", outcome.status);
    }
    let Some(envelope) = outcome.json() else { return "an answer that is not kept".to_owned() };
    if envelope.get("success") == Some(&Value::Bool(true)) {
        return "success".to_owned();
    }
    let code = envelope.get("code").and_then(Value::as_str).unwrap_or("without a code");
    let message = envelope.get("message").and_then(Value::as_str).unwrap_or_default();
    format!("failure {code} ({message})")
}

/// The rows that are kept as such, of the answer and its parts.
fn rows(execution: &Execution) -> Vec<Vec<Option<&str>>> {
    let inline = execution.data().and_then(|data| data.get("rowset")).and_then(Value::as_array);
    let inline = inline.into_iter().flatten().filter_map(Value::as_array);
    let inline = inline.map(|row| row.iter().map(Value::as_str).collect());
    let parts = execution.parts.values().filter_map(|part| match &part.body {
        Kept::Rows(rows) => Some(rows),
        _ => None,
    });
    inline.chain(parts.flatten().map(|row| row.iter().map(Option::as_deref).collect())).collect()
}

/// Compares what is kept as it was sent.
fn encoded(one: &Execution, other: &Execution) -> Option<String> {
    let inline = |execution: &Execution| execution.data().and_then(|data| data.get("rowsetBase64")).cloned();
    if inline(one) != inline(other) {
        return Some("other inline rows".to_owned());
    }
    let bytes = |execution: &Execution, part: usize| match &execution.parts.get(&part)?.body {
        Kept::Bytes(bytes) => Some(bytes.clone()),
        _ => None,
    };
    let parts = one.parts.keys().chain(other.parts.keys());
    let mut differing = parts.filter(|part| bytes(one, **part) != bytes(other, **part));
    differing.next().map(|part| format!("part {part} has other bytes"))
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fingerprint, sql, kind } = self;
        match kind {
            ChangeKind::Added => write!(f, "+ {fingerprint}  {sql}"),
            ChangeKind::Removed => write!(f, "- {fingerprint}  {sql}"),
            ChangeKind::Answered(words) => write!(f, "~ {fingerprint}  {sql}: {words}"),
        }
    }
}
