//! What the ledger is told of a statement that succeeded.

use std::sync::PoisonError;

use snowflake_proto::StatementType;

use crate::ledger::Settled;
use crate::server::session::Session;
use crate::server::state::Shared;
use crate::service::ResultSet;

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
    if result.statement_type.is_dml() {
        pending.changed(sql, result.changed());
    }
    let mut ledger = shared.ledger();
    ledger.produced(&result.query_id, result.produced());
    ledger.settled(&mut pending, settled);
}
