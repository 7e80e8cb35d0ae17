//! How a statement ended, as observers see it.

use std::time::Duration;

use snowflake_proto::StatementType;
use snowflake_proto::wire::query::{Response, Stats};

use crate::error::{Error, ErrorKind};
use crate::statement::{QueryId, is_counter};

/// How a statement ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Ending<'a> {
    /// What became of it.
    pub outcome: Outcome,
    /// From submission to the end, as seen from here.
    pub elapsed: Duration,
    /// The server's id of the statement, once it gave one.
    pub query_id: Option<QueryId>,
    /// The kind of the statement, where the server told it.
    pub statement_type: Option<StatementType>,
    /// Rows that the statement changed, or else rows of its result, where the server told them.
    pub rows: Option<u64>,
    /// Why it failed.
    pub error: Option<&'a Error>,
}

/// What became of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It succeeded.
    Success,
    /// The server refused or failed it, or could not be reached.
    Failed,
    /// A limit of time passed, and it was told to stop.
    TimedOut,
    /// It was told to stop.
    Cancelled,
    /// Nobody waits for it any more, and it is told to stop; it may have ended before that.
    Abandoned,
    /// It runs on, and nobody here will learn of its end.
    Detached,
    /// Nobody knows whether it ran.
    Unknown,
}

impl Outcome {
    /// The word for it, such as `timed_out`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
            Self::Cancelled => "cancelled",
            Self::Abandoned => "abandoned",
            Self::Detached => "detached",
            Self::Unknown => "unknown",
        }
    }

    fn of(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Timeout => Self::TimedOut,
            ErrorKind::Cancelled => Self::Cancelled,
            ErrorKind::OutcomeUnknown | ErrorKind::DuplicateSuspected => Self::Unknown,
            _ => Self::Failed,
        }
    }
}

impl<'a> Ending<'a> {
    /// What nobody waited for.
    pub(super) fn unseen(outcome: Outcome, query_id: Option<QueryId>, elapsed: Duration) -> Self {
        Self { outcome, elapsed, query_id, statement_type: None, rows: None, error: None }
    }

    pub(super) fn of(
        finished: Result<&Response, &'a Error>,
        query_id: Option<QueryId>,
        elapsed: Duration,
    ) -> Self {
        match finished {
            Ok(answer) => {
                let kind = answer.statement_type_id.map(StatementType::from_id);
                let rows = rows(answer, kind.is_some_and(StatementType::is_dml));
                Self { outcome: Outcome::Success, elapsed, query_id, statement_type: kind, rows, error: None }
            }
            Err(error) => {
                let query_id = query_id.or_else(|| error.query_id());
                Self { error: Some(error), ..Self::unseen(Outcome::of(error), query_id, elapsed) }
            }
        }
    }
}

fn rows(answer: &Response, is_dml: bool) -> Option<u64> {
    if !is_dml {
        return u64::try_from(answer.total?).ok();
    }
    answer.stats.as_ref().and_then(changed).or_else(|| counted(answer))
}

fn changed(stats: &Stats) -> Option<u64> {
    let counts = [stats.num_rows_inserted, stats.num_rows_updated, stats.num_rows_deleted];
    let known = counts.into_iter().flatten().map(|count| u64::try_from(count).unwrap_or(0));
    known.reduce(u64::saturating_add)
}

/// The counters in the only row of the answer.
fn counted(answer: &Response) -> Option<u64> {
    let row = answer.rowset.as_ref()?.first()?;
    let named = answer.row_type.as_ref()?.iter().zip(row).filter(|(column, _)| is_counter(&column.name));
    let counts = named.filter_map(|(_, count)| count.as_ref()?.parse::<u64>().ok());
    counts.reduce(u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Ending, Outcome, Response};
    use std::time::Duration;

    fn rows(answer: serde_json::Value) -> Option<u64> {
        let answer: Response = serde_json::from_value(answer).unwrap();
        let ending = Ending::of(Ok(&answer), None, Duration::ZERO);
        assert_eq!(ending.outcome, Outcome::Success);
        ending.rows
    }

    #[test]
    fn rows_are_those_of_the_result_or_those_that_changed() {
        assert_eq!(rows(json!({ "statementTypeId": 4096, "total": 7 })), Some(7));
        assert_eq!(rows(json!({ "statementTypeId": 4096 })), None);
        let stats = json!({ "numRowsInserted": 2, "numRowsUpdated": 3, "numRowsDeleted": 0 });
        assert_eq!(rows(json!({ "statementTypeId": 0x3400, "total": 1, "stats": stats })), Some(5));
        let columns = [{ json!({ "name": "number of rows inserted", "type": "fixed" }) }];
        let counted = json!({ "statementTypeId": 0x3100, "rowtype": columns, "rowset": [["3"]], "total": 1 });
        assert_eq!(rows(counted), Some(3));
        assert_eq!(rows(json!({ "statementTypeId": 0x3100, "total": 1 })), None);
        assert_eq!(rows(json!({ "total": -1 })), None);
    }
}
