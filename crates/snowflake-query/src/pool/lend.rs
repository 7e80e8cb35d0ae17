//! Who gets which session, and how long one waits for it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use futures::FutureExt;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use super::Lease;
use super::gate::Watch;
use super::handle::Inner;
use super::manager::{Manager, Shared};
use crate::error::{Error, Repr};
use crate::session::{Core, Names};

impl Inner {
    pub(super) async fn lend(self: &Arc<Self>, wanted: &Names) -> Result<Lease, Error> {
        let Line { patience, mut watch, turn, _waiter } = self.line().await?;
        loop {
            self.manager.gate.check()?;
            let distance = |core: &Core| {
                let state = core.state();
                Some(state.names.distance(&wanted.clone().or(&state.initial)))
            };
            if let Some(session) = self.pick(distance).await {
                if self.manager.is_alive(&session).await {
                    return Ok(self.lease(session, turn));
                }
                continue;
            }
            tokio::select! {
                session = self.sessions.get_owned() => {
                    // The time limit of bb8 is out of reach, and so its only error.
                    let Ok(session) = session else { return Err(self.timed_out(&patience)) };
                    if self.manager.is_lendable(&session) {
                        return Ok(self.lease(session, turn));
                    }
                }
                () = watch.failure() => {
                    // What is left open may still come back; with nothing open, nothing can be waited for.
                    if self.sessions.state().connections == 0 && let Some(error) = self.manager.gate.last_failure() {
                        self.manager.gate.check()?;
                        return Err(error);
                    }
                }
                () = self.manager.closed.raised() => return Err(Repr::PoolClosed.into()),
                () = patience.end() => return Err(self.timed_out(&patience)),
            }
        }
    }

    /// Lends this very session as soon as it is free; `None` when it is over.
    pub(super) async fn lend_same(self: &Arc<Self>, wanted: &Weak<Core>) -> Result<Option<Lease>, Error> {
        let Line { patience, turn, _waiter, .. } = self.line().await?;
        loop {
            let returned = self.returned.notified();
            tokio::pin!(returned);
            // Whatever comes back from here on is noticed.
            returned.as_mut().enable();
            let same = |core: &Core| std::ptr::eq(core, wanted.as_ptr()).then_some(0);
            if let Some(session) = self.pick(same).await {
                let alive = self.manager.is_alive(&session).await;
                return Ok(alive.then(|| self.lease(session, turn)));
            }
            if wanted.upgrade().is_none_or(|core| core.tokens.is_dead()) {
                return Ok(None);
            }
            tokio::select! {
                () = returned => {}
                () = self.manager.closed.raised() => return Err(Repr::PoolClosed.into()),
                () = patience.end() => return Err(self.timed_out(&patience)),
            }
        }
    }

    /// Stands in line until it is one's turn.
    async fn line(self: &Arc<Self>) -> Result<Line<'_>, Error> {
        self.keep();
        let patience = Patience::new(&self.manager);
        let _waiter = Waiter::new(&self.waiters);
        let mut watch = self.manager.gate.watch();
        let turn = self.turn(&patience, &mut watch).await?;
        Ok(Line { patience, watch, turn, _waiter })
    }

    /// Waits for a turn. The order is that of arrival, and a refusal of the credentials ends the wait of everyone.
    async fn turn(&self, patience: &Patience<'_>, watch: &mut Watch) -> Result<OwnedSemaphorePermit, Error> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        tokio::pin!(turn);
        loop {
            self.manager.gate.check()?;
            tokio::select! {
                turn = &mut turn => return turn.map_err(|_| Repr::PoolClosed.into()),
                () = watch.failure() => {}
                () = patience.end() => return Err(self.timed_out(patience)),
            }
        }
    }

    /// The free session at the least distance, of those that have one; the others stay where they were.
    async fn pick(
        &self,
        distance: impl Fn(&Core) -> Option<usize>,
    ) -> Option<bb8::PooledConnection<'static, Shared>> {
        let _picking = self.picking.lock().await;
        let mut free = Vec::new();
        let mut best: Option<(usize, usize)> = None;
        while let Some(session) = self.take_free() {
            let distance = distance(&session.core);
            if let Some(distance) = distance
                && best.is_none_or(|(least, _)| distance < least)
            {
                best = Some((distance, free.len()));
            }
            free.push(session);
            if distance == Some(0) {
                break;
            }
        }
        let best = best.map(|(_, index)| free.remove(index));
        // The one that was used last came first; given back in reverse, the queue keeps its order.
        while let Some(other) = free.pop() {
            drop(other);
        }
        best
    }

    /// A free session, if there is one at this moment. Those that cannot be lent any more are closed on the way.
    ///
    /// bb8 is not asked to do that: while it hands out a session it opens another one for each that it closes.
    pub(super) fn take_free(&self) -> Option<bb8::PooledConnection<'static, Shared>> {
        while self.sessions.state().idle_connections > 0 {
            let session = self.sessions.get_owned().now_or_never()?.ok()?;
            if self.manager.is_lendable(&session) {
                return Some(session);
            }
        }
        None
    }

    fn lease(
        self: &Arc<Self>,
        session: bb8::PooledConnection<'static, Shared>,
        turn: OwnedSemaphorePermit,
    ) -> Lease {
        let lease = Lease::new(session, turn, Arc::clone(self));
        self.report();
        lease
    }

    fn timed_out(&self, patience: &Patience<'_>) -> Error {
        // A server that cannot be reached says more than a pool that is empty.
        if self.size().open == 0
            && let Some(error) = self.manager.gate.last_failure()
        {
            return error;
        }
        let size = self.size();
        let max = self.manager.options.max;
        let busy = size.open.saturating_sub(size.idle);
        let waiters = self.waiters.load(Ordering::Relaxed);
        let waited = self.manager.since(patience.started);
        Repr::PoolTimeout { waited, max, busy, waiters }.into()
    }
}

/// Somebody whose turn it is, and who still waits for a session.
struct Line<'a> {
    patience: Patience<'a>,
    watch: Watch,
    turn: OwnedSemaphorePermit,
    _waiter: Waiter<'a>,
}

/// How long somebody waits for a session.
struct Patience<'a> {
    manager: &'a Manager,
    started: Instant,
}

impl<'a> Patience<'a> {
    fn new(manager: &'a Manager) -> Self {
        Self { manager, started: manager.now() }
    }

    /// Completes when the time is over.
    async fn end(&self) {
        let limit = self.manager.options.wait_timeout;
        tokio::time::sleep(limit.saturating_sub(self.manager.since(self.started))).await;
    }
}

/// Counts one who waits.
struct Waiter<'a>(&'a AtomicUsize);

impl<'a> Waiter<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
