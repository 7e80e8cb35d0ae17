//! The names of result columns.
//!
//! DataFusion wants the columns of a select list to have different names, Snowflake does not care. So
//! columns that could clash are renamed to a unique name that ends in the real one.

use std::collections::BTreeSet;

use datafusion::sql::sqlparser::ast::{Expr, OrderByKind, Query, Select, SelectItem, SetExpr};

use super::make::ident;

/// Separates the unique part of a name from the real one.
pub(in super::super) const UNIQUE: char = '\u{1}';

/// Names the items of the outermost select list as Snowflake does. `titles` are their source texts.
pub(in super::super) fn name_items(query: &mut Query, titles: Option<&[String]>) {
    let mut body = query.body.as_mut();
    loop {
        match body {
            SetExpr::SetOperation { left, .. } => body = left.as_mut(),
            SetExpr::Query(inner) => body = inner.body.as_mut(),
            SetExpr::Select(select) => {
                let renamed = name_select(select, titles);
                rename_order(query, &renamed);
                return;
            }
            _ => return,
        }
    }
}

/// Names the items of a select list that is not the outermost.
pub(super) fn name_inner_items(select: &mut Select) {
    let clash = {
        let mut seen = BTreeSet::new();
        select.projection.iter().any(|item| match item {
            SelectItem::UnnamedExpr(Expr::Identifier(name)) => !seen.insert(name.value.clone()),
            SelectItem::ExprWithAlias { alias, .. } => !seen.insert(alias.value.clone()),
            _ => false,
        })
    };
    let unnamed = select.projection.iter().any(|item| {
        matches!(item, SelectItem::UnnamedExpr(expr) if !matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_)))
    });
    if !clash && !unnamed {
        return;
    }
    let mut seen = BTreeSet::new();
    for (at, item) in select.projection.iter_mut().enumerate() {
        let (expr, name) = match item {
            SelectItem::UnnamedExpr(expr) => (expr.clone(), title(expr, None)),
            SelectItem::ExprWithAlias { expr, alias } => (expr.clone(), alias.value.clone()),
            _ => continue,
        };
        let alias = if seen.insert(name.clone()) { name } else { unique(at, &name) };
        *item = SelectItem::ExprWithAlias { expr, alias: ident(&alias) };
    }
}

fn unique(at: usize, name: &str) -> String {
    format!("{UNIQUE}{at}{UNIQUE}{name}")
}

/// The name of an item without an alias.
pub(super) fn title(expr: &Expr, source: Option<&str>) -> String {
    match expr {
        Expr::Identifier(name) => name.value.clone(),
        Expr::CompoundIdentifier(parts) => parts.last().map(|part| part.value.clone()).unwrap_or_default(),
        other => source.map_or_else(|| other.to_string().to_uppercase(), str::to_owned),
    }
}

/// Gives every item its name; answers which names became unique ones.
fn name_select(select: &mut Select, titles: Option<&[String]>) -> Vec<(String, String)> {
    let titles = titles.filter(|titles| titles.len() == select.projection.len());
    let wild = select
        .projection
        .iter()
        .any(|item| matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)));
    let mut seen = BTreeSet::new();
    let mut renamed = Vec::new();
    for (at, item) in select.projection.iter_mut().enumerate() {
        let (expr, name) = match item {
            SelectItem::UnnamedExpr(expr) => {
                let source = titles.and_then(|titles| titles.get(at)).map(String::as_str);
                (expr.clone(), title(expr, source))
            }
            SelectItem::ExprWithAlias { expr, alias } => (expr.clone(), alias.value.clone()),
            _ => continue,
        };
        let alias = if !wild && seen.insert(name.clone()) { name.clone() } else { unique(at, &name) };
        if alias != name {
            renamed.push((name, alias.clone()));
        }
        *item = SelectItem::ExprWithAlias { expr, alias: ident(&alias) };
    }
    renamed
}

/// ORDER BY may name a column that has been renamed.
fn rename_order(query: &mut Query, renamed: &[(String, String)]) {
    let Some(order_by) = &mut query.order_by else { return };
    let OrderByKind::Expressions(expressions) = &mut order_by.kind else { return };
    for each in expressions {
        if let Expr::Identifier(name) = &mut each.expr
            && let Some((_, alias)) = renamed.iter().find(|(original, _)| *original == name.value)
        {
            *name = ident(alias);
        }
    }
}
