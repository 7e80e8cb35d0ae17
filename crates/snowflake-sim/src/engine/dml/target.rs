//! The table that UPDATE, DELETE and MERGE change, with the number of each row beside it.

use std::sync::Arc;

use arrow_array::{Array, Int64Array, RecordBatch};
use arrow_schema::{DataType as ArrowType, Field, Schema, SchemaRef};
use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{
    Expr, GroupByExpr, Query, Select, SelectFlavor, SelectItem, SetExpr, TableAlias, TableFactor,
    TableWithJoins,
};
use futures::TryStreamExt;

use super::super::SqlError;
use super::super::catalog::{Table, Version};
use super::super::rewrite::{Tables, make};
use super::super::run::Run;
use super::super::select::{Partitions, plan_query};
use super::super::syntax::Name;

/// The name under which the table is planned.
const NAME: &str = "$TARGET";
/// The column that numbers its rows.
const ROW: &str = "$ROW";

/// The changed table of a statement.
pub(super) struct Target {
    pub(super) table: Arc<Table>,
    /// Its full name.
    name: String,
    alias: TableAlias,
}

/// The name and alias of the relation that a statement changes.
pub(super) fn named(relation: &TableWithJoins) -> Result<(Name, Option<TableAlias>), SqlError> {
    match relation {
        TableWithJoins { relation, joins } if joins.is_empty() => named_factor(relation),
        _ => Err(not_a_table()),
    }
}

/// As [`named`], where no join can stand.
pub(super) fn named_factor(factor: &TableFactor) -> Result<(Name, Option<TableAlias>), SqlError> {
    let TableFactor::Table { name, alias, .. } = factor else { return Err(not_a_table()) };
    let parts: Option<Name> =
        name.0.iter().map(|part| part.as_ident().map(|ident| ident.value.clone())).collect();
    let parts = parts.ok_or_else(|| SqlError::not_simulated(format!("changing {name}")))?;
    Ok((parts, alias.clone()))
}

fn not_a_table() -> SqlError {
    SqlError::not_simulated("changing anything but a table")
}

impl Target {
    pub(super) fn find(run: &Run, name: &Name, alias: Option<TableAlias>) -> Result<Self, SqlError> {
        let path = run.path(name)?;
        let table = run.table(&path, &name.join("."))?;
        let alias = alias.unwrap_or_else(|| TableAlias {
            explicit: true,
            name: make::ident(name.last().map_or("", String::as_str)),
            columns: Vec::new(),
            at: None,
        });
        Ok(Self { table, name: path.to_string(), alias })
    }

    /// The table in FROM.
    pub(super) fn relation(&self) -> TableFactor {
        make::table_factor(make::object(&[NAME]), Some(self.alias.clone()))
    }

    /// A column of the table.
    pub(super) fn column(&self, name: &str) -> Expr {
        Expr::CompoundIdentifier(vec![self.alias.name.clone(), make::ident(name)])
    }

    /// The number of a row, from 0.
    pub(super) fn row(&self) -> Expr {
        self.column(ROW)
    }

    /// Runs a query over the table and other relations: the numbers of the rows that match, and a value
    /// per item for each.
    pub(super) async fn matches(
        &self,
        run: &Run,
        version: &Version,
        items: Vec<Expr>,
        others: Vec<TableWithJoins>,
        selection: Option<Expr>,
    ) -> Result<(Vec<usize>, Option<RecordBatch>), SqlError> {
        let own = TableWithJoins { relation: self.relation(), joins: Vec::new() };
        let from = std::iter::once(own).chain(others).collect();
        let items = std::iter::once(self.row()).chain(items).collect();
        let Some(all) = self.query(run, version, items, from, selection).await? else {
            return Ok((Vec::new(), None));
        };
        let rows = row_numbers(&all)?.into_iter().flatten().collect();
        Ok((rows, Some(all)))
    }

