//! Warehouses as a test describes them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use snowflake_sim::{ManualClock, Table};
use snowflake_transport::{BoxFuture, Clock};

use crate::error::Result;
use crate::testing::NOW;
use crate::warehouse::{
    WarehouseConfig, WarehouseSize, WarehouseSource, WarehouseState, WarehouseStatus, WorkloadType,
};

/// The columns of SHOW WAREHOUSES that matter, all as text.
pub(super) fn shown() -> Table {
    ["name", "state", "size", "running", "queued", "auto_resume", "comment"]
        .into_iter()
        .fold(Table::new(), Table::text)
}

/// A warehouse that runs and has nothing to do.
pub(super) fn idle(name: &str, size: WarehouseSize) -> WarehouseStatus {
    WarehouseStatus {
        name: name.to_owned(),
        state: WarehouseState::Started,
        size: Some(size),
        min_clusters: 1,
        max_clusters: 1,
        started_clusters: 1,
        auto_resume: true,
        auto_suspend: Some(Duration::from_secs(600)),
        ..WarehouseStatus::default()
    }
}

pub(super) fn config(name: &str, size: WarehouseSize, depth: u32, work: &[WorkloadType]) -> WarehouseConfig {
    WarehouseConfig {
        name: name.to_owned(),
        size,
        max_queue_depth: depth,
        preferred_workloads: work.to_vec(),
    }
}

/// A source whose statuses a test sets.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) clock: Arc<ManualClock>,
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    statuses: Mutex<Option<Vec<WarehouseStatus>>>,
    asked: AtomicUsize,
    takes: Mutex<Duration>,
    configured: Vec<WarehouseConfig>,
    default: Option<String>,
}

impl Account {
    pub(super) fn new(statuses: Vec<WarehouseStatus>) -> Self {
        Self::configured(statuses, Vec::new(), None)
    }

    pub(super) fn configured(
        statuses: Vec<WarehouseStatus>,
        configured: Vec<WarehouseConfig>,
        default: Option<&str>,
    ) -> Self {
        let inner = Inner {
            statuses: Mutex::new(Some(statuses)),
            asked: AtomicUsize::new(0),
            takes: Mutex::default(),
            configured,
            default: default.map(str::to_owned),
        };
        Self { clock: Arc::new(ManualClock::ticking(NOW)), inner: Arc::new(inner) }
    }

    pub(super) fn set(&self, statuses: Vec<WarehouseStatus>) {
        *self.inner.statuses.lock().unwrap() = Some(statuses);
    }

    /// From now on nothing can be learnt.
    pub(super) fn fail(&self) {
        *self.inner.statuses.lock().unwrap() = None;
    }

    /// Lets every answer take that long.
    pub(super) fn slow_down(&self, takes: Duration) {
        *self.inner.takes.lock().unwrap() = takes;
    }

    pub(super) fn asked(&self) -> usize {
        self.inner.asked.load(Ordering::Relaxed)
    }
}

impl WarehouseSource for Account {
    fn warehouses(&self) -> BoxFuture<'_, Result<Vec<WarehouseStatus>>> {
        self.inner.asked.fetch_add(1, Ordering::Relaxed);
        let takes = *self.inner.takes.lock().unwrap();
        Box::pin(async move {
            if !takes.is_zero() {
                tokio::time::sleep(takes).await;
            }
            let statuses = self.inner.statuses.lock().unwrap().clone();
            statuses.ok_or_else(|| crate::Error::configuration("the account is out of reach"))
        })
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::<ManualClock>::clone(&self.clock)
    }

    fn configured(&self) -> Vec<WarehouseConfig> {
        self.inner.configured.clone()
    }

    fn default_warehouse(&self) -> Option<String> {
        self.inner.default.clone()
    }
}
