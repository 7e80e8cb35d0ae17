//! What a statement has done so far, told by whoever runs a part of it.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

use super::super::warehouse::{Admission, Admitted};
use super::kind::UNKNOWN;
use super::{Operator, Scanned};

/// What a statement has done so far. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Work {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Clone, Debug, Default)]
struct Inner {
    kind: Option<&'static str>,
    place: Option<Place>,
    /// When its first plan was ready.
    compiled: Option<OffsetDateTime>,
    steps: Vec<Arc<[Operator]>>,
    bytes_written: u64,
}

/// How a statement got its warehouse.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) warehouse: Admitted,
    /// The wait for other statements.
    pub(crate) queued_overload: Duration,
    /// The wait for the warehouse to start.
    pub(crate) queued_provisioning: Duration,
}

impl Place {
    /// The whole wait.
    pub(crate) fn queued(&self) -> Duration {
        self.queued_overload + self.queued_provisioning
    }
}

impl Work {
    /// Says what kind of statement it is.
    pub(crate) fn is(&self, kind: &'static str) {
        self.lock().kind = Some(kind);
    }

    /// Says that it may run, perhaps on a warehouse.
    pub(crate) fn admit(&self, admission: &Admission) {
        let Some(warehouse) = admission.warehouse.clone() else { return };
        let (queued_overload, queued_provisioning) =
            (admission.queued_overload, admission.queued_provisioning);
        self.lock().place = Some(Place { warehouse, queued_overload, queued_provisioning });
    }

    /// Says that a plan starts to run.
    pub(in super::super) fn runs(&self, now: OffsetDateTime, operators: Vec<Operator>) {
        let mut inner = self.lock();
        inner.compiled.get_or_insert(now);
        if !operators.is_empty() {
            inner.steps.push(operators.into());
        }
    }

    /// Says that so many bytes were added to tables.
    pub(in super::super) fn wrote(&self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let mut inner = self.lock();
        inner.bytes_written = inner.bytes_written.saturating_add(bytes);
    }

    /// `QUERY_TYPE`.
    pub(crate) fn kind(&self) -> &'static str {
        self.lock().kind.unwrap_or(UNKNOWN)
    }

    /// How it got its warehouse; none for a statement that needs none.
    pub(crate) fn place(&self) -> Option<Place> {
        self.lock().place.clone()
    }

    pub(crate) fn compiled(&self) -> Option<OffsetDateTime> {
        self.lock().compiled
    }

    pub(crate) fn bytes_written(&self) -> u64 {
        self.lock().bytes_written
    }

    /// The plans that it has run, in order.
    pub(in super::super) fn steps(&self) -> Vec<Arc<[Operator]>> {
        self.lock().steps.clone()
    }

    /// What it has read of tables.
    pub(in super::super) fn scanned(&self) -> Scanned {
        Scanned::sum(self.lock().steps.iter().flat_map(|step| step.iter()))
    }

    /// Bytes that it has read of tables.
    pub(crate) fn bytes_scanned(&self) -> u64 {
        self.scanned().bytes
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Operators quote the statement.
impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Work").field("kind", &self.kind()).finish_non_exhaustive()
    }
}
