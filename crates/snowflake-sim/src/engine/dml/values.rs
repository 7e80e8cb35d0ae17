//! The rows of `INSERT … VALUES`: written out, computed, or bound as arrays.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::Schema;
use datafusion::sql::sqlparser::ast::{Expr, Query, SetExpr, UnaryOperator, Value as Literal, Values};
use futures::TryStreamExt;
use snowflake_proto::wire::query::BindingValue;

use super::super::SqlError;
use super::super::catalog::TableColumn;
use super::super::copy::bound_rows;
use super::super::rewrite::{Tables, make};
use super::super::run::Run;
use super::super::select::plan_query;
use super::super::syntax::{bind_column, lex, parse_query};
use super::super::types::{SqlType, field};
use super::super::value::{Builder, Number, Value, convert};

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
    if let Some(columns) = bound(run, &rows).await? {
        return of_binds(run, rows, columns, targets).await;
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

/// Array binds, by number from 1: their type and values.
type Bound = Vec<(String, SqlType, Vec<Value<'static>>)>;

async fn bound(run: &Run, rows: &[Vec<Expr>]) -> Result<Option<Bound>, SqlError> {
    if let Some(stage) = &run.statement.bind_stage {
        return bound_rows(run, stage).await.map(Some);
    }
    let is_array = run.statement.binds.values().any(|bind| matches!(bind.value, BindingValue::List(_)));
    if !is_array {
        return Ok(None);
    }
    if rows.len() != 1 {
        return Err(SqlError::new(
            "002049",
            "0A000",
            "SQL compilation error:\nArray bind needs a single row of VALUES",
        ));
    }
    let mut columns = Bound::new();
    for (name, binding) in &run.statement.binds {
        let (data_type, values) = bind_column(binding, &run.env)?;
        columns.push((name.clone(), data_type, values));
    }
    let longest = columns.iter().map(|(_, _, values)| values.len()).max().unwrap_or(0);
    for (_, _, values) in &mut columns {
        if values.len() == 1 && longest != 1 {
            let only = values.first().cloned().unwrap_or(Value::Null);
            values.resize(longest, only);
        }
        if values.len() != longest {
            return Err(SqlError::new(
                "002049",
                "0A000",
                "SQL compilation error:\nArray binds of different lengths",
            ));
        }
    }
    Ok(Some(columns))
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
    rows: Vec<Vec<Expr>>,
    columns: Bound,
    targets: &[&TableColumn],
) -> Result<Columns, SqlError> {
    let Some(cells) = rows.into_iter().next() else { return Ok(Vec::new()) };
    let find = |name: &str| columns.iter().find(|(bound, ..)| bound.eq_ignore_ascii_case(name));
    if cells.iter().all(|cell| placeholder(cell).is_some_and(|name| find(name).is_some())) {
        let mut arrays = Columns::new();
        for (cell, target) in cells.iter().zip(targets) {
            let values =
                placeholder(cell).and_then(find).map(|(_, _, values)| values.as_slice()).unwrap_or_default();
            arrays.push(gathered(values.iter().cloned(), target, run)?);
        }
        return Ok(arrays);
    }
    // Expressions over binds: the binds become a table, the row a query over it.
    let mut fields = Vec::new();
    let mut arrays = Columns::new();
    for (name, data_type, values) in &columns {
        fields.push(field(&format!(":{}", name.to_uppercase()), data_type, true));
        let mut builder = Builder::new(data_type, values.len());
        for value in values {
            builder.push(value.clone())?;
        }
        arrays.push(builder.finish());
    }
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(SqlError::internal)?;
    let mut tables = Tables::new();
    let provider = datafusion::datasource::MemTable::try_new(schema, vec![vec![batch]])?;
    tables.insert(
        "$BINDS".to_owned(),
        datafusion::catalog::default_table_source::provider_as_source(Arc::new(provider)),
    );
    let mut query = parse_query(&lex("SELECT 1 FROM \"$BINDS\"")?)?;
    if let SetExpr::Select(select) = query.body.as_mut() {
        select.projection = cells
            .into_iter()
            .zip(targets)
            .enumerate()
            .map(|(at, (cell, target))| datafusion::sql::sqlparser::ast::SelectItem::ExprWithAlias {
                expr: make::cast(bind_columns(cell), &target.data_type.to_string()),
                alias: make::ident(&format!("${at}")),
            })
            .collect();
    }
    collected(run, query, tables, targets).await
}

/// Placeholders become columns of the table of binds.
fn bind_columns(mut cell: Expr) -> Expr {
    use std::ops::ControlFlow;
    let visited = datafusion::sql::sqlparser::ast::visit_expressions_mut(&mut cell, |node| {
        if let Some(name) = placeholder(node) {
            *node = make::column(&format!(":{}", name.to_uppercase()));
        }
        ControlFlow::<()>::Continue(())
    });
    debug_assert!(visited.is_continue(), "nothing stops the walk");
    cell
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
