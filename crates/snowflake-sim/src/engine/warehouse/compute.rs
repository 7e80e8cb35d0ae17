//! One warehouse: its state over time. Nothing here waits; everything is told the time.

use std::collections::VecDeque;
use std::num::NonZeroU64;

use time::{Duration, OffsetDateTime};
use tokio::sync::oneshot;

use super::event::{Actor, Journal, WarehouseEvent};
use super::load::{Activity, Load, Span};
use super::meter::Meter;
use super::{Settings, Snapshot, Waiting, WarehouseLoad};
use crate::engine::CancelToken;

/// How long a cluster beyond the least stays without work.
const SPIN_DOWN: Duration = Duration::minutes(2);

/// How far on or off a warehouse is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Suspended,
    /// It will be there at that time.
    Resuming(OffsetDateTime),
    Started,
    /// It stops when its statements have ended.
    Suspending,
}

/// A warehouse.
#[derive(Debug)]
pub(super) struct Warehouse {
    pub(super) id: u64,
    pub(super) uuid: String,
    pub(super) name: String,
    pub(super) settings: Settings,
    pub(super) meter: Meter,
    pub(super) journal: Journal,
    load: Load,
    state: State,
    clusters: Vec<Cluster>,
    queue: VecDeque<Waiter>,
    created: OffsetDateTime,
    resumed: OffsetDateTime,
    updated: OffsetDateTime,
    /// Since when nothing runs, while nothing does.
    idle_since: OffsetDateTime,
    /// When the settings or the number of clusters changed last: nothing falls due before.
    changed: OffsetDateTime,
    /// How long a resume takes.
    provisioning: Duration,
}

#[derive(Debug)]
struct Cluster {
    running: Vec<Running>,
    idle_since: OffsetDateTime,
}

#[derive(Debug)]
struct Running {
    ticket: u64,
    since: OffsetDateTime,
    cancel: CancelToken,
}

/// A statement that wants a place.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) ticket: u64,
    pub(super) query_id: String,
    pub(super) cancel: CancelToken,
    pub(super) grant: oneshot::Sender<Grant>,
    pub(super) entered: OffsetDateTime,
    /// Until when it waited for the warehouse to start.
    pub(super) provisioned: OffsetDateTime,
}

/// The place of a statement.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    /// The cluster, from 1.
    pub(super) cluster: usize,
    pub(super) at: OffsetDateTime,
    /// How long it waited for the warehouse to start.
    pub(super) provisioning: Duration,
    /// How long it waited for a place.
    pub(super) overload: Duration,
}

/// What comes by itself.
#[derive(Clone, Copy, Debug)]
enum Due {
    Ready,
    SpinDown,
    AutoSuspend,
}

impl Warehouse {
    pub(super) fn new(
        (id, uuid, name): (u64, String, String),
        settings: Settings,
        provisioning: Duration,
        now: OffsetDateTime,
    ) -> Self {
        Self {
            id,
            uuid,
            name,
            settings,
            meter: Meter::default(),
            journal: Journal::default(),
            load: Load::default(),
            state: State::Suspended,
            clusters: Vec::new(),
            queue: VecDeque::new(),
            created: now,
            resumed: now,
            updated: now,
            idle_since: now,
            changed: now,
            provisioning,
        }
    }

    pub(super) fn state(&self) -> State {
        self.state
    }

    fn running(&self) -> usize {
        self.clusters.iter().map(|cluster| cluster.running.len()).sum()
    }

    pub(super) fn note(
        &mut self,
        at: OffsetDateTime,
        name: &'static str,
        reason: Option<&'static str>,
        actor: Option<&Actor>,
    ) {
        self.note_cluster(at, None, name, reason, actor);
    }

    fn note_cluster(
        &mut self,
        at: OffsetDateTime,
        cluster: Option<usize>,
        name: &'static str,
        reason: Option<&'static str>,
        actor: Option<&Actor>,
    ) {
        self.journal.note(WarehouseEvent {
            at,
            warehouse_id: self.id,
            warehouse: self.name.clone(),
            cluster,
            name,
            reason,
            actor: actor.cloned(),
            size: self.settings.size,
            clusters: self.clusters.len(),
        });
    }

    /// Lets everything happen that was due by now, in its order and at its time.
    pub(super) fn settle(&mut self, now: OffsetDateTime) {
        while let Some((at, due)) = self.next_due().filter(|(at, _)| *at <= now) {
            match due {
                Due::Ready => self.started(at),
                Due::SpinDown => self.spin_down(at),
                Due::AutoSuspend => self.suspended(at, "WAREHOUSE_AUTOSUSPEND", None),
            }
        }
    }

