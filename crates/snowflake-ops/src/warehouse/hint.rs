//! What a warehouse's queue and idleness over time say about its size.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use super::{WarehouseSize, WarehouseStatus};

/// With fewer samples nothing is said.
const SAMPLES: usize = 6;
/// Of a shorter time nothing is said.
const WINDOW: Duration = Duration::from_secs(300);
/// The share of samples that makes a state persistent.
const PERSISTENT: f64 = 0.8;
/// With fewer statements than this running on a cluster while others wait, each takes much of it.
const FEW_RUNNING: f64 = 2.0;
/// Below this share of what could run at the same time, a warehouse does little.
const LITTLE: f64 = 0.1;
/// Statements that a further cluster takes off a queue.
const CLUSTER: f64 = 8.0;
/// What suspending costs at least: a minute is billed at each start.
const SHORT: Duration = Duration::from_secs(60);

/// A proposal for one warehouse, with the figures that it rests on.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ScalingHint {
    /// The warehouse's name as it was configured.
    pub warehouse: String,
    /// What might be done.
    pub advice: ScalingAdvice,
    /// How often the warehouse was looked at.
    pub samples: usize,
    /// The time from the first look to the last.
    pub window: Duration,
    /// Statements that waited, on average.
    pub mean_queued: f64,
    /// Statements that ran, on average.
    pub mean_running: f64,
    /// The share of looks at which statements waited, from 0 to 1.
    pub queued_share: f64,
    /// The share of looks at which nothing ran or waited although the warehouse was running, from 0 to 1.
    pub idle_share: f64,
    /// Credits an hour that it would cost more, or less where negative, while it runs with all of its clusters;
    /// `None` where that depends on the time that it sleeps.
    pub credits_per_hour: Option<f64>,
}

/// What might be done with a warehouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScalingAdvice {
    /// Many statements wait: let more clusters start.
    #[non_exhaustive]
    MoreClusters {
        /// `MAX_CLUSTER_COUNT` now.
        from: u32,
        /// `MAX_CLUSTER_COUNT` then.
        to: u32,
    },
    /// Statements wait for a few large ones: make it larger, so that these end sooner.
    #[non_exhaustive]
    LargerSize {
        /// The size now.
        from: WarehouseSize,
        /// The size then.
        to: WarehouseSize,
    },
    /// It never has much to do: make it smaller.
    #[non_exhaustive]
    SmallerSize {
        /// The size now.
        from: WarehouseSize,
        /// The size then.
        to: WarehouseSize,
    },
    /// It runs without anything to do: let it suspend itself sooner.
    #[non_exhaustive]
    SuspendSooner {
        /// `AUTO_SUSPEND` now; `None` when it never does.
        from: Option<Duration>,
        /// `AUTO_SUSPEND` then.
        to: Duration,
    },
}

/// A warehouse at one moment.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) at: Instant,
    pub(super) status: WarehouseStatus,
}

/// What the samples of one warehouse, oldest first, say; `depth` is the tolerated queue.
pub(super) fn advise(warehouse: &str, depth: u32, samples: &[Sample]) -> Option<ScalingHint> {
    let (first, last) = (samples.first()?, samples.last()?);
    let window = last.at.saturating_duration_since(first.at);
    if samples.len() < SAMPLES || window < WINDOW {
        return None;
    }
    let figures = Figures::of(samples);
    let (advice, credits_per_hour) = figures.advice(depth, &last.status)?;
    let Figures { mean_queued, mean_running, queued_share, idle_share, .. } = figures;
    Some(ScalingHint {
        warehouse: warehouse.to_owned(),
        advice,
        samples: samples.len(),
        window,
        mean_queued,
        mean_running,
        queued_share,
        idle_share,
        credits_per_hour,
    })
}

struct Figures {
    mean_queued: f64,
    mean_running: f64,
    /// Running statements of those that could run side by side.
    mean_load: f64,
    /// Running statements on each running cluster.
    running_per_cluster: f64,
    queued_share: f64,
    idle_share: f64,
    running_share: f64,
}

