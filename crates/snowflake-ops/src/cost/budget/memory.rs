//! What was told already.

use std::collections::BTreeSet;

use time::OffsetDateTime;

use super::alert::Alert;

/// What was told already, so that nothing is told twice.
///
/// Its ids can be kept over a restart: [`ids`](Self::ids) gives them, and a memory is collected from them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertMemory {
    ids: BTreeSet<String>,
}

impl AlertMemory {
    /// A memory of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether an alert of that id was told.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// Remembers an alert.
    pub fn note(&mut self, alert: &Alert) {
        self.ids.insert(alert.id.clone());
    }

    /// The ids of all that was told, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.ids.iter().map(String::as_str)
    }

    /// Forgets the periods that ended before then.
    pub fn forget_before(&mut self, then: OffsetDateTime) {
        let then = then.unix_timestamp();
        self.ids.retain(|id| end_of(id).is_none_or(|end| end >= then));
    }
}

impl<S: Into<String>> FromIterator<S> for AlertMemory {
    fn from_iter<I: IntoIterator<Item = S>>(ids: I) -> Self {
        Self { ids: ids.into_iter().map(Into::into).collect() }
    }
}

/// An id begins with the end of its period.
pub(super) fn id(period_end: OffsetDateTime, budget: &str, allowed: f64, what: &str) -> String {
    format!("{}/{what}/{allowed}/{budget}", period_end.unix_timestamp())
}

fn end_of(id: &str) -> Option<i64> {
    id.split('/').next()?.parse().ok()
}
