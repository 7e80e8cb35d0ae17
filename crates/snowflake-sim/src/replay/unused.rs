//! What was recorded and never asked for.

use std::fmt;

use crate::fingerprint::Fingerprint;

/// Answers of a recording that nobody asked for. `Display` is a line for a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unused {
    /// What the statement is found by; `None` for results by id and transfers.
    pub fingerprint: Option<Fingerprint>,
    /// The beginning of the statement, or what else it is.
    pub what: String,
    /// How many answers are left.
    pub answers: usize,
}

impl fmt::Display for Unused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (answers left: {})", self.what, self.answers)
    }
}
