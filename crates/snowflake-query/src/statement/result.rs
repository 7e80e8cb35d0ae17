//! What a finished statement gives back.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use snowflake_proto::{Column, StatementType};
use snowflake_transport::BoxFuture;

use super::run::Answer;
use super::{Query, QueryId, run};
use crate::error::{Error, ErrorKind};
use crate::result::{BatchStream, Fault, Fetcher, Refresh, ResultOptions, ResultSet, Rows};
use crate::session::Core;

/// The rows of a finished statement and what is known about it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct QueryResult {
    /// All rows, in memory.
    pub rows: Rows,
    /// Figures about the execution.
    pub stats: QueryStats,
    /// The server's id of the statement.
    pub query_id: QueryId,
    /// The kind of statement.
    pub statement_type: StatementType,
    children: Vec<QueryId>,
}

/// Figures about the execution of a statement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryStats {
    /// Rows of the result.
    pub rows_produced: u64,
    /// Bytes that the statement read; 0 where the answer does not say (the service tells it in its query history).
    pub bytes_scanned: u64,
    /// Milliseconds from submission to the complete answer, as seen from here.
    pub execution_time_ms: u64,
}

impl QueryResult {
    /// The columns in order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        self.rows.columns()
    }

    /// The Arrow schema of the batches.
    #[must_use]
    pub fn schema(&self) -> &SchemaRef {
        self.rows.schema()
    }

    /// The rows as Arrow batches.
    #[must_use]
    pub fn batches(&self) -> &[RecordBatch] {
        self.rows.batches()
    }

    /// How many rows an INSERT, UPDATE, DELETE or MERGE changed; `None` for other statements.
    #[must_use]
    pub fn rows_affected(&self) -> Option<u64> {
        if !self.statement_type.is_dml() {
            return None;
        }
        let row = self.rows.iter().next()?;
        let counted = |column: &(usize, &Column)| is_counter(&column.1.name);
        let counts = self.columns().iter().enumerate().filter(counted);
        Some(counts.filter_map(|(index, _)| row.get::<u64>(index).ok()).sum())
    }

    /// The ids of the single statements, where several were submitted at once; their results are had by id.
    #[must_use]
    pub fn children(&self) -> &[QueryId] {
        &self.children
    }
}

/// Whether a column of a DML statement's answer counts changed rows.
pub(crate) fn is_counter(name: &str) -> bool {
    matches!(
        name,
        "number of rows updated" | "number of multi-joined rows updated" | "number of rows deleted"
    ) || name.starts_with("number of rows inserted")
}

/// A finished statement whose rows are still to be fetched; it needs no turn on the session any more.
#[derive(Debug)]
pub(crate) struct Opened {
    set: ResultSet,
    stats: QueryStats,
    query_id: QueryId,
    statement_type: StatementType,
    children: Vec<QueryId>,
}

impl Opened {
    pub(crate) async fn new(answer: Answer, options: ResultOptions) -> Result<Self, Error> {
        let Answer { core, response, query_id, statement_type, elapsed } = answer;
        let scanned = response.stats.as_ref().and_then(|stats| stats.scan_bytes);
        let children =
            response.result_ids.as_deref().unwrap_or_default().split(',').filter(|id| !id.is_empty());
        let children = children.map(|id| QueryId::parse(id.trim())).collect::<Result<_, _>>()?;
        let fetcher = Fetcher::new(Arc::clone(core.server.transport()), core.server.retrier().clone());
        let refresh = (!query_id.is_none()).then(|| refresh(core, query_id));
        let set = ResultSet::open(*response, fetcher, options, refresh).await?;
        let stats = QueryStats {
            rows_produced: set.len(),
            bytes_scanned: scanned.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0),
            execution_time_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        };
        Ok(Self { set, stats, query_id, statement_type, children })
    }

    pub(crate) async fn collect(self) -> Result<QueryResult, Error> {
        let Self { set, stats, query_id, statement_type, children } = self;
        let rows = set.collect().await?;
        Ok(QueryResult { rows, stats, query_id, statement_type, children })
    }

    pub(crate) fn into_batches(self) -> BatchStream {
        self.set.into_batches()
    }
}

/// Asks for the answer of a finished statement once more, with fresh addresses of its parts.
fn refresh(core: Arc<Core>, query_id: QueryId) -> Refresh {
    Arc::new(move || {
        let core = Arc::clone(&core);
        let again: BoxFuture<'static, _> = Box::pin(async move {
            match run::result(&core, query_id).await {
                Ok(answer) => Ok(*answer.response),
                // The statement has succeeded, so that only its result can be missing.
                Err(error) if matches!(error.kind(), ErrorKind::Sql | ErrorKind::NotFound) => {
                    Err(Fault::ResultExpired { query_id }.into())
                }
                Err(error) => Err(error),
            }
        });
        again
    })
}

/// How the result of a query is read in a session.
pub(crate) fn options(core: &Core, query: &Query) -> ResultOptions {
    let mut options = core.defaults.results.clone();
    if let Some(arrow) = query.arrow {
        options.arrow = arrow;
    }
    if let Some(prefetch) = query.prefetch {
        options.prefetch = prefetch;
    }
    options
}

#[cfg(test)]
mod tests {
    use super::is_counter;

    #[test]
    fn the_columns_that_count_changed_rows() {
        for name in [
            "number of rows inserted",
            "number of rows inserted into T",
            "number of rows updated",
            "number of multi-joined rows updated",
            "number of rows deleted",
        ] {
            assert!(is_counter(name), "{name}");
        }
        for name in ["status", "number of rows", "Number of rows updated", "number of rows updated twice"] {
            assert!(!is_counter(name), "{name}");
        }
    }
}
