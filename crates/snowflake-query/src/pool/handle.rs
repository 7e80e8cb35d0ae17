//! The pool itself.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Once, Weak};
use std::time::Duration;

use futures::FutureExt;
use futures::future::{join_all, try_join_all};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::gate::{Gate, Watch};
use super::manager::{Manager, Shared};
use super::{Lease, PoolOptions};
use crate::error::{Error, Repr};
use crate::metric;
use crate::session::{Names, Session, SessionOptions, Wanted, prepare};

/// Sessions that are lent out and taken back.
///
/// A session is chosen by the role, warehouse, database and schema that a borrower asks for, and switched with `USE`
/// only where it differs. One that comes back altered (by `ALTER SESSION`, `SET`, a temporary object, an open
/// transaction, a procedure) is closed rather than lent again.
/// When the server refuses the credentials, the pool stops at once and everyone who waits fails with the refusal:
/// trying again could lock the account. [`Pool::reopen`] starts it again.
///
/// Clones share the pool. When the last one is gone, free sessions are closed.
#[derive(Clone, Debug)]
pub struct Pool {
    inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    sessions: bb8::Pool<Shared>,
    manager: Arc<Manager>,
    /// Hands out turns in the order of arrival.
    turns: Arc<Semaphore>,
    /// How many wait for their turn or for a session.
    waiters: AtomicUsize,
    /// Held while the best of the free sessions is looked for.
    picking: Mutex<()>,
    /// Done once somebody looks after the pool.
    keeping: Once,
}

impl Pool {
    /// Opens the pool with its minimum of sessions. The first is opened alone, so that wrong credentials are tried
    /// once.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for limits that contradict each other;
    /// [`Auth`](crate::ErrorKind::Auth), [`Network`](crate::ErrorKind::Network) and the like when a session of the
    /// minimum cannot be opened.
    pub async fn open(sessions: SessionOptions, options: PoolOptions) -> Result<Self, Error> {
        let pool = Self::lazy(sessions, options)?;
        if options.min > 0 {
            pool.inner.add().await?;
            try_join_all((1..options.min).map(|_| pool.inner.add())).await?;
        }
        pool.inner.keep();
        Ok(pool)
    }

    /// A pool that opens its first session when one is asked for, and the others of its minimum after that.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for limits that contradict each other.
    pub fn lazy(sessions: SessionOptions, options: PoolOptions) -> Result<Self, Error> {
        options.check()?;
        let gate = Gate::new(Arc::clone(sessions.server().clock()));
        let manager = Arc::new(Manager { sessions, options, gate, closed: AtomicBool::new(false) });
        let turns = usize::try_from(options.max).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        // All limits of time are kept here, on tokio's clock; bb8 only keeps the sessions.
        let sessions = bb8::Pool::builder()
            .max_size(options.max)
            .min_idle(None)
            .idle_timeout(None)
            .max_lifetime(None)
            .retry_connection(false)
            .connection_timeout(Duration::from_secs(365 * 24 * 3600))
            .queue_strategy(bb8::QueueStrategy::Lifo)
            .build_unchecked(Shared(Arc::clone(&manager)));
        let inner = Arc::new(Inner {
            sessions,
            manager,
            turns: Arc::new(Semaphore::new(turns)),
            waiters: AtomicUsize::new(0),
            picking: Mutex::new(()),
            keeping: Once::new(),
        });
        Ok(Self { inner })
    }

    /// Borrows a session with the wanted names; it comes back when it is dropped.
    ///
    /// Names that are not asked for are as the login set them.
    ///
    /// # Errors
    /// [`Pool`](crate::ErrorKind::Pool) when none became free in time or the pool is closed; the kind of the failed
    /// login when none could be opened; [`Sql`](crate::ErrorKind::Sql) when a name cannot be used.
    ///
    /// # Cancellation
    /// Dropping the future gives the turn back.
    pub async fn get(&self, wanted: &Wanted) -> Result<Session, Error> {
        let names = wanted.names()?;
        let lease = self.inner.lend(&names).await?;
        let core = Arc::clone(lease.core());
        let target = names.or(&core.state().initial);
        drop(prepare(&core, &target).await?);
        Ok(Session::lent(core, lease))
    }

    /// Starts a pool again that stopped because its credentials were refused.
    pub fn reopen(&self) {
        self.inner.manager.gate.reopen();
    }

    /// How many sessions there are, and how many of them are free.
    #[must_use]
    pub fn size(&self) -> PoolSize {
        self.inner.size()
    }

    /// Closes the pool: nothing is lent any more, free sessions end now (for at most 15 seconds), borrowed ones when
    /// they come back.
    pub async fn close(&self) {
        self.inner.turns.close();
        let _picking = self.inner.picking.lock().await;
        let free: Vec<_> = std::iter::from_fn(|| self.inner.take_free()).collect();
        self.inner.manager.closed.store(true, Ordering::Release);
        join_all(free.iter().map(|session| session.core.logout())).await;
        drop(free);
        self.inner.report();
    }
}

