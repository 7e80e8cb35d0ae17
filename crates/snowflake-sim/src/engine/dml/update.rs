//! UPDATE.

use std::collections::{HashMap, HashSet};

use datafusion::sql::sqlparser::ast::{Assignment, AssignmentTarget, Expr, Statement, UpdateTableFromKind};
use snowflake_proto::StatementType;
use snowflake_proto::wire::query::Stats;

use super::super::answer::{counters, no_batch};
use super::super::catalog::{Table, TableColumn};
use super::super::rewrite::make;
use super::super::run::Run;
use super::super::syntax::{Tokens, parse_statement};
use super::super::{Outcome, SqlError};
use super::rows::updated;
use super::target::{Target, named};
use super::values::or_default;

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
        items.push(assigned(&target.table.columns()[at], value)?);
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
    let mut multiple = HashSet::new();
    for (at, row) in rows.iter().enumerate() {
        if first.contains_key(row) {
            multiple.insert(*row);
        } else {
            first.insert(*row, at);
        }
    }
    if let Some(values) = values {
        // The first of the values is the number of the row.
        let rows = updated(&target.table, &version, &columns, &values.columns()[1..], &first)?;
        run.replace(&target.table, rows, gate)?;
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

/// What SET makes of a column, in the column's own type.
pub(super) fn assigned(column: &TableColumn, value: Expr) -> Result<Expr, SqlError> {
    Ok(make::cast(or_default(value, column)?, &column.data_type.to_string()))
}

/// Which column SET names.
pub(super) fn place(table: &Table, target: &AssignmentTarget) -> Result<usize, SqlError> {
    let AssignmentTarget::ColumnName(name) = target else {
        return Err(SqlError::not_simulated("SET of several columns"));
    };
    let last =
        name.0.last().and_then(|part| part.as_ident()).map(|ident| ident.value.as_str()).unwrap_or_default();
    let found = table.columns().iter().position(|column| column.name == last);
    found.ok_or_else(|| SqlError::invalid_identifier(last))
}
