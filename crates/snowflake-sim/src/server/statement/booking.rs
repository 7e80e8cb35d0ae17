//! What the book of statements is told of each.

use arrow_array::ArrayRef;
use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use arrow_schema::DataType;
use serde_json::Value;
use snowflake_proto::StatementType;

use super::execution::{Execution, Finished, Success};
use super::run::Job;
use crate::engine::{Admission, Asked, CountedRows, Ended, Statement, Took};
use crate::server::session::Session;
use crate::server::state::Shared;
use crate::service::ResultSet;

const TAG: &str = "QUERY_TAG";

/// Where a statement comes from, besides its session.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Origin<'a> {
    /// The statement that it is a part of.
    pub(super) parent: Option<&'a str>,
    /// Whether the client asks on its own account.
    pub(super) is_internal: bool,
}

/// A statement begins.
pub(super) fn begin(job: &Job, execution: &Execution, origin: Origin<'_>) {
    let Job { shared, session, statement } = job;
    if statement.describe_only {
        return;
    }
    let asked = Asked {
        query_id: execution.query_id.clone(),
        parent: origin.parent.map(str::to_owned),
        sql: execution.sql.clone(),
        session_id: session.id,
        context: session.engine.context(),
        tag: tag(session, &statement.parameters),
        is_client_generated: origin.is_internal,
        started: execution.started,
    };
    shared.engine.book().begin(asked, statement.work.clone());
}

/// The tag of a statement: its own, or that of its session.
fn tag(session: &Session, own: &std::collections::BTreeMap<String, Value>) -> String {
    let named = own.iter().find(|(name, _)| name.eq_ignore_ascii_case(TAG)).map(|(_, value)| value.clone());
    let tag = named.or_else(|| session.engine.parameters().remove(TAG));
    tag.and_then(|tag| tag.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A statement may run.
pub(super) fn admitted(shared: &Shared, statement: &Statement, admission: &Admission) {
    statement.work.admit(admission);
    if let Some(warehouse) = &admission.warehouse {
        shared.engine.book().occupy(&statement.query_id, warehouse);
    }
}

/// A statement has ended.
pub(super) fn end(shared: &Shared, execution: &Execution, finished: &Finished) {
    shared.engine.book().end(&execution.query_id, finished.ended, |entry, share| {
        let Took { at, compilation, execution } = Took::of(&shared.engine, entry, finished.ended);
        let (failure, result) = match &finished.outcome {
            Ok(Success::Rows(result)) => (None, Some(result.as_ref())),
            Ok(Success::Several(_)) => {
                entry.work.is("MULTI_STATEMENT");
                (None, None)
            }
            Ok(_) => (None, None),
            Err(error) => (Some((error.code.to_owned(), error.message.clone())), None),
        };
        let rows = result.map(counted).unwrap_or_default();
        let bytes_to_result = result.map_or(0, |result| size(result.size()));
        Ended { at, failure, rows, bytes_to_result, compilation, execution, share }
    });
}

/// The rows that a result tells of.
fn counted(result: &ResultSet) -> CountedRows {
    let mut rows = CountedRows { produced: size(result.total), ..CountedRows::default() };
    if let Some(stats) = &result.stats {
        let count = |count: Option<i64>| count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
        rows.inserted = count(stats.num_rows_inserted);
        rows.updated = count(stats.num_rows_updated);
        rows.deleted = count(stats.num_rows_deleted);
    }
    if result.statement_type == StatementType::COPY {
        rows.inserted = column(result, "rows_loaded").unwrap_or(0);
    }
    if result.statement_type == StatementType::UNLOAD {
        rows.unloaded = column(result, "rows_unloaded").or_else(|| column(result, "ROW_COUNT")).unwrap_or(0);
    }
    rows
}

/// The sum of a column of whole numbers; none without the column.
pub(super) fn column(result: &ResultSet, name: &str) -> Option<u64> {
    let at = result.columns.iter().position(|column| column.name == name)?;
    Some(result.batches.iter().map(|batch| sum(batch.column(at))).sum())
}

fn sum(counts: &ArrayRef) -> u64 {
    let Ok(counts) = arrow_cast::cast(counts, &DataType::Int64) else { return 0 };
    counts.as_primitive::<Int64Type>().iter().flatten().filter_map(|count| u64::try_from(count).ok()).sum()
}

fn size(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
