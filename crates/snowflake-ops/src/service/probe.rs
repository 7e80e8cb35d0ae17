//! Whether Snowflake can be used now, asked rarely and answered quickly.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use metrics::gauge;
use snowflake_query::Pool;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::health::{Health, check_health};

/// How often and how patiently Snowflake is asked whether it is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct ProbeOptions {
    /// An answer of this age is given again without asking.
    pub(super) fresh: Duration,
    /// An answer of this age still counts while the next one is being waited for.
    pub(super) usable: Duration,
    /// How long a caller waits for the answer.
    pub(super) patience: Duration,
    /// How long Snowflake may take.
    pub(super) limit: Duration,
}

impl Default for ProbeOptions {
    /// 5 s, 30 s, 800 ms, 15 s. Kubernetes gives a probe a second unless told otherwise.
    fn default() -> Self {
        Self {
            fresh: Duration::from_secs(5),
            usable: Duration::from_secs(30),
            patience: Duration::from_millis(800),
            limit: Duration::from_secs(15),
        }
    }
}

/// Asks one question at a time, however many want to know.
///
/// The question runs in a task of its own: a caller that gives up does not stop it, so that the next one finds its
/// answer.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    pool: Pool,
    options: ProbeOptions,
    started: Instant,
    last: watch::Sender<Option<Answered>>,
    asking: AtomicBool,
    /// Held while it is decided whether to ask.
    deciding: Mutex<()>,
}

#[derive(Clone, Debug)]
struct Answered {
    health: Health,
    at: Instant,
}

/// What is known of Snowflake.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) health: Health,
    /// How long ago that was found out.
    pub(super) age: Duration,
}

impl Probe {
    pub(super) fn new(pool: Pool, options: ProbeOptions) -> Self {
        let inner = Inner {
            pool,
            options,
            started: Instant::now(),
            last: watch::Sender::new(None),
            asking: AtomicBool::new(false),
            deciding: Mutex::new(()),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The last answer if it is fresh, otherwise the next one as far as it comes in time.
    pub(super) async fn check(&self) -> Seen {
        let mut news = self.inner.last.subscribe();
        if let Some(seen) = self.seen(self.inner.options.fresh) {
            return seen;
        }
        self.ask();
        let answered = async {
            while news.changed().await.is_ok() {
                if let Some(seen) = self.seen(self.inner.options.fresh) {
                    return seen;
                }
            }
            self.silent()
        };
        match tokio::time::timeout(self.inner.options.patience, answered).await {
            Ok(seen) => seen,
            Err(_) => self.seen(self.inner.options.usable).unwrap_or_else(|| self.silent()),
        }
    }

    /// Asks from time to time by itself, so that the figures tell also when nobody else asks.
    pub(super) async fn watch(&self) {
        loop {
            self.check().await;
            tokio::time::sleep(self.inner.options.usable).await;
        }
    }

    /// The last answer unless it is older than that.
    fn seen(&self, limit: Duration) -> Option<Seen> {
        let last = self.inner.last.borrow();
        let answered = last.as_ref()?;
        let age = answered.at.elapsed();
        (age < limit).then(|| Seen { health: answered.health.clone(), age })
    }

    /// No answer came: that is one too.
    fn silent(&self) -> Seen {
        let since = self.inner.last.borrow().as_ref().map_or(self.inner.started, |answered| answered.at);
        let age = since.elapsed();
        let reason = format!("Snowflake has not answered for {} s", age.as_secs());
        let latency_ms = u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
        Seen { health: Health { healthy: false, latency_ms, reason: Some(reason) }, age }
    }

    /// Starts to ask, unless somebody does.
    fn ask(&self) {
        let _deciding = self.inner.deciding.lock().unwrap_or_else(PoisonError::into_inner);
        if self.inner.asking.swap(true, Ordering::AcqRel) {
            return;
        }
        let inner = Arc::clone(&self.inner);
        tokio::spawn(async move {
            let _asking = Asking(&inner.asking);
            let health = inner.health().await;
            inner.publish(health);
        });
    }
}

impl Inner {
    async fn health(&self) -> Health {
        let limit = self.options.limit;
        match tokio::time::timeout(limit, check_health(&self.pool)).await {
            Ok(health) => health,
            Err(_) => Health {
                healthy: false,
                latency_ms: u64::try_from(limit.as_millis()).unwrap_or(u64::MAX),
                reason: Some(format!("no answer within {} s", limit.as_secs())),
            },
        }
    }

    fn publish(&self, health: Health) {
        let was = self.last.borrow().as_ref().map(|answered| answered.health.healthy);
        match (was, &health) {
            (Some(true) | None, Health { healthy: false, reason, .. }) => {
                tracing::warn!(reason = reason.as_deref().unwrap_or_default(), "Snowflake cannot be used");
            }
            (Some(false) | None, Health { healthy: true, latency_ms, .. }) => {
                tracing::info!(latency_ms, "Snowflake can be used");
            }
            _ => {}
        }
        gauge!("snowflake_up").set(if health.healthy { 1.0 } else { 0.0 });
        let latency = Duration::from_millis(health.latency_ms);
        gauge!("snowflake_health_check_latency_seconds").set(latency.as_secs_f64());
        self.last.send_replace(Some(Answered { health, at: Instant::now() }));
    }
}

/// Somebody asks until this is dropped, however the asking ends.
struct Asking<'a>(&'a AtomicBool);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