/// The sessions of a pool at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolSize {
    /// All open sessions.
    pub open: u32,
    /// Those that nobody uses.
    pub idle: u32,
}

impl Inner {
    /// Has the pool looked after from now on.
    fn keep(self: &Arc<Self>) {
        self.keeping.call_once(|| {
            tokio::spawn(keep(Arc::downgrade(self)));
        });
    }

    async fn lend(self: &Arc<Self>, wanted: &Names) -> Result<Lease, Error> {
        self.keep();
        let patience = Patience::new(&self.manager);
        let _waiter = Waiter::new(&self.waiters);
        let mut watch = self.manager.gate.watch();
        let turn = self.turn(&patience, &mut watch).await?;
        loop {
            self.manager.gate.check()?;
            if let Some(session) = self.pick(wanted).await {
                if self.manager.is_alive(&session).await {
                    return Ok(self.lease(session, turn));
                }
                continue;
            }
            tokio::select! {
                session = self.sessions.get_owned() => {
                    // The time limit of bb8 is out of reach, and so its only error.
                    let Ok(session) = session else { return Err(self.timed_out(&patience)) };
                    return Ok(self.lease(session, turn));
                }
                () = watch.failure() => {
                    // What is left open may still come back; with nothing open, nothing can be waited for.
                    if self.sessions.state().connections == 0 && let Some(error) = self.manager.gate.last_failure() {
                        self.manager.gate.check()?;
                        return Err(error);
                    }
                }
                () = patience.end() => return Err(self.timed_out(&patience)),
            }
        }
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

    /// The free session that needs the fewest switches; the others stay where they were.
    async fn pick(&self, wanted: &Names) -> Option<bb8::PooledConnection<'static, Shared>> {
        let _picking = self.picking.lock().await;
        let mut free = Vec::new();
        let mut best: Option<(usize, usize)> = None;
        while let Some(session) = self.take_free() {
            let distance = {
                let state = session.core.state();
                state.names.distance(&wanted.clone().or(&state.initial))
            };
            if best.is_none_or(|(least, _)| distance < least) {
                best = Some((distance, free.len()));
            }
            free.push(session);
            if distance == 0 {
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

    /// A free session, if there is one at this moment.
    fn take_free(&self) -> Option<bb8::PooledConnection<'static, Shared>> {
        if self.sessions.state().idle_connections == 0 {
            return None;
        }
        self.sessions.get_owned().now_or_never()?.ok()
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

    pub(super) fn now(&self) -> Instant {
        self.manager.now()
    }

    fn size(&self) -> PoolSize {
        let state = self.sessions.state();
        PoolSize { open: state.connections, idle: state.idle_connections }
    }

    pub(super) fn report(&self) {
        let size = self.size();
        metric::pool(size.idle, size.open.saturating_sub(size.idle));
    }

    /// Opens one session beside bb8's own; one too many is closed again. Tells whether there was room for it.
    async fn add(&self) -> Result<bool, Error> {
        let pooled = self.manager.open().await?;
        let added = self.sessions.add(pooled).is_ok();
        self.report();
        Ok(added)
    }

    /// Closes what is too old or, beyond the minimum, was free for too long; opens what is missing to the minimum.
    async fn tidy(&self) {
        self.retire().await;
        if self.manager.closed.load(Ordering::Acquire) || self.manager.gate.check().is_err() {
            return;
        }
        // One at a time: the gate spaces the attempts while the server cannot be reached. Where no turn is left,
        // a session is being opened for somebody who waits.
        while self.sessions.state().connections < self.manager.options.min {
            let Ok(_turn) = self.turns.try_acquire() else { break };
            if !self.add().await.unwrap_or(false) {
                break;
            }
        }
        self.report();
    }

    async fn retire(&self) {
        let PoolOptions { min, idle_timeout, .. } = self.manager.options;
        let _picking = self.picking.lock().await;
        // Taking a session out of the queue already closes one that is too old.
        let mut free: Vec<_> = std::iter::from_fn(|| self.take_free()).collect();
        // The one that was used last came first; the others are given back, and closed, before it.
        while let Some(mut session) = free.pop() {
            let idle = idle_timeout.is_some_and(|limit| self.manager.since(session.idle_since) >= limit);
            session.retired = idle && self.sessions.state().connections > min;
            drop(session);
        }
    }
}

/// Looks after the pool until it is gone.
async fn keep(pool: Weak<Inner>) {
    const PERIOD: Duration = Duration::from_secs(30);
    loop {
        tokio::time::sleep(PERIOD).await;
        let Some(pool) = pool.upgrade() else { return };
        pool.tidy().await;
    }
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
