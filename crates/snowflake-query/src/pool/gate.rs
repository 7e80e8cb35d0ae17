//! Who may log in when: one at a time until it is known to work, never again after a refusal.

use std::sync::Arc;
use std::time::Duration;

use snowflake_transport::Clock;
use tokio::sync::{Mutex, Semaphore, watch};
use tokio::time::Instant;

use crate::error::{Error, Repr, SharedError};

/// Logins at the same time once one has succeeded.
const CONCURRENT: usize = 3;
/// The wait after the first failed login; it doubles.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait after a failed login.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Lets logins through, and tells everyone who waits for a session what became of them.
#[derive(Debug)]
pub(crate) struct Gate {
    news: watch::Sender<News>,
    /// Held while the outcome of a login is open and no earlier one succeeded.
    single: Mutex<()>,
    many: Semaphore,
    clock: Arc<dyn Clock>,
}

/// What the last logins came to.
#[derive(Clone, Debug, Default)]
struct News {
    proven: bool,
    failures: u32,
    not_before: Option<Instant>,
    last: Option<SharedError>,
    rejection: Option<SharedError>,
}

impl Gate {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            news: watch::Sender::new(News::default()),
            single: Mutex::new(()),
            many: Semaphore::new(CONCURRENT),
            clock,
        }
    }

    /// Runs a login when it may run.
    pub(crate) async fn pass<T>(&self, login: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        self.check()?;
        let _single = if self.news.borrow().proven { None } else { Some(self.single.lock().await) };
        let _many = self.many.acquire().await;
        let not_before = self.news.borrow().not_before;
        if let Some(not_before) = not_before {
            tokio::time::sleep(not_before.saturating_duration_since(self.clock.now())).await;
        }
        // Somebody else's login may have been refused in the meantime.
        self.check()?;
        match login.await {
            Ok(value) => {
                self.news.send_modify(|news| *news = News { proven: true, ..News::default() });
                Ok(value)
            }
            Err(error) => Err(self.failed(error)),
        }
    }

    fn failed(&self, error: Error) -> Error {
        let permanent = error.is_permanent_rejection();
        let shared = SharedError(Arc::new(error));
        self.news.send_modify(|news| {
            news.proven = false;
            let wait = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(news.failures)).min(LONGEST_WAIT);
            news.not_before = self.clock.now().checked_add(wait);
            news.failures = news.failures.saturating_add(1);
            news.last = Some(shared.clone());
            if permanent {
                tracing::warn!("the credentials were refused: the pool logs in no more");
                news.rejection = Some(shared.clone());
            }
        });
        Repr::PoolConnect { source: shared }.into()
    }

    /// Fails once the credentials have been refused.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match &self.news.borrow().rejection {
            Some(source) => Err(Repr::PoolRejected { source: source.clone() }.into()),
            None => Ok(()),
        }
    }

    /// Forgets a refusal, such as after the credentials were corrected.
    pub(crate) fn reopen(&self) {
        self.news.send_modify(|news| *news = News::default());
    }

    /// A view that tells of failures from now on.
    pub(crate) fn watch(&self) -> Watch {
        Watch { news: self.news.subscribe() }
    }

    /// The last failure, if nothing has succeeded since.
    pub(crate) fn last_failure(&self) -> Option<Error> {
        let last = self.news.borrow().last.clone()?;
        Some(Repr::PoolConnect { source: last }.into())
    }
}

/// Waits for a login to fail.
#[derive(Debug)]
pub(crate) struct Watch {
    news: watch::Receiver<News>,
}

impl Watch {
    /// Completes when a login has failed since the last call.
    pub(crate) async fn failure(&mut self) {
        loop {
            if self.news.changed().await.is_err() {
                // The gate is gone, and with it everything that could fail.
                std::future::pending::<()>().await;
            }
            if self.news.borrow_and_update().last.is_some() {
                return;
            }
        }
    }
}
