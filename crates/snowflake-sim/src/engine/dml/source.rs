//! What MERGE reads from: a table, a view, a query or VALUES.

use std::collections::BTreeSet;

use datafusion::sql::sqlparser::ast::{
    Expr, Ident, SelectItem, TableAlias, TableFactor, TableWithJoins, WildcardAdditionalOptions,
};

use super::super::SqlError;
use super::super::catalog::Table;
use super::super::rewrite::{Tables, make};
use super::super::run::Run;
use super::super::select::plan_query;
use super::target::select;
use super::update::assigned;

/// The source of a MERGE.
pub(super) struct Source {
    pub(super) factor: TableFactor,
    name: Ident,
    columns: Vec<String>,
}

impl Source {
    /// Plans the source, to know its columns.
    ///
    /// # Errors
    /// Whatever is wrong with it, by Snowflake's codes.
    pub(super) fn new(run: &Run, mut factor: TableFactor) -> Result<Self, SqlError> {
        let name = named(&mut factor)?;
        let from = TableWithJoins { relation: factor.clone(), joins: Vec::new() };
        let all = SelectItem::Wildcard(WildcardAdditionalOptions::default());
        let planned = plan_query(run, select(vec![all], vec![from], None), Tables::new())?;
        let columns = planned.columns.into_iter().map(|column| column.name).collect();
        Ok(Self { factor, name, columns })
    }

    /// Every column of a table with the source's column of the same name, for `ALL BY NAME`.
    ///
    /// # Errors
    /// `002020` when the names are not the same ones.
    pub(super) fn by_name(&self, table: &Table) -> Result<Vec<(usize, Expr)>, SqlError> {
        let ours: BTreeSet<&str> = table.columns().iter().map(|column| column.name.as_str()).collect();
        let theirs: BTreeSet<&str> = self.columns.iter().map(String::as_str).collect();
        if ours != theirs || self.columns.len() != ours.len() {
            let message =
                "SQL compilation error:\nALL BY NAME needs the same column names in source and target";
            return Err(SqlError::new("002020", "21S01", message));
        }
        let columns = table.columns().iter().enumerate();
        columns
            .map(|(at, column)| {
                let value = Expr::CompoundIdentifier(vec![self.name.clone(), make::ident(&column.name)]);
                Ok((at, assigned(column, value)?))
            })
            .collect()
    }
}

/// The name by which the source's columns are qualified; one is given to a query without.
fn named(factor: &mut TableFactor) -> Result<Ident, SqlError> {
    let unnamed =
        || TableAlias { explicit: true, name: make::ident("$SOURCE"), columns: Vec::new(), at: None };
    match factor {
        TableFactor::Table { name, alias: None, args: None, .. } => {
            let last = name.0.last().and_then(|part| part.as_ident()).cloned();
            last.ok_or_else(|| SqlError::not_simulated(format!("MERGE from {name}")))
        }
        TableFactor::Table { alias, .. }
        | TableFactor::Derived { alias, .. }
        | TableFactor::TableFunction { alias, .. }
        | TableFactor::Function { alias, .. } => Ok(alias.get_or_insert_with(unnamed).name.clone()),
        other => Err(SqlError::not_simulated(format!("MERGE from {other}"))),
    }
}