    fn next_due(&self) -> Option<(OffsetDateTime, Due)> {
        match self.state {
            State::Resuming(at) => Some((at, Due::Ready)),
            State::Started => {
                let last = self.clusters.last()?;
                if self.clusters.len() > self.settings.min_clusters {
                    let stays = self.clusters.len() <= self.settings.max_clusters;
                    let at = last.idle_since.saturating_add(if stays { SPIN_DOWN } else { Duration::ZERO });
                    return last.running.is_empty().then_some((at.max(self.changed), Due::SpinDown));
                }
                let limit = duration(self.settings.auto_suspend?);
                let at = self.idle_since.saturating_add(limit).max(self.changed);
                (self.running() == 0).then_some((at, Due::AutoSuspend))
            }
            State::Suspended | State::Suspending => None,
        }
    }

    /// Turns it on, which takes its time.
    pub(super) fn resume(&mut self, now: OffsetDateTime, reason: &'static str, actor: Option<&Actor>) {
        self.resumed = now;
        self.note(now, "RESUME_WAREHOUSE", Some(reason), actor);
        self.state = State::Resuming(now.saturating_add(self.provisioning));
        self.settle(now);
    }

    /// It is there, whatever the clock says.
    pub(super) fn started(&mut self, at: OffsetDateTime) {
        if !matches!(self.state, State::Resuming(_)) {
            return;
        }
        self.state = State::Started;
        self.idle_since = at;
        for waiter in &mut self.queue {
            waiter.provisioned = at.max(waiter.entered);
        }
        while self.clusters.len() < self.settings.min_clusters {
            self.start_cluster(at, "RESUME_CLUSTER", "WAREHOUSE_RESUME");
        }
        self.dispatch(at);
    }

    /// Turns it off, as soon as nothing runs on it.
    pub(super) fn suspend(&mut self, now: OffsetDateTime, reason: &'static str, actor: Option<&Actor>) {
        if self.running() > 0 {
            self.note(now, "SUSPEND_WAREHOUSE", Some(reason), actor);
            self.state = State::Suspending;
        } else {
            self.suspended(now, reason, actor);
        }
    }

    fn suspended(&mut self, at: OffsetDateTime, reason: &'static str, actor: Option<&Actor>) {
        if self.state != State::Suspending {
            self.note(at, "SUSPEND_WAREHOUSE", Some(reason), actor);
        }
        self.state = State::Suspended;
        while !self.clusters.is_empty() {
            self.stop_cluster(at, "SUSPEND_CLUSTER", reason);
        }
    }

    fn spin_down(&mut self, at: OffsetDateTime) {
        self.changed = at;
        self.stop_cluster(at, "SPINDOWN_CLUSTER", "MULTICLUSTER_SPINDOWN");
    }

    fn start_cluster(&mut self, at: OffsetDateTime, event: &'static str, reason: &'static str) {
        self.meter.start(at, self.settings.size.nodes().into());
        self.clusters.push(Cluster { running: Vec::new(), idle_since: at });
        self.note_cluster(at, Some(self.clusters.len()), event, Some(reason), None);
    }

    fn stop_cluster(&mut self, at: OffsetDateTime, event: &'static str, reason: &'static str) {
        self.meter.stop(at);
        let number = self.clusters.len();
        self.clusters.pop();
        self.note_cluster(at, Some(number), event, Some(reason), None);
    }

    /// Takes other settings.
    pub(super) fn change(&mut self, now: OffsetDateTime, settings: Settings, actor: &Actor) {
        let resized = settings.size != self.settings.size;
        self.settings = settings;
        self.updated = now;
        self.changed = now;
        if resized {
            self.meter.resize(now, self.settings.size.nodes().into());
            self.note(now, "RESIZE_WAREHOUSE", Some("WAREHOUSE_RESIZE"), Some(actor));
        } else {
            self.note(now, "ALTER_WAREHOUSE", None, Some(actor));
        }
        if self.state == State::Started {
            while self.clusters.len() < self.settings.min_clusters {
                self.start_cluster(now, "SPINUP_CLUSTER", "MULTICLUSTER_SPINUP");
            }
        }
        self.settle(now);
        self.dispatch(now);
    }

    pub(super) fn rename(&mut self, now: OffsetDateTime, name: &str, actor: &Actor) {
        name.clone_into(&mut self.name);
        self.updated = now;
        self.note(now, "ALTER_WAREHOUSE", None, Some(actor));
    }

    /// Puts a statement at the end of the queue, and whoever has a place to work. False when the warehouse
    /// is off and stays so.
    pub(super) fn enter(&mut self, now: OffsetDateTime, waiter: Waiter, actor: &Actor) -> bool {
        let is_off = matches!(self.state, State::Suspended | State::Suspending);
        if is_off && !self.settings.auto_resume {
            return false;
        }
        self.queue.push_back(waiter);
        match self.state {
            State::Suspended => self.resume(now, "WAREHOUSE_AUTORESUME", Some(actor)),
            // Its clusters are still there: it simply goes on.
            State::Suspending => {
                self.state = State::Started;
                self.note(now, "RESUME_WAREHOUSE", Some("WAREHOUSE_AUTORESUME"), Some(actor));
            }
            State::Resuming(_) | State::Started => {}
        }
        self.dispatch(now);
        true
    }

