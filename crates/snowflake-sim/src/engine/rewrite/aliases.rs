//! Names of the select list used in other clauses and in later items, which only Snowflake allows.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, Query, Select, SelectItem, SetExpr, TableFactor, TableWithJoins, VisitMut, VisitorMut,
};

use super::super::SqlError;
use super::super::catalog::Relation;
use super::super::information_schema;
use super::super::usage;
use super::{Rewriter, relations};

/// Replaces aliases in WHERE, QUALIFY, HAVING and later items by what they stand for, unless a column has that name.
pub(super) fn expand(rewriter: &Rewriter<'_>, select: &mut Select) -> Result<(), SqlError> {
    let any = select.projection.iter().any(|item| matches!(item, SelectItem::ExprWithAlias { .. }));
    if !any {
        return Ok(());
    }
    let Some(columns) = columns_of(rewriter, &select.from)? else { return Ok(()) };
    let mut known = BTreeMap::new();
    for item in &mut select.projection {
        if let SelectItem::ExprWithAlias { expr, alias } = item {
            substitute(expr, &known);
            let plain = matches!(expr, Expr::Identifier(name) if name.value == alias.value);
            if !columns.contains(&alias.value) && !plain {
                known.insert(alias.value.clone(), expr.clone());
            }
        }
    }
    for clause in [&mut select.selection, &mut select.qualify, &mut select.having].into_iter().flatten() {
        substitute(clause, &known);
    }
    Ok(())
}

/// Puts what names stand for in their place, but not in subqueries.
pub(super) fn substitute(expr: &mut Expr, known: &BTreeMap<String, Expr>) {
    if known.is_empty() {
        return;
    }
    // The substitution never stops early.
    let _ = expr.visit(&mut Substitution { known, inner: 0 });
}

struct Substitution<'a> {
    known: &'a BTreeMap<String, Expr>,
    /// How many subqueries are open: their names are their own.
    inner: usize,
}

impl VisitorMut for Substitution<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, _query: &mut Query) -> ControlFlow<()> {
        self.inner += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _query: &mut Query) -> ControlFlow<()> {
        self.inner -= 1;
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, node: &mut Expr) -> ControlFlow<()> {
        if self.inner == 0
            && let Expr::Identifier(name) = node
            && let Some(meaning) = self.known.get(&name.value)
        {
            *node = Expr::Nested(Box::new(meaning.clone()));
        }
        ControlFlow::Continue(())
    }
}

/// The columns that FROM brings; none when they are not known before planning.
fn columns_of(
    rewriter: &Rewriter<'_>,
    from: &[TableWithJoins],
) -> Result<Option<BTreeSet<String>>, SqlError> {
    let mut columns = BTreeSet::new();
    let factors = from
        .iter()
        .flat_map(|each| std::iter::once(&each.relation).chain(each.joins.iter().map(|join| &join.relation)));
    for factor in factors {
        match columns_of_factor(rewriter, factor)? {
            Some(found) => columns.extend(found),
            None => return Ok(None),
        }
    }
    Ok(Some(columns))
}

fn columns_of_factor(rewriter: &Rewriter<'_>, factor: &TableFactor) -> Result<Option<Vec<String>>, SqlError> {
    match factor {
        TableFactor::Table { name, args: None, alias, .. }
            if alias.as_ref().is_none_or(|alias| alias.columns.is_empty()) =>
        {
            let Some(name) = relations::plain_name(name) else { return Ok(None) };
            if let [single] = name.as_slice()
                && rewriter.is_local(single)
            {
                return Ok(None);
            }
            let path = rewriter.path(&name)?;
            if path.schema == information_schema::NAME {
                let columns = information_schema::columns_of(&path.name);
                return Ok(columns.map(|columns| columns.into_iter().map(|column| column.name).collect()));
            }
            if usage::is_view(&path) {
                return Ok(None);
            }
            Ok(rewriter.run.relation(&path)?.map(|relation| match relation {
                Relation::Table(table) => table.columns().iter().map(|column| column.name.clone()).collect(),
                Relation::View(view) => view.columns.iter().map(|column| column.name.clone()).collect(),
            }))
        }
        factor if relations::is_generator(factor) => Ok(Some(Vec::new())),
        TableFactor::Derived { subquery, alias, .. }
            if alias.as_ref().is_none_or(|alias| alias.columns.is_empty()) =>
        {
            Ok(columns_of_query(subquery))
        }
        factor => match relations::table_function(factor) {
            Some((name, arguments)) if name == "RESULT_SCAN" => {
                // What is wrong with the argument is said when the rows are read.
                let found = relations::scanned(rewriter.run, arguments).ok();
                Ok(found.map(|found| found.columns.into_iter().map(|column| column.name).collect()))
            }
            _ => Ok(None),
        },
    }
}

fn columns_of_query(query: &Query) -> Option<Vec<String>> {
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    select
        .projection
        .iter()
        .map(|item| match item {
            SelectItem::UnnamedExpr(Expr::Identifier(name)) => Some(name.value.clone()),
            SelectItem::UnnamedExpr(Expr::CompoundIdentifier(parts)) => {
                parts.last().map(|part| part.value.clone())
            }
            SelectItem::UnnamedExpr(other) => Some(other.to_string().to_uppercase()),
            SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.clone()),
            _ => None,
        })
        .collect()
}
