//! The rows of `INSERT … VALUES`: written out, computed, or bound as arrays.

use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch};
use datafusion::catalog::default_table_source::provider_as_source;
use datafusion::datasource::MemTable;
use datafusion::sql::sqlparser::ast::{
    Expr, Query, SelectItem, SetExpr, UnaryOperator, Value as Literal, Values, visit_expressions_mut,
};
use futures::TryStreamExt;

use super::super::SqlError;
use super::super::catalog::TableColumn;
use super::super::rewrite::{Tables, make};
use super::super::run::Run;
use super::super::select::plan_query;
use super::super::syntax::{lex, parse_query};
use super::super::value::{Builder, Number, Value, convert};
use super::bound::Bound;

/// One array per target column, of the column's own type.
pub(super) type Columns = Vec<ArrayRef>;

/// The rows of a VALUES list for the target columns.
///
/// # Errors
/// `002020` when a row is too long or too short, and whatever is wrong with a value.
pub(super) async fn rows(run: &Run, values: Values, targets: &[&TableColumn]) -> Result<Columns, SqlError> {
    let rows: Vec<Vec<Expr>> = values.rows.into_iter().map(|row| row.content).collect();
    for row in &rows {
        if row.len() != targets.len() {
            return Err(mismatch(targets.len(), row.len()));
        }
    }
    if let Some(bound) = Bound::of(run).await? {
        return of_binds(run, rows, &bound, targets).await;
    }
    if let Some(columns) = written(run, &rows, targets)? {
        return Ok(columns);
    }
    computed(run, rows, targets).await
}

/// A list of another length than the table's columns.
pub(super) fn mismatch(expected: usize, got: usize) -> SqlError {
    SqlError::new(
        "002020",
        "21S01",
        format!(
            "SQL compilation error:\nInsert value list does not match column list expecting {expected} but got {got}"
        ),
    )
}

fn placeholder(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Value(value) => match &value.value {
            Literal::Placeholder(name) => name.strip_prefix(':'),
            _ => None,
        },
        _ => None,
    }
}

async fn of_binds(
    run: &Run,
    mut rows: Vec<Vec<Expr>>,
    bound: &Bound<'_>,
    targets: &[&TableColumn],
) -> Result<Columns, SqlError> {
    let (Some(cells), true) = (rows.pop(), rows.is_empty()) else {
        let message = "SQL compilation error:\nArray bind needs a single row of VALUES";
        return Err(SqlError::new("002049", "0A000", message));
    };
    let mut arrays: Vec<Option<ArrayRef>> = Vec::with_capacity(cells.len());
    for (cell, target) in cells.iter().zip(targets) {
        arrays.push(match placeholder(cell) {
            Some(name) => bound.array(name, target, run)?,
            None => None,
        });
    }
    let open = |array: &Option<ArrayRef>| array.is_none();
    if arrays.iter().any(open) {
        let rest = cells.into_iter().zip(targets).zip(&arrays).filter(|(_, array)| open(array));
        let (cells, targets): (Vec<_>, Vec<_>) = rest.map(|((cell, target), _)| (cell, *target)).unzip();
        let computed = over_binds(run, cells, bound, &targets).await?;
        arrays
            .iter_mut()
            .filter(|array| open(array))
            .zip(computed)
            .for_each(|(array, found)| *array = Some(found));
    }
    Ok(arrays.into_iter().flatten().collect())
}

/// Expressions over binds: the binds become a table, the row a query over it.
async fn over_binds(
    run: &Run,
    cells: Vec<Expr>,
    bound: &Bound<'_>,
    targets: &[&TableColumn],
) -> Result<Columns, SqlError> {
    let batch = bound.table(run)?;
    let mut tables = Tables::new();
    let provider = MemTable::try_new(batch.schema(), vec![vec![batch]])?;
    tables.insert("$BINDS".to_owned(), provider_as_source(Arc::new(provider)));
    let mut query = parse_query(&lex("SELECT 1 FROM \"$BINDS\"")?)?;
    if let SetExpr::Select(select) = query.body.as_mut() {
        let items = cells.into_iter().zip(targets).enumerate().map(|(at, (cell, target))| {
            let expr =
                make::cast(bind_columns(or_default(cell, target)?, bound)?, &target.data_type.to_string());
            Ok(SelectItem::ExprWithAlias { expr, alias: make::ident(&format!("${at}")) })
        });
        select.projection = items.collect::<Result<_, SqlError>>()?;
    }
    collected(run, query, tables, targets).await
}