impl Figures {
    fn of(samples: &[Sample]) -> Self {
        let mean = |of: &dyn Fn(&WarehouseStatus) -> f64| {
            let sum: f64 = samples.iter().map(|sample| of(&sample.status)).sum();
            sum / count(u64::try_from(samples.len()).unwrap_or(u64::MAX)).max(1.0)
        };
        let share =
            |of: &dyn Fn(&WarehouseStatus) -> bool| mean(&|status| if of(status) { 1.0 } else { 0.0 });
        let is_idle = |status: &WarehouseStatus| status.running == 0 && status.queued == 0;
        Self {
            mean_queued: mean(&|status| count(status.queued)),
            mean_running: mean(&|status| count(status.running)),
            mean_load: mean(&|status| count(status.running) / count(status.concurrency())),
            running_per_cluster: mean(&|status| {
                count(status.running) / f64::from(status.started_clusters.max(1))
            }),
            queued_share: share(&|status| status.queued > 0),
            idle_share: share(&|status| status.state.is_running() && is_idle(status)),
            running_share: share(&|status| status.state.is_running()),
        }
    }

    fn advice(&self, depth: u32, status: &WarehouseStatus) -> Option<(ScalingAdvice, Option<f64>)> {
        let deep = (f64::from(depth) / 2.0).max(1.0);
        if self.queued_share >= PERSISTENT && self.mean_queued >= deep {
            return self.grow(status);
        }
        if self.idle_share >= PERSISTENT && status.auto_suspend.is_none_or(|idle| idle > SHORT) {
            let advice = ScalingAdvice::SuspendSooner { from: status.auto_suspend, to: SHORT };
            return Some((advice, None));
        }
        if self.running_share >= PERSISTENT && self.queued_share == 0.0 && self.mean_load < LITTLE {
            let (from, to) = next(status.size?, Step::Down)?;
            let saved = to.credits_per_hour() - from.credits_per_hour();
            return Some((
                ScalingAdvice::SmallerSize { from, to },
                Some(saved * f64::from(status.max_clusters)),
            ));
        }
        None
    }

    /// Clusters help where many wait; a larger size where few run and each takes long.
    fn grow(&self, status: &WarehouseStatus) -> Option<(ScalingAdvice, Option<f64>)> {
        let clusters = f64::from(status.max_clusters);
        if self.running_per_cluster < FEW_RUNNING
            && let Some((from, to)) = status.size.and_then(|size| next(size, Step::Up))
        {
            let more = (to.credits_per_hour() - from.credits_per_hour()) * clusters;
            return Some((ScalingAdvice::LargerSize { from, to }, Some(more)));
        }
        let further =
            (1..=10_u32).find(|further| f64::from(*further) * CLUSTER >= self.mean_queued).unwrap_or(10);
        let to = status.max_clusters.saturating_add(further);
        let more = status.size.map(|size| size.credits_per_hour() * f64::from(further));
        Some((ScalingAdvice::MoreClusters { from: status.max_clusters, to }, more))
    }
}

enum Step {
    Up,
    Down,
}

fn next(size: WarehouseSize, step: Step) -> Option<(WarehouseSize, WarehouseSize)> {
    let place = WarehouseSize::ALL.iter().position(|other| *other == size)?;
    let to = match step {
        Step::Up => place.checked_add(1)?,
        Step::Down => place.checked_sub(1)?,
    };
    WarehouseSize::ALL.get(to).map(|to| (size, *to))
}

fn count(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

impl fmt::Display for ScalingHint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}; in {} looks over {} s, {:.1} waited and {:.1} ran on average, there was a queue at {:.0} % and \
             nothing to do at {:.0} %",
            self.warehouse,
            self.advice,
            self.samples,
            self.window.as_secs(),
            self.mean_queued,
            self.mean_running,
            self.queued_share * 100.0,
            self.idle_share * 100.0,
        )?;
        match self.credits_per_hour {
            Some(credits) => write!(f, "; {credits:+} credits/h while it runs with all of its clusters"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ScalingAdvice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MoreClusters { from, to } => write!(f, "raise MAX_CLUSTER_COUNT from {from} to {to}"),
            Self::LargerSize { from, to } | Self::SmallerSize { from, to } => {
                write!(f, "change WAREHOUSE_SIZE from {from} to {to}")
            }
            Self::SuspendSooner { from, to } => {
                write!(f, "set AUTO_SUSPEND to {}", to.as_secs())?;
                match from {
                    Some(from) => write!(f, " from {}", from.as_secs()),
                    None => f.write_str(", which it lacks"),
                }
            }
        }
    }
}
