//! One statement in the book.

use std::time::Duration;

use time::OffsetDateTime;

use super::Work;
use crate::context::Context;

/// One statement in the book.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) asked: Asked,
    /// What it is and what it has done so far.
    pub(crate) work: Work,
    /// How it ended, if it has.
    pub(crate) ended: Option<Ended>,
}

/// What is known of a statement before it runs.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) query_id: String,
    /// The statement that this one is a part of.
    pub(crate) parent: Option<String>,
    pub(crate) sql: String,
    pub(crate) session_id: i64,
    /// The current objects when it was submitted.
    pub(crate) context: Context,
    pub(crate) tag: String,
    /// Whether the client says that it asks on its own account.
    pub(crate) is_client_generated: bool,
    pub(crate) started: OffsetDateTime,
}

/// How a statement ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) at: OffsetDateTime,
    /// The code and message of a failure.
    pub(crate) failure: Option<(String, String)>,
    pub(crate) rows: Rows,
    /// Bytes of its result.
    pub(crate) bytes_to_result: u64,
    pub(crate) compilation: Duration,
    pub(crate) execution: Duration,
    /// Which part of the warehouse it had while it ran: 1 when it was alone.
    pub(crate) share: f64,
}

/// Rows that a statement answered or changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    pub(crate) produced: u64,
    pub(crate) inserted: u64,
    pub(crate) updated: u64,
    pub(crate) deleted: u64,
    pub(crate) unloaded: u64,
}

impl Entry {
    /// From its submission to its end, or until now.
    pub(crate) fn elapsed(&self, now: OffsetDateTime) -> Duration {
        let until = self.ended.as_ref().map_or(now, |ended| ended.at);
        Duration::try_from(until - self.asked.started).unwrap_or_default()
    }

    /// `SUCCESS`, `FAIL`, or what it is doing.
    pub(crate) fn status(&self) -> &'static str {
        match &self.ended {
            None => "RUNNING",
            Some(Ended { failure: None, .. }) => "SUCCESS",
            Some(Ended { failure: Some((code, _)), .. }) if code == "300010" => "INCIDENT",
            Some(_) => "FAIL",
        }
    }
}

/// The text may hold a user's data, which no log should show.
impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Asked")
            .field("query_id", &self.query_id)
            .field("session_id", &self.session_id)
            .finish_non_exhaustive()
    }
}
