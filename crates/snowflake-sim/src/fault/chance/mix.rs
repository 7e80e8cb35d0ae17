//! What a random schedule is made of.

use super::super::endpoint::Endpoint;
use super::super::verb::Verb;

/// How many faults a random [`Schedule`](crate::Schedule) has, of which sorts, and where.
///
/// ```
/// use snowflake_sim::{Mix, Schedule, Verb};
///
/// let mix = Mix::survivable().with_requests(40).with_rate(25).with_verb(Verb::LoseResponse, 20);
/// let schedule = Schedule::random(7, &mix);
/// assert_eq!(schedule.to_string(), Schedule::random(7, &mix).to_string());
/// assert!(schedule.rules().len() <= 10);
/// ```
#[derive(Clone, Debug)]
pub struct Mix {
    pub(super) requests: u32,
    pub(super) rate: u32,
    pub(super) bounds: Bounds,
    pub(super) verbs: Vec<(Verb, u32)>,
    pub(super) endpoints: Vec<(Endpoint, u32)>,
}

/// How bad the faults of a mix may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bounds {
    /// A correct client recovers from all of them together.
    Survivable,
    /// A correct client recovers or reports an error.
    Noticeable,
}

/// Where the requests of an ordinary run go.
const ENDPOINTS: [(Endpoint, u32); 11] = [
    (Endpoint::Login, 2),
    (Endpoint::Renew, 1),
    (Endpoint::Heartbeat, 1),
    (Endpoint::Logout, 1),
    (Endpoint::Query, 12),
    (Endpoint::Result, 6),
    (Endpoint::Monitor, 2),
    (Endpoint::Abort, 1),
    (Endpoint::Part, 10),
    (Endpoint::Storage, 3),
    (Endpoint::Any, 2),
];

/// Faults that only cost time.
const SLOW: [(Verb, u32); 4] = [(Verb::Delay, 4), (Verb::Drip, 2), (Verb::Slice, 3), (Verb::Reorder, 3)];

/// Faults that a client recovers from by trying again, or by asking anew for what expired.
const RECOVERABLE: [(Verb, u32); 11] = [
    (Verb::Status, 8),
    (Verb::Reset, 6),
    (Verb::LoseResponse, 8),
    (Verb::Duplicate, 3),
    (Verb::Cut, 6),
    (Verb::ExpireSession, 4),
    (Verb::ExpireParts, 4),
    (Verb::FlipBits, 2),
    (Verb::Gzip, 3),
    (Verb::Arrow, 2),
    (Verb::ClockSkew, 1),
];

/// Faults that may well end in an error.
const FATAL: [(Verb, u32); 9] = [
    (Verb::Stall, 1),
    (Verb::Silence, 1),
    (Verb::Redirect, 1),
    (Verb::ExpireMaster, 2),
    (Verb::ExpireStageCreds, 1),
    (Verb::ForgetResult, 2),
    (Verb::Replace, 2),
    (Verb::JsonSet, 3),
    (Verb::JsonRemove, 3),
];

impl Mix {
    /// Faults that cost time and nothing else: delays, slow and sliced bodies, answers that overtake.
    pub fn mild() -> Self {
        Self::of(Bounds::Survivable, &[&SLOW])
    }

    /// Faults that a correct client must survive without an error.
    ///
    /// Each is bounded in number, so that seven attempts per request, one renewal of a session and one
    /// fresh description of a result suffice, whatever the seed.
    pub fn survivable() -> Self {
        Self::of(Bounds::Survivable, &[&SLOW, &RECOVERABLE])
    }

    /// Faults of all sorts in any number: a correct client may report an error, but neither waits for
    /// ever, nor returns wrong rows, nor runs a statement twice.
    ///
    /// Some faults never answer: a client needs a time limit of its own.
    /// What nobody could notice, such as a wrong bit in plain JSON, is not among them.
    pub fn everything() -> Self {
        Self::of(Bounds::Noticeable, &[&SLOW, &RECOVERABLE, &FATAL])
    }

    fn of(bounds: Bounds, verbs: &[&[(Verb, u32)]]) -> Self {
        Self { requests: 50, rate: 10, bounds, verbs: verbs.concat(), endpoints: ENDPOINTS.to_vec() }
    }

    /// Sets how many requests a run is expected to make; 50 unless set. Faults are spread over them.
    #[must_use]
    pub fn with_requests(mut self, requests: u32) -> Self {
        self.requests = requests;
        self
    }

    /// Sets how many rules there are for 100 expected requests, at most; 10 unless set.
    #[must_use]
    pub fn with_rate(mut self, rules: u32) -> Self {
        self.rate = rules;
        self
    }

    /// Sets how likely a verb is beside the others; with 0 it does not occur.
    ///
    /// A verb that does not fit the mix (one that a client cannot survive, in a survivable mix) does
    /// not occur whatever its weight.
    #[must_use]
    pub fn with_verb(mut self, verb: Verb, weight: u32) -> Self {
        self.verbs.retain(|(other, _weight)| *other != verb);
        self.verbs.push((verb, weight));
        self
    }

    /// Sets how likely a sort of requests is beside the others; with 0 nothing befalls it, unless by a
    /// fault of `Any`.
    ///
    /// It also says which share of the expected requests is of this sort.
    #[must_use]
    pub fn with_endpoint(mut self, endpoint: Endpoint, weight: u32) -> Self {
        self.endpoints.retain(|(other, _weight)| *other != endpoint);
        self.endpoints.push((endpoint, weight));
        self
    }

    /// How many rules to draw.
    pub(super) fn rules(&self) -> u64 {
        (u64::from(self.requests) * u64::from(self.rate)).div_ceil(100)
    }

    /// How many requests of a sort are expected: at least one.
    pub(super) fn expected(&self, endpoint: Endpoint) -> u64 {
        let total: u64 = self.endpoints.iter().map(|(_endpoint, weight)| u64::from(*weight)).sum();
        let weight = self.endpoints.iter().find(|(other, _weight)| *other == endpoint);
        let weight = weight.map_or(0, |(_endpoint, weight)| u64::from(*weight));
        let share = if endpoint == Endpoint::Any { total } else { weight };
        (u64::from(self.requests) * share / total.max(1)).max(1)
    }
}
