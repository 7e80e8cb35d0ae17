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
    pub(crate) work: Work,
}

/// What a statement is and has read, as far as that is told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Work {
    pub(crate) sql: Option<String>,
    pub(crate) warehouse_id: Option<u64>,
    /// The size and kind of its warehouse.
    pub(crate) warehouse_size: Option<String>,
    pub(crate) warehouse_kind: Option<String>,
    pub(crate) bytes_scanned: u64,
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

/// Says how statements are doing; nothing about one that nobody knows.
pub(crate) fn answer<'a>(facts: impl IntoIterator<Item = Facts<'a>>, now: OffsetDateTime) -> Reply {
    let queries = facts.into_iter().map(|facts| entry(facts, now)).collect();
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
        sql_text: facts.work.sql,
        warehouse_id: facts.work.warehouse_id.and_then(|id| i64::try_from(id).ok()),
        warehouse_name: facts.warehouse,
        warehouse_external_size: facts.work.warehouse_size,
        warehouse_server_type: facts.work.warehouse_kind,
        stats: Some(Stats {
            scan_bytes: i64::try_from(facts.work.bytes_scanned).ok(),
            produced_rows: Some(count(produced)),
        }),
    }
}

/// Milliseconds since 1970.
pub(crate) fn milliseconds(at: OffsetDateTime) -> i64 {
    at.unix_timestamp() * 1_000 + i64::from(at.millisecond())
}
