//! The books of a tap: what passed, and which secrets are watched.

use http::Uri;
use http::request::Parts;
use snowflake_proto::Secret;

use super::canary::{Canary, Part, Place};
use super::origin::Origin;
use super::traffic::{Leak, Traffic};
use crate::Endpoint;

/// The books of a tap.
#[derive(Debug, Default)]
pub(super) struct Watch {
    pub(super) traffic: Traffic,
    pub(super) canaries: Vec<Canary>,
    /// The service's; until it is known, the first login tells it.
    pub(super) origin: Option<Origin>,
}

/// Where a request goes and what sort it is.
#[derive(Clone, Debug)]
pub(super) struct Target {
    origin: Option<Origin>,
    pub(super) endpoint: Endpoint,
}

impl Target {
    fn host(&self) -> String {
        self.origin.as_ref().map(|origin| origin.host.clone()).unwrap_or_default()
    }
}

impl Watch {
    /// Counts a request and looks through its head.
    pub(super) fn begin(&mut self, head: &Parts) -> Target {
        let endpoint = Endpoint::of(&head.method, &head.uri);
        let target = Target { origin: Origin::of(&head.uri), endpoint };
        if endpoint == Endpoint::Login && self.origin.is_none() {
            self.origin.clone_from(&target.origin);
        }
        *self.traffic.requests.entry(endpoint).or_default() += 1;
        *self.traffic.hosts.entry(target.host()).or_default() += 1;
        self.traffic.in_flight += 1;
        self.note_open();
        self.look_at_head(&target, &head.uri, head);
        target
    }

    fn look_at_head(&mut self, target: &Target, uri: &Uri, head: &Parts) {
        self.look(target, &Part::Path, uri.path().as_bytes());
        self.look(target, &Part::Query, uri.query().unwrap_or_default().as_bytes());
        for (name, value) in &head.headers {
            self.look(target, &Part::Header(name.clone()), value.as_bytes());
        }
    }

    /// Looks through a part of a request that goes out.
    pub(super) fn look(&mut self, target: &Target, part: &Part, bytes: &[u8]) {
        let found: Vec<Leak> = self
            .canaries
            .iter()
            .filter(|canary| {
                canary.is_in(bytes) && !canary.places.iter().any(|place| self.is_at(place, target, part))
            })
            .map(|canary| Leak {
                secret: canary.name.clone(),
                host: target.host(),
                endpoint: target.endpoint,
                part: part.to_string(),
            })
            .collect();
        self.traffic.leaks.extend(found);
    }

    fn is_at(&self, place: &Place, target: &Target, part: &Part) -> bool {
        let is_host = match &place.host {
            Some(host) => target.host() == *host,
            None => target.origin.is_some() && target.origin == self.origin,
        };
        let is_sort = match place.endpoint {
            Some(endpoint) => endpoint == target.endpoint,
            None => place.host.is_some() || !matches!(target.endpoint, Endpoint::Part | Endpoint::Storage),
        };
        is_host && is_sort && place.part == *part
    }

    /// Watches a token that the service handed out; one that is watched already stays as it is.
    pub(super) fn learn(&mut self, name: &str, token: &str, places: Vec<Place>) {
        if token.is_empty() || self.canaries.iter().any(|canary| canary.is_in(token.as_bytes())) {
            return;
        }
        let canary = Canary { places, ..Canary::new(name, Secret::new(token)) };
        self.canaries.push(canary);
    }

    pub(super) fn note_open(&mut self) {
        let open = self.traffic.in_flight + self.traffic.open_bodies;
        self.traffic.most_open = self.traffic.most_open.max(open);
    }

    /// The length of the longest form of any secret.
    pub(super) fn longest(&self) -> usize {
        self.canaries.iter().map(Canary::longest).max().unwrap_or(0)
    }
}
