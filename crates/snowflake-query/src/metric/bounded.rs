//! Labels whose values are names: only so many of them, so that no account has series without end.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use metrics::SharedString;

/// The values that a label has had so far.
#[derive(Debug)]
pub(super) struct BoundedLabel {
    cap: usize,
    seen: Mutex<BTreeSet<Arc<str>>>,
}

impl BoundedLabel {
    /// No more values than this, `none` and `other` not counted.
    pub(super) const fn new(cap: usize) -> Self {
        Self { cap, seen: Mutex::new(BTreeSet::new()) }
    }

    /// The name itself while there is room for it, else `other`; `none` where there is no name.
    pub(super) fn value(&self, name: Option<&str>) -> SharedString {
        let Some(name) = name else { return SharedString::const_str("none") };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = seen.get(name) {
            return SharedString::from_shared(Arc::clone(known));
        }
        if seen.len() >= self.cap {
            return SharedString::const_str("other");
        }
        let name: Arc<str> = Arc::from(name);
        seen.insert(Arc::clone(&name));
        SharedString::from_shared(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o11_values_beyond_the_cap_are_one() {
        let label = BoundedLabel::new(2);
        let values = [Some("A"), None, Some("B"), Some("A"), Some("C"), Some("D"), Some("B")];
        let shown: Vec<String> = values.into_iter().map(|name| label.value(name).to_string()).collect();
        assert_eq!(shown, ["A", "none", "B", "A", "other", "other", "B"]);
    }
}
