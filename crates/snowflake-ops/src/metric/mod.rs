//! The catalogue of metrics: what they are called, what they mean, how many series they may have.

mod describe;
#[cfg(feature = "service")]
mod exposition;
#[cfg(feature = "service")]
mod figures;
mod generated;
mod table;

pub use describe::{describe_metrics, metric_catalogue, metric_sources};
#[cfg(feature = "service")]
pub(crate) use exposition::with_fractions;
#[cfg(feature = "service")]
pub(crate) use figures::Figures;
pub use table::{Metric, MetricKind, MetricLabel, MetricMerge, MetricSource, MetricValues};
