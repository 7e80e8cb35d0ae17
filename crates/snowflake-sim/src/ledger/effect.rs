//! What statements changed for good.

/// What one statement text changed for good: only what was committed counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Effect {
    /// Committed executions.
    pub executions: u64,
    /// Rows that they inserted, updated, deleted or loaded.
    pub rows: u64,
}

/// Changes of one session that are not committed yet.
#[derive(Debug, Default)]
pub(crate) struct Pending(Vec<(String, u64)>);

/// How a session's transaction stands after a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// It is open: nothing counts yet.
    Open,
    /// There is none (any more), and what was changed stays.
    Committed,
    /// It was given up.
    RolledBack,
}

impl Pending {
    /// Notes that a statement changed so many rows.
    pub(crate) fn changed(&mut self, statement: &str, rows: u64) {
        self.0.push((statement.to_owned(), rows));
    }

    /// What counts from now on.
    pub(super) fn settle(&mut self, settled: Settled) -> Vec<(String, u64)> {
        match settled {
            Settled::Open => Vec::new(),
            Settled::Committed => std::mem::take(&mut self.0),
            Settled::RolledBack => {
                self.0.clear();
                Vec::new()
            }
        }
    }
}
