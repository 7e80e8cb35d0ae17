//! What a statement will cost, before it runs.

mod estimator;
mod history;
mod limit;
mod line;
mod model;
mod outcome;
mod plan;
mod samples;
#[cfg(test)]
mod service_tests;
mod statement;
mod student;
#[cfg(test)]
mod tests;

pub use estimator::CostEstimator;
pub use limit::{CostBound, CostLimit, UnknownCost};
pub use outcome::{CostEstimate, EstimateBasis, PriorReason};
