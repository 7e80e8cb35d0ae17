//! UPDATE.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch};
use datafusion::sql::sqlparser::ast::{Assignment, AssignmentTarget, Statement, UpdateTableFromKind};
use snowflake_proto::StatementType;
use snowflake_proto::wire::query::Stats;

use super::super::answer::{counters, no_batch};
use super::super::catalog::{Table, Version};
use super::super::rewrite::make;
use super::super::run::Run;
use super::super::syntax::{Tokens, parse_statement};
use super::super::{Outcome, SqlError};
use super::target::{Target, named};

/// Runs UPDATE.
///
/// # Errors
/// Whatever is wrong with it, by Snowflake's codes.
pub(in super::super) async fn update(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let Statement::Update(update) = parse_statement(tokens)? else {
        return Err(SqlError::internal("UPDATE that is another statement"));
    };
    let (name, alias) = named(&update.table)?;
    let target = Target::find(run, &name, alias)?;
    let mut columns = Vec::new();
    let mut items = Vec::new();
    for Assignment { target: column, value } in update.assignments {
        let at = place(&target.table, &column)?;
        columns.push(at);
        items.push(make::cast(value, &target.table.columns()[at].data_type.to_string()));
    }
    if run.describes() {
        let mut rows = answer(0, 0)?;
        rows.batches = no_batch();
        return Ok(Outcome::Rows(rows));
    }
    let others = match update.from {
        None => Vec::new(),
        Some(UpdateTableFromKind::AfterSet(others) | UpdateTableFromKind::BeforeSet(others)) => others,
    };
    let gate = run.gate(&target.table).await?;
    let version = run.version(&target.table)?;
    let (rows, values) = target.matches(run, &version, items, others, update.selection).await?;
    let mut first = HashMap::new();
    let mut multiple = std::collections::HashSet::new();
    for (at, row) in rows.iter().enumerate() {
        if first.contains_key(row) {
            multiple.insert(*row);
        } else {
            first.insert(*row, at);
        }
    }
    if let Some(values) = values {
        let batch = changed(&target.table, &version, &columns, &first, &values)?;
        run.replace(&target.table, Version::new(vec![batch]), gate)?;
    }
    let mut rows = answer(first.len(), multiple.len())?;
    rows.stats = Some(Stats {
        num_rows_updated: i64::try_from(first.len()).ok(),
        num_dml_duplicates: i64::try_from(multiple.len()).ok(),
        ..Stats::default()
    });
    Ok(Outcome::Rows(rows))
}

fn answer(updated: usize, multiple: usize) -> Result<super::super::Rows, SqlError> {
    let counts = [("number of rows updated", updated), ("number of multi-joined rows updated", multiple)];
    counters(&counts, StatementType::UPDATE)
}

fn place(table: &Table, target: &AssignmentTarget) -> Result<usize, SqlError> {
    let AssignmentTarget::ColumnName(name) = target else {
        return Err(SqlError::not_simulated("SET of several columns"));
    };
    let last =
        name.0.last().and_then(|part| part.as_ident()).map(|ident| ident.value.as_str()).unwrap_or_default();
    let found = table.columns().iter().position(|column| column.name == last);
    found.ok_or_else(|| SqlError::invalid_identifier(last))
}

/// The table's rows with new values where the statement matched.
fn changed(
    table: &Arc<Table>,
    version: &Version,
    columns: &[usize],
    first: &HashMap<usize, usize>,
    values: &RecordBatch,
) -> Result<RecordBatch, SqlError> {
    let old =
        arrow_select::concat::concat_batches(table.schema(), &version.batches).map_err(SqlError::internal)?;
    let sources: Vec<(usize, usize)> =
        (0..old.num_rows()).map(|row| first.get(&row).map_or((0, row), |at| (1, *at))).collect();
    let mut arrays: Vec<ArrayRef> = old.columns().to_vec();
    for (item, column) in columns.iter().enumerate() {
        let both: [&dyn Array; 2] = [old.column(*column).as_ref(), values.column(item + 1).as_ref()];
        let array = arrow_select::interleave::interleave(&both, &sources).map_err(SqlError::internal)?;
        if !table.columns()[*column].nullable && array.null_count() > 0 {
            return Err(SqlError::null_not_allowed());
        }
        arrays[*column] = array;
    }
    RecordBatch::try_new(Arc::clone(table.schema()), arrays).map_err(SqlError::internal)
}
