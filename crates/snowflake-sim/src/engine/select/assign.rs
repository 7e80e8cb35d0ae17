//! From an optimized plan to one that reads only the partitions that its filters leave.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::catalog::default_table_source::provider_as_source;
use datafusion::common::tree_node::Transformed;
use datafusion::datasource::MemTable;
use datafusion::error::Result;
use datafusion::execution::SessionState;
use datafusion::logical_expr::{LogicalPlan, TableScan, TableSource};

use super::super::history::Scanned;
use super::partitions::Partitions;

/// A plan that reads only the partitions that its filters leave.
pub(super) struct Assigned {
    pub(super) plan: LogicalPlan,
    /// What its scans read, by where their source is: the plan keeps it alive.
    scans: HashMap<usize, (String, Scanned)>,
}

impl Assigned {
    /// Finds out what each scan of a plan has to read.
    ///
    /// # Errors
    /// What is wrong with a filter.
    pub(super) fn new(plan: LogicalPlan, state: &SessionState) -> Result<Self> {
        let mut scans = HashMap::new();
        let replaced = plan.transform_up_with_subqueries(|node| {
            let LogicalPlan::TableScan(scan) = node else { return Ok(Transformed::no(node)) };
            let Some(partitions) = scan.source.downcast_ref::<Partitions>() else {
                return Ok(Transformed::no(LogicalPlan::TableScan(scan)));
            };
            let (batches, scanned) = partitions.assigned(state, &scan.filters, scan.projection.as_deref())?;
            let rows = MemTable::try_new(Arc::clone(partitions.table_schema()), vec![batches])?;
            let source = provider_as_source(Arc::new(rows));
            scans.insert(key(&source), (partitions.name.clone(), scanned));
            // The filters have done what they can: they stand above the scan as well.
            let scan = TableScan { source, filters: Vec::new(), ..scan };
            Ok(Transformed::yes(LogicalPlan::TableScan(scan)))
        })?;
        Ok(Self { plan: replaced.data, scans })
    }

    /// The table that a scan reads, and how much of it; none for what is no table.
    pub(super) fn scanned(&self, scan: &TableScan) -> Option<&(String, Scanned)> {
        self.scans.get(&key(&scan.source))
    }
}

fn key(source: &Arc<dyn TableSource>) -> usize {
    Arc::as_ptr(source).cast::<()>().addr()
}
