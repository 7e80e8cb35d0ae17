//! WITH whose members name themselves: RECURSIVE may be left out, and numbers have room to grow.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Query, SelectItem, SetExpr, visit_relations};

use super::make::{call, ident};
use super::names::title;

/// Marks a WITH that is recursive, and widens the numbers of the part that it starts from.
pub(super) fn prepare(query: &mut Query) {
    let Some(with) = &mut query.with else { return };
    let mut recursive = with.recursive;
    for member in &mut with.cte_tables {
        let name = member.alias.name.value.clone();
        if !names_itself(&member.query, &name) {
            continue;
        }
        recursive = true;
        if let SetExpr::SetOperation { left, .. } = member.query.body.as_mut()
            && let SetExpr::Select(start) = left.as_mut()
        {
            for item in &mut start.projection {
                let (expr, alias) = match item {
                    SelectItem::UnnamedExpr(expr) => (expr.clone(), ident(&title(expr, None))),
                    SelectItem::ExprWithAlias { expr, alias } => (expr.clone(), alias.clone()),
                    _ => continue,
                };
                *item = SelectItem::ExprWithAlias { expr: call("$ANCHOR", vec![expr]), alias };
            }
        }
    }
    with.recursive = recursive;
}

fn names_itself(query: &Query, name: &str) -> bool {
    visit_relations(query, |relation| {
        let is_self =
            matches!(relation.0.as_slice(), [part] if part.as_ident().is_some_and(|part| part.value == name));
        if is_self { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .is_break()
}
