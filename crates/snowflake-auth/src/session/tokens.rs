//! The tokens of one session, shared by everything that uses the session.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use snowflake_proto::Secret;
use tokio::time::Instant;

use crate::error::{Error, Repr, Result};
use crate::server::Failure;
use crate::session::under_way::UnderWay;
use crate::session::validity::Validity;

/// A handle on the tokens of one session. Clones share them.
///
/// The session token goes with every call; the master token is used for nothing but renewing it.
/// A renewal happens once for all who need it, see [`SessionTokens::renew`].
#[derive(Clone)]
pub struct SessionTokens {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    session_id: i64,
    state: Mutex<State>,
    /// Held by the one caller who renews, while the others wait for it.
    pub(super) renewing: tokio::sync::Mutex<UnderWay>,
}

pub(super) struct State {
    pub(super) session: Secret,
    /// Missing where the server gives none: then the session ends with its first token.
    pub(super) master: Option<Secret>,
    pub(super) validity: Validity,
    pub(super) service: Option<String>,
    pub(super) life: Life,
    pub(super) answered: Option<Instant>,
    /// The last renewal that failed, and how many did, so that those who waited for it share its outcome.
    pub(super) failed_renewals: u64,
    pub(super) last_failure: Option<Error>,
}

/// Whether the session can still be used.
#[derive(Clone)]
pub(super) enum Life {
    Alive,
    Dead { reason: &'static str, failure: Option<Failure> },
}

impl SessionTokens {
    pub(super) fn new(session_id: i64, session: Secret, master: Option<Secret>, validity: Validity) -> Self {
        let state = State {
            session,
            master,
            validity,
            service: None,
            life: Life::Alive,
            answered: None,
            failed_renewals: 0,
            last_failure: None,
        };
        let inner = Inner { session_id, state: Mutex::new(state), renewing: tokio::sync::Mutex::default() };
        Self { inner: Arc::new(inner) }
    }

    /// The server's number of the session; 0 where it gives none.
    #[must_use]
    pub fn session_id(&self) -> i64 {
        self.inner.session_id
    }

    /// The session token as it is now.
    #[must_use]
    pub fn authorization(&self) -> Secret {
        self.state().session.clone()
    }

    /// Whether the session is over: only a new login helps.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        matches!(self.state().life, Life::Dead { .. })
    }

    /// How long a session token lives, as the server said at the last login or renewal.
    #[must_use]
    pub fn session_validity(&self) -> Duration {
        self.state().validity.session
    }

    /// How long the master token lives. Heartbeats are timed by it.
    #[must_use]
    pub fn master_validity(&self) -> Duration {
        self.state().validity.master
    }

    /// When the server last answered a call in the session's name, a heartbeat included, by the clock of the
    /// [`Server`](crate::Server); `None` before the first answer.
    #[must_use]
    pub fn last_answer(&self) -> Option<Instant> {
        self.state().answered
    }

    /// Where the server wants this session's calls to go: the session parameter `SERVICE_NAME`.
    pub fn set_service(&self, service: Option<&str>) {
        self.state().service = service.filter(|service| !service.is_empty()).map(str::to_owned);
    }

    /// Ends the session for everyone and hands its tokens to the one who takes leave of the server.
    pub(super) fn take(&self) -> Option<Self> {
        let mut state = self.state();
        if matches!(state.life, Life::Dead { .. }) {
            return None;
        }
        state.life = Life::Dead { reason: "it was closed", failure: None };
        let last =
            Self::new(self.inner.session_id, state.session.clone(), state.master.clone(), state.validity);
        last.state().service.clone_from(&state.service);
        Some(last)
    }

    /// The first reason stays: later failures follow from it.
    pub(super) fn die(&self, reason: &'static str, failure: Option<Failure>) {
        let mut state = self.state();
        if matches!(state.life, Life::Alive) {
            tracing::debug!(session_id = self.inner.session_id, reason, "session ended");
            state.life = Life::Dead { reason, failure };
        }
    }

    /// The error that a dead session gives to everyone.
    pub(super) fn checked(&self) -> Result<()> {
        match self.state().life.clone() {
            Life::Alive => Ok(()),
            Life::Dead { reason, failure } => Err(Repr::Expired { reason, failure }.into()),
        }
    }

    /// No code that holds this lock can panic half-way, so a poisoned one is as good as any.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for SessionTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionTokens")
            .field("session_id", &self.inner.session_id)
            .field("is_dead", &self.is_dead())
            .finish_non_exhaustive()
    }
}
