//! An estimate as the caller sees it.

use crate::warehouse::WarehouseSize;

/// What a statement will cost, as far as that can be known before it runs.
///
/// The credits are those of the warehouse's compute while the statement runs. Not in them: the time for which the
/// warehouse runs on afterwards, cloud services, query acceleration, and a result that the service still has from an
/// earlier run, which costs nothing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CostEstimate {
    /// The credits in the middle: half of such statements cost more, half of them less.
    pub estimated_credits: f64,
    /// The lower end of the interval, in credits.
    pub low: f64,
    /// The upper end of the interval, in credits.
    pub high: f64,
    /// The part of statements whose cost lies in the interval: 0.9. Where the [`basis`](Self::basis) is a prior this
    /// is a belief and not a measurement.
    pub coverage: f64,
    /// Seconds that the statement will keep the warehouse busy, if it has it to itself.
    pub estimated_seconds: f64,
    /// Micro-partitions that are left after pruning by the plan: the most that is scanned.
    pub partitions_to_scan: u64,
    /// Micro-partitions of all tables of the statement.
    pub partitions_total: u64,
    /// Bytes in the partitions to scan.
    pub bytes_to_scan: u64,
    /// What the estimate rests on.
    pub basis: EstimateBasis,
    /// The exact name of the warehouse.
    pub warehouse: String,
    /// Its size.
    pub warehouse_size: WarehouseSize,
    /// Credits for an hour of one of its clusters.
    pub credits_per_hour: f64,
    /// The least that is billed in addition because the warehouse is suspended and has to start: a minute. 0 where it
    /// runs.
    pub resume_credits: f64,
}

/// What an estimate rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EstimateBasis {
    /// The statement needs no warehouse: it costs nothing here.
    NoCompute,
    /// On a belief about how fast warehouses read, with an interval to match.
    Prior {
        /// Why there is nothing better.
        reason: PriorReason,
    },
    /// On what ran in the account before.
    Calibrated {
        /// How many statements.
        samples: usize,
    },
    /// On earlier runs of the same statement, whatever its literals were.
    SameStatement {
        /// How many runs.
        samples: usize,
    },
}

/// Why an estimate has nothing measured to rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PriorReason {
    /// Too little ran before: 40 statements on a warehouse are needed, of which some read something.
    FewSamples {
        /// How many there are.
        samples: usize,
    },
    /// The role may read neither `SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY` nor the history of INFORMATION_SCHEMA.
    NoAccess,
}
