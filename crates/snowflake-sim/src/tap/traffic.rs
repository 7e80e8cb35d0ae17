//! What passed a tap.

use std::collections::BTreeMap;
use std::fmt;

use crate::Endpoint;

/// A copy of a tap's counters at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// Requests by their sort.
    pub requests: BTreeMap<Endpoint, u64>,
    /// Requests by the host that they went to.
    pub hosts: BTreeMap<String, u64>,
    /// Requests that failed without an answer.
    pub failures: u64,
    /// Requests that nobody waits for any more, although they had no answer yet.
    pub given_up: u64,
    /// Requests that wait for the head of their answer now.
    pub in_flight: u64,
    /// Answers whose body has neither ended nor been dropped now.
    pub open_bodies: u64,
    /// The most requests and bodies that were open at the same time.
    pub most_open: u64,
    /// Bytes of bodies that went out.
    pub bytes_sent: u64,
    /// Bytes of bodies that came in and were read.
    pub bytes_received: u64,
    /// Secrets where they should not be, in the order in which they were seen.
    pub leaks: Vec<Leak>,
}

impl Traffic {
    /// All requests.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.requests.values().sum()
    }

    /// Requests of one sort.
    #[must_use]
    pub fn count(&self, endpoint: Endpoint) -> u64 {
        self.requests.get(&endpoint).copied().unwrap_or(0)
    }

    /// What passed after `before` was taken. What is open now is no count of events and stays what it is.
    #[must_use]
    pub fn since(&self, before: &Traffic) -> Traffic {
        Traffic {
            requests: less(&self.requests, &before.requests),
            hosts: less(&self.hosts, &before.hosts),
            failures: self.failures.saturating_sub(before.failures),
            given_up: self.given_up.saturating_sub(before.given_up),
            bytes_sent: self.bytes_sent.saturating_sub(before.bytes_sent),
            bytes_received: self.bytes_received.saturating_sub(before.bytes_received),
            leaks: self.leaks.iter().skip(before.leaks.len()).cloned().collect(),
            ..*self
        }
    }
}

/// Counts less what they were, without those that are no different.
fn less<K: Ord + Clone>(now: &BTreeMap<K, u64>, before: &BTreeMap<K, u64>) -> BTreeMap<K, u64> {
    let entries = now
        .iter()
        .map(|(key, count)| (key.clone(), count.saturating_sub(before.get(key).copied().unwrap_or(0))));
    entries.filter(|(_, count)| *count > 0).collect()
}

/// A secret where it should not be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Leak {
    /// The name of the canary.
    pub secret: String,
    /// The host that the request went to.
    pub host: String,
    /// The sort of the request.
    pub endpoint: Endpoint,
    /// The part of the request.
    pub part: String,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { secret, host, endpoint, part } = self;
        write!(f, "the {secret} in {part} of a request to {host} ({})", endpoint.as_str())
    }
}
