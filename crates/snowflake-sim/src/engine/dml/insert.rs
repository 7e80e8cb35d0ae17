//! INSERT.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch};
use datafusion::sql::sqlparser::ast::{
    Expr, Insert, ObjectName, SelectItem, SetExpr, Statement, TableObject,
};
use futures::TryStreamExt;
use snowflake_proto::StatementType;
use snowflake_proto::wire::query::Stats;

use super::super::answer::{counters, no_batch};
use super::super::catalog::{Table, TableColumn, Version};
use super::super::rewrite::Tables;
use super::super::run::Run;
use super::super::select::plan_query;
use super::super::syntax::{Cursor, Name, Tokens, lex, parse_query, parse_statement};
use super::super::types::type_of;
use super::super::value::{Builder, Value, cast_array};
use super::super::{Outcome, SqlError};
use super::values;

/// Whether a statement takes array binds: an INSERT of VALUES.
pub(in super::super) fn takes_arrays(tokens: &Tokens) -> bool {
    let mut cursor = Cursor::new(tokens);
    if !cursor.word("INSERT") {
        return false;
    }
    while !cursor.is_done() {
        if cursor.sees("SELECT") {
            return false;
        }
        if cursor.word("VALUES") {
            return true;
        }
        cursor.next();
    }
    false
}

/// Runs INSERT.
///
/// # Errors
/// Whatever is wrong with it, by Snowflake's codes.
pub(in super::super) async fn insert(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let Statement::Insert(insert) = parse_statement(tokens)? else {
        return Err(SqlError::internal("INSERT that is another statement"));
    };
    if insert.multi_table_insert_type.is_some() {
        return Err(SqlError::not_simulated("INSERT into several tables"));
    }
    let name = table_name(&insert)?;
    let table = run.table(&run.path(&name)?, &name.join("."))?;
    let places = places(&table, &insert.columns)?;
    if run.describes() {
        let mut rows = counters(&[("number of rows inserted", 0)], StatementType::INSERT)?;
        rows.batches = no_batch();
        return Ok(Outcome::Rows(rows));
    }
    let source = insert.source.ok_or_else(|| SqlError::not_simulated("INSERT without rows"))?;
    let targets: Vec<&TableColumn> = places.iter().map(|at| &table.columns()[*at]).collect();
    let batches = match *source.body {
        SetExpr::Values(list) if source.with.is_none() => {
            let columns = values::rows(run, list, &targets).await?;
            vec![complete(run, &table, &places, columns).await?]
        }
        _ => {
            let planned = plan_query(run, source, Tables::new())?;
            if planned.columns.len() != places.len() {
                return Err(values::mismatch(places.len(), planned.columns.len()));
            }
            let found: Vec<RecordBatch> = planned.run().await?.try_collect().await?;
            let mut batches = Vec::with_capacity(found.len());
            for batch in found {
                let columns = cast_columns(run, &batch, &targets)?;
                batches.push(complete(run, &table, &places, columns).await?);
            }
            batches
        }
    };
    let count: usize = batches.iter().map(RecordBatch::num_rows).sum();
    if insert.overwrite {
        let gate = run.gate(&table).await?;
        run.replace(&table, Version::new(batches), gate)?;
    } else {
        run.append(&table, batches).await?;
    }
    let mut rows = counters(&[("number of rows inserted", count)], StatementType::INSERT)?;
    rows.stats = Some(Stats { num_rows_inserted: i64::try_from(count).ok(), ..Stats::default() });
    Ok(Outcome::Rows(rows))
}

fn table_name(insert: &Insert) -> Result<Name, SqlError> {
    match &insert.table {
        TableObject::TableName(name) => {
            let parts: Option<Name> =
                name.0.iter().map(|part| part.as_ident().map(|ident| ident.value.clone())).collect();
            parts.ok_or_else(|| SqlError::not_simulated(format!("INSERT INTO {name}")))
        }
        other => Err(SqlError::not_simulated(format!("INSERT INTO {other}"))),
    }
}

