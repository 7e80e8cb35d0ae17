//! What the catalogue says of a metric.

use std::time::Duration;

use metrics::Unit;

/// A metric that one of the crates reports, or the service.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// Whether it counts, shows a level, or collects a distribution.
    pub kind: MetricKind,
    /// Its unit, where the facade has a name for it.
    pub unit: Option<Unit>,
    /// What it is, in one sentence.
    pub help: &'static str,
    /// Its labels, in order.
    pub labels: &'static [MetricLabel],
    /// The upper bounds of a histogram's buckets, rising; empty for everything else.
    pub buckets: &'static [f64],
    /// Whether it counts in fractions, which a counter of the facade cannot: it arrives as a gauge that only rises.
    pub fraction: bool,
    /// How the values of series are put together that are shown as one.
    pub merge: MetricMerge,
    /// The [`MetricSource`] that it comes from, for a figure of the account.
    pub source: Option<&'static str>,
}

/// The kind of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetricKind {
    /// Only rises.
    Counter,
    /// Rises and falls.
    Gauge,
    /// How often values occurred.
    Histogram,
}

/// A label of a metric.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MetricLabel {
    /// Its name.
    pub name: &'static str,
    /// Which values it can have.
    pub values: MetricValues,
}

/// The values of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetricValues {
    /// One of these.
    OneOf(&'static [&'static str]),
    /// No more than this many; further ones are shown together as `other`.
    AtMost(usize),
}

/// How the values of several series become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetricMerge {
    /// Their sum.
    Sum,
    /// The largest of them.
    Max,
}

/// A question whose answer gives figures of the account.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MetricSource {
    /// The name of the collector that asks it.
    pub name: &'static str,
    /// How often, unless it is told otherwise.
    pub interval: Duration,
    /// The statement or the views that it reads.
    pub source: &'static str,
    /// Whether a warehouse must run for it.
    pub needs_warehouse: bool,
    /// What the role must be granted.
    pub grant: &'static str,
    /// How late the source may be.
    pub delay: &'static str,
}
