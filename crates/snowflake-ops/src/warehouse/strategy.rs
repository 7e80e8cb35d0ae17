//! Which warehouse a request goes to: a function of what is configured, what is known, and what was chosen before.
//!
//! Every configured warehouse gets a standing and points. The best standing wins, then the fewest points, then the
//! fewest credits an hour, then the order in which they were configured. The warehouse that was chosen last stays
//! while it is ready, for a while in any case and after that until another one is better by a margin.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::route::{Candidate, Standing};
use super::score::assess;
use super::{WarehouseConfig, WarehouseSize, WarehouseStatus, WorkloadType};

/// What somebody wants a warehouse for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Request {
    pub(super) workload: WorkloadType,
    pub(super) size: Option<WarehouseSize>,
}

/// A configured warehouse with the exact name that its own stands for.
#[derive(Clone, Debug)]
pub(super) struct Configured {
    pub(super) config: WarehouseConfig,
    pub(super) exact: String,
}

/// What is known when a choice is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Situation<'a> {
    pub(super) warehouses: &'a [Configured],
    /// The one to take when nothing is known, by its place.
    pub(super) default: usize,
    /// By exact name; `None` when the statuses could not be had.
    pub(super) statuses: Option<&'a BTreeMap<String, WarehouseStatus>>,
    /// Why some are to be passed over, by their place.
    pub(super) avoided: &'a BTreeMap<usize, String>,
    pub(super) incumbent: Option<Incumbent>,
    pub(super) now: Instant,
}

/// The warehouse that was chosen last for the same request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Incumbent {
    pub(super) place: usize,
    pub(super) since: Instant,
}

/// How hard it is to change a choice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hysteresis {
    /// Points by which another must be better.
    pub(super) margin: u32,
    /// How long a choice stays in any case.
    pub(super) hold: Duration,
}

/// A choice.
#[derive(Clone, Debug)]
pub(super) struct Decision {
    pub(super) place: usize,
    pub(super) why: Why,
    /// All warehouses in the order of the configuration.
    pub(super) candidates: Vec<Candidate>,
}

/// What decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// It has the fewest points of those that are ready.
    Best,
    /// It was chosen a moment ago.
    Held,
    /// No other is better by the margin.
    Kept,
    /// All that could be used are over their queue depth.
    LeastBusy,
    /// None can be used.
    NoneUsable,
    /// Nothing is known.
    NothingKnown,
}

pub(super) fn decide(request: Request, situation: &Situation<'_>, hysteresis: Hysteresis) -> Decision {
    let candidates: Vec<Candidate> = situation
        .warehouses
        .iter()
        .enumerate()
        .map(|(place, configured)| {
            let status = situation.statuses.map(|statuses| statuses.get(&configured.exact));
            assess(request, configured, status, situation.avoided.get(&place).map(String::as_str))
        })
        .collect();
    let (place, why) = choose(&candidates, situation, hysteresis);
    Decision { place, why, candidates }
}

fn choose(candidates: &[Candidate], situation: &Situation<'_>, hysteresis: Hysteresis) -> (usize, Why) {
    if situation.statuses.is_none() {
        return (situation.default, Why::NothingKnown);
    }
    let ranked = candidates.iter().enumerate();
    let best = ranked.min_by(|(at, a), (other, b)| a.rank().total_cmp(&b.rank()).then(at.cmp(other)));
    let Some((place, best)) = best else { return (situation.default, Why::NoneUsable) };
    match best.standing {
        Standing::Unusable => (situation.default, Why::NoneUsable),
        Standing::Busy => (place, Why::LeastBusy),
        Standing::Ready => match incumbent(candidates, situation, hysteresis, best) {
            Some((kept, why)) if kept != place => (kept, why),
            _ => (place, Why::Best),
        },
    }
}

/// The warehouse that was chosen last, where it may stay.
fn incumbent(
    candidates: &[Candidate],
    situation: &Situation<'_>,
    hysteresis: Hysteresis,
    best: &Candidate,
) -> Option<(usize, Why)> {
    let Incumbent { place, since } = situation.incumbent?;
    let candidate = candidates.get(place).filter(|candidate| candidate.standing == Standing::Ready)?;
    if situation.now.saturating_duration_since(since) < hysteresis.hold {
        return Some((place, Why::Held));
    }
    let is_near = candidate.points < best.points.saturating_add(hysteresis.margin);
    is_near.then_some((place, Why::Kept))
}
