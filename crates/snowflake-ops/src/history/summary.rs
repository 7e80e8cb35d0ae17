//! Many statements in a few figures.

use std::collections::BTreeMap;
use std::time::Duration;

use snowflake_query::Pool;
use time::OffsetDateTime;

use super::options::QueryHistoryOptions;
use super::read::query_history;
use super::record::{HistoryStatus, QueryRecord, ratio};
use crate::error::Result;

/// Many statements in a few figures.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct QuerySummary {
    /// How many statements.
    pub queries: u64,
    /// How many of them failed.
    pub failed: u64,
    /// How many of them had not ended.
    pub unfinished: u64,
    /// All their time, waiting included.
    pub total_elapsed: Percentiles,
    /// The time of their execution.
    pub execution: Percentiles,
    /// The time that they waited for other statements, compute or repair.
    pub queued: Percentiles,
    /// How many of them waited so.
    pub queued_queries: u64,
    /// How many of them waited for a lock.
    pub blocked_queries: u64,
    /// Bytes that they read.
    pub bytes_scanned: u64,
    /// Micro-partitions that they read, of those of which the source tells it.
    pub partitions_scanned: u64,
    /// Micro-partitions of the tables that they read, likewise.
    pub partitions_total: u64,
    /// Bytes that went to the warehouse's disks, likewise.
    pub bytes_spilled_local: u64,
    /// Bytes that did not fit there either, likewise.
    pub bytes_spilled_remote: u64,
    /// How many of them spilled.
    pub spilling_queries: u64,
    /// How many of them tell partitions and spilling: those that were read from `ACCOUNT_USAGE`.
    pub detailed_queries: u64,
}

/// How a time is distributed over statements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Percentiles {
    /// Half of them took no longer.
    pub p50: Duration,
    /// 90 % of them took no longer.
    pub p90: Duration,
    /// 95 % of them took no longer.
    pub p95: Duration,
    /// 99 % of them took no longer.
    pub p99: Duration,
    /// None of them took longer.
    pub max: Duration,
    /// All of them together.
    pub sum: Duration,
}

impl Percentiles {
    /// Of times in any order, by the nearest rank: each figure is one of the times. All are zero without any.
    #[must_use]
    pub fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let rank = |percent: usize| {
            let rank = (times.len() * percent).div_ceil(100).max(1);
            times.get(rank - 1).copied().unwrap_or_default()
        };
        let sum = times.iter().fold(Duration::ZERO, |sum, time| sum.saturating_add(*time));
        Self { p50: rank(50), p90: rank(90), p95: rank(95), p99: rank(99), max: rank(100), sum }
    }
}

impl QuerySummary {
    /// Of these statements.
    pub fn of<'a>(records: impl IntoIterator<Item = &'a QueryRecord>) -> Self {
        let mut gathered = Gathered::default();
        records.into_iter().for_each(|record| gathered.add(record));
        gathered.summary()
    }

    /// The share of the micro-partitions that did not have to be read, 0 to 1; `None` where no statement tells.
    #[must_use]
    pub fn pruning_ratio(&self) -> Option<f64> {
        let scanned = self.partitions_scanned.min(self.partitions_total);
        (self.partitions_total > 0).then(|| 1.0 - ratio(scanned, self.partitions_total))
    }

    /// The share of statements that waited, 0 to 1.
    #[must_use]
    pub fn queued_ratio(&self) -> f64 {
        ratio(self.queued_queries, self.queries)
    }

    /// The share of statements that failed, 0 to 1.
    #[must_use]
    pub fn failure_ratio(&self) -> f64 {
        ratio(self.failed, self.queries)
    }
}

/// A summary that is under way: of each statement only its times are kept.
#[derive(Default)]
struct Gathered {
    summary: QuerySummary,
    elapsed: Vec<Duration>,
    execution: Vec<Duration>,
    queued: Vec<Duration>,
}

impl Gathered {
    fn add(&mut self, record: &QueryRecord) {
        let sum = &mut self.summary;
        let count = |counter: &mut u64, is_so: bool| *counter += u64::from(is_so);
        let add =
            |total: &mut u64, more: Option<u64>| *total = total.saturating_add(more.unwrap_or_default());
        sum.queries += 1;
        count(&mut sum.failed, matches!(record.status, HistoryStatus::Failed | HistoryStatus::Incident));
        count(&mut sum.unfinished, record.end_time.is_none());
        count(&mut sum.queued_queries, !record.queued().is_zero());
        count(&mut sum.blocked_queries, !record.transaction_blocked.is_zero());
        let spilled = [record.bytes_spilled_local, record.bytes_spilled_remote];
        count(&mut sum.spilling_queries, spilled.into_iter().flatten().any(|bytes| bytes > 0));
        count(&mut sum.detailed_queries, record.partitions_total.is_some());
        add(&mut sum.bytes_scanned, record.bytes_scanned);
        add(&mut sum.partitions_scanned, record.partitions_scanned);
        add(&mut sum.partitions_total, record.partitions_total);
        add(&mut sum.bytes_spilled_local, record.bytes_spilled_local);
        add(&mut sum.bytes_spilled_remote, record.bytes_spilled_remote);
        self.elapsed.push(record.total_elapsed);
        self.execution.push(record.execution);
        self.queued.push(record.queued());
    }

    fn summary(self) -> QuerySummary {
        QuerySummary {
            total_elapsed: Percentiles::of(self.elapsed),
            execution: Percentiles::of(self.execution),
            queued: Percentiles::of(self.queued),
            ..self.summary
        }
    }
}

/// The statements of a range in a few figures. Partitions and spilling need
/// [`HistorySource::AccountUsage`](crate::HistorySource::AccountUsage) in the options, or a range that is older than 7 days.
///
/// Of each statement only its times are held in memory: 48 bytes.
///
/// # Errors
/// As the stream of [`query_history`](crate::query_history).
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement that is under way.
pub async fn summarize_queries(
    pool: &Pool,
    start: OffsetDateTime,
    end: OffsetDateTime,
    options: QueryHistoryOptions,
) -> Result<QuerySummary> {
    let mut gathered = Gathered::default();
    let mut records = query_history(pool, start, end, options);
    while let Some(record) = records.next().await {
        gathered.add(&record?);
    }
    Ok(gathered.summary())
}

/// The same for each warehouse by its name. Statements without a warehouse are left out.
///
/// # Errors
/// As [`summarize_queries`].
///
/// # Cancellation
/// As [`summarize_queries`].
pub async fn summarize_queries_by_warehouse(
    pool: &Pool,
    start: OffsetDateTime,
    end: OffsetDateTime,
    options: QueryHistoryOptions,
) -> Result<BTreeMap<String, QuerySummary>> {
    let mut gathered: BTreeMap<String, Gathered> = BTreeMap::new();
    let mut records = query_history(pool, start, end, options);
    while let Some(record) = records.next().await {
        let record = record?;
        if let Some(warehouse) = &record.warehouse {
            gathered.entry(warehouse.clone()).or_default().add(&record);
        }
    }
    Ok(gathered.into_iter().map(|(warehouse, gathered)| (warehouse, gathered.summary())).collect())
}
