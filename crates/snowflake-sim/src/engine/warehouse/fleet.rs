//! All warehouses of an account, and the clock that they live by.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use snowflake_transport::{Clock, Entropy};
use time::{Duration, OffsetDateTime};
use tokio::sync::oneshot;

use super::compute::{Grant, State, Waiter, Warehouse};
use super::event::{Actor, WarehouseEvent};
use super::{Credits, Settings, Snapshot, Waiting, WarehouseLoad, WarehouseUsage};
use crate::engine::{CancelToken, SqlError};

/// How the warehouses of an account behave.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WarehouseOptions {
    /// How long a resume takes.
    pub(crate) provisioning: std::time::Duration,
    /// Whether statements that need a warehouse fail without one.
    pub(crate) required: bool,
}

/// All warehouses of an account.
pub(in super::super) struct Fleet {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    provisioning: Duration,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// The latest time that was seen: a clock that is set back changes nothing here.
    latest: Option<OffsetDateTime>,
    ids: u64,
    tickets: u64,
    live: BTreeMap<String, Warehouse>,
    dropped: Vec<Warehouse>,
}

/// A statement in the queue, or with a place.
#[derive(Debug)]
pub(super) struct Entered {
    pub(super) warehouse_id: u64,
    pub(super) ticket: u64,
    pub(super) settings: Settings,
    pub(super) grant: oneshot::Receiver<Grant>,
}

impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fleet").field("provisioning", &self.provisioning).finish_non_exhaustive()
    }
}

impl Fleet {
    pub(in super::super) fn new(
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        options: WarehouseOptions,
    ) -> Self {
        let provisioning = Duration::try_from(options.provisioning).unwrap_or(Duration::MAX);
        Self { clock, entropy, provisioning, inner: Mutex::default() }
    }

    /// Brings all warehouses to the present, and looks at or changes them.
    fn with<T>(&self, look: impl FnOnce(&mut Inner, OffsetDateTime) -> T) -> T {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let wall = self.clock.wall();
        let now = inner.latest.map_or(wall, |latest| latest.max(wall));
        inner.latest = Some(now);
        inner.all_mut().for_each(|warehouse| warehouse.settle(now));
        look(&mut inner, now)
    }

    /// As [`Self::with`], for one warehouse.
    fn one<T>(
        &self,
        name: &str,
        look: impl FnOnce(&mut Warehouse, OffsetDateTime) -> Result<T, SqlError>,
    ) -> Result<T, SqlError> {
        self.with(|inner, now| match inner.live.get_mut(name) {
            Some(warehouse) => look(warehouse, now),
            None => Err(SqlError::missing("Warehouse", name)),
        })
    }

    pub(in super::super) fn contains(&self, name: &str) -> bool {
        self.with(|inner, _| inner.live.contains_key(name))
    }

    /// All warehouses, by name.
    pub(in super::super) fn snapshots(&self) -> Vec<Snapshot> {
        self.with(|inner, _| inner.live.values().map(Warehouse::snapshot).collect())
    }

    /// Makes a warehouse; false when there is one of that name already, which is not to be replaced.
    pub(in super::super) fn create(
        &self,
        name: &str,
        settings: Settings,
        suspended: bool,
        replace: bool,
        actor: &Actor,
    ) -> bool {
        let random = u128::from(self.entropy.u64()) << 64 | u128::from(self.entropy.u64());
        let uuid = uuid::Builder::from_random_bytes(random.to_be_bytes()).into_uuid().to_string();
        self.with(|inner, now| {
            if inner.live.contains_key(name) && !replace {
                return false;
            }
            inner.drop(name, now, actor);
            inner.ids += 1;
            let identity = (inner.ids, uuid, name.to_owned());
            let mut warehouse = Warehouse::new(identity, settings, self.provisioning, now);
            warehouse.note(now, "CREATE_WAREHOUSE", None, Some(actor));
            if !suspended {
                warehouse.resume(now, "WAREHOUSE_RESUME", Some(actor));
            }
            inner.live.insert(name.to_owned(), warehouse);
            true
        })
    }

    /// Drops a warehouse; false when there is none of that name.
    pub(in super::super) fn drop(&self, name: &str, actor: &Actor) -> bool {
        self.with(|inner, now| inner.drop(name, now, actor))
    }

    /// # Errors
    /// `090064` when it is off or about to be on.
    pub(in super::super) fn suspend(&self, name: &str, actor: &Actor) -> Result<(), SqlError> {
        self.one(name, |warehouse, now| match warehouse.state() {
            State::Started => {
                warehouse.suspend(now, "WAREHOUSE_SUSPEND", Some(actor));
                Ok(())
            }
            State::Suspended | State::Resuming(_) | State::Suspending => {
                Err(invalid_state(name, "suspended"))
            }
        })
    }

    /// # Errors
    /// `090064` when it is not off, unless that is all right.
    pub(in super::super) fn resume(
        &self,
        name: &str,
        if_suspended: bool,
        actor: &Actor,
    ) -> Result<(), SqlError> {
        self.one(name, |warehouse, now| match warehouse.state() {
            State::Suspended => {
                warehouse.resume(now, "WAREHOUSE_RESUME", Some(actor));
                Ok(())
            }
            _ if if_suspended => Ok(()),
            _ => Err(invalid_state(name, "resumed")),
        })
    }

    /// Gives a warehouse other settings, made from those that it has.
    ///
    /// # Errors
    /// What `change` fails with, and `002003` when there is no such warehouse.
    pub(in super::super) fn change(
        &self,
        name: &str,
        actor: &Actor,
        change: impl FnOnce(Settings) -> Result<Settings, SqlError>,
    ) -> Result<(), SqlError> {
        self.one(name, |warehouse, now| {
            let settings = change(warehouse.settings.clone())?;
            warehouse.change(now, settings, actor);
            Ok(())
        })
    }

