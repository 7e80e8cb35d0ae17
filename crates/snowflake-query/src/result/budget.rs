//! Counts the bytes that prefetched parts of results hold, and makes new downloads wait when they are too many.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// A number of bytes that any number of results share.
///
/// A result that holds nothing may always take one part, however large: so every result advances, an
/// oversize part runs alone, and the excess is at most one part per result.
#[derive(Debug)]
pub(crate) struct Budget {
    capacity: u64,
    state: Mutex<State>,
    released: Notify,
}

#[derive(Debug, Default)]
struct State {
    used: u64,
}

/// The bytes of one result within a [`Budget`].
#[derive(Debug)]
pub(crate) struct Share {
    budget: Arc<Budget>,
    held: Mutex<u64>,
}

/// Bytes that are held until this is dropped.
#[derive(Debug)]
pub(crate) struct Grant {
    share: Arc<Share>,
    bytes: u64,
}

impl Budget {
    pub(crate) fn new(capacity: u64) -> Self {
        Self { capacity, state: Mutex::default(), released: Notify::new() }
    }

    /// A new result that draws on this budget.
    pub(crate) fn share(self: &Arc<Self>) -> Arc<Share> {
        Arc::new(Share { budget: Arc::clone(self), held: Mutex::new(0) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The counters are valid after every statement, so a panic elsewhere cannot have spoilt them.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Share {
    /// Waits until `bytes` fit, or until this result holds nothing.
    pub(crate) async fn take(self: &Arc<Self>, bytes: u64) -> Grant {
        loop {
            let released = self.budget.released.notified();
            tokio::pin!(released);
            // Registered before looking, so that a release in between is not missed.
            released.as_mut().enable();
            if self.try_take(bytes) {
                return Grant { share: Arc::clone(self), bytes };
            }
            released.await;
        }
    }

    fn try_take(&self, bytes: u64) -> bool {
        let mut state = self.budget.state();
        let mut held = self.held();
        let fits = state.used.saturating_add(bytes) <= self.budget.capacity;
        if !fits && *held > 0 {
            return false;
        }
        state.used = state.used.saturating_add(bytes);
        // A part of no stated size still counts as held.
        *held = held.saturating_add(bytes.max(1));
        true
    }

    fn held(&self) -> MutexGuard<'_, u64> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Grant {
    /// Charges what the part really holds instead of what was announced.
    pub(crate) fn resize(&mut self, bytes: u64) {
        let mut state = self.share.budget.state();
        let mut held = self.share.held();
        state.used = state.used.saturating_sub(self.bytes).saturating_add(bytes);
        *held = held.saturating_sub(self.bytes.max(1)).saturating_add(bytes.max(1));
        drop((held, state));
        let shrunk = bytes < self.bytes;
        self.bytes = bytes;
        if shrunk {
            self.share.budget.released.notify_waiters();
        }
    }
}

impl Drop for Grant {
    fn drop(&mut self) {
        let mut state = self.share.budget.state();
        let mut held = self.share.held();
        state.used = state.used.saturating_sub(self.bytes);
        *held = held.saturating_sub(self.bytes.max(1));
        drop((held, state));
        self.share.budget.released.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures::FutureExt;

    use super::Budget;

    #[test]
    fn a_part_waits_until_another_is_gone() {
        let budget = Arc::new(Budget::new(100));
        let share = budget.share();
        let first = share.take(60).now_or_never().unwrap();
        let mut second = Box::pin(share.take(60));
        assert!(second.as_mut().now_or_never().is_none());
        drop(first);
        assert!(second.now_or_never().is_some());
    }

    #[test]
    fn an_oversize_part_runs_alone() {
        let budget = Arc::new(Budget::new(100));
        let share = budget.share();
        let oversize = share.take(1_000).now_or_never().unwrap();
        assert!(share.take(1).now_or_never().is_none());
        drop(oversize);
        assert!(share.take(1).now_or_never().is_some());
        assert_eq!(budget.state().used, 0);
    }

    #[test]
    fn every_result_may_hold_one_part() {
        let budget = Arc::new(Budget::new(100));
        let (one, two) = (budget.share(), budget.share());
        let _first = one.take(100).now_or_never().unwrap();
        let _second = two.take(100).now_or_never().unwrap();
        assert!(two.take(1).now_or_never().is_none());
    }

    #[test]
    fn c18_the_real_size_is_charged() {
        let budget = Arc::new(Budget::new(100));
        let share = budget.share();
        let mut grant = share.take(0).now_or_never().unwrap();
        grant.resize(100);
        assert!(share.take(1).now_or_never().is_none());
        grant.resize(10);
        assert!(share.take(90).now_or_never().is_some());
        drop(grant);
        assert_eq!(budget.state().used, 0);
        assert_eq!(*share.held(), 0);
    }
}
