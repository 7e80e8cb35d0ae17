//! A table as the planner sees it: partitions, of which a scan reads those that its filter leaves.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use datafusion::common::DFSchema;
use datafusion::error::Result;
use datafusion::execution::SessionState;
use datafusion::logical_expr::expr_rewriter::unnormalize_cols;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableSource};
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;

use super::super::catalog::partition_bytes;
use super::super::history::Scanned;
use super::pruning::Ranges;

/// A table as the planner sees it.
pub(in super::super) struct Partitions {
    /// Its full name.
    pub(super) name: String,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    /// Columns before this one are the table's own.
    columns: usize,
}

impl Partitions {
    /// The rows of a table at one time; columns after the first `columns` are not the table's own.
    pub(in super::super) fn source(
        name: String,
        schema: SchemaRef,
        batches: Vec<RecordBatch>,
        columns: usize,
    ) -> Arc<dyn TableSource> {
        Arc::new(Self { name, schema, batches, columns })
    }

    /// The partitions that a filter leaves, and what reading some columns of them comes to.
    ///
    /// # Errors
    /// What is wrong with the filter.
    pub(super) fn assigned(
        &self,
        state: &SessionState,
        filters: &[Expr],
        projection: Option<&[usize]>,
    ) -> Result<(Vec<RecordBatch>, Scanned)> {
        let kept = self.left_by(state, filters)?;
        let is_read = |at: usize| at < self.columns && projection.is_none_or(|read| read.contains(&at));
        let mut scanned = Scanned { partitions_total: count(self.batches.len()), ..Scanned::default() };
        for batch in &kept {
            scanned.partitions += 1;
            scanned.rows += count(batch.num_rows());
            scanned.bytes_assigned += count(partition_bytes(batch, |at| at < self.columns));
            scanned.bytes += count(partition_bytes(batch, is_read));
        }
        Ok((kept, scanned))
    }

    fn left_by(&self, state: &SessionState, filters: &[Expr]) -> Result<Vec<RecordBatch>> {
        let Some(filter) = conjunction(unnormalize_cols(filters.iter().cloned())) else {
            return Ok(self.batches.clone());
        };
        let schema = DFSchema::try_from(Arc::clone(&self.schema))?;
        let filter = state.create_physical_expr(filter, &schema)?;
        let builder = PruningPredicateBuilder::new().with_file_schema(Arc::clone(&self.schema));
        let Some(predicate) = builder.build(filter) else { return Ok(self.batches.clone()) };
        let may_match = predicate.prune(&Ranges::new(&self.schema, &self.batches))?;
        let kept = self.batches.iter().zip(may_match).filter(|(_, may_match)| *may_match);
        Ok(kept.map(|(batch, _)| batch.clone()).collect())
    }

    pub(super) fn table_schema(&self) -> &SchemaRef {
        &self.schema
    }
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

impl TableSource for Partitions {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// Every filter may leave partitions out, and none leaves out all rows that do not match.
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }
}
