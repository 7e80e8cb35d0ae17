//! One row of a listing.

use std::fmt;

use snowflake_proto::sql::{Literals, normalize};

use super::model::{Entry, Execution};
use crate::fingerprint::Fingerprint;

/// Characters of a statement in a listing.
const SHOWN: usize = 60;

/// One statement of a recording, for a listing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// What the statement is found by.
    pub fingerprint: Fingerprint,
    /// The beginning of the normalised statement.
    pub sql: String,
    /// The rows of its last result; `None` where it has none, or failed.
    pub rows: Option<u64>,
    /// The size of all answers, in bytes.
    pub bytes: usize,
    /// How often it was answered.
    pub times: usize,
}

impl Summary {
    pub(super) fn of(entry: &Entry) -> Self {
        Self {
            fingerprint: entry.fingerprint.clone(),
            sql: shortened(&entry.statement.sql),
            rows: entry.executions.last().and_then(Execution::rows),
            bytes: entry.executions.iter().map(Execution::size).sum(),
            times: entry.executions.len(),
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.rows.map_or_else(|| "-".to_owned(), |rows| rows.to_string());
        write!(f, "{} {rows:>10} {:>12} {:>5}  {}", self.fingerprint, self.bytes, self.times, self.sql)
    }
}

/// The beginning of a statement in its normalised form.
pub(crate) fn shortened(sql: &str) -> String {
    let normal = normalize(sql, Literals::Keep);
    match normal.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &normal[..end]),
        None => normal,
    }
}
