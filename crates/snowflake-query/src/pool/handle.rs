//! The pool itself.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Once, Weak};
use std::time::Duration;

use futures::future::try_join_all;
use snowflake_transport::{Clock, Entropy, Transport};
use tokio::sync::{Mutex, Notify, Semaphore};
use tokio::time::Instant;

use super::manager::{Manager, Shared};
use super::{Lease, PoolOptions};
use crate::error::Error;
use crate::metric;
use crate::session::{Core, Names, Session, SessionOptions, Wanted, prepare};

/// Sessions that are lent out and taken back.
///
/// A session is chosen by the role, warehouse, database and schema that a borrower asks for, and switched with `USE`
/// only where it differs. One that comes back altered (by `ALTER SESSION`, `SET`, a temporary object, an open
/// transaction, a procedure) is closed rather than lent again.
/// When the server refuses the credentials, the pool stops at once and everyone who waits fails with the refusal:
/// trying again could lock the account. [`Pool::reopen`] starts it again.
///
/// Sessions that are kept alive by heartbeats (see [`Session`]) are not taken for lost however long they are free, and
/// one that a heartbeat finds to be over is replaced before anybody gets it. Heartbeats are no use: the limits of
/// [`PoolOptions`] hold for these sessions too.
///
/// Clones share the pool. When the last one is gone, free sessions are closed.
#[derive(Clone, Debug)]
pub struct Pool {
    pub(super) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(super) sessions: bb8::Pool<Shared>,
    pub(super) manager: Arc<Manager>,
    /// Hands out turns in the order of arrival.
    pub(super) turns: Arc<Semaphore>,
    /// How many wait for their turn or for a session.
    pub(super) waiters: AtomicUsize,
    /// Held while the best of the free sessions is looked for.
    pub(super) picking: Mutex<()>,
    /// Tells those who wait for one particular session that some session came back.
    pub(super) returned: Notify,
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
        let manager = Arc::new(Manager::new(sessions, options));
        let turns = usize::try_from(options.max).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        // All limits of time are kept here, on tokio's clock; bb8 only keeps the sessions.
        let sessions = bb8::Pool::builder()
            .max_size(options.max)
            .min_idle(None)
            .idle_timeout(None)
            .max_lifetime(None)
            .retry_connection(false)
            .test_on_check_out(false)
            .connection_timeout(Duration::from_secs(365 * 24 * 3600))
            .queue_strategy(bb8::QueueStrategy::Lifo)
            .build_unchecked(Shared(Arc::clone(&manager)));
        let inner = Arc::new(Inner {
            sessions,
            manager,
            turns: Arc::new(Semaphore::new(turns)),
            waiters: AtomicUsize::new(0),
            picking: Mutex::new(()),
            returned: Notify::new(),
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
        let started = self.inner.now();
        let lease = self.inner.lend(&names).await;
        metric::waited(self.inner.manager.since(started), lease.as_ref().err());
        Box::pin(lent(lease?, names)).await
    }

    /// Borrows this very session as soon as it is free; `None` when it is over.
    pub(super) async fn get_same(
        &self,
        core: &Weak<Core>,
        wanted: &Wanted,
    ) -> Result<Option<Session>, Error> {
        let names = wanted.names()?;
        match self.inner.lend_same(core).await? {
            Some(lease) => Box::pin(lent(lease, names)).await.map(Some),
            None => Ok(None),
        }
    }

    /// Starts a pool again that stopped because its credentials were refused.
    pub fn reopen(&self) {
        self.inner.manager.gate.reopen();
    }

    /// What carries the requests of its sessions.
    #[must_use]
    pub fn transport(&self) -> &Arc<dyn Transport> {
        self.inner.manager.sessions.server.transport()
    }

    /// The clock of its sessions.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        self.inner.manager.sessions.server.clock()
    }

    /// The randomness of its sessions.
    #[must_use]
    pub fn entropy(&self) -> &Arc<dyn Entropy> {
        self.inner.manager.sessions.server.entropy()
    }

    /// How many sessions there are, and how many of them are free.
    #[must_use]
    pub fn size(&self) -> PoolSize {
        self.inner.size()
    }
}

/// Names that are not asked for are as the login set them.
async fn lent(lease: Lease, names: Names) -> Result<Session, Error> {
    let core = Arc::clone(lease.core());
    let target = names.or(&core.state().initial);
    drop(prepare(&core, &target).await?);
    Ok(Session::lent(core, lease))
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
    pub(super) fn keep(self: &Arc<Self>) {
        self.keeping.call_once(|| {
            tokio::spawn(keep(Arc::downgrade(self), self.manager.closed.raised()));
        });
    }

    pub(super) fn now(&self) -> Instant {
        self.manager.now()
    }

    pub(super) fn size(&self) -> PoolSize {
        let state = self.sessions.state();
        PoolSize { open: state.connections, idle: state.idle_connections }
    }

    pub(super) fn report(&self) {
        let size = self.size();
        metric::pool(size.idle, size.open.saturating_sub(size.idle), self.manager.options.max);
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
        if self.manager.closed.is_raised() || self.manager.gate.check().is_err() {
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
        // Taking a session out of the queue already closes one that is over or too old.
        let mut free: Vec<_> = std::iter::from_fn(|| self.take_free()).collect();
        // The one that was used last came first; the others are given back, and closed, before it.
        while let Some(mut session) = free.pop() {
            let idle = idle_timeout.is_some_and(|limit| self.manager.since(session.idle_since) >= limit);
            session.retired = idle && self.sessions.state().connections > min;
            drop(session);
        }
    }
}

/// Looks after the pool until it is closed or gone.
async fn keep(pool: Weak<Inner>, closed: impl Future<Output = ()>) {
    const PERIOD: Duration = Duration::from_secs(30);
    tokio::pin!(closed);
    loop {
        if tokio::time::timeout(PERIOD, closed.as_mut()).await.is_ok() {
            return;
        }
        let Some(pool) = pool.upgrade() else { return };
        pool.tidy().await;
    }
}
