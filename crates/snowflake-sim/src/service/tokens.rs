//! Sessions that are open, and the tokens that stand for them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use snowflake_transport::Entropy;
use tokio::time::Instant;

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Session,
    Master,
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenError {
    /// Nobody ever got it.
    Unknown,
    /// Its time is over.
    Expired,
    /// Its session has ended.
    Gone,
}

/// How long tokens live.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lifetimes {
    pub(crate) session: Duration,
    pub(crate) master: Duration,
}

/// A session token and a master token.
pub(crate) struct Pair {
    pub(crate) session: String,
    pub(crate) master: String,
}

/// All sessions and all tokens ever handed out. `S` is what the service knows of a session.
pub(crate) struct Sessions<S> {
    inner: Mutex<Inner<S>>,
}

struct Inner<S> {
    open: HashMap<i64, Arc<S>>,
    tokens: HashMap<String, Token>,
}

impl<S> Default for Inner<S> {
    fn default() -> Self {
        Self { open: HashMap::new(), tokens: HashMap::new() }
    }
}

impl<S> Default for Sessions<S> {
    fn default() -> Self {
        Self { inner: Mutex::default() }
    }
}

struct Token {
    session_id: i64,
    kind: TokenKind,
    /// `None` once it was expired on purpose.
    valid_until: Option<Instant>,
}

impl<S> Sessions<S> {
    /// Lets a session in.
    pub(crate) fn open(
        &self,
        session_id: i64,
        session: Arc<S>,
        life: Lifetimes,
        now: Instant,
        entropy: &dyn Entropy,
    ) -> Pair {
        let mut inner = self.lock();
        let pair = inner.issue(session_id, life, now, entropy);
        inner.open.insert(session_id, session);
        pair
    }

    /// The session that a token stands for.
    pub(crate) fn find(&self, token: &str, kind: TokenKind, now: Instant) -> Result<Arc<S>, TokenError> {
        self.lock().find(token, kind, now)
    }

    /// New tokens for a session, for its master token. The old session token is over at once; the old master
    /// token stays good for its time, because the answer to this may get lost.
    pub(crate) fn renew(
        &self,
        master: &str,
        old: &str,
        life: Lifetimes,
        now: Instant,
        entropy: &dyn Entropy,
    ) -> Result<(Pair, i64), TokenError> {
        let mut inner = self.lock();
        inner.find(master, TokenKind::Master, now)?;
        let session_id = inner.tokens.get(master).ok_or(TokenError::Unknown)?.session_id;
        let old = inner
            .tokens
            .get_mut(old)
            .filter(|old| old.session_id == session_id && old.kind == TokenKind::Session);
        old.ok_or(TokenError::Unknown)?.valid_until = None;
        Ok((inner.issue(session_id, life, now, entropy), session_id))
    }

    /// Ends a session; its tokens are gone from then on.
    pub(crate) fn close(&self, session_id: i64) {
        self.lock().open.remove(&session_id);
    }

    /// Ends every session, and says how many there were.
    pub(crate) fn close_all(&self) -> usize {
        std::mem::take(&mut self.lock().open).len()
    }

    /// Ends the life of every token of a kind that was handed out until now.
    pub(crate) fn expire(&self, kind: TokenKind) {
        for token in self.lock().tokens.values_mut().filter(|token| token.kind == kind) {
            token.valid_until = None;
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.lock().open.len()
    }

    fn lock(&self) -> MutexGuard<'_, Inner<S>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Inner<S> {
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

    fn find(&self, token: &str, kind: TokenKind, now: Instant) -> Result<Arc<S>, TokenError> {
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
        let mut inner = Inner::<()>::default();
        let life = Lifetimes { session: Duration::from_secs(1), master: Duration::from_secs(2) };
        let now = Instant::now();
        let pair = inner.issue(1, life, now, &SystemEntropy);
        assert_eq!(inner.find(&pair.session, TokenKind::Session, now).unwrap_err(), TokenError::Gone);
        assert_eq!(inner.find(&pair.session, TokenKind::Master, now).unwrap_err(), TokenError::Unknown);
        assert_eq!(inner.find("None", TokenKind::Session, now).unwrap_err(), TokenError::Unknown);
    }
}
