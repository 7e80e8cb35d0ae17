//! The query of a COPY as it is written.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, GroupByExpr, Query, Select, SelectItem, SetExpr, TableFactor, visit_expressions,
};

use super::super::super::SqlError;
use super::super::super::run::Run;
use super::super::super::syntax::{Options, Source, Tokens, parse_query, replace_sources};
use super::super::columns::Route;
use super::super::format::FileFormat;
use super::direct::{direct, field};

/// `SELECT … FROM @stage`.
#[derive(Clone, Debug)]
pub(in super::super) struct Transform {
    /// The place of the files, without the `@`.
    pub(in super::super) address: String,
    /// What stands in parentheses after it.
    pub(in super::super) options: Options,
    select: Box<Query>,
}

/// What a query takes of each row.
#[derive(Clone, Debug)]
pub(in super::super) enum Selected {
    /// Parts of it as they are.
    Parts(Route),
    /// Values that are computed from it.
    Computed(Computed),
}

/// A query whose values have to be computed.
#[derive(Clone, Debug)]
pub(in super::super) struct Computed {
    pub(super) query: Box<Query>,
    /// The name of the files' rows in it.
    pub(super) table: &'static str,
    /// How many fields of a row it may name.
    pub(in super::super) fields: usize,
}

/// The name that stands for the files' rows.
const TABLE: &str = "$SOURCE0";

impl Transform {
    /// # Errors
    /// `002098` for more than a select list over one place in a stage.
    pub(in super::super) fn new(tokens: Tokens) -> Result<Self, SqlError> {
        let (tokens, mut sources) = replace_sources(tokens)?;
        let select = parse_query(&tokens)?;
        match (sources.pop(), sources.is_empty()) {
            (Some((_, Source::Stage { address, options })), true) if is_simple(&select) => {
                Ok(Self { address, options, select })
            }
            _ => Err(too_much()),
        }
    }

    fn items(&self) -> &[SelectItem] {
        match self.select.body.as_ref() {
            SetExpr::Select(select) => &select.projection,
            _ => &[],
        }
    }

    /// What goes into the columns.
    ///
    /// # Errors
    /// `002020` when there are more or fewer values than columns.
    pub(in super::super) fn selected(
        &self,
        run: &Run,
        places: &[usize],
        format: &FileFormat,
    ) -> Result<Selected, SqlError> {
        let items = self.items();
        if items.len() != places.len() {
            return Err(SqlError::new(
                "002020",
                "21S01",
                format!(
                    "SQL compilation error:\nInsert value list does not match column list expecting {} but got {}",
                    places.len(),
                    items.len()
                ),
            ));
        }
        let mut route = Route::default();
        for (item, place) in items.iter().zip(places) {
            let (SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) = item else {
                return Err(too_much());
            };
            match direct(run, expr, format) {
                Some((item, stated)) => route.feed(*place, item, stated),
                None => return Ok(Selected::Computed(self.computed())),
            }
        }
        Ok(Selected::Parts(route))
    }

    /// The query, to be computed.
    fn computed(&self) -> Computed {
        let mut fields = 1;
        let visited = visit_expressions(&self.select, |expr| {
            fields = fields.max(field(expr).map_or(0, |at| at + 1));
            ControlFlow::<()>::Continue(())
        });
        debug_assert!(visited.is_continue(), "nothing stops the walk");
        Computed { query: self.select.clone(), table: TABLE, fields }
    }
}

fn too_much() -> SqlError {
    SqlError::new(
        "002098",
        "0A000",
        "SQL compilation error:\nCOPY statement only supports simple SELECT from stage statements for import.",
    )
}

/// Whether a query is a select list over one relation, and nothing else.
fn is_simple(query: &Query) -> bool {
    let SetExpr::Select(select) = query.body.as_ref() else { return false };
    let outer = query.with.is_none()
        && query.order_by.is_none()
        && query.limit_clause.is_none()
        && query.fetch.is_none();
    outer && is_plain(select)
}

fn is_plain(select: &Select) -> bool {
    let from_one = matches!(select.from.as_slice(), [only] if only.joins.is_empty()
        && matches!(&only.relation, TableFactor::Table { args: None, .. }));
    let ungrouped = matches!(&select.group_by, GroupByExpr::Expressions(keys, modifiers) if keys.is_empty() && modifiers.is_empty());
    let expressions = select.projection.iter().all(|item| {
        matches!(item, SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } if !has_query(expr))
    });
    let unfiltered = select.selection.is_none() && select.having.is_none() && select.qualify.is_none();
    from_one && ungrouped && expressions && unfiltered && select.distinct.is_none() && select.top.is_none()
}

fn has_query(expr: &Expr) -> bool {
    let found = visit_expressions(expr, |node| match node {
        Expr::Subquery(_) | Expr::InSubquery { .. } | Expr::Exists { .. } => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    found.is_break()
}
