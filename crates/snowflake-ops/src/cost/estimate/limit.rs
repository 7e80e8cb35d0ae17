//! A limit on what a statement may cost.

use snafu::OptionExt;
use snowflake_query::{Pool, Query};

use super::statement::Explainable;
use super::{CostEstimate, CostEstimator};
use crate::error::{CostLimitSnafu, NoCurrentWarehouseSnafu, Result, UnexplainableSnafu};

/// The most that a statement may cost, in credits.
///
/// What is compared with it is the upper end of the estimate's interval, unless [`with_bound`](Self::with_bound)
/// says otherwise: nine of ten statements that are let through cost less.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CostLimit {
    credits: f64,
    bound: CostBound,
    unknown: UnknownCost,
}

/// Which figure of an estimate is compared with a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CostBound {
    /// The upper end of the interval.
    #[default]
    Upper,
    /// The estimate itself: half of the statements at the limit will exceed it.
    Estimate,
}

/// What becomes of statements whose cost nobody can estimate, such as COPY and CALL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownCost {
    /// They are refused.
    #[default]
    Refuse,
    /// They run.
    Allow,
}

impl CostLimit {
    /// At most so many credits.
    #[must_use]
    pub fn new(credits: f64) -> Self {
        Self { credits, bound: CostBound::default(), unknown: UnknownCost::default() }
    }

    /// Chooses which figure is compared.
    #[must_use]
    pub fn with_bound(mut self, bound: CostBound) -> Self {
        self.bound = bound;
        self
    }

    /// Chooses what becomes of statements that cannot be estimated.
    #[must_use]
    pub fn with_unknown(mut self, unknown: UnknownCost) -> Self {
        self.unknown = unknown;
        self
    }

    /// The credits.
    #[must_use]
    pub fn credits(&self) -> f64 {
        self.credits
    }

    /// Estimates a statement on the warehouse that it asks for, or on the one that its session would have, and
    /// refuses it above the limit.
    ///
    /// Gives the estimate; nothing for a statement that needs no warehouse or may run unestimated.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) above the limit, where
    /// [`Error::cost_estimate`](crate::Error::cost_estimate) has the figures, for what cannot be estimated, and when
    /// no warehouse is named anywhere; otherwise as [`CostEstimator::estimate`].
    ///
    /// # Cancellation
    /// Nothing is left behind.
    pub async fn check(
        &self,
        pool: &Pool,
        estimator: &CostEstimator,
        query: &Query,
    ) -> Result<Option<CostEstimate>> {
        match Explainable::of(query.sql()) {
            Explainable::Free => return Ok(None),
            Explainable::No(_) if self.unknown == UnknownCost::Allow => return Ok(None),
            Explainable::No(reason) => UnexplainableSnafu { reason }.fail()?,
            Explainable::Yes => {}
        }
        let warehouse = match &query.wanted().warehouse {
            Some(spelled) => spelled.clone(),
            None => {
                let current = pool.get(query.wanted()).await?.warehouse().context(NoCurrentWarehouseSnafu)?;
                crate::account_usage::spelled(&current)
            }
        };
        let estimate = estimator.estimate(pool, query.clone(), &warehouse).await?;
        let figure = match self.bound {
            CostBound::Upper => estimate.high,
            CostBound::Estimate => estimate.estimated_credits,
        };
        // What is no number must not pass.
        if figure <= self.credits {
            Ok(Some(estimate))
        } else {
            CostLimitSnafu { figure, limit: self.credits, estimate: Box::new(estimate) }.fail()?
        }
    }
}

impl From<f64> for CostLimit {
    fn from(credits: f64) -> Self {
        Self::new(credits)
    }
}
