//! `OBJECT_CONSTRUCT(*)`: an object of all columns.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Select, SelectItem, TableFactor,
    visit_expressions_mut,
};

use super::super::SqlError;
use super::super::catalog::Relation;
use super::Rewriter;
use super::make::{column, string};
use super::relations::plain_name;

/// Names the columns in place of the star.
///
/// # Errors
/// `0A000` when the columns are those of anything but tables and views.
pub(super) fn spread(rewriter: &Rewriter<'_>, select: &mut Select) -> Result<(), SqlError> {
    let mut items = std::mem::take(&mut select.projection);
    let mut outcome = Ok(());
    for item in &mut items {
        let (SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) = item else { continue };
        let visited = visit_expressions_mut(expr, |node| match spread_call(rewriter, select, node) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        });
        if let ControlFlow::Break(error) = visited {
            outcome = Err(error);
            break;
        }
    }
    select.projection = items;
    outcome
}

fn spread_call(rewriter: &Rewriter<'_>, select: &Select, node: &mut Expr) -> Result<(), SqlError> {
    let Expr::Function(function) = node else { return Ok(()) };
    let name = function.name.to_string().to_ascii_uppercase();
    let FunctionArguments::List(list) = &mut function.args else { return Ok(()) };
    let is_star = matches!(list.args.as_slice(), [FunctionArg::Unnamed(FunctionArgExpr::Wildcard)]);
    if !is_star || !matches!(name.as_str(), "OBJECT_CONSTRUCT" | "OBJECT_CONSTRUCT_KEEP_NULL") {
        return Ok(());
    }
    let mut pairs = Vec::new();
    for each in &select.from {
        for factor in std::iter::once(&each.relation).chain(each.joins.iter().map(|join| &join.relation)) {
            for name in names(rewriter, factor)? {
                pairs.extend([string(name.clone()), column(&name)]);
            }
        }
    }
    list.args = pairs.into_iter().map(|each| FunctionArg::Unnamed(FunctionArgExpr::Expr(each))).collect();
    Ok(())
}

/// The columns of what stands in FROM.
fn names(rewriter: &Rewriter<'_>, factor: &TableFactor) -> Result<Vec<String>, SqlError> {
    let unknown = || SqlError::not_simulated(format!("OBJECT_CONSTRUCT(*) over {factor}"));
    let TableFactor::Table { name, args: None, .. } = factor else { return Err(unknown()) };
    let parts = plain_name(name).ok_or_else(unknown)?;
    if let [single] = parts.as_slice() {
        if rewriter.is_local(single) {
            return Err(unknown());
        }
        if let Some(table) = rewriter.tables.get(single) {
            return Ok(table.schema().fields().iter().map(|field| field.name().clone()).collect());
        }
    }
    let path = rewriter.path(&parts)?;
    let columns = match rewriter.run.relation(&path)? {
        Some(Relation::Table(table)) => table.columns().to_vec(),
        Some(Relation::View(view)) => view.columns.clone(),
        None => return Err(SqlError::missing("Object", &parts.join("."))),
    };
    Ok(columns.into_iter().map(|column| column.name).collect())
}
