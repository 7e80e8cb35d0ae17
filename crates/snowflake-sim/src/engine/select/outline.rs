//! A plan as Snowflake's operations: what EXPLAIN shows and the book keeps.

use std::sync::Arc;

use datafusion::common::JoinType;
use datafusion::logical_expr::{Expr, Join, Limit, LogicalPlan, TableScan};

use super::super::history::Operator;
use super::assign::Assigned;
use super::written::{name, written};

/// The operations of a plan in Snowflake's words, root first.
pub(super) fn outline(assigned: &Assigned, columns: &[String]) -> Vec<Operator> {
    let mut outline = Outline { assigned, operators: Vec::new() };
    let root = outline.add(None, "Result", columns.to_vec());
    outline.walk(&assigned.plan, root, None);
    outline.operators
}

struct Outline<'a> {
    assigned: &'a Assigned,
    operators: Vec<Operator>,
}

impl Outline<'_> {
    fn add(&mut self, parent: Option<usize>, operation: &'static str, expressions: Vec<String>) -> usize {
        let id = self.operators.len();
        self.operators.push(Operator {
            id,
            parent,
            operation,
            object: None,
            alias: None,
            expressions,
            scanned: None,
        });
        id
    }

    /// Adds what a part of the plan does under the operation that reads it. `alias` is what the part is
    /// known as.
    fn walk(&mut self, plan: &LogicalPlan, parent: usize, alias: Option<&str>) {
        let expressions = |title: &str, all: &[Expr]| titled(title, all.iter().map(written));
        let id = match plan {
            LogicalPlan::TableScan(scan) => return self.scan(scan, parent, alias),
            LogicalPlan::SubqueryAlias(inner) => {
                let alias = inner.alias.table().to_owned();
                return self.walk(&inner.input, parent, Some(&alias));
            }
            LogicalPlan::Filter(filter) => self.add(Some(parent), "Filter", vec![written(&filter.predicate)]),
            LogicalPlan::Aggregate(aggregate) => {
                let all = [
                    expressions("aggExprs", &aggregate.aggr_expr),
                    expressions("groupKeys", &aggregate.group_expr),
                ];
                self.add(Some(parent), "Aggregate", all.into_iter().flatten().collect())
            }
            LogicalPlan::Distinct(_) => self.add(Some(parent), "Aggregate", Vec::new()),
            LogicalPlan::Window(window) => {
                let all = window.window_expr.iter().map(written).collect();
                self.add(Some(parent), "WindowFunction", all)
            }
            LogicalPlan::Sort(sort) => {
                let keys = sort.expr.iter().map(|key| {
                    let order = if key.asc { "ASC" } else { "DESC" };
                    let nulls = if key.nulls_first { "FIRST" } else { "LAST" };
                    format!("{} {order} NULLS {nulls}", written(&key.expr))
                });
                let mut all: Vec<String> = titled("sortKey", keys).into_iter().collect();
                all.extend(sort.fetch.map(|rows| format!("rowCount: {rows}")));
                self.add(Some(parent), if sort.fetch.is_some() { "SortWithLimit" } else { "Sort" }, all)
            }
            LogicalPlan::Limit(limit) => self.add(Some(parent), "Limit", counts(limit)),
            LogicalPlan::Join(join) => self.add(Some(parent), join_name(join), join_keys(join)),
            LogicalPlan::Union(_) => self.add(Some(parent), "UnionAll", Vec::new()),
            LogicalPlan::RecursiveQuery(_) => self.add(Some(parent), "UnionAll", Vec::new()),
            LogicalPlan::Values(values) => {
                self.add(Some(parent), "ValuesClause", vec![format!("rowCount: {}", values.values.len())])
            }
            LogicalPlan::EmptyRelation(_) => self.add(Some(parent), "Generator", vec!["1".to_owned()]),
            LogicalPlan::Unnest(_) => self.add(Some(parent), "Flatten", Vec::new()),
            // The service computes expressions wherever they are needed.
            _ => parent,
        };
        // A filter that was pushed down stands between a name and what it names.
        let is_plain = matches!(plan, LogicalPlan::Filter(_) | LogicalPlan::Projection(_));
        for input in plan.inputs() {
            self.walk(input, id, alias.filter(|_| is_plain));
        }
        for subquery in subqueries(plan) {
            self.walk(&subquery, id, None);
        }
    }

    fn scan(&mut self, scan: &TableScan, parent: usize, alias: Option<&str>) {
        let columns = scan.projected_schema.fields().iter().map(|field| name(field.name()).to_owned());
        let columns = columns.collect();
        let Some((object, scanned)) = self.assigned.scanned(scan) else {
            // Files, results of other statements, and the views of the system.
            self.add(Some(parent), "ExternalScan", columns);
            return;
        };
        let id = self.add(Some(parent), "TableScan", columns);
        if let Some(operator) = self.operators.get_mut(id) {
            operator.object = Some(object.clone());
            operator.alias = alias.map(str::to_owned);
            operator.scanned = Some(*scanned);
        }
    }
}

/// `title: [a, b]`; none without parts.
fn titled(title: &str, parts: impl Iterator<Item = String>) -> Option<String> {
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| format!("{title}: [{}]", parts.join(", ")))
}

fn counts(limit: &Limit) -> Vec<String> {
    let part = |title: &str, count: Option<&Expr>| Some(format!("{title}: {}", written(count?)));
    let parts = [part("rowCount", limit.fetch.as_deref()), part("offset", limit.skip.as_deref())];
    parts.into_iter().flatten().collect()
}

fn join_name(join: &Join) -> &'static str {
    match join.join_type {
        JoinType::Inner if join.on.is_empty() && join.filter.is_none() => "CartesianJoin",
        JoinType::Inner => "InnerJoin",
        JoinType::Left => "LeftOuterJoin",
        JoinType::Right => "RightOuterJoin",
        JoinType::Full => "FullOuterJoin",
        _ => "Join",
    }
}

fn join_keys(join: &Join) -> Vec<String> {
    let key = |(left, right): &(Expr, Expr)| format!("({} = {})", written(left), written(right));
    let keys: Vec<String> = join.on.iter().map(key).collect();
    let keys = (!keys.is_empty()).then(|| format!("joinKey: {}", keys.join(" AND ")));
    let filter = join.filter.as_ref().map(|filter| format!("joinFilter: {}", written(filter)));
    keys.into_iter().chain(filter).collect()
}

/// The queries among the expressions of one operation.
fn subqueries(plan: &LogicalPlan) -> Vec<Arc<LogicalPlan>> {
    let mut found = Vec::new();
    for expr in plan.expressions() {
        // The walk never fails: what it looks at answers how to go on.
        let _ = datafusion::common::tree_node::TreeNode::apply(&expr, |each| {
            match each {
                Expr::ScalarSubquery(subquery) => found.push(Arc::clone(&subquery.subquery)),
                Expr::Exists(exists) => found.push(Arc::clone(&exists.subquery.subquery)),
                Expr::InSubquery(query) => found.push(Arc::clone(&query.subquery.subquery)),
                _ => {}
            }
            Ok(datafusion::common::tree_node::TreeNodeRecursion::Continue)
        });
    }
    found
}
