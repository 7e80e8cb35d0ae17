//! What is known of the warehouses: asked for at most once in a while, by one caller for all.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::route::Knowledge;
use super::{WarehouseSource, WarehouseStatus};

/// Statuses older than so many times their life are not used any more when no new ones can be had.
const STALE: u32 = 10;

/// Warehouses by exact name.
pub(super) type ByName = BTreeMap<String, WarehouseStatus>;

#[derive(Debug)]
pub(super) struct Statuses {
    source: Arc<dyn WarehouseSource>,
    life: Duration,
    limit: Duration,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// When they were asked for last, with or without success.
    asked: Option<Instant>,
    statuses: Option<(Instant, Arc<ByName>)>,
    problem: Option<String>,
}

/// What is known now.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) statuses: Option<Arc<ByName>>,
    pub(super) knowledge: Knowledge,
    /// Whether this caller is the one who learnt it.
    pub(super) is_new: bool,
}

impl Statuses {
    pub(super) fn new(source: Arc<dyn WarehouseSource>, life: Duration, limit: Duration) -> Self {
        Self { source, life, limit, kept: Mutex::default() }
    }

    pub(super) fn now(&self) -> Instant {
        self.source.clock().now()
    }

    /// What is known, after asking where that was too long ago. Whoever comes while somebody asks waits for the answer
    /// and has it too; when the one who asks gives up, the next one asks.
    pub(super) async fn current(&self) -> Known {
        let mut kept = self.kept.lock().await;
        let due = kept.asked.is_none_or(|asked| self.now().saturating_duration_since(asked) >= self.life);
        let mut is_new = false;
        if due {
            match self.ask().await {
                Ok(statuses) => {
                    is_new = true;
                    kept.statuses = Some((self.now(), Arc::new(statuses)));
                    kept.problem = None;
                }
                Err(problem) => {
                    tracing::warn!(%problem, "the states of the warehouses could not be had");
                    kept.problem = Some(problem);
                }
            }
            kept.asked = Some(self.now());
        }
        let aged = |(at, statuses): &(Instant, _)| {
            (self.now().saturating_duration_since(*at), Arc::<ByName>::clone(statuses))
        };
        let is_fresh = |age: Duration| is_new || age <= self.life.saturating_mul(STALE);
        let usable = kept.statuses.as_ref().map(aged).filter(|(age, _)| is_fresh(*age));
        let knowledge =
            Knowledge { age: usable.as_ref().map(|(age, _)| *age), problem: kept.problem.clone() };
        Known { statuses: usable.map(|(_, statuses)| statuses), knowledge, is_new }
    }

    async fn ask(&self) -> Result<ByName, String> {
        match tokio::time::timeout(self.limit, self.source.warehouses()).await {
            Ok(Ok(statuses)) => {
                Ok(statuses.into_iter().map(|status| (status.name.clone(), status)).collect())
            }
            Ok(Err(error)) => Err(described(&error)),
            Err(_) => Err(format!("no answer within {:?}", self.limit)),
        }
    }
}

/// The error with its causes, in one line.
fn described(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}
