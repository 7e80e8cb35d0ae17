//! Secrets that are watched, and where each of them may go.

use std::fmt;

use http::HeaderName;
use snowflake_proto::Secret;

use crate::Endpoint;
use crate::scrub::forms;

/// A secret that is watched, with the places where it may appear.
///
/// It is found as it is, percent-encoded, in base64 and escaped as JSON. It should have at least a dozen
/// characters that occur nowhere else.
///
/// ```
/// use snowflake_sim::{Canary, Endpoint, Place};
///
/// let password = Canary::new("password", "canary-of-the-password").allowed(Place::body().on(Endpoint::Login));
/// ```
#[derive(Clone)]
pub struct Canary {
    pub(super) name: String,
    pub(super) forms: Vec<Secret>,
    pub(super) places: Vec<Place>,
}

impl Canary {
    /// A secret that may go nowhere so far. The name is what a [`Leak`](super::Leak) calls it.
    #[must_use]
    pub fn new(name: impl Into<String>, secret: impl Into<Secret>) -> Self {
        let secret: Secret = secret.into();
        let forms = forms(secret.expose()).into_iter().map(Secret::new).collect();
        Self { name: name.into(), forms, places: Vec::new() }
    }

    /// Allows one more place.
    #[must_use]
    pub fn allowed(mut self, place: Place) -> Self {
        self.places.push(place);
        self
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the secret is in these bytes, in any of its forms.
    #[must_use]
    pub fn is_in(&self, bytes: &[u8]) -> bool {
        self.forms.iter().any(|form| contains(bytes, form.expose().as_bytes()))
    }

    /// The length of the longest form.
    pub(super) fn longest(&self) -> usize {
        self.forms.iter().map(|form| form.expose().len()).max().unwrap_or(0)
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    !wanted.is_empty() && bytes.windows(wanted.len()).any(|window| window == wanted)
}

impl fmt::Debug for Canary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Canary")
            .field("name", &self.name)
            .field("places", &self.places)
            .finish_non_exhaustive()
    }
}

/// A part of requests of one sort to one host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub(super) part: Part,
    /// Every request to the service's own paths unless set.
    pub(super) endpoint: Option<Endpoint>,
    /// The service's host unless set.
    pub(super) host: Option<String>,
}

/// A part of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Header(HeaderName),
    Path,
    Query,
    Body,
}

impl Place {
    /// A header of the requests to the service.
    #[must_use]
    pub fn header(name: HeaderName) -> Self {
        Self::new(Part::Header(name))
    }

    /// The query string of the requests to the service.
    #[must_use]
    pub fn query() -> Self {
        Self::new(Part::Query)
    }

    /// The body of the requests to the service.
    #[must_use]
    pub fn body() -> Self {
        Self::new(Part::Body)
    }

    fn new(part: Part) -> Self {
        Self { part, endpoint: None, host: None }
    }

    /// Restricts the place to one sort of requests.
    #[must_use]
    pub fn on(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = Some(endpoint);
        self
    }

    /// Means the requests to this host instead of those to the service.
    #[must_use]
    pub fn at(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into().to_ascii_lowercase());
        self
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Header(name) => write!(f, "the header {name}"),
            Part::Path => f.write_str("the path"),
            Part::Query => f.write_str("the query"),
            Part::Body => f.write_str("the body"),
        }
    }
}