/// Placeholders become columns of the table of binds.
fn bind_columns(mut cell: Expr, bound: &Bound<'_>) -> Result<Expr, SqlError> {
    let visited = visit_expressions_mut(&mut cell, |node| {
        let Some(name) = placeholder(node) else { return ControlFlow::Continue(()) };
        if !bound.has(name) {
            return ControlFlow::Break(SqlError::not_bound(&format!(":{name}")));
        }
        *node = make::column(&format!(":{}", name.to_uppercase()));
        ControlFlow::Continue(())
    });
    match visited {
        ControlFlow::Continue(()) => Ok(cell),
        ControlFlow::Break(error) => Err(error),
    }
}

/// The values when all of them are written out; none when one has to be computed.
fn written(run: &Run, rows: &[Vec<Expr>], targets: &[&TableColumn]) -> Result<Option<Columns>, SqlError> {
    let mut columns: Vec<Vec<Value<'static>>> =
        targets.iter().map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        for (cell, column) in row.iter().zip(&mut columns) {
            match constant(run, cell)? {
                Some(value) => column.push(value),
                None => return Ok(None),
            }
        }
    }
    let arrays =
        columns.into_iter().zip(targets).map(|(values, target)| gathered(values.into_iter(), target, run));
    arrays.collect::<Result<Columns, SqlError>>().map(Some)
}

fn constant(run: &Run, cell: &Expr) -> Result<Option<Value<'static>>, SqlError> {
    Ok(match cell {
        Expr::Value(value) => match &value.value {
            Literal::SingleQuotedString(text) => Some(Value::text(text.clone())),
            Literal::Number(text, _) if !text.contains(['e', 'E']) => Number::parse(text).map(Value::Number),
            Literal::Boolean(value) => Some(Value::Boolean(*value)),
            Literal::Null => Some(Value::Null),
            Literal::Placeholder(name) if name.starts_with(':') => Some(run.bound(name)?.value),
            _ => None,
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match constant(run, expr)? {
            Some(Value::Number(number)) => Some(Value::Number(Number::new(-number.unscaled, number.scale))),
            _ => None,
        },
        _ => None,
    })
}

fn gathered(
    values: impl Iterator<Item = Value<'static>>,
    target: &TableColumn,
    run: &Run,
) -> Result<ArrayRef, SqlError> {
    let mut builder = Builder::new(&target.data_type, values.size_hint().0);
    for value in values {
        builder.push(convert(value, &target.data_type, &run.env)?)?;
    }
    Ok(builder.finish())
}

async fn computed(run: &Run, rows: Vec<Vec<Expr>>, targets: &[&TableColumn]) -> Result<Columns, SqlError> {
    let mut query: Box<Query> = parse_query(&lex("VALUES (1)")?)?;
    if let SetExpr::Values(values) = query.body.as_mut() {
        let template = values.rows.first().cloned();
        values.rows.clear();
        for row in rows {
            let Some(mut next) = template.clone() else { continue };
            next.content = row
                .into_iter()
                .zip(targets)
                .map(|(cell, target)| {
                    Ok(make::cast(or_default(cell, target)?, &target.data_type.to_string()))
                })
                .collect::<Result<_, SqlError>>()?;
            values.rows.push(next);
        }
    }
    collected(run, query, Tables::new(), targets).await
}

/// The keyword DEFAULT stands for the column's default.
pub(super) fn or_default(cell: Expr, target: &TableColumn) -> Result<Expr, SqlError> {
    match &cell {
        Expr::Identifier(name) if name.quote_style.is_none() && name.value == "DEFAULT" => {
            match &target.default {
                Some(text) => super::insert::default_expr(text),
                None => Ok(make::null()),
            }
        }
        _ => Ok(cell),
    }
}

async fn collected(
    run: &Run,
    query: Box<Query>,
    tables: Tables,
    targets: &[&TableColumn],
) -> Result<Columns, SqlError> {
    let planned = plan_query(run, query, tables)?;
    let batches: Vec<RecordBatch> = planned.run().await?.try_collect().await?;
    let mut columns = Columns::new();
    for (at, target) in targets.iter().enumerate() {
        let parts: Vec<&dyn Array> = batches.iter().map(|batch| batch.column(at).as_ref()).collect();
        columns.push(if parts.is_empty() {
            Builder::new(&target.data_type, 0).finish()
        } else {
            arrow_select::concat::concat(&parts).map_err(SqlError::internal)?
        });
    }
    Ok(columns)
}
