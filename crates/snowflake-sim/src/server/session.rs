//! Sessions and the tokens that stand for them.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use snowflake_transport::Entropy;
use tokio::time::Instant;

use super::statement::Execution;
use crate::engine::EngineSession;

/// Somebody who is logged in.
pub(super) struct Session {
    pub(super) id: i64,
    /// The driver's name, which decides the result format.
    pub(super) app: String,
    pub(super) engine: EngineSession,
    /// Session parameters that the login named.
    pub(super) login_parameters: BTreeMap<String, Value>,
    requests: Mutex<HashMap<String, Arc<Execution>>>,
}

impl Session {
    pub(super) fn new(
        id: i64,
        app: String,
        engine: EngineSession,
        login_parameters: BTreeMap<String, Value>,
    ) -> Self {
        Self { id, app, engine, login_parameters, requests: Mutex::default() }
    }

    /// The execution of a request id, started by `start` when the id is new. Says whether it was.
    pub(super) fn once(
        &self,
        request_id: &str,
        start: impl FnOnce() -> Arc<Execution>,
    ) -> (Arc<Execution>, bool) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(execution) = requests.get(request_id) {
            return (Arc::clone(execution), false);
        }
        let execution = start();
        requests.insert(request_id.to_owned(), Arc::clone(&execution));
        (execution, true)
    }

    /// The execution that a request id started.
    pub(super) fn submitted(&self, request_id: &str) -> Option<Arc<Execution>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).get(request_id).cloned()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("id", &self.id).field("app", &self.app).finish_non_exhaustive()
    }
}

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Session,
    Master,
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenError {
    /// Nobody ever got it.
    Unknown,
    /// Its time is over.
    Expired,
    /// Its session has ended.
    Gone,
}

/// How long tokens live.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lifetimes {
    pub(super) session: Duration,
    pub(super) master: Duration,
}

/// A session token and a master token.
pub(super) struct Pair {
    pub(super) session: String,
    pub(super) master: String,
}

/// All sessions and all tokens ever handed out.
#[derive(Default)]
pub(super) struct Sessions {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    open: HashMap<i64, Arc<Session>>,
    tokens: HashMap<String, Token>,
}

struct Token {
    session_id: i64,
    kind: TokenKind,
    /// `None` once it was expired on purpose.
    valid_until: Option<Instant>,
}

impl Sessions {
    /// Lets a session in.
    pub(super) fn open(
        &self,
        session: Arc<Session>,
        life: Lifetimes,
        now: Instant,
        entropy: &dyn Entropy,
    ) -> Pair {
        let mut inner = self.lock();
        let pair = inner.issue(session.id, life, now, entropy);
        inner.open.insert(session.id, session);
        pair
    }

    /// The session that a token stands for.
    pub(super) fn find(
        &self,
        token: &str,
        kind: TokenKind,
        now: Instant,
    ) -> Result<Arc<Session>, TokenError> {
        self.lock().find(token, kind, now)
    }

    /// New tokens for a session, for its master token. The old session token is over at once; the old master
    /// token stays good for its time, because the answer to this may get lost.
    pub(super) fn renew(
        &self,
        master: &str,
        old: &str,
        life: Lifetimes,
        now: Instant,
        entropy: &dyn Entropy,
    ) -> Result<(Pair, Arc<Session>), TokenError> {
        let mut inner = self.lock();
        let session = inner.find(master, TokenKind::Master, now)?;
        let old = inner
            .tokens
            .get_mut(old)
            .filter(|old| old.session_id == session.id && old.kind == TokenKind::Session);
        old.ok_or(TokenError::Unknown)?.valid_until = None;
        Ok((inner.issue(session.id, life, now, entropy), session))
    }

    /// Ends a session; its tokens are gone from then on.
    pub(super) fn close(&self, session: &Session) {
        self.lock().open.remove(&session.id);
    }

    /// Ends the life of every token of a kind that was handed out until now.
    pub(super) fn expire(&self, kind: TokenKind) {
        for token in self.lock().tokens.values_mut().filter(|token| token.kind == kind) {
            token.valid_until = None;
        }
    }

    pub(super) fn count(&self) -> usize {
        self.lock().open.len()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn issue(&mut self, session_id: i64, life: Lifetimes, now: Instant, entropy: &dyn Entropy) -> Pair {
        let mut mint = |kind, life| {
            let text = format!(
                "ver:3-hint:{session_id}-ETMsDg-{}{}",
                entropy.uuid().simple(),
                entropy.uuid().simple()
            );
            self.tokens.insert(text.clone(), Token { session_id, kind, valid_until: now.checked_add(life) });
            text
        };
        Pair { session: mint(TokenKind::Session, life.session), master: mint(TokenKind::Master, life.master) }
    }

    fn find(&self, token: &str, kind: TokenKind, now: Instant) -> Result<Arc<Session>, TokenError> {
        let token = self.tokens.get(token).filter(|token| token.kind == kind).ok_or(TokenError::Unknown)?;
        let session = self.open.get(&token.session_id).ok_or(TokenError::Gone)?;
        match token.valid_until {
            Some(end) if now < end => Ok(Arc::clone(session)),
            _ => Err(TokenError::Expired),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use snowflake_transport::SystemEntropy;
    use tokio::time::Instant;

    use super::{Inner, Lifetimes, TokenError, TokenKind};

    #[test]
    fn a_token_without_its_session_is_gone_and_an_unknown_one_unknown() {
        let mut inner = Inner::default();
        let life = Lifetimes { session: Duration::from_secs(1), master: Duration::from_secs(2) };
        let now = Instant::now();
        let pair = inner.issue(1, life, now, &SystemEntropy);
        assert_eq!(inner.find(&pair.session, TokenKind::Session, now).unwrap_err(), TokenError::Gone);
        assert_eq!(inner.find(&pair.session, TokenKind::Master, now).unwrap_err(), TokenError::Unknown);
        assert_eq!(inner.find("None", TokenKind::Session, now).unwrap_err(), TokenError::Unknown);
    }
}
