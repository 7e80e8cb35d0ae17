//! From a rewritten tree to a plan with columns.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType as ArrowType, Field};
use datafusion::execution::{SendableRecordBatchStream, SessionState};
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::physical_plan::execute_stream;
use datafusion::scalar::ScalarValue;
use datafusion::sql::planner::{NullOrdering, ParserOptions, SqlToRel};
use datafusion::sql::sqlparser::ast::{Query, Statement};
use snowflake_proto::Column;
use snowflake_transport::Clock;

use super::super::SqlError;
use super::super::history::{Operator, Work};
use super::super::rewrite::{Effects, Rewriter, Tables};
use super::super::run::Run;
use super::super::types::{SqlType, type_of};
use super::assign::Assigned;
use super::outline::outline;
use super::provider::Provider;
use super::written::name;

/// A planned query.
pub(in super::super) struct Planned {
    plan: LogicalPlan,
    state: SessionState,
    /// Its columns, named and typed as Snowflake does.
    pub(in super::super) columns: Vec<Column>,
    pub(in super::super) effects: Effects,
    /// Who is told what is run.
    work: Work,
    clock: Arc<dyn Clock>,
}

/// Rewrites and plans a query. `provided` are tables that it may name besides those of the catalogue.
///
/// # Errors
/// What is wrong with the query, by Snowflake's codes.
pub(in super::super) fn plan_query(
    run: &Run,
    mut query: Box<Query>,
    provided: Tables,
) -> Result<Planned, SqlError> {
    let mut rewriter = Rewriter::new(run);
    rewriter.tables.extend(provided);
    rewriter.rewrite(&mut query)?;
    let (tables, effects) = (rewriter.tables, rewriter.effects);
    let mut state = run.engine().state();
    run.env.install(state.config_mut().options_mut());
    let provider = Provider::new(&state, &tables);
    let options = ParserOptions::new()
        .with_parse_float_as_decimal(true)
        .with_enable_ident_normalization(false)
        .with_map_string_types_to_utf8view(false)
        .with_default_null_ordering(NullOrdering::NullsMax);
    let plan =
        SqlToRel::new_with_options(&provider, options).sql_statement_to_plan(Statement::Query(query))?;
    // Only the optimized plan has the types that UNION and CASE agree on.
    let (items, is_values) = (root_items(&plan).map(<[Expr]>::to_vec), is_values(&plan));
    let plan = state.optimize(&plan)?;
    let columns = columns(&plan, items.as_deref(), is_values);
    let (work, clock) = (run.statement.work.clone(), Arc::clone(&run.engine().options().clock));
    Ok(Planned { plan, state, columns, effects, work, clock })
}

impl Planned {
    /// Runs the query. The batches are the engine's own arrays.
    ///
    /// # Errors
    /// What goes wrong before the first row; the rest comes through the stream.
    pub(in super::super) async fn run(self) -> Result<SendableRecordBatchStream, SqlError> {
        let assigned = self.assigned()?;
        self.work.runs(self.clock.wall(), self.outlined(&assigned));
        let physical = self.state.query_planner().create_physical_plan(&assigned.plan, &self.state).await?;
        Ok(execute_stream(physical, self.state.task_ctx())?)
    }

    /// The operations of the plan, root first, without running any.
    ///
    /// # Errors
    /// What is wrong with a filter.
    pub(in super::super) fn outline(&self) -> Result<Vec<Operator>, SqlError> {
        Ok(self.outlined(&self.assigned()?))
    }

    fn assigned(&self) -> Result<Assigned, SqlError> {
        Ok(Assigned::new(self.plan.clone(), &self.state)?)
    }

    fn outlined(&self, assigned: &Assigned) -> Vec<Operator> {
        let columns: Vec<String> = self.columns.iter().map(|column| column.name.clone()).collect();
        outline(assigned, &columns)
    }
}

fn columns(plan: &LogicalPlan, items: Option<&[Expr]>, is_values: bool) -> Vec<Column> {
    plan.schema()
        .fields()
        .iter()
        .enumerate()
        .map(|(at, field)| {
            let data_type = items
                .and_then(|items| items.get(at))
                .and_then(literal_type)
                .unwrap_or_else(|| result_type(field));
            let name = if is_values { format!("COLUMN{}", at + 1) } else { name(field.name()).to_owned() };
            Column::new(name, data_type, field.is_nullable())
        })
        .collect()
}

/// The expressions of the outermost select list, when they are still visible.
fn root_items(plan: &LogicalPlan) -> Option<&[Expr]> {
    match plan {
        LogicalPlan::Projection(projection) => Some(&projection.expr),
        LogicalPlan::Sort(sort) => root_items(&sort.input),
        LogicalPlan::Limit(limit) => root_items(&limit.input),
        _ => None,
    }
}

/// Whether the plan is nothing but VALUES.
fn is_values(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Values(_) => true,
        LogicalPlan::Sort(sort) => is_values(&sort.input),
        LogicalPlan::Limit(limit) => is_values(&limit.input),
        _ => false,
    }
}

/// Text that is written out has its own length.
fn literal_type(expr: &Expr) -> Option<SqlType> {
    match expr {
        Expr::Alias(alias) => literal_type(&alias.expr),
        Expr::Literal(ScalarValue::Utf8(Some(text)), _) => {
            Some(SqlType::Text { length: u64::try_from(text.chars().count()).ok()? })
        }
        _ => None,
    }
}

fn result_type(field: &Arc<Field>) -> SqlType {
    match field.data_type() {
        // Nothing but NULL.
        ArrowType::Null => super::super::types::TEXT,
        _ => type_of(field),
    }
}
