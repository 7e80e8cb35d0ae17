//! What stands in FROM: tables and views of the catalogue, and table functions.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use datafusion::catalog::default_table_source::provider_as_source;
use datafusion::datasource::MemTable;
use datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, ObjectName, Query, Select, SelectItem,
    SelectItemQualifiedWildcardKind, SetExpr, TableAlias, TableAliasColumnDef, TableFactor, Value as Literal,
};

use super::super::catalog::{ObjectPath, Relation, View};
use super::super::edge::from_canonical;
use super::super::information_schema;
use super::super::run::Run;
use super::super::select::Partitions;
use super::super::syntax::{Name, lex, parse_query};
use super::super::usage;
use super::super::value::to_text;
use super::super::{SqlError, StoredResult};
use super::make::{ident, object, table_factor};
use super::{Rewriter, generator};

/// How deep views may stand on views.
const DEEPEST: usize = 32;

impl Rewriter<'_> {
    /// The full name of a relation, looked up from where the tree belongs.
    pub(super) fn path(&self, name: &Name) -> Result<ObjectPath, SqlError> {
        self.run.path_from(name, self.home.0.as_deref(), self.home.1.as_deref())
    }

    /// Makes rows known under a name of the rewritten tree.
    ///
    /// # Errors
    /// `300010` when the rows are not of the schema.
    pub(in super::super) fn provide(
        &mut self,
        name: &str,
        schema: SchemaRef,
        batches: Vec<RecordBatch>,
    ) -> Result<(), SqlError> {
        let table = MemTable::try_new(schema, vec![batches])?;
        self.tables.insert(name.to_owned(), provider_as_source(Arc::new(table)));
        Ok(())
    }
}

/// The parts of a name that is nothing but a name.
pub(super) fn plain_name(name: &ObjectName) -> Option<Name> {
    name.0
        .iter()
        .map(|part| {
            part.as_ident()
                .map(|ident| if ident.value.is_empty() { "PUBLIC" } else { &ident.value }.to_owned())
        })
        .collect()
}

/// Whether FROM names GENERATOR.
pub(super) fn reads_generator(select: &Select) -> bool {
    select.from.iter().any(|each| {
        let factors = std::iter::once(&each.relation).chain(each.joins.iter().map(|join| &join.relation));
        factors.into_iter().any(is_generator)
    })
}

/// `t.*` needs the full name of a table without an alias.
pub(super) fn qualify_wildcards(select: &mut Select) {
    let full: Vec<ObjectName> = select
        .from
        .iter()
        .flat_map(|each| std::iter::once(&each.relation).chain(each.joins.iter().map(|join| &join.relation)))
        .filter_map(|factor| match factor {
            TableFactor::Table { name, alias: None, .. } => Some(name.clone()),
            _ => None,
        })
        .collect();
    for item in &mut select.projection {
        if let SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) = item
            && let Some(found) = full.iter().find(|full| ends_with(full, name))
        {
            *name = found.clone();
        }
    }
}

/// Whether a name is the last parts of another.
fn ends_with(full: &ObjectName, name: &ObjectName) -> bool {
    match (plain_name(full), plain_name(name)) {
        (Some(full), Some(name)) => full.ends_with(&name),
        _ => false,
    }
}

/// Whether a factor is a call of GENERATOR.
pub(super) fn is_generator(factor: &TableFactor) -> bool {
    table_function(factor).is_some_and(|(name, _)| name == "GENERATOR")
}

/// The name and arguments of `TABLE(f(…))`.
pub(super) fn table_function(factor: &TableFactor) -> Option<(String, &[FunctionArg])> {
    match factor {
        TableFactor::TableFunction {
            expr: Expr::Function(Function { name, args: FunctionArguments::List(list), .. }),
            ..
        } => Some((plain_name(name)?.join("."), &list.args)),
        TableFactor::Table { name, args: Some(args), .. } => Some((plain_name(name)?.join("."), &args.args)),
        TableFactor::Function { name, args, .. } => Some((plain_name(name)?.join("."), args)),
        _ => None,
    }
}

