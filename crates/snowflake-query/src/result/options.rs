//! How a result is fetched.

use std::num::NonZeroUsize;

use snowflake_proto::ArrowOptions;

use super::budget::MemoryBudget;
use super::chunk::PartHosts;

/// How many bytes of a result are held ahead of its reader by default.
const DEFAULT_BUDGET: u64 = 32 << 20;
/// The fewest requests that are made at once by default: storage answers slowly and in parallel.
const LEAST_REQUESTS: usize = 4;

/// How the parts of a large result are fetched ahead of their reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PrefetchOptions {
    /// Bytes that the parts of one result may hold from request to hand-over, compressed and inflated; one part
    /// is always fetched, however large. All results together are limited by [`ResultOptions::budget`].
    pub max_bytes: u64,
    /// Requests made at once.
    pub max_requests: NonZeroUsize,
}

impl PrefetchOptions {
    /// Sets how many bytes parts may hold ahead of the reader.
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Sets how many requests are made at once.
    #[must_use]
    pub fn with_max_requests(mut self, requests: NonZeroUsize) -> Self {
        self.max_requests = requests;
        self
    }
}

impl Default for PrefetchOptions {
    /// 32 MiB, and as many requests as there are cores, but at least four.
    fn default() -> Self {
        let least = NonZeroUsize::new(LEAST_REQUESTS).unwrap_or(NonZeroUsize::MIN);
        Self { max_bytes: DEFAULT_BUDGET, max_requests: cores().max(least) }
    }
}

/// How a result is fetched and in which form it is held.
///
/// Results whose options are clones of one another share one [`MemoryBudget`]: those of a session do, and those of all
/// sessions of a pool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResultOptions {
    /// The Arrow types of the batches.
    pub arrow: ArrowOptions,
    /// How far parts are fetched ahead.
    pub prefetch: PrefetchOptions,
    /// Where parts may be fetched from.
    pub part_hosts: PartHosts,
    /// What all results that share it may hold ahead of their readers; 256 MiB by default.
    pub budget: MemoryBudget,
}

impl ResultOptions {
    /// Chooses the Arrow types of the batches.
    #[must_use]
    pub fn with_arrow(mut self, arrow: ArrowOptions) -> Self {
        self.arrow = arrow;
        self
    }

    /// Chooses how far parts are fetched ahead.
    #[must_use]
    pub fn with_prefetch(mut self, prefetch: PrefetchOptions) -> Self {
        self.prefetch = prefetch;
        self
    }

    /// Chooses where parts may be fetched from.
    #[must_use]
    pub fn with_part_hosts(mut self, hosts: PartHosts) -> Self {
        self.part_hosts = hosts;
        self
    }

    /// Shares a budget with other results.
    #[must_use]
    pub fn with_budget(mut self, budget: MemoryBudget) -> Self {
        self.budget = budget;
        self
    }
}

/// How many threads can run at once.
pub(super) fn cores() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}
