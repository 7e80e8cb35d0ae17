//! How far a submitted statement has come.

use snowflake_proto::{ServerCode, wire::monitor};

use super::QueryId;
use crate::error::{Error, Failure, Repr, escape_message};

/// How far a submitted statement has come.
#[derive(Debug)]
#[non_exhaustive]
pub enum QueryStatus {
    /// It waits for a warehouse.
    Queued,
    /// It runs, or waits for a lock.
    Running,
    /// It succeeded; its result can be fetched.
    Success,
    /// It failed.
    #[non_exhaustive]
    Failed {
        /// Why.
        error: Error,
    },
    /// It was cancelled, or is being cancelled.
    Cancelled,
}

impl QueryStatus {
    /// Whether the statement has come to its end, good or bad.
    #[must_use]
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }

    /// Whether the statement succeeded.
    #[must_use]
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Success)
    }

    pub(crate) fn of(entry: Option<&monitor::Entry>, query_id: QueryId) -> Self {
        // An id that was just given out may not be known yet.
        let Some(entry) = entry else { return Self::Running };
        match entry.status.to_ascii_uppercase().as_str() {
            "QUEUED" | "RESUMING_WAREHOUSE" | "QUEUED_REPARING_WAREHOUSE" | "QUEUED_REPAIRING_WAREHOUSE" => {
                Self::Queued
            }
            "SUCCESS" => Self::Success,
            "ABORTING" | "ABORTED" => Self::Cancelled,
            "FAILED_WITH_ERROR" | "FAILED_WITH_INCIDENT" | "DISCONNECTED" => failed(entry, query_id),
            // RUNNING, BLOCKED, RESTARTED, NO_DATA and what may come.
            _ => Self::Running,
        }
    }
}

fn failed(entry: &monitor::Entry, query_id: QueryId) -> QueryStatus {
    let code =
        entry.error_code.as_deref().filter(|code| !code.is_empty() && *code != "0").map(ServerCode::new);
    if code == Some(ServerCode::QUERY_CANCELLED) {
        return QueryStatus::Cancelled;
    }
    let message = match entry.error_message.as_deref() {
        None | Some("") => format!("the statement ended as {}", entry.status),
        Some(message) => message.to_owned(),
    };
    let sql_state = code.as_ref().and_then(ServerCode::sql_state).map(str::to_owned);
    let failure = Failure {
        code,
        sql_state,
        message: escape_message(&message),
        line: None,
        position: None,
        index: None,
        query_id: Some(query_id),
        request_id: None,
    };
    QueryStatus::Failed { error: Repr::Server { failure: Box::new(failure) }.into() }
}

#[cfg(test)]
mod tests {
    use snowflake_proto::wire::monitor::Entry;

    use super::{QueryId, QueryStatus};

    fn status(status: &str, code: Option<&str>) -> QueryStatus {
        let entry = Entry { status: status.into(), error_code: code.map(Into::into), ..Entry::default() };
        QueryStatus::of(Some(&entry), QueryId::NONE)
    }

    #[test]
    fn every_status_has_a_class() {
        for name in
            ["QUEUED", "RESUMING_WAREHOUSE", "QUEUED_REPARING_WAREHOUSE", "QUEUED_REPAIRING_WAREHOUSE"]
        {
            assert!(matches!(status(name, None), QueryStatus::Queued), "{name}");
        }
        for name in ["RUNNING", "BLOCKED", "NO_DATA", "RESTARTED", "", "SOMETHING_NEW"] {
            assert!(matches!(status(name, Some("")), QueryStatus::Running), "{name}");
        }
        for name in ["ABORTING", "ABORTED"] {
            assert!(matches!(status(name, None), QueryStatus::Cancelled), "{name}");
        }
        assert!(status("SUCCESS", None).is_success());
        assert!(matches!(status("FAILED_WITH_ERROR", Some("000604")), QueryStatus::Cancelled));
        assert!(matches!(QueryStatus::of(None, QueryId::NONE), QueryStatus::Running));
    }

    #[test]
    fn a_failure_keeps_its_code_and_id() {
        let QueryStatus::Failed { error } = status("FAILED_WITH_ERROR", Some("100051")) else { panic!() };
        assert_eq!(error.code().map(|code| code.as_str()), Some("100051"));
        assert_eq!(error.query_id(), Some(QueryId::NONE));
        assert!(status("DISCONNECTED", None).is_final());
    }
}