/// Replaces a table factor by one that DataFusion finds.
pub(super) fn rewrite(rewriter: &mut Rewriter<'_>, factor: &mut TableFactor) -> Result<(), SqlError> {
    if let Some((name, arguments)) = table_function(factor) {
        let table = call_table_function(rewriter, &name, arguments)?;
        let alias = alias_of(factor);
        *factor = table_factor(object(&[&table]), alias);
        return Ok(());
    }
    match factor {
        TableFactor::Table { name, alias, version, sample, .. } => {
            if version.is_some() {
                return Err(SqlError::not_simulated("time travel"));
            }
            if sample.is_some() {
                return Err(SqlError::not_simulated("SAMPLE"));
            }
            let Some(parts) = plain_name(name) else {
                return Err(SqlError::not_simulated(format!("FROM {name}")));
            };
            let alias = alias.take();
            *factor = relation(rewriter, &parts, alias)?;
            Ok(())
        }
        TableFactor::Derived { subquery, alias, .. } => {
            if let SetExpr::Values(values) = subquery.body.as_ref() {
                let width = values.rows.first().map_or(0, |row| row.content.len());
                name_values(alias, width, rewriter.generators.len());
            }
            Ok(())
        }
        TableFactor::NestedJoin { .. } => Ok(()),
        TableFactor::Pivot { .. } => Err(SqlError::not_simulated("PIVOT")),
        TableFactor::Unpivot { .. } => Err(SqlError::not_simulated("UNPIVOT")),
        TableFactor::MatchRecognize { .. } => Err(SqlError::not_simulated("MATCH_RECOGNIZE")),
        other => Err(SqlError::not_simulated(format!("FROM {other}"))),
    }
}

/// The columns of VALUES are COLUMN1, COLUMN2 and so on, unless they are given names.
fn name_values(alias: &mut Option<TableAlias>, width: usize, number: usize) {
    let column = |at: usize| TableAliasColumnDef { name: ident(&format!("COLUMN{at}")), data_type: None };
    let alias = alias.get_or_insert_with(|| TableAlias {
        explicit: true,
        name: ident(&format!("$VALUES{number}")),
        columns: Vec::new(),
        at: None,
    });
    if alias.columns.is_empty() {
        alias.columns = (1..=width).map(column).collect();
    }
}

fn alias_of(factor: &TableFactor) -> Option<TableAlias> {
    match factor {
        TableFactor::TableFunction { alias, .. }
        | TableFactor::Table { alias, .. }
        | TableFactor::Function { alias, .. } => alias.clone(),
        _ => None,
    }
}

fn relation(
    rewriter: &mut Rewriter<'_>,
    name: &Name,
    alias: Option<TableAlias>,
) -> Result<TableFactor, SqlError> {
    if let [single] = name.as_slice()
        && (rewriter.is_local(single) || rewriter.tables.contains_key(single))
    {
        return Ok(table_factor(object(&[single]), alias));
    }
    let path = rewriter.path(name)?;
    if path.schema == information_schema::NAME {
        rewriter.run.enter_database(&path.database)?;
        let (schema, batches) = information_schema::read(rewriter.run, &path)?;
        rewriter.provide(&path.to_string(), schema, batches)?;
        return Ok(table_factor(object(&[&path.database, &path.schema, &path.name]), alias));
    }
    if usage::is_view(&path) {
        let (schema, batches) = usage::read(rewriter.run, &path.name)?;
        rewriter.provide(&path.to_string(), schema, batches)?;
        return Ok(table_factor(object(&[&path.database, &path.schema, &path.name]), alias));
    }
    // What a view reads is its owner's business.
    let found = if rewriter.depth > 0 { rewriter.run.relation(&path) } else { rewriter.run.readable(&path) };
    match found? {
        None => Err(SqlError::missing("Object", &name.join("."))),
        Some(Relation::Table(table)) => {
            let version = rewriter.run.version(&table)?;
            let (schema, batches) = (Arc::clone(table.schema()), version.batches.clone());
            let columns = schema.fields().len();
            let source = Partitions::source(path.to_string(), schema, batches, columns);
            rewriter.tables.insert(path.to_string(), source);
            Ok(table_factor(object(&[&path.database, &path.schema, &path.name]), alias))
        }
        Some(Relation::View(view)) => {
            let subquery = open_view(rewriter, &view)?;
            let alias = alias.unwrap_or_else(|| TableAlias {
                explicit: true,
                name: ident(&path.name),
                columns: Vec::new(),
                at: None,
            });
            Ok(derived(subquery, &view, alias))
        }
    }
}

