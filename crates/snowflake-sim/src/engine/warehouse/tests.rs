//! The credit meter against a model that goes through the seconds one by one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use snowflake_proto::WarehouseSize;
use time::OffsetDateTime;
use time::macros::datetime;

use super::fleet::{Entered, Fleet};
use super::{Actor, WarehouseOptions};
use crate::engine::CancelToken;
use crate::engine::warehouse::Settings;
use crate::{ManualClock, SeededEntropy};

const START: OffsetDateTime = datetime!(2026-11-22 09:58 UTC);

#[derive(Clone, Debug)]
enum Step {
    /// A statement begins.
    Begin,
    /// The oldest statement that runs ends.
    End,
    Suspend,
    Resume,
    Resize(WarehouseSize),
    AutoSuspend(u32),
    Pass(u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Begin),
        4 => Just(Step::End),
        2 => Just(Step::Suspend),
        2 => Just(Step::Resume),
        2 => prop::sample::select(&WarehouseSize::ALL[..]).prop_map(Step::Resize),
        1 => (0_u32..300).prop_map(Step::AutoSuspend),
        6 => (1_u32..700).prop_map(Step::Pass),
    ]
}

/// A warehouse of one cluster, second by second.
struct Model {
    now: u64,
    on: bool,
    /// It stops when its statements have ended.
    stopping: bool,
    started: u64,
    idle_since: u64,
    running: u32,
    nodes: u64,
    auto_suspend: u32,
    /// What starts are still owed: until when, at how many nodes.
    owed: Vec<(u64, u64)>,
    /// Node seconds by hour.
    hours: BTreeMap<i64, u64>,
}

impl Model {
    fn start(&mut self) {
        (self.on, self.started, self.idle_since) = (true, self.now, self.now);
    }

    fn stop(&mut self) {
        (self.on, self.stopping) = (false, false);
        self.owed.push((self.started + 60, self.nodes));
    }

    fn nap_if_due(&mut self) {
        let idle = self.on && self.running == 0 && self.auto_suspend > 0;
        if idle && self.now - self.idle_since >= u64::from(self.auto_suspend) {
            self.stop();
        }
    }

    fn second(&mut self) {
        let hour = (START.unix_timestamp() + i64::try_from(self.now).unwrap()).div_euclid(3_600);
        let mut cost: u64 =
            self.owed.iter().filter(|(until, _)| self.now < *until).map(|(_, nodes)| nodes).sum();
        if self.on {
            cost += self.nodes;
        }
        if cost > 0 {
            *self.hours.entry(hour).or_default() += cost;
        }
        self.now += 1;
        self.nap_if_due();
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Begin => {
                if !self.on {
                    self.start();
                }
                self.stopping = false;
                self.running += 1;
            }
            Step::End if self.running > 0 => {
                self.running -= 1;
                self.idle_since = self.now;
                if self.stopping && self.running == 0 {
                    self.stop();
                }
            }
            Step::Suspend if self.on && self.running > 0 => self.stopping = true,
            Step::Suspend if self.on => self.stop(),
            Step::Resume if !self.on => self.start(),
            Step::Resize(size) => self.nodes = size.nodes().into(),
            Step::AutoSuspend(seconds) => self.auto_suspend = *seconds,
            Step::Pass(seconds) => (0..*seconds).for_each(|_| self.second()),
            Step::End | Step::Suspend | Step::Resume => {}
        }
        self.nap_if_due();
    }
}

/// Takes a step on a real fleet.
fn take(fleet: &Fleet, clock: &ManualClock, running: &mut Vec<Entered>, step: &Step) {
    let actor = Actor::default();
    match step {
        Step::Begin => running.push(fleet.enter("WH", CancelToken::new(), &actor).unwrap()),
        Step::End if !running.is_empty() => {
            let entered = running.remove(0);
            fleet.leave(entered.warehouse_id, entered.ticket);
        }
        Step::End => {}
        // It may be off already, which is an error that costs nothing.
        Step::Suspend => drop(fleet.suspend("WH", &actor)),
        Step::Resume => fleet.resume("WH", true, &actor).unwrap(),
        Step::Resize(size) => {
            fleet.change("WH", &actor, |settings| Ok(Settings { size: *size, ..settings })).unwrap();
        }
        Step::AutoSuspend(seconds) => {
            let auto_suspend = std::num::NonZeroU64::new(u64::from(*seconds));
            fleet.change("WH", &actor, |settings| Ok(Settings { auto_suspend, ..settings })).unwrap();
        }
        Step::Pass(seconds) => clock.advance(Duration::from_secs(u64::from(*seconds))),
    }
}

proptest! {
    #[test]
    fn h06_the_meter_agrees_with_a_model_that_counts_every_second(steps in prop::collection::vec(step(), 1..60)) {
        let clock = Arc::new(ManualClock::new(START));
        let entropy = Arc::new(SeededEntropy::new(1));
        let fleet = Fleet::new(Arc::clone(&clock) as _, entropy, WarehouseOptions::default());
        let settings = Settings { concurrency: 1_000, ..Settings::default() };
        fleet.create("WH", settings, true, false, &Actor::default());
        let mut model = Model {
            now: 0, on: false, stopping: false, started: 0, idle_since: 0, running: 0, nodes: 1,
            auto_suspend: 600, owed: Vec::new(), hours: BTreeMap::new(),
        };
        let mut running = Vec::new();
        for step in &steps {
            take(&fleet, &clock, &mut running, step);
            model.step(step);
        }
        let usage = fleet.usage(START - time::Duration::DAY, START + time::Duration::DAY * 30);
        let metered: BTreeMap<i64, u64> = usage
            .iter()
            .map(|row| (row.start.unix_timestamp().div_euclid(3_600), row.used.node_seconds()))
            .collect();
        // What the last start still owes is charged already.
        if model.on {
            model.stop();
        }
        (0..60).for_each(|_| model.second());
        prop_assert_eq!(metered, model.hours);
    }
}
