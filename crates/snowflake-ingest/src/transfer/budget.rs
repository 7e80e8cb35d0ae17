//! How much memory one transfer may hold, whatever the number and the sizes of its files.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::gzip;
use super::workers;

/// What a transfer holds in memory by default, in bytes.
pub(super) const DEFAULT: u64 = 64 << 20;

/// Memory is counted in these, because a permit counts no further than 32 bits.
const UNIT: u64 = 1 << 10;

/// The memory of one transfer, which all of its files share. Clones are the same memory.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    parts: Arc<Semaphore>,
    capacity: u32,
    blocks: Arc<Semaphore>,
}

/// Memory that is held until this is dropped.
#[derive(Debug)]
pub(super) struct Grant(Option<OwnedSemaphorePermit>);

impl Budget {
    /// So many bytes: a quarter for blocks that are being compressed, the rest for what is sent and received.
    pub(super) fn new(bytes: u64) -> Self {
        let block = 2 * gzip::BLOCK as u64;
        let blocks = usize::try_from(bytes / 4 / block).unwrap_or(usize::MAX).clamp(2, 2 * workers::cores());
        let capacity = u32::try_from((bytes / UNIT).saturating_mul(3) / 4).unwrap_or(u32::MAX).max(1);
        let permits = usize::try_from(capacity).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self { parts: Arc::new(Semaphore::new(permits)), capacity, blocks: Arc::new(Semaphore::new(blocks)) }
    }

    /// Waits until so many bytes are free, first come, first served. What is larger than everything there is
    /// takes everything there is.
    pub(super) async fn take(&self, bytes: u64) -> Grant {
        // The semaphore is never closed.
        Grant(Arc::clone(&self.parts).acquire_many_owned(self.units(bytes)).await.ok())
    }

    /// So many bytes, if they are free at once and are not the last ones: those are for whoever must wait.
    pub(super) fn try_take(&self, bytes: u64) -> Option<Grant> {
        let units = self.units(bytes);
        let left = self.parts.available_permits().saturating_sub(usize::try_from(units).ok()?);
        if left < usize::try_from(self.capacity / 2).unwrap_or(usize::MAX) {
            return None;
        }
        Arc::clone(&self.parts).try_acquire_many_owned(units).ok().map(|permit| Grant(Some(permit)))
    }

    /// Waits for a place to compress a block in.
    pub(super) async fn block(&self) -> Grant {
        Grant(Arc::clone(&self.blocks).acquire_owned().await.ok())
    }

    /// A place to compress a block in, if one is free at once.
    pub(super) fn try_block(&self) -> Option<Grant> {
        Arc::clone(&self.blocks).try_acquire_owned().ok().map(|permit| Grant(Some(permit)))
    }

    fn units(&self, bytes: u64) -> u32 {
        u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX).clamp(1, self.capacity)
    }
}

impl Grant {
    /// Adds more to what is held.
    pub(super) fn merge(&mut self, mut other: Grant) {
        match (&mut self.0, other.0.take()) {
            (Some(held), Some(more)) => held.merge(more),
            (held, more) => *held = more,
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn l10_no_more_is_handed_out_than_there_is() {
        let budget = Budget::new(16 << 20);
        let first = budget.take(8 << 20).now_or_never().unwrap();
        let mut second = Box::pin(budget.take(8 << 20));
        assert!(second.as_mut().now_or_never().is_none());
        drop(first);
        assert!(second.now_or_never().is_some());
        assert!(budget.take(u64::MAX).now_or_never().is_some(), "what is too large goes alone");
    }

    #[test]
    fn what_need_not_be_in_memory_leaves_half_of_it_to_what_must() {
        let budget = Budget::new(16 << 20);
        let held = budget.try_take(6 << 20).unwrap();
        assert!(budget.try_take(1 << 20).is_none());
        assert!(budget.take(6 << 20).now_or_never().is_some());
        drop(held);
    }
}
