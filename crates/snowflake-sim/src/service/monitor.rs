//! `GET /monitoring/queries/{id}`: the state of one statement.

use snowflake_proto::wire::Envelope;
use snowflake_proto::wire::monitor::{Entry, Response, Stats};
use time::OffsetDateTime;

use super::answer::Failure;
use super::grants::count;
use super::reply::Reply;

/// What there is to say about a statement.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) query_id: &'a str,
    pub(crate) session_id: i64,
    pub(crate) warehouse: Option<String>,
    pub(crate) started: OffsetDateTime,
    pub(crate) state: State<'a>,
}

/// How far a statement is.
#[derive(Debug)]
pub(crate) enum State<'a> {
    Running,
    /// It waits for a place on its warehouse.
    #[cfg(feature = "server")]
    Queued,
    /// It waits for its warehouse to start.
    #[cfg(feature = "server")]
    ResumingWarehouse,
    /// It runs, but was told to stop.
    #[cfg(feature = "server")]
    Aborting,
    /// It ended then, with so many rows.
    Succeeded(OffsetDateTime, usize),
    /// It ended then: code and message.
    Failed(OffsetDateTime, &'a str, &'a str),
}

/// Says how a statement is doing; nothing about one that nobody knows.
pub(crate) fn answer(facts: Option<Facts<'_>>, now: OffsetDateTime) -> Reply {
    let queries = facts.map(|facts| entry(facts, now)).into_iter().collect();
    Reply::envelope(&Envelope::ok(Response { queries }))
}

fn entry(facts: Facts<'_>, now: OffsetDateTime) -> Entry {
    let started = milliseconds(facts.started);
    let (status, ended, produced, error) = match facts.state {
        State::Running => ("RUNNING", None, 0, None),
        #[cfg(feature = "server")]
        State::Queued => ("QUEUED", None, 0, None),
        #[cfg(feature = "server")]
        State::ResumingWarehouse => ("RESUMING_WAREHOUSE", None, 0, None),
        #[cfg(feature = "server")]
        State::Aborting => ("ABORTING", None, 0, None),
        State::Succeeded(ended, rows) => ("SUCCESS", Some(ended), rows, None),
        State::Failed(ended, code, message) if code == Failure::CANCELLED => {
            ("ABORTED", Some(ended), 0, Some((code, message)))
        }
        State::Failed(ended, code, message) => ("FAILED_WITH_ERROR", Some(ended), 0, Some((code, message))),
    };
    let ended = ended.map(milliseconds);
    Entry {
        id: facts.query_id.to_owned(),
        status: status.to_owned(),
        state: Some(if ended.is_some() { "FINISHED" } else { "EXECUTING" }.to_owned()),
        // Drivers take any text that is not empty for a failure.
        error_code: Some(error.map(|(code, _)| code.to_owned()).unwrap_or_default()),
        error_message: error.map(|(_, message)| message.to_owned()),
        start_time: Some(started),
        end_time: Some(ended.unwrap_or(0)),
        total_duration: Some(ended.unwrap_or_else(|| milliseconds(now)) - started),
        session_id: Some(facts.session_id),
        warehouse_name: facts.warehouse,
        stats: Some(Stats { scan_bytes: Some(0), produced_rows: Some(count(produced)) }),
    }
}

/// Milliseconds since 1970.
pub(crate) fn milliseconds(at: OffsetDateTime) -> i64 {
    at.unix_timestamp() * 1_000 + i64::from(at.millisecond())
}
