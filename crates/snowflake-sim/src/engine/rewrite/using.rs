//! Columns that joins name in `USING`.
//!
//! Where it asks for types, and where several joins name the same column, DataFusion takes such a column
//! for ambiguous. So it gets the name of the relation that it comes from.

use std::collections::BTreeMap;

use datafusion::sql::sqlparser::ast::{
    Expr, GroupByExpr, Join, JoinConstraint, JoinOperator, Select, SelectItem, TableFactor, TableWithJoins,
};

use super::aliases::substitute;
use super::make::ident;
use super::relations::plain_name;

/// Qualifies the columns of a select that its joins name in USING.
pub(super) fn qualify(select: &mut Select) {
    let mut known = BTreeMap::new();
    for each in &select.from {
        known.extend(shared(each));
    }
    for item in &mut select.projection {
        match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => {
                substitute(expr, &known)
            }
            _ => {}
        }
    }
    for clause in [&mut select.selection, &mut select.qualify, &mut select.having].into_iter().flatten() {
        substitute(clause, &known);
    }
    if let GroupByExpr::Expressions(expressions, _) = &mut select.group_by {
        expressions.iter_mut().for_each(|expr| substitute(expr, &known));
    }
}

/// The columns that joins name, and where each comes from.
fn shared(from: &TableWithJoins) -> BTreeMap<String, Expr> {
    let mut found: BTreeMap<String, &TableFactor> = BTreeMap::new();
    for (at, join) in from.joins.iter().enumerate() {
        let Some((columns, is_right)) = using(join) else { continue };
        for column in columns {
            if is_right {
                found.insert(column, &join.relation);
            } else if at == 0 {
                // Further on it is not known before planning which of several relations has the column.
                found.insert(column, &from.relation);
            }
        }
    }
    found
        .into_iter()
        .filter_map(|(column, relation)| Some((column.clone(), qualified(relation, &column)?)))
        .collect()
}

/// The columns of USING, and whether all rows of the right side are kept.
fn using(join: &Join) -> Option<(Vec<String>, bool)> {
    let (constraint, is_right) = match &join.join_operator {
        JoinOperator::Join(constraint)
        | JoinOperator::Inner(constraint)
        | JoinOperator::Left(constraint)
        | JoinOperator::LeftOuter(constraint) => (constraint, false),
        JoinOperator::Right(constraint) | JoinOperator::RightOuter(constraint) => (constraint, true),
        _ => return None,
    };
    let JoinConstraint::Using(columns) = constraint else { return None };
    Some((columns.iter().filter_map(plain_name).filter_map(|mut name| name.pop()).collect(), is_right))
}

fn qualified(relation: &TableFactor, column: &str) -> Option<Expr> {
    let mut parts = match relation {
        TableFactor::Table { alias: Some(alias), .. } | TableFactor::Derived { alias: Some(alias), .. } => {
            vec![alias.name.clone()]
        }
        TableFactor::Table { name, .. } => plain_name(name)?.iter().map(|part| ident(part)).collect(),
        _ => return None,
    };
    parts.push(ident(column));
    Some(Expr::CompoundIdentifier(parts))
}