    /// A statement ends, or waits no longer.
    pub(super) fn leave(&mut self, now: OffsetDateTime, ticket: u64) {
        if let Some(at) = self.queue.iter().position(|waiter| waiter.ticket == ticket)
            && let Some(waiter) = self.queue.remove(at)
        {
            for span in self.waited(&waiter, now) {
                self.load.note(span);
            }
        }
        for cluster in &mut self.clusters {
            if let Some(at) = cluster.running.iter().position(|running| running.ticket == ticket) {
                let running = cluster.running.remove(at);
                self.load.note((Activity::Running, running.since, now));
                cluster.idle_since = now;
                self.idle_since = now;
            }
        }
        if self.state == State::Suspending && self.running() == 0 {
            self.suspended(now, "WAREHOUSE_SUSPEND", None);
            if !self.queue.is_empty() && self.settings.auto_resume {
                self.resume(now, "WAREHOUSE_AUTORESUME", None);
            }
        }
        self.settle(now);
        self.dispatch(now);
    }

    /// Gives free places to those who wait, first come first served.
    fn dispatch(&mut self, now: OffsetDateTime) {
        while self.state == State::Started && !self.queue.is_empty() {
            let Some(at) = self.free_cluster(now) else { return };
            let Some(waiter) = self.queue.pop_front() else { return };
            let Waiter { ticket, cancel, grant, entered, provisioned, .. } = waiter;
            self.clusters[at].running.push(Running { ticket, since: now, cancel });
            self.load.note((Activity::Provisioning, entered, provisioned));
            self.load.note((Activity::Queued, provisioned, now));
            let (provisioning, overload) = (provisioned - entered, now - provisioned);
            // Whoever has gone meanwhile leaves by itself.
            let _gone = grant.send(Grant { cluster: at + 1, at: now, provisioning, overload });
        }
    }

    /// The first cluster that takes another statement; one more is started for it if there may be.
    fn free_cluster(&mut self, now: OffsetDateTime) -> Option<usize> {
        let free = |cluster: &Cluster| cluster.running.len() < self.settings.concurrency;
        if let Some(at) = self.clusters.iter().position(free) {
            return Some(at);
        }
        if self.clusters.len() >= self.settings.max_clusters {
            return None;
        }
        self.start_cluster(now, "SPINUP_CLUSTER", "MULTICLUSTER_SPINUP");
        Some(self.clusters.len() - 1)
    }

    /// Tells everything that runs or waits to stop.
    pub(super) fn abort_all(&self) {
        self.clusters.iter().flat_map(|cluster| &cluster.running).for_each(|running| running.cancel.cancel());
        self.queue.iter().for_each(|waiter| waiter.cancel.cancel());
    }

    /// It is dropped: what runs may end, what waits is turned away.
    pub(super) fn dropped(&mut self, now: OffsetDateTime, actor: &Actor) {
        self.queue.clear();
        self.note(now, "DROP_WAREHOUSE", None, Some(actor));
        if self.state != State::Suspended {
            self.suspend(now, "WAREHOUSE_SUSPEND", Some(actor));
        }
    }

    /// What a statement waits for here, if it does.
    pub(super) fn waiting(&self, query_id: &str) -> Option<Waiting> {
        let waits = self.queue.iter().any(|waiter| waiter.query_id == query_id);
        let is_off = matches!(self.state, State::Suspended | State::Resuming(_));
        waits.then_some(if is_off { Waiting::Resuming } else { Waiting::Queued })
    }

    /// What the statements are doing that have not left yet.
    fn open_spans(&self, now: OffsetDateTime) -> Vec<Span> {
        let running = self.clusters.iter().flat_map(|cluster| &cluster.running);
        let mut spans: Vec<_> = running.map(|running| (Activity::Running, running.since, now)).collect();
        spans.extend(self.queue.iter().flat_map(|waiter| self.waited(waiter, now)));
        spans
    }

    /// What a statement has waited for.
    fn waited(&self, waiter: &Waiter, now: OffsetDateTime) -> [Span; 2] {
        let is_off = matches!(self.state, State::Suspended | State::Resuming(_));
        let until = if is_off { now } else { waiter.provisioned };
        [(Activity::Provisioning, waiter.entered, until), (Activity::Queued, until, now)]
    }

    /// How busy it was between two times.
    pub(super) fn load(
        &self,
        from: OffsetDateTime,
        to: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Vec<WarehouseLoad> {
        self.load.between(from, to, &self.open_spans(now), (self.id, &self.name))
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            uuid: self.uuid.clone(),
            name: self.name.clone(),
            settings: self.settings.clone(),
            state: match self.state {
                State::Suspended => "SUSPENDED",
                State::Resuming(_) => "RESUMING",
                State::Started => "STARTED",
                State::Suspending => "SUSPENDING",
            },
            clusters: self.clusters.len(),
            running: self.running(),
            queued: self.queue.len(),
            created: self.created,
            resumed: self.resumed,
            updated: self.updated,
        }
    }
}

fn duration(seconds: NonZeroU64) -> Duration {
    Duration::seconds(i64::try_from(seconds.get()).unwrap_or(i64::MAX))
}
