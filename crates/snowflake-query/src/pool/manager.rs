//! The adapter that lets bb8 open sessions and decide which ones to keep.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::time::Instant;

use super::PoolOptions;
use super::gate::Gate;
use crate::error::{Error, Repr};
use crate::session::{Core, SessionOptions, open};
use crate::signal::Signal;

/// A free session that the server has not answered for this long may have ended there, whatever the options say.
const STALE: Duration = Duration::from_secs(3 * 3600);

/// A session that the server has not answered for this long is asked for a sign of life before it is lent: a statement
/// that finds its session over cannot always be repeated.
const DOUBTFUL: Duration = Duration::from_secs(300);

/// Opens sessions for the pool.
#[derive(Debug)]
pub(crate) struct Manager {
    pub(crate) sessions: SessionOptions,
    pub(crate) options: PoolOptions,
    pub(crate) gate: Gate,
    /// Nothing is to be opened or lent any more.
    pub(crate) closed: Signal,
    /// All sessions, lent ones too.
    cores: Mutex<Vec<Weak<Core>>>,
}

/// A session of the pool.
#[derive(Debug)]
pub(crate) struct Pooled {
    pub(crate) core: Arc<Core>,
    pub(crate) opened: Instant,
    pub(crate) idle_since: Instant,
    /// Nobody needs it any more.
    pub(crate) retired: bool,
}

impl Manager {
    pub(crate) fn new(sessions: SessionOptions, options: PoolOptions) -> Self {
        let gate = Gate::new(Arc::clone(sessions.server().clock()));
        Self { sessions, options, gate, closed: Signal::default(), cores: Mutex::default() }
    }

    pub(crate) async fn open(&self) -> Result<Pooled, Error> {
        if self.closed.is_raised() {
            return Err(Repr::PoolClosed.into());
        }
        let core = tokio::select! {
            // A session that has just been opened is not forgotten: below, it is closed again.
            biased;
            core = self.gate.pass(open(&self.sessions)) => core?,
            () = self.closed.raised() => return Err(Repr::PoolClosed.into()),
        };
        let mut cores = self.cores.lock().unwrap_or_else(PoisonError::into_inner);
        cores.retain(|core| core.strong_count() > 0);
        cores.push(Arc::downgrade(&core));
        drop(cores);
        // Whoever closed the pool while this login was under way may have looked through the sessions already.
        if self.closed.is_raised() {
            return Err(Repr::PoolClosed.into());
        }
        let now = self.now();
        Ok(Pooled { core, opened: now, idle_since: now, retired: false })
    }

    /// All sessions that are open, lent ones too.
    pub(crate) fn cores(&self) -> Vec<Arc<Core>> {
        let cores = self.cores.lock().unwrap_or_else(PoisonError::into_inner);
        cores.iter().filter_map(Weak::upgrade).collect()
    }

    /// The time by which sessions grow old.
    pub(crate) fn now(&self) -> Instant {
        self.sessions.server().clock().now()
    }

    /// How long it is since then.
    pub(crate) fn since(&self, then: Instant) -> Duration {
        self.now().saturating_duration_since(then)
    }

    /// Whether a session can be lent again: the server knows it, it is not too old, and the next borrower would
    /// notice nothing of the last one.
    pub(crate) fn is_lendable(&self, pooled: &Pooled) -> bool {
        let old = self.options.max_lifetime.is_some_and(|limit| self.since(pooled.opened) >= limit)
            || self.silence(pooled) >= STALE;
        if old || pooled.retired || pooled.core.tokens.is_dead() || self.closed.is_raised() {
            return false;
        }
        let state = pooled.core.state();
        !state.is_altered() && !state.names.cannot_return_to(&state.initial)
    }
}

impl Manager {
    /// How long ago the server was last known to have the session: from its login, a statement or a heartbeat.
    fn silence(&self, pooled: &Pooled) -> Duration {
        self.since(pooled.core.tokens.last_answer().unwrap_or(pooled.opened))
    }

    /// Whether a session can be lent still, after a look at one that was silent for long. A server that cannot be
    /// reached is the statement's to find out.
    pub(crate) async fn is_alive(&self, pooled: &Pooled) -> bool {
        if self.silence(pooled) >= DOUBTFUL {
            let core = &pooled.core;
            let sign = Box::pin(snowflake_auth::heartbeat(&core.server, &core.tokens)).await;
            tracing::debug!(
                session_id = core.session_id,
                alive = sign.is_ok(),
                "looked whether a session still lives"
            );
        }
        // The look took time, in which the pool may have been closed.
        self.is_lendable(pooled)
    }
}

impl bb8::ManageConnection for Shared {
    type Connection = Pooled;
    type Error = Error;

    async fn connect(&self) -> Result<Pooled, Error> {
        self.0.open().await
    }

    /// Not asked: what is free is looked at when it is taken.
    async fn is_valid(&self, _: &mut Pooled) -> Result<(), Error> {
        Ok(())
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        !self.0.is_lendable(pooled)
    }
}

/// What bb8 owns of the manager.
#[derive(Clone, Debug)]
pub(crate) struct Shared(pub(crate) Arc<Manager>);
