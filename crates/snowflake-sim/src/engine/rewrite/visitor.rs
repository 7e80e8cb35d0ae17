//! The walk over a tree: scopes, and who rewrites what.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use datafusion::logical_expr::TableSource;
use datafusion::sql::sqlparser::ast::{
    Expr, GroupByExpr, LimitClause, OrderByKind, Query, Select, SetExpr, SetOperator, TableFactor,
    TopQuantity, Value, VisitMut, VisitorMut,
};

use super::super::SqlError;
use super::super::run::Run;
use super::{aliases, chains, expr, members, names, recursion, relations, using, values};

/// The tables that a tree names, by their name in the rewritten tree.
pub(in super::super) type Tables = HashMap<String, Arc<dyn TableSource>>;

/// What a statement does besides answering.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Effects {
    /// How long `SYSTEM$WAIT` waits.
    pub(in super::super) wait: Duration,
}

/// Rewrites trees for one statement.
pub(in super::super) struct Rewriter<'a> {
    pub(in super::super) run: &'a Run,
    pub(in super::super) tables: Tables,
    pub(in super::super) effects: Effects,
    /// Where unqualified names are looked up.
    pub(in super::super) home: (Option<String>, Option<String>),
    /// The names that WITH has introduced, innermost last.
    pub(super) scopes: Vec<BTreeSet<String>>,
    /// Whether the select that is walked reads from GENERATOR, innermost last.
    pub(super) generators: Vec<bool>,
    /// How many views have been opened on the way here.
    pub(super) depth: usize,
}

impl<'a> Rewriter<'a> {
    pub(in super::super) fn new(run: &'a Run) -> Self {
        Self {
            run,
            tables: run.provided.clone(),
            effects: Effects::default(),
            home: (run.context.database.clone(), run.context.schema.clone()),
            scopes: Vec::new(),
            generators: Vec::new(),
            depth: 0,
        }
    }

    /// Rewrites a tree in place.
    ///
    /// # Errors
    /// `002003` for missing tables, `002140` for unknown functions, `0A000` for what is not simulated.
    pub(in super::super) fn rewrite<T: VisitMut>(&mut self, tree: &mut T) -> Result<(), SqlError> {
        match tree.visit(self) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(error) => Err(error),
        }
    }

    /// Whether WITH has introduced a name here.
    pub(super) fn is_local(&self, name: &str) -> bool {
        self.scopes.iter().any(|scope| scope.contains(name))
    }
}

fn flow(result: Result<(), SqlError>) -> ControlFlow<SqlError> {
    match result {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => ControlFlow::Break(error),
    }
}

impl VisitorMut for Rewriter<'_> {
    type Break = SqlError;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<SqlError> {
        let names =
            query.with.iter().flat_map(|with| &with.cte_tables).map(|cte| cte.alias.name.value.clone());
        self.scopes.push(names.collect());
        minus_to_except(&mut query.body);
        recursion::prepare(query);
        top_to_limit(query);
        flow(refuse(query))
    }

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<SqlError> {
        self.scopes.pop();
        values::plain(&mut query.body);
        if let Some(order_by) = &mut query.order_by
            && let OrderByKind::Expressions(expressions) = &mut order_by.kind
        {
            expressions.iter_mut().for_each(|each| plain_number(&mut each.expr));
        }
        match &mut query.limit_clause {
            Some(LimitClause::LimitOffset { limit, offset, .. }) => {
                limit.iter_mut().for_each(plain_number);
                offset.iter_mut().for_each(|offset| plain_number(&mut offset.value));
            }
            Some(LimitClause::OffsetCommaLimit { offset, limit }) => {
                plain_number(offset);
                plain_number(limit);
            }
            None => {}
        }
        if let Some(quantity) = query.fetch.as_mut().and_then(|fetch| fetch.quantity.as_mut()) {
            plain_number(quantity);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<SqlError> {
        self.generators.push(relations::reads_generator(select));
        names::name_inner_items(select);
        if let Err(error) = members::spread(self, select) {
            return ControlFlow::Break(error);
        }
        flow(aliases::expand(self, select))
    }

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<SqlError> {
        self.generators.pop();
        relations::qualify_wildcards(select);
        using::qualify(select);
        if let GroupByExpr::Expressions(expressions, _) = &mut select.group_by {
            expressions.iter_mut().for_each(plain_number);
        }
        ControlFlow::Continue(())
    }

    fn post_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<SqlError> {
        flow(relations::rewrite(self, factor))
    }

    fn pre_visit_expr(&mut self, node: &mut Expr) -> ControlFlow<SqlError> {
        expr::mark_all(node);
        flow(chains::balance(node))
    }

    fn post_visit_expr(&mut self, node: &mut Expr) -> ControlFlow<SqlError> {
        flow(expr::rewrite(self, node))
    }
}

/// A number that is a position or a count, not a value, is written without the point that keeps the
/// precision of values.
pub(super) fn plain_number(node: &mut Expr) {
    if let Expr::Value(value) = node
        && let Value::Number(text, _) = &mut value.value
        && text.ends_with('.')
    {
        text.pop();
    }
}

fn minus_to_except(body: &mut SetExpr) {
    if let SetExpr::SetOperation { op, left, right, .. } = body {
        if *op == SetOperator::Minus {
            *op = SetOperator::Except;
        }
        minus_to_except(left);
        minus_to_except(right);
    }
}

/// `SELECT TOP n` is a limit.
fn top_to_limit(query: &mut Query) {
    let SetExpr::Select(select) = query.body.as_mut() else { return };
    if query.limit_clause.is_some() {
        return;
    }
    let limit = match select.top.take().and_then(|top| top.quantity) {
        Some(TopQuantity::Constant(count)) => Expr::value(Value::Number(count.to_string(), false)),
        Some(TopQuantity::Expr(expr)) => expr,
        None => return,
    };
    query.limit_clause =
        Some(LimitClause::LimitOffset { limit: Some(limit), offset: None, limit_by: Vec::new() });
}

/// Clauses that DataFusion would ignore.
fn refuse(query: &Query) -> Result<(), SqlError> {
    if let SetExpr::Select(select) = query.body.as_ref() {
        if !select.connect_by.is_empty() {
            return Err(SqlError::not_simulated("CONNECT BY"));
        }
        if select.into.is_some() {
            return Err(SqlError::not_simulated("SELECT INTO"));
        }
    }
    Ok(())
}