    /// Runs a query whose FROM has [`Self::relation`]; none when it has no rows.
    pub(super) async fn query(
        &self,
        run: &Run,
        version: &Version,
        items: Vec<Expr>,
        from: Vec<TableWithJoins>,
        selection: Option<Expr>,
    ) -> Result<Option<RecordBatch>, SqlError> {
        let mut tables = Tables::new();
        let own = self.table.schema();
        let (schema, batches) = (numbered_schema(own), numbered(own, version)?);
        let source = Partitions::source(self.name.clone(), schema, batches, own.fields().len());
        tables.insert(NAME.to_owned(), source);
        let projection = items
            .into_iter()
            .enumerate()
            .map(|(at, expr)| SelectItem::ExprWithAlias { expr, alias: make::ident(&format!("${at}")) });
        let planned = plan_query(run, select(projection.collect(), from, selection), tables)?;
        let batches: Vec<RecordBatch> = planned.run().await?.try_collect().await?;
        run.check()?;
        let Some(schema) = batches.first().map(RecordBatch::schema) else { return Ok(None) };
        arrow_select::concat::concat_batches(&schema, &batches).map(Some).map_err(SqlError::internal)
    }
}

/// The first column of a query's rows: the numbers of the table's rows, none beside which there is no row.
pub(super) fn row_numbers(rows: &RecordBatch) -> Result<Vec<Option<usize>>, SqlError> {
    let numbers = rows.column(0).as_any().downcast_ref::<Int64Array>();
    let numbers = numbers.ok_or_else(|| SqlError::internal("row numbers of another type"))?;
    Ok(numbers.iter().map(|row| row.and_then(|row| usize::try_from(row).ok())).collect())
}

fn numbered_schema(schema: &SchemaRef) -> SchemaRef {
    let mut fields: Vec<_> = schema.fields().iter().map(Arc::clone).collect();
    fields.push(Arc::new(Field::new(ROW, ArrowType::Int64, false)));
    Arc::new(Schema::new(fields))
}

fn numbered(schema: &SchemaRef, version: &Version) -> Result<Vec<RecordBatch>, SqlError> {
    let schema = numbered_schema(schema);
    let mut next = 0_i64;
    let mut batches = Vec::with_capacity(version.batches.len());
    for batch in &version.batches {
        let end = next + i64::try_from(batch.num_rows()).map_err(SqlError::internal)?;
        let mut columns = batch.columns().to_vec();
        columns.push(Arc::new(Int64Array::from_iter_values(next..end)));
        batches.push(RecordBatch::try_new(Arc::clone(&schema), columns).map_err(SqlError::internal)?);
        next = end;
    }
    Ok(batches)
}

/// A plain query.
pub(in super::super) fn select(
    projection: Vec<SelectItem>,
    from: Vec<TableWithJoins>,
    selection: Option<Expr>,
) -> Box<Query> {
    Box::new(Query {
        with: None,
        body: Box::new(SetExpr::Select(Box::new(Select {
            select_token: AttachedToken::empty(),
            optimizer_hints: Vec::new(),
            distinct: None,
            select_modifiers: None,
            top: None,
            top_before_distinct: false,
            projection,
            exclude: None,
            into: None,
            from,
            lateral_views: Vec::new(),
            prewhere: None,
            selection,
            connect_by: Vec::new(),
            group_by: GroupByExpr::Expressions(Vec::new(), Vec::new()),
            cluster_by: Vec::new(),
            distribute_by: Vec::new(),
            sort_by: Vec::new(),
            having: None,
            named_window: Vec::new(),
            qualify: None,
            window_before_qualify: false,
            value_table_mode: None,
            flavor: SelectFlavor::Standard,
        }))),
        order_by: None,
        limit_clause: None,
        fetch: None,
        locks: Vec::new(),
        for_clause: None,
        settings: None,
        format_clause: None,
        pipe_operators: Vec::new(),
    })
}
