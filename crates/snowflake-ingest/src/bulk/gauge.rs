//! How many bytes of rows are in memory, between their source and the stage.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that are held now, and the most that ever were at a time.
#[derive(Clone, Debug, Default)]
pub(super) struct Gauge(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    now: AtomicUsize,
    peak: AtomicUsize,
}

/// A part of those bytes, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Held {
    gauge: Gauge,
    bytes: usize,
}

impl Gauge {
    pub(super) fn hold(&self, bytes: usize) -> Held {
        let mut held = Held { gauge: self.clone(), bytes: 0 };
        held.set(bytes);
        held
    }

    #[cfg(test)]
    pub(super) fn now(&self) -> usize {
        self.0.now.load(Ordering::Relaxed)
    }

    pub(super) fn peak(&self) -> usize {
        self.0.peak.load(Ordering::Relaxed)
    }
}

impl Held {
    /// It is this many bytes now.
    pub(super) fn set(&mut self, bytes: usize) {
        let counts = &self.gauge.0;
        if bytes >= self.bytes {
            let more = bytes - self.bytes;
            let now = counts.now.fetch_add(more, Ordering::Relaxed) + more;
            counts.peak.fetch_max(now, Ordering::Relaxed);
        } else {
            counts.now.fetch_sub(self.bytes - bytes, Ordering::Relaxed);
        }
        self.bytes = bytes;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.set(0);
    }
}
