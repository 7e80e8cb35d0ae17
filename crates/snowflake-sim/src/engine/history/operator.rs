//! One operation of a plan, as EXPLAIN shows it.

/// One operation of a plan, as EXPLAIN shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Operator {
    pub(in super::super) id: usize,
    /// The operation that reads this one; none for the root.
    pub(in super::super) parent: Option<usize>,
    /// Such as `TableScan` or `InnerJoin`.
    pub(in super::super) operation: &'static str,
    /// The full name of the table that is read or changed.
    pub(in super::super) object: Option<String>,
    pub(in super::super) alias: Option<String>,
    pub(in super::super) expressions: Vec<String>,
    /// What is read of a table.
    pub(in super::super) scanned: Option<Scanned>,
}

/// What is read of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Scanned {
    pub(in super::super) partitions_total: u64,
    /// Partitions that the filter leaves.
    pub(in super::super) partitions: u64,
    /// Bytes of all columns of those partitions.
    pub(in super::super) bytes_assigned: u64,
    /// Bytes of the columns that are read.
    pub(in super::super) bytes: u64,
    /// Rows of those partitions.
    pub(in super::super) rows: u64,
}

impl Scanned {
    /// What several scans read together.
    pub(in super::super) fn sum<'a>(operators: impl IntoIterator<Item = &'a Operator>) -> Self {
        let scans = operators.into_iter().filter_map(|operator| operator.scanned);
        scans.fold(Self::default(), |sum, each| Self {
            partitions_total: sum.partitions_total + each.partitions_total,
            partitions: sum.partitions + each.partitions,
            bytes_assigned: sum.bytes_assigned + each.bytes_assigned,
            bytes: sum.bytes + each.bytes,
            rows: sum.rows + each.rows,
        })
    }
}
