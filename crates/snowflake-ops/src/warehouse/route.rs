//! A choice of a warehouse, and why.

use std::fmt;
use std::time::Duration;

use super::strategy::{Decision, Request, Why};
use super::{WarehouseSize, WorkloadType};

/// The warehouse that a request goes to, and why.
#[derive(Clone, Debug)]
pub struct Route {
    warehouse: String,
    workload: WorkloadType,
    size: Option<WarehouseSize>,
    why: Why,
    candidates: Vec<Candidate>,
    knowledge: Knowledge,
}

/// How old what is known is, and what went wrong when it was to be learnt anew.
#[derive(Clone, Debug, Default)]
pub(super) struct Knowledge {
    pub(super) age: Option<Duration>,
    pub(super) problem: Option<String>,
}

/// A configured warehouse as a router saw it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Candidate {
    /// Its name as it was configured.
    pub warehouse: String,
    /// Whether it can be used.
    pub standing: Standing,
    /// Fewer are better. They count only between warehouses of the same standing.
    pub points: u32,
    /// Credits that a cluster of it costs in an hour of running: what decides between equal points.
    pub credits_per_hour: f64,
    /// Where the points come from, and what else was seen.
    pub reasons: Vec<Reason>,
}

/// Whether a warehouse can be used, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It can be used.
    Ready,
    /// It can be used, but more statements wait than its `max_queue_depth`.
    Busy,
    /// It cannot be used: it is missing, sleeps and does not wake, failed, or is to be avoided.
    Unusable,
}

/// Something that was seen of a warehouse.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reason {
    /// Points that it costs; 0 for what is only told.
    pub points: u32,
    /// What was seen.
    pub text: String,
}

/// The order of candidates, the configuration's apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rank {
    standing: Standing,
    points: u32,
    credits: f64,
}

impl Rank {
    pub(super) fn total_cmp(&self, other: &Self) -> std::cmp::Ordering {
        let first = (self.standing, self.points).cmp(&(other.standing, other.points));
        first.then(self.credits.total_cmp(&other.credits))
    }
}

impl Candidate {
    pub(super) fn rank(&self) -> Rank {
        Rank { standing: self.standing, points: self.points, credits: self.credits_per_hour }
    }
}

impl Route {
    pub(super) fn new(request: Request, warehouse: String, decision: Decision, knowledge: Knowledge) -> Self {
        let Decision { why, mut candidates, .. } = decision;
        candidates.sort_by(|a, b| a.rank().total_cmp(&b.rank()));
        let Request { workload, size } = request;
        Self { warehouse, workload, size, why, candidates, knowledge }
    }

    /// The name of the warehouse as it was configured, for
    /// [`QueryBuilder::warehouse`](snowflake_query::QueryBuilder::warehouse).
    #[must_use]
    pub fn warehouse(&self) -> &str {
        &self.warehouse
    }

    /// All configured warehouses, the best first.
    #[must_use]
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// Whether the warehouse was taken because nothing was known, or no warehouse could be used as it should.
    #[must_use]
    pub fn is_fallback(&self) -> bool {
        matches!(self.why, Why::LeastBusy | Why::NoneUsable | Why::NothingKnown)
    }

    /// How old the statuses are that decided; `None` when there were none.
    #[must_use]
    pub fn status_age(&self) -> Option<Duration> {
        self.knowledge.age
    }

    /// Why the statuses could not be learnt when they should have been.
    #[must_use]
    pub fn status_problem(&self) -> Option<&str> {
        self.knowledge.problem.as_deref()
    }

    /// Why this warehouse, and what was seen of each: several lines for people, the chosen one marked with `*`.
    #[must_use]
    pub fn explain(&self) -> String {
        self.to_string()
    }

    fn reason(&self) -> &'static str {
        match self.why {
            Why::Best => "it has the fewest points of those that are ready",
            Why::Held => "it was chosen a moment ago and is still ready",
            Why::Kept => "it was chosen before, and no other is better by the margin",
            Why::LeastBusy => {
                "all that could be used have more waiting than they may; it has the fewest points"
            }
            Why::NoneUsable => "it is the default, and none can be used",
            Why::NothingKnown => "it is the default, and the state of none is known",
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.workload)?;
        if let Some(size) = self.size {
            write!(f, " at {size}")?;
        }
        writeln!(f, " -> {}: {}", self.warehouse, self.reason())?;
        for candidate in &self.candidates {
            let mark = if candidate.warehouse == self.warehouse { '*' } else { ' ' };
            writeln!(f, "{mark} {candidate}")?;
        }
        match (self.knowledge.age, &self.knowledge.problem) {
            (Some(age), None) => write!(f, "as seen {} s ago", age.as_secs()),
            (Some(age), Some(problem)) => {
                write!(f, "as seen {} s ago, and not since: {problem}", age.as_secs())
            }
            (None, problem) => {
                let problem = problem.as_deref().unwrap_or("nobody asked");
                write!(f, "no statuses: {problem}")
            }
        }
    }
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { warehouse, standing, points, credits_per_hour, reasons } = self;
        write!(f, "{warehouse} is {standing}, {points} points, {credits_per_hour} credits/h: ")?;
        for (at, reason) in reasons.iter().enumerate() {
            let comma = if at == 0 { "" } else { "; " };
            match reason.points {
                0 => write!(f, "{comma}{}", reason.text)?,
                points => write!(f, "{comma}+{points} {}", reason.text)?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ready => "ready",
            Self::Busy => "busy",
            Self::Unusable => "unusable",
        })
    }
}
