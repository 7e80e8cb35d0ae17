//! A borrowed session's way back.

use std::fmt;
use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

use super::handle::Inner;
use super::manager::Shared;
use crate::session::Core;

/// Brings a session back when it is dropped.
pub(crate) struct Lease {
    /// Given back before the turn, so that whoever is next finds it.
    session: Option<bb8::PooledConnection<'static, Shared>>,
    core: Arc<Core>,
    pool: Arc<Inner>,
    _turn: OwnedSemaphorePermit,
}

impl Lease {
    pub(super) fn new(
        session: bb8::PooledConnection<'static, Shared>,
        turn: OwnedSemaphorePermit,
        pool: Arc<Inner>,
    ) -> Self {
        Self { core: Arc::clone(&session.core), session: Some(session), pool, _turn: turn }
    }

    pub(super) fn core(&self) -> &Arc<Core> {
        &self.core
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(mut session) = self.session.take() {
            session.idle_since = self.pool.now();
        }
        self.pool.returned.notify_waiters();
        self.pool.report();
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease").field("core", &self.core).finish_non_exhaustive()
    }
}
