//! Computes the values of a query over some rows of a file.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch};
use datafusion::catalog::default_table_source::provider_as_source;
use datafusion::datasource::MemTable;
use futures::TryStreamExt;

use super::super::super::SqlError;
use super::super::super::rewrite::{Tables, name_items};
use super::super::super::run::Run;
use super::super::super::select::plan_query;
use super::super::super::types::{SqlType, type_of};
use super::Computed;

/// The values of some rows.
pub(in super::super) struct Evaluated {
    /// What each value is.
    pub(in super::super) types: Vec<SqlType>,
    /// One array per value, of the rows that could be computed.
    pub(in super::super) columns: Vec<ArrayRef>,
    /// The rows that could not, and why.
    pub(in super::super) failed: Vec<(usize, SqlError)>,
}

/// Computes all rows at once. Where that fails the rows are halved until those are found that fail; with
/// `stops` only the first is looked for.
///
/// # Errors
/// What is wrong with the query itself.
pub(in super::super) async fn evaluated(
    run: &Run,
    computed: &Computed,
    rows: &RecordBatch,
    stops: bool,
) -> Result<Evaluated, SqlError> {
    let mut found = Evaluated { types: Vec::new(), columns: Vec::new(), failed: Vec::new() };
    let mut parts: Vec<Vec<ArrayRef>> = Vec::new();
    let mut left = vec![(0, rows.num_rows())];
    while let Some((start, count)) = left.pop() {
        run.check()?;
        match once(run, computed, &rows.slice(start, count)).await {
            Ok((types, columns)) => {
                found.types = types;
                parts.push(columns);
            }
            Err(error) if !error.code.starts_with("100") => return Err(error),
            Err(error) if count <= 1 => {
                found.failed.push((start, error));
                if stops {
                    break;
                }
            }
            Err(_) => {
                let half = count / 2;
                left.push((start + half, count - half));
                left.push((start, half));
            }
        }
    }
    for at in 0..found.types.len() {
        let arrays: Vec<&dyn Array> = parts.iter().map(|part| part[at].as_ref()).collect();
        found.columns.push(arrow_select::concat::concat(&arrays).map_err(SqlError::internal)?);
    }
    Ok(found)
}

async fn once(
    run: &Run,
    computed: &Computed,
    rows: &RecordBatch,
) -> Result<(Vec<SqlType>, Vec<ArrayRef>), SqlError> {
    let table = MemTable::try_new(rows.schema(), vec![vec![rows.clone()]])?;
    let tables = Tables::from([(computed.table.to_owned(), provider_as_source(Arc::new(table)))]);
    let mut query = computed.query.clone();
    name_items(&mut query, None);
    let planned = plan_query(run, query, tables)?;
    let batches: Vec<RecordBatch> = planned.run().await?.try_collect().await?;
    let Some(first) = batches.first() else { return Err(SqlError::internal("a query without rows")) };
    let schema = first.schema();
    let whole = arrow_select::concat::concat_batches(&schema, &batches).map_err(SqlError::internal)?;
    if whole.num_rows() != rows.num_rows() {
        return Err(SqlError::internal("a query that answers more or fewer rows than it is given"));
    }
    Ok((schema.fields().iter().map(|field| type_of(field)).collect(), whole.columns().to_vec()))
}