/// Where the inserted columns are in the table: all of them when none is named.
pub(super) fn places(table: &Table, names: &[ObjectName]) -> Result<Vec<usize>, SqlError> {
    if names.is_empty() {
        return Ok((0..table.columns().len()).collect());
    }
    names
        .iter()
        .map(|name| {
            let last = name.0.last().and_then(|part| part.as_ident()).map(|ident| ident.value.as_str());
            let last = last.unwrap_or_default();
            let found = table.columns().iter().position(|column| column.name == last);
            found.ok_or_else(|| SqlError::invalid_identifier(last))
        })
        .collect()
}

fn cast_columns(run: &Run, batch: &RecordBatch, targets: &[&TableColumn]) -> Result<Vec<ArrayRef>, SqlError> {
    let schema = batch.schema();
    targets
        .iter()
        .enumerate()
        .map(|(at, target)| {
            cast_array(batch.column(at), &type_of(schema.field(at)), &target.data_type, &run.env)
        })
        .collect()
}

/// Adds the columns that a statement does not name: defaults, counters or NULL. Refuses NULL where the
/// table does.
///
/// # Errors
/// `100072` for NULL in a column that refuses it.
pub(in super::super) async fn complete(
    run: &Run,
    table: &Table,
    places: &[usize],
    columns: Vec<ArrayRef>,
) -> Result<RecordBatch, SqlError> {
    let count = columns.first().map_or(0, |array| array.len());
    let mut given: Vec<Option<ArrayRef>> = table.columns().iter().map(|_| None).collect();
    for (place, array) in places.iter().zip(columns) {
        given[*place] = Some(array);
    }
    let mut arrays = Vec::with_capacity(given.len());
    for (column, array) in table.columns().iter().zip(given) {
        let array = match array {
            Some(array) => array,
            None => absent(run, table, column, count).await?,
        };
        if !column.nullable && array.null_count() > 0 {
            return Err(SqlError::null_not_allowed());
        }
        arrays.push(array);
    }
    RecordBatch::try_new(Arc::clone(table.schema()), arrays).map_err(SqlError::internal)
}

async fn absent(run: &Run, table: &Table, column: &TableColumn, count: usize) -> Result<ArrayRef, SqlError> {
    if let Some((start, step)) = column.identity {
        let first = table.reserve(count);
        let mut builder = Builder::new(&column.data_type, count);
        for row in 0..count {
            let number = first.saturating_add(i64::try_from(row).unwrap_or(0));
            builder.push(Value::integer(start.saturating_add(number.saturating_mul(step))))?;
        }
        return Ok(builder.finish());
    }
    let Some(default) = &column.default else {
        let mut builder = Builder::new(&column.data_type, count);
        for _ in 0..count {
            builder.push(Value::Null)?;
        }
        return Ok(builder.finish());
    };
    let mut query = parse_query(&lex(&format!("SELECT 1 FROM TABLE(GENERATOR(ROWCOUNT => {count}))"))?)?;
    if let SetExpr::Select(select) = query.body.as_mut() {
        let alias = super::super::rewrite::make::ident("$0");
        select.projection = vec![SelectItem::ExprWithAlias { expr: default_expr(default)?, alias }];
    }
    let planned = plan_query(run, query, Tables::new())?;
    let found: Vec<RecordBatch> = planned.run().await?.try_collect().await?;
    let mut arrays = Vec::with_capacity(found.len());
    for batch in &found {
        arrays.push(cast_columns(run, batch, &[column])?.swap_remove(0));
    }
    let parts: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
    if parts.is_empty() {
        return Ok(Builder::new(&column.data_type, 0).finish());
    }
    arrow_select::concat::concat(&parts).map_err(SqlError::internal)
}

/// The tree of a default's text.
pub(super) fn default_expr(text: &str) -> Result<Expr, SqlError> {
    let query = parse_query(&lex(&format!("SELECT {text}"))?)?;
    match *query.body {
        SetExpr::Select(select) => match select.projection.into_iter().next() {
            Some(SelectItem::UnnamedExpr(expr)) => Ok(expr),
            _ => Err(SqlError::internal("a default that is no expression")),
        },
        _ => Err(SqlError::internal("a default that is no expression")),
    }
}