fn derived(subquery: Box<Query>, view: &View, mut alias: TableAlias) -> TableFactor {
    if alias.columns.is_empty() {
        let column = |name: &str| TableAliasColumnDef { name: ident(name), data_type: None };
        alias.columns = view.columns.iter().map(|each| column(&each.name)).collect();
    }
    TableFactor::Derived { lateral: false, subquery, alias: Some(alias), sample: None }
}

/// The query of a view, rewritten where the view belongs.
fn open_view(rewriter: &mut Rewriter<'_>, view: &View) -> Result<Box<Query>, SqlError> {
    if rewriter.depth >= DEEPEST {
        return Err(SqlError::not_simulated("views that deep on views"));
    }
    let mut query = parse_query(&lex(&view.query)?)?;
    let home = std::mem::replace(&mut rewriter.home, (Some(view.home.0.clone()), Some(view.home.1.clone())));
    let scopes = std::mem::take(&mut rewriter.scopes);
    rewriter.depth += 1;
    let done = rewriter.rewrite(&mut query);
    rewriter.depth -= 1;
    rewriter.scopes = scopes;
    rewriter.home = home;
    done.map(|()| query)
}

fn argument<'a>(arguments: &'a [FunctionArg], name: &str) -> Option<&'a Expr> {
    arguments.iter().find_map(|argument| match argument {
        FunctionArg::Named { name: found, arg: FunctionArgExpr::Expr(expr), .. } if found.value == name => {
            Some(expr)
        }
        FunctionArg::ExprNamed {
            name: Expr::Identifier(found), arg: FunctionArgExpr::Expr(expr), ..
        } if found.value == name => Some(expr),
        _ => None,
    })
}

/// The result that RESULT_SCAN reads.
///
/// # Errors
/// `000709` when nobody knows the statement, `0A000` when its id is computed.
pub(super) fn scanned(run: &Run, arguments: &[FunctionArg]) -> Result<StoredResult, SqlError> {
    let id = match arguments.first() {
        Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value)))) => match &value.value {
            Literal::SingleQuotedString(text) => text.clone(),
            Literal::Placeholder(name) if name.starts_with(':') => {
                to_text(run.bound(name)?.value, &run.env).unwrap_or_default().into_owned()
            }
            _ => return Err(SqlError::invalid_argument("RESULT_SCAN needs a query id")),
        },
        _ => return Err(SqlError::not_simulated("RESULT_SCAN of an expression")),
    };
    let found = run.engine().options().queries.result(&id);
    found.ok_or_else(|| SqlError::new("000709", "02000", format!("Statement {id} not found")))
}

fn call_table_function(
    rewriter: &mut Rewriter<'_>,
    name: &str,
    arguments: &[FunctionArg],
) -> Result<String, SqlError> {
    let table = format!("${name}{}", rewriter.tables.len());
    match name {
        "GENERATOR" => {
            let count = match argument(arguments, "ROWCOUNT") {
                Some(Expr::Value(value)) => match &value.value {
                    Literal::Number(text, _) => text.trim_end_matches('.').parse::<i64>().ok(),
                    _ => None,
                },
                Some(_) => None,
                None => return Err(SqlError::not_simulated("GENERATOR by TIMELIMIT")),
            };
            let count = count.ok_or_else(|| SqlError::invalid_argument("Invalid ROWCOUNT of GENERATOR"))?;
            let rows = generator::table(count)?;
            rewriter.tables.insert(table.clone(), provider_as_source(Arc::new(rows)));
        }
        "RESULT_SCAN" => {
            let found = scanned(rewriter.run, arguments)?;
            let (schema, batches) = from_canonical(&found.columns, &found.batches)?;
            rewriter.provide(&table, schema, batches)?;
        }
        other => return Err(SqlError::not_simulated(format!("the table function {other}"))),
    }
    Ok(table)
}
