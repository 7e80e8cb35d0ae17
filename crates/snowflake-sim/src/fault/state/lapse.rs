//! Things of which all that were known at some moment stopped being accepted.

use std::collections::HashSet;

/// Since when, and what came later and is accepted again.
#[derive(Default)]
pub(super) struct Lapse(Option<HashSet<String>>);

impl Lapse {
    /// From now on nothing is accepted that was not handed out since.
    pub(super) fn begin(&mut self) {
        self.0 = Some(HashSet::new());
    }

    /// Whether anything has lapsed, so that what is handed out matters.
    pub(super) fn has_begun(&self) -> bool {
        self.0.is_some()
    }

    pub(super) fn hand_out(&mut self, thing: impl Into<String>) {
        if let Some(fresh) = &mut self.0 {
            fresh.insert(thing.into());
        }
    }

    pub(super) fn refuses(&self, thing: &str) -> bool {
        self.0.as_ref().is_some_and(|fresh| !fresh.contains(thing))
    }
}