    /// # Errors
    /// `002002` when the new name is taken, `002003` when there is no such warehouse.
    pub(in super::super) fn rename(&self, name: &str, new: &str, actor: &Actor) -> Result<(), SqlError> {
        self.with(|inner, now| {
            if inner.live.contains_key(new) {
                return Err(SqlError::exists(new));
            }
            let found = inner.live.remove(name);
            let mut warehouse = found.ok_or_else(|| SqlError::missing("Warehouse", name))?;
            warehouse.rename(now, new, actor);
            inner.live.insert(new.to_owned(), warehouse);
            Ok(())
        })
    }

    /// Tells everything that runs or waits on a warehouse to stop.
    ///
    /// # Errors
    /// `002003` when there is no such warehouse.
    pub(in super::super) fn abort_all(&self, name: &str) -> Result<(), SqlError> {
        self.one(name, |warehouse, _| {
            warehouse.abort_all();
            Ok(())
        })
    }

    /// Puts a statement into the queue of a warehouse.
    ///
    /// # Errors
    /// `000606` when the warehouse is suspended and stays so, or there is none.
    pub(super) fn enter(&self, name: &str, cancel: CancelToken, actor: &Actor) -> Result<Entered, SqlError> {
        self.with(|inner, now| {
            inner.tickets += 1;
            let ticket = inner.tickets;
            let warehouse = inner.live.get_mut(name).ok_or_else(SqlError::no_warehouse)?;
            let (sender, grant) = oneshot::channel();
            let query_id = actor.query_id.clone();
            let waiter = Waiter { ticket, query_id, cancel, grant: sender, entered: now, provisioned: now };
            if !warehouse.enter(now, waiter, actor) {
                return Err(SqlError::no_warehouse());
            }
            Ok(Entered { warehouse_id: warehouse.id, ticket, settings: warehouse.settings.clone(), grant })
        })
    }

    /// Frees the place of a statement, in the queue or at work.
    pub(super) fn leave(&self, warehouse_id: u64, ticket: u64) {
        self.with(|inner, now| {
            if let Some(warehouse) = inner.all_mut().find(|warehouse| warehouse.id == warehouse_id) {
                warehouse.leave(now, ticket);
            }
        });
    }

    /// The resume of a warehouse has taken its time.
    pub(super) fn provisioned(&self, warehouse_id: u64) {
        self.with(|inner, now| {
            if let Some(warehouse) = inner.live.values_mut().find(|warehouse| warehouse.id == warehouse_id) {
                warehouse.started(now);
            }
        });
    }

    /// What a statement waits for, if it waits.
    pub(super) fn waiting(&self, query_id: &str) -> Option<Waiting> {
        self.with(|inner, _| inner.live.values().find_map(|warehouse| warehouse.waiting(query_id)))
    }

    /// The longest that statements on a warehouse may run, in seconds.
    pub(super) fn statement_timeout(&self, name: &str) -> Option<u64> {
        self.with(|inner, _| inner.live.get(name)?.settings.statement_timeout.map(u64::from))
    }

    /// Hourly rows of what was used, of hours that begin between two times.
    pub(super) fn usage(&self, from: OffsetDateTime, to: OffsetDateTime) -> Vec<WarehouseUsage> {
        self.with(|inner, now| {
            let of = |warehouse: &Warehouse| {
                let row = |start: OffsetDateTime| {
                    let end = start.saturating_add(Duration::HOUR);
                    let compute = warehouse.meter.credits(start, end, now);
                    WarehouseUsage {
                        start,
                        end,
                        warehouse_id: warehouse.id,
                        warehouse: warehouse.name.clone(),
                        used: compute,
                        compute,
                        cloud_services: Credits::default(),
                    }
                };
                let hours = warehouse.meter.hours(from, to, now).into_iter().filter(|start| *start >= from);
                hours.map(row).filter(|row| !row.used.is_zero()).collect::<Vec<_>>()
            };
            let mut rows: Vec<_> = inner.all().flat_map(of).collect();
            rows.sort_by_key(|row| (row.start, row.warehouse_id));
            rows
        })
    }

    /// How busy the warehouses were, in intervals of five minutes.
    pub(super) fn load(&self, from: OffsetDateTime, to: OffsetDateTime) -> Vec<WarehouseLoad> {
        self.with(|inner, now| {
            let mut rows: Vec<_> = inner.all().flat_map(|warehouse| warehouse.load(from, to, now)).collect();
            rows.sort_by_key(|row| (row.start, row.warehouse_id));
            rows
        })
    }

    /// What happened to the warehouses.
    pub(super) fn events(&self, from: OffsetDateTime, to: OffsetDateTime) -> Vec<WarehouseEvent> {
        self.with(|inner, _| {
            let all = inner.all().flat_map(|warehouse| warehouse.journal.between(from, to));
            let mut events: Vec<_> = all.cloned().collect();
            events.sort_by_key(|event| event.at);
            events
        })
    }
}

impl Inner {
    fn all(&self) -> impl Iterator<Item = &Warehouse> {
        self.live.values().chain(&self.dropped)
    }

    fn all_mut(&mut self) -> impl Iterator<Item = &mut Warehouse> {
        self.live.values_mut().chain(&mut self.dropped)
    }

    fn drop(&mut self, name: &str, now: OffsetDateTime, actor: &Actor) -> bool {
        let Some(mut warehouse) = self.live.remove(name) else { return false };
        warehouse.dropped(now, actor);
        self.dropped.push(warehouse);
        true
    }
}

fn invalid_state(name: &str, wanted: &str) -> SqlError {
    SqlError::new("090064", "22000", format!("Invalid state. Warehouse '{name}' cannot be {wanted}."))
}
