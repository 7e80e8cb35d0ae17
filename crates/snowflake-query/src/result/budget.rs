//! Counts the bytes that prefetched parts of results hold, and makes new downloads wait when they are too many.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// How many bytes all results together hold ahead of their readers by default.
const DEFAULT_CAPACITY: u64 = 256 << 20;

/// A number of bytes that the parts of any number of results may hold ahead of their readers. Clones share it.
///
/// A result that holds nothing may always take one part, however large: so every reader advances, whatever other
/// readers do, an oversize part is fetched when its result holds no other, and what is held beyond the capacity is at
/// most one part for each result.
///
/// ```
/// use snowflake_query::{MemoryBudget, ResultOptions};
///
/// // Whatever uses these options, or a clone of them, holds at most 64 MiB together.
/// let results = ResultOptions::default().with_budget(MemoryBudget::new(64 << 20));
/// assert_eq!((results.budget.capacity(), results.budget.used()), (64 << 20, 0));
/// ```
#[derive(Clone)]
pub struct MemoryBudget {
    inner: Arc<Inner>,
}

struct Inner {
    capacity: u64,
    used: Mutex<u64>,
    released: Notify,
}

/// The bytes of one result within a [`MemoryBudget`].
#[derive(Debug)]
pub(crate) struct Share {
    budget: MemoryBudget,
    limit: u64,
    held: Mutex<u64>,
}

/// Bytes that are held until this is dropped.
#[derive(Debug)]
pub(crate) struct Grant {
    share: Arc<Share>,
    bytes: u64,
}

impl MemoryBudget {
    /// A budget of so many bytes.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        let inner = Inner { capacity: bytes, used: Mutex::new(0), released: Notify::new() };
        Self { inner: Arc::new(inner) }
    }

    /// How many bytes there are in all.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        self.inner.capacity
    }

    /// How many bytes are held now: announced ones while a part is fetched, real ones once it is decoded.
    #[must_use]
    pub fn used(&self) -> u64 {
        *self.count()
    }

    /// A new result that draws on this budget, and takes no more than `limit` bytes of it.
    pub(crate) fn share(&self, limit: u64) -> Arc<Share> {
        Arc::new(Share { budget: self.clone(), limit, held: Mutex::new(0) })
    }

    fn count(&self) -> MutexGuard<'_, u64> {
        // The counters are valid after every statement, so a panic elsewhere cannot have spoilt them.
        self.inner.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryBudget {
    /// 256 MiB.
    fn default() -> Self {
        Self::new(DEFAULT_CAPACITY)
    }
}

impl PartialEq for MemoryBudget {
    /// Whether the two are one budget.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }
}

impl Eq for MemoryBudget {}

impl fmt::Debug for MemoryBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryBudget")
            .field("capacity", &self.capacity())
            .field("used", &self.used())
            .finish()
    }
}

impl Share {
    /// Waits until `bytes` fit, or until this result holds nothing.
    pub(crate) async fn take(self: &Arc<Self>, bytes: u64) -> Grant {
        // A part of no stated size still counts as held.
        let bytes = bytes.max(1);
        loop {
            let released = self.budget.inner.released.notified();
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
        let mut used = self.budget.count();
        let mut held = self.held();
        let fits =
            used.saturating_add(bytes) <= self.budget.capacity() && held.saturating_add(bytes) <= self.limit;
        if !fits && *held > 0 {
            return false;
        }
        *used = used.saturating_add(bytes);
        *held = held.saturating_add(bytes);
        true
    }

    /// Replaces what one part holds, and wakes those who wait for what that sets free.
    fn replace(&self, before: u64, after: u64) {
        {
            let mut used = self.budget.count();
            let mut held = self.held();
            *used = used.saturating_sub(before).saturating_add(after);
            *held = held.saturating_sub(before).saturating_add(after);
        }
        if after < before {
            self.budget.inner.released.notify_waiters();
        }
    }

    fn held(&self) -> MutexGuard<'_, u64> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Grant {
    /// Charges what the part really holds instead of what was announced.
    pub(crate) fn resize(&mut self, bytes: u64) {
        let bytes = bytes.max(1);
        self.share.replace(self.bytes, bytes);
        self.bytes = bytes;
    }
}

impl Drop for Grant {
    fn drop(&mut self) {
        self.share.replace(self.bytes, 0);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::MemoryBudget;

    #[test]
    fn a_part_waits_until_another_is_gone() {
        let share = MemoryBudget::new(100).share(u64::MAX);
        let first = share.take(60).now_or_never().unwrap();
        let mut second = Box::pin(share.take(60));
        assert!(second.as_mut().now_or_never().is_none());
        drop(first);
        assert!(second.now_or_never().is_some());
    }

    #[test]
    fn a_result_takes_no_more_than_its_limit() {
        let budget = MemoryBudget::new(1_000);
        let (one, two) = (budget.share(100), budget.share(100));
        let first = one.take(60).now_or_never().unwrap();
        assert!(one.take(60).now_or_never().is_none());
        let _other = two.take(60).now_or_never().unwrap();
        drop(first);
        assert!(one.take(60).now_or_never().is_some());
    }

    #[test]
    fn an_oversize_part_runs_alone() {
        let budget = MemoryBudget::new(100);
        let share = budget.share(u64::MAX);
        let oversize = share.take(1_000).now_or_never().unwrap();
        assert!(share.take(1).now_or_never().is_none());
        drop(oversize);
        assert!(share.take(1).now_or_never().is_some());
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn every_result_may_hold_one_part() {
        let budget = MemoryBudget::new(100);
        let (one, two) = (budget.share(u64::MAX), budget.share(u64::MAX));
        let _first = one.take(100).now_or_never().unwrap();
        let _second = two.take(100).now_or_never().unwrap();
        assert!(two.take(1).now_or_never().is_none());
        assert_eq!(budget.used(), 200);
    }

    #[test]
    fn what_one_result_sets_free_wakes_another() {
        let budget = MemoryBudget::new(100);
        let (one, two) = (budget.share(u64::MAX), budget.share(u64::MAX));
        let large = one.take(90).now_or_never().unwrap();
        let _small = two.take(10).now_or_never().unwrap();
        let mut next = Box::pin(two.take(10));
        assert!(next.as_mut().now_or_never().is_none());
        drop(large);
        assert!(next.now_or_never().is_some());
    }

    #[test]
    fn c18_the_real_size_is_charged() {
        let budget = MemoryBudget::new(100);
        let share = budget.share(u64::MAX);
        let mut grant = share.take(0).now_or_never().unwrap();
        grant.resize(100);
        assert!(share.take(1).now_or_never().is_none());
        grant.resize(10);
        assert!(share.take(90).now_or_never().is_some());
        drop(grant);
        assert_eq!(budget.used(), 0);
        assert_eq!(*share.held(), 0);
    }
}
