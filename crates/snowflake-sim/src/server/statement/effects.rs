//! What the ledger is told of a statement that succeeded.

use std::sync::PoisonError;

use snowflake_proto::StatementType;

use super::booking::column;
use crate::ledger::Settled;
use crate::server::session::Session;
use crate::server::state::Shared;
use crate::service::ResultSet;

/// The column in which COPY tells the rows that it has loaded of a file.
const LOADED: &str = "rows_loaded";

/// Notes the rows that a statement produced, and those that it changed as soon as they are committed.
pub(super) fn note(shared: &Shared, session: &Session, sql: &str, result: &ResultSet) {
    let settled = if session.engine.is_in_transaction() {
        Settled::Open
    } else if result.statement_type == StatementType::TRANSACTION {
        Settled::RolledBack
    } else {
        Settled::Committed
    };
    let mut pending = session.pending.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(rows) = changed(result) {
        pending.changed(sql, rows);
    }
    let mut ledger = shared.ledger();
    ledger.produced(&result.query_id, result.produced());
    ledger.settled(&mut pending, settled);
}

/// The rows that a statement changed; none when it is no statement that changes rows.
fn changed(result: &ResultSet) -> Option<u64> {
    if result.statement_type.is_dml() {
        return Some(result.changed());
    }
    if result.statement_type != StatementType::COPY {
        return None;
    }
    // Without the column no file was there to load, or the rows were only validated.
    column(result, LOADED).or_else(|| (result.columns.len() == 1).then_some(0))
}
