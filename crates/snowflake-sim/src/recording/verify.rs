//! What loading a recording does not check.

use std::collections::HashSet;
use std::fmt;

use serde_json::Value;

use super::document::Contents;
use super::model::{Answer, Entry, Execution, Kept};
use crate::scrub::find_secrets;

/// One thing that is wrong with a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// What sort of thing.
    pub kind: ProblemKind,
    /// What exactly; never the secret itself.
    pub what: String,
}

/// The sorts of problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProblemKind {
    /// A fingerprint that is not that of its statement: the statement is not found by it.
    Fingerprint,
    /// A statement or query id that is there twice: the second is never found.
    Duplicate,
    /// A result that is not whole.
    Incomplete,
    /// What looks like a secret.
    Secret,
}

/// Everything that is wrong with a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

pub(super) fn verify(contents: &Contents) -> Result<(), Problems> {
    let mut check = Check::default();
    for (index, login) in contents.logins.iter().enumerate() {
        check.answer(&format!("/logins/{index}/answer"), &login.answer);
    }
    let mut seen = HashSet::new();
    for (index, entry) in contents.entries.iter().enumerate() {
        let pointer = format!("/statements/{index}");
        check.statement(&pointer, entry, contents);
        if !seen.insert(entry.fingerprint.to_string()) {
            check.add(&pointer, ProblemKind::Duplicate, "the same statement is there before");
        }
        for (number, execution) in entry.executions.iter().enumerate() {
            check.execution(&format!("{pointer}/executions/{number}"), execution);
        }
    }
    for (index, execution) in contents.results.iter().enumerate() {
        check.execution(&format!("/results/{index}"), execution);
    }
    for (index, transfer) in contents.transfers.iter().enumerate() {
        let pointer = format!("/transfers/{index}");
        check.secrets(&format!("{pointer}/address"), &Value::from(transfer.address.as_str()));
        for (number, answer) in transfer.answers.iter().enumerate() {
            check.answer(&format!("{pointer}/answers/{number}"), answer);
        }
    }
    if check.problems.is_empty() { Ok(()) } else { Err(Problems(check.problems)) }
}

#[derive(Debug, Default)]
struct Check {
    problems: Vec<Problem>,
    query_ids: HashSet<String>,
}

impl Check {
    fn add(&mut self, pointer: &str, kind: ProblemKind, what: impl Into<String>) {
        self.problems.push(Problem { pointer: pointer.to_owned(), kind, what: what.into() });
    }

    fn statement(&mut self, pointer: &str, entry: &Entry, contents: &Contents) {
        let right = entry.statement.fingerprint(contents.literals);
        if right != entry.fingerprint {
            let what = format!("the statement's fingerprint is {right}");
            self.add(&format!("{pointer}/fingerprint"), ProblemKind::Fingerprint, what);
        }
        self.secrets(&format!("{pointer}/sql"), &Value::from(entry.statement.sql.as_str()));
        self.secrets(&format!("{pointer}/binds"), &entry.statement.binds);
    }

    fn execution(&mut self, pointer: &str, execution: &Execution) {
        if let Some(id) = &execution.query_id
            && !self.query_ids.insert(id.clone())
        {
            let what = format!("the query id {id} is there before");
            self.add(&format!("{pointer}/query_id"), ProblemKind::Duplicate, what);
        }
        for (list, index, answer) in execution.answers() {
            match list {
                "answer" => self.answer(&format!("{pointer}/answer"), answer),
                list => self.answer(&format!("{pointer}/{list}/{index}"), answer),
            }
        }
        self.parts(pointer, execution);
    }

    fn answer(&mut self, pointer: &str, answer: &Answer) {
        match &answer.body {
            Kept::Json(value) => self.secrets(&format!("{pointer}/json"), value),
            Kept::Rows(rows) => self.secrets(&format!("{pointer}/rows"), &serde_json::json!(rows)),
            Kept::Bytes(_) | Kept::LeftOut(_) => {}
        }
        let headers = answer.headers.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
        self.secrets(&format!("{pointer}/headers"), &headers.collect());
    }

    /// Every part that the result announces is there, with as many rows as announced.
    fn parts(&mut self, pointer: &str, execution: &Execution) {
        let announced = execution.data().and_then(|data| data.get("chunks")).and_then(Value::as_array);
        let announced = announced.map_or(&[][..], Vec::as_slice);
        for (number, chunk) in announced.iter().enumerate() {
            let rows = chunk.get("rowCount").and_then(Value::as_u64);
            let problem = match execution.parts.get(&number).map(|part| &part.body) {
                None => Some(format!("part {number} was never fetched")),
                Some(Kept::LeftOut(reason)) => Some(format!("part {number} was left out: {reason}")),
                Some(Kept::Rows(found)) if rows.is_some_and(|rows| rows != found.len() as u64) => {
                    let announced = rows.unwrap_or_default();
                    Some(format!("part {number} has {} rows instead of {announced}", found.len()))
                }
                Some(_) => None,
            };
            if let Some(what) = problem {
                self.add(&format!("{pointer}/parts"), ProblemKind::Incomplete, what);
            }
        }
        for number in execution.parts.keys().filter(|number| **number >= announced.len()) {
            let what = format!("part {number} belongs to no result");
            self.add(&format!("{pointer}/parts"), ProblemKind::Incomplete, what);
        }
    }

    fn secrets(&mut self, pointer: &str, value: &Value) {
        for finding in find_secrets(value) {
            let pointer = format!("{pointer}{}", finding.pointer);
            self.add(&pointer, ProblemKind::Secret, finding.what);
        }
    }
}

impl Problems {
    /// The problems, in the order of the document.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.what)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
