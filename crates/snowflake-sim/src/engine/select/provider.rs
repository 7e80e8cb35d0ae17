//! What DataFusion's planner may ask for: the tables of one statement and the functions of the engine.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType as ArrowType, SchemaRef};
use datafusion::catalog::default_table_source::provider_as_source;
use datafusion::common::TableReference;
use datafusion::common::config::ConfigOptions;
use datafusion::datasource::cte_worktable::CteWorkTable;
use datafusion::error::Result;
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::planner::{ContextProvider, ExprPlanner};
use datafusion::logical_expr::{AggregateUDF, HigherOrderUDF, ScalarUDF, TableSource, WindowUDF};
use datafusion::prelude::SessionConfig;

use super::super::SqlError;
use super::super::functions::find;
use super::super::rewrite::Tables;
use super::operators::Operators;

/// DataFusion's state as every statement starts from it.
///
/// One partition keeps the rows of a table in the order in which they came, as a small table of
/// Snowflake does.
pub(in super::super) fn base_state() -> SessionState {
    let mut config = SessionConfig::new().with_target_partitions(1).with_information_schema(false);
    config.options_mut().sql_parser.enable_ident_normalization = false;
    config.options_mut().sql_parser.map_string_types_to_utf8view = false;
    SessionStateBuilder::new().with_default_features().with_config(config).build()
}

/// One statement's view of the world.
pub(super) struct Provider<'a> {
    state: &'a SessionState,
    tables: &'a Tables,
    planners: Vec<Arc<dyn ExprPlanner>>,
}

impl fmt::Debug for Provider<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("tables", &self.tables.len()).finish_non_exhaustive()
    }
}

impl<'a> Provider<'a> {
    pub(super) fn new(state: &'a SessionState, tables: &'a Tables) -> Self {
        let ours: Arc<dyn ExprPlanner> = Arc::new(Operators);
        let planners = std::iter::once(ours).chain(state.expr_planners().iter().map(Arc::clone)).collect();
        Self { state, tables, planners }
    }
}

impl ContextProvider for Provider<'_> {
    fn get_table_source(&self, name: TableReference) -> Result<Arc<dyn TableSource>> {
        let key = match &name {
            TableReference::Bare { table } => table.to_string(),
            TableReference::Partial { schema, table } => format!("{schema}.{table}"),
            TableReference::Full { catalog, schema, table } => format!("{catalog}.{schema}.{table}"),
        };
        let found = self.tables.get(&key).map(Arc::clone);
        found.ok_or_else(|| SqlError::missing("Object", name.table()).into())
    }

    fn create_cte_work_table(&self, name: &str, schema: SchemaRef) -> Result<Arc<dyn TableSource>> {
        Ok(provider_as_source(Arc::new(CteWorkTable::new(name, schema))))
    }

    fn get_expr_planners(&self) -> &[Arc<dyn ExprPlanner>] {
        &self.planners
    }

    fn get_function_meta(&self, name: &str) -> Option<Arc<ScalarUDF>> {
        find(name).or_else(|| self.state.scalar_functions().get(name).cloned())
    }

    fn get_higher_order_meta(&self, name: &str) -> Option<Arc<HigherOrderUDF>> {
        self.state.higher_order_functions().get(name).cloned()
    }

    fn get_aggregate_meta(&self, name: &str) -> Option<Arc<AggregateUDF>> {
        self.state.aggregate_functions().get(name).cloned()
    }

    fn get_window_meta(&self, name: &str) -> Option<Arc<WindowUDF>> {
        self.state.window_functions().get(name).cloned()
    }

    fn get_variable_type(&self, _names: &[String]) -> Option<ArrowType> {
        None
    }

    fn options(&self) -> &ConfigOptions {
        self.state.config_options()
    }

    fn udf_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn higher_order_function_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn udaf_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn udwf_names(&self) -> Vec<String> {
        Vec::new()
    }
}
