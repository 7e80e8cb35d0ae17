//! Estimates, with a calibration that is kept for a while.

use std::sync::Arc;
use std::time::Duration;

use futures::TryFutureExt;
use snowflake_query::{Pool, Query};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::history::fetch_history;
use super::model::{Ground, Model};
use super::outcome::{CostEstimate, EstimateBasis, PriorReason};
use super::plan::{Plan, explain};
use super::samples::measure;
use super::statement::{Explainable, fingerprint};
use crate::cost::rate::{LEAST_BILLED_SECONDS, Rate, SECONDS_PER_HOUR, fetch_rate};
use crate::error::{Result, UnexplainableSnafu};

/// What the intervals promise; they are built for more, see the guide.
const COVERAGE: f64 = 0.9;

/// Estimates what statements will cost, from what ran before.
///
/// One of them serves any number of callers; it reads the history when it is first asked and then once an hour.
#[derive(Debug)]
pub struct CostEstimator {
    lifetime: Duration,
    history: Duration,
    /// Held while the history is read, so that it is read once for all who wait.
    calibration: Mutex<Option<Calibration>>,
}

#[derive(Clone, Debug)]
struct Calibration {
    /// `None` where the role may read no history.
    model: Option<Arc<Model>>,
    read: Instant,
}

impl Default for CostEstimator {
    fn default() -> Self {
        const HOUR: Duration = Duration::from_secs(3_600);
        Self { lifetime: HOUR, history: HOUR * 24 * 14, calibration: Mutex::default() }
    }
}

impl CostEstimator {
    /// An estimator that looks back two weeks, and again every hour.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks back that far instead.
    #[must_use]
    pub fn with_history(mut self, history: Duration) -> Self {
        self.history = history;
        self
    }

    /// Keeps what it has read that long instead.
    #[must_use]
    pub fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Forgets what it has read: the next estimate reads the history again.
    pub async fn forget(&self) {
        *self.calibration.lock().await = None;
    }

    /// What a statement would cost on a warehouse, whose name is spelled as in SQL.
    ///
    /// Nothing is run: the plan comes from `EXPLAIN USING JSON`, the rate from `SHOW WAREHOUSES`, neither of which
    /// needs a running warehouse. Reading the history does, on the session's own warehouse, for some seconds; then up to
    /// 48 statements of it are explained once more, to compare what plans assign with what was read.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for a statement that nobody can explain, such as COPY, CALL
    /// or several at once, and for a name that is none; [`NotFound`](crate::ErrorKind::NotFound) when there is no such
    /// warehouse or the role may not see it; [`Sql`](crate::ErrorKind::Sql) when the service refuses the statement;
    /// the other kinds of a statement. A history that the role may not read is no error, but makes a
    /// [`Prior`](EstimateBasis::Prior) of the estimate.
    ///
    /// # Cancellation
    /// Nothing is left behind.
    pub async fn estimate(
        &self,
        pool: &Pool,
        query: impl Into<Query> + Send,
        warehouse: &str,
    ) -> Result<CostEstimate> {
        let query = query.into();
        match Explainable::of(query.sql()) {
            Explainable::No(reason) => UnexplainableSnafu { reason }.fail()?,
            Explainable::Free => Ok(free(fetch_rate(pool, warehouse).await?)),
            Explainable::Yes => {
                let statement = fingerprint(query.sql());
                let plan = explain(pool, query);
                let (plan, rate, model) =
                    futures::try_join!(plan, fetch_rate(pool, warehouse), self.model(pool).err_into())?;
                Ok(estimate(plan, rate, model.as_deref(), statement))
            }
        }
    }

    async fn model(&self, pool: &Pool) -> Result<Option<Arc<Model>>> {
        let mut kept = self.calibration.lock().await;
        let now = pool.clock().now();
        if let Some(calibration) = &*kept
            && now.saturating_duration_since(calibration.read) < self.lifetime
        {
            return Ok(calibration.model.clone());
        }
        let history = time::Duration::try_from(self.history).unwrap_or(time::Duration::MAX);
        let since = pool.clock().wall().saturating_sub(history);
        let model = match fetch_history(pool, since).await? {
            Some(history) => Some(Arc::new(Model::new(&measure(pool, history).await))),
            None => None,
        };
        *kept = Some(Calibration { model: model.clone(), read: now });
        Ok(model)
    }
}

fn estimate(plan: Plan, rate: Rate, model: Option<&Model>, statement: u64) -> CostEstimate {
    let empty;
    let known = match model {
        Some(model) => model,
        None => {
            empty = Model::new(&[]);
            &empty
        }
    };
    let predicted = known.predict(plan.bytes_as_float(), f64::from(rate.size.nodes()), statement);
    let per_second = rate.per_hour / SECONDS_PER_HOUR;
    // The service answers from metadata, or does not, what reads no partition.
    let low = if plan.partitions == 0 { 0.0 } else { predicted.low };
    CostEstimate {
        estimated_credits: predicted.seconds * per_second,
        low: low * per_second,
        high: predicted.high * per_second,
        estimated_seconds: predicted.seconds,
        partitions_to_scan: plan.partitions,
        partitions_total: plan.partitions_total,
        bytes_to_scan: plan.bytes,
        basis: match predicted.ground {
            Ground::Prior { .. } if model.is_none() => EstimateBasis::Prior { reason: PriorReason::NoAccess },
            Ground::Prior { samples } => EstimateBasis::Prior { reason: PriorReason::FewSamples { samples } },
            Ground::Workload { samples } => EstimateBasis::Calibrated { samples },
            Ground::Statement { samples } => EstimateBasis::SameStatement { samples },
        },
        resume_credits: if rate.is_suspended { LEAST_BILLED_SECONDS * per_second } else { 0.0 },
        ..free(rate)
    }
}

/// The estimate of a statement that needs no warehouse.
fn free(rate: Rate) -> CostEstimate {
    CostEstimate {
        estimated_credits: 0.0,
        low: 0.0,
        high: 0.0,
        coverage: COVERAGE,
        estimated_seconds: 0.0,
        partitions_to_scan: 0,
        partitions_total: 0,
        bytes_to_scan: 0,
        basis: EstimateBasis::NoCompute,
        warehouse: rate.name,
        warehouse_size: rate.size,
        credits_per_hour: rate.per_hour,
        resume_credits: 0.0,
    }
}
