//! The strategy on everything that can be: what it never does.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use tokio::time::Instant;

use super::support::{config, idle};
use crate::warehouse::route::{Knowledge, Route, Standing};
use crate::warehouse::strategy::{
    Configured, Decision, Hysteresis, Incumbent, Request, Situation, Why, decide,
};
use crate::warehouse::{WarehouseSize, WarehouseState, WarehouseStatus, WorkloadType};

const STATES: [WarehouseState; 6] = [
    WarehouseState::Started,
    WarehouseState::Starting,
    WarehouseState::Resizing,
    WarehouseState::Suspending,
    WarehouseState::Suspended,
    WarehouseState::Unknown,
];

/// An account and what is configured of it.
#[derive(Clone, Debug)]
struct World {
    warehouses: Vec<Configured>,
    statuses: BTreeMap<String, WarehouseStatus>,
    default: usize,
    request: Request,
    incumbent: Option<usize>,
}

fn size() -> impl Strategy<Value = WarehouseSize> {
    prop::sample::select(WarehouseSize::ALL.to_vec())
}

fn work() -> impl Strategy<Value = WorkloadType> {
    prop::sample::select(WorkloadType::ALL.to_vec())
}

fn configured() -> impl Strategy<Value = (WarehouseSize, u32, Vec<WorkloadType>)> {
    (size(), 0..30_u32, prop::collection::vec(work(), 0..3))
}

/// A status; none for a warehouse that the role does not see.
fn status() -> impl Strategy<Value = Option<WarehouseStatus>> {
    let status = (
        prop::sample::select(STATES.to_vec()),
        0..40_u64,
        0..20_u64,
        any::<bool>(),
        0..2_u32,
        0..3_u32,
        size(),
    );
    let status =
        status.prop_map(|(state, queued, running, auto_resume, failed_clusters, started_clusters, size)| {
            let clusters = WarehouseStatus { failed_clusters, started_clusters, ..idle("", size) };
            WarehouseStatus { state, queued, running, auto_resume, ..clusters }
        });
    prop::option::weighted(0.9, status)
}

fn world() -> impl Strategy<Value = World> {
    let warehouses = prop::collection::vec((configured(), status()), 1..6);
    (
        warehouses,
        any::<prop::sample::Index>(),
        work(),
        prop::option::of(size()),
        prop::option::of(any::<prop::sample::Index>()),
    )
        .prop_map(|(warehouses, default, workload, size, incumbent)| {
            let count = warehouses.len();
            let mut world = World {
                warehouses: Vec::new(),
                statuses: BTreeMap::from([("ANOTHER".to_owned(), idle("ANOTHER", WarehouseSize::Small))]),
                default: default.index(count),
                request: Request { workload, size },
                incumbent: incumbent.map(|place| place.index(count)),
            };
            for (place, ((size, depth, work), status)) in warehouses.into_iter().enumerate() {
                let exact = format!("WH{place}");
                world
                    .warehouses
                    .push(Configured { config: config(&exact, size, depth, &work), exact: exact.clone() });
                world
                    .statuses
                    .extend(status.map(|status| (exact.clone(), WarehouseStatus { name: exact, ..status })));
            }
            world
        })
}

impl World {
    /// Chooses when the incumbent was chosen so long ago.
    fn decide(&self, age: Duration) -> Decision {
        let since = Instant::now();
        let situation = Situation {
            warehouses: &self.warehouses,
            default: self.default,
            statuses: Some(&self.statuses),
            avoided: &BTreeMap::new(),
            incumbent: self.incumbent.map(|place| Incumbent { place, since }),
            now: since + age,
        };
        decide(self.request, &situation, HYSTERESIS)
    }

    fn standing(&self, decision: &Decision) -> Standing {
        decision.candidates[decision.place].standing
    }
}

const HYSTERESIS: Hysteresis = Hysteresis { margin: 15, hold: Duration::from_secs(60) };
const LONG_AGO: Duration = Duration::from_secs(3600);

fn age() -> impl Strategy<Value = Duration> {
    prop::sample::select(vec![Duration::ZERO, LONG_AGO])
}

proptest! {
    #[test]
    fn w15_the_choice_is_always_one_of_the_configured_and_the_same_for_the_same(world in world(), age in age()) {
        let decision = world.decide(age);
        prop_assert!(decision.place < world.warehouses.len());
        let again = world.decide(age);
        prop_assert_eq!((decision.place, decision.why), (again.place, again.why));
    }

    #[test]
    fn w15_a_full_queue_or_a_dead_warehouse_is_never_chosen_while_another_is_ready(world in world(), age in age()) {
        let decision = world.decide(age);
        let best = decision.candidates.iter().map(|candidate| candidate.standing).min().unwrap();
        if best == Standing::Unusable {
            prop_assert_eq!(decision.place, world.default);
        } else {
            prop_assert_eq!(world.standing(&decision), best);
        }
        if let Some(status) = world.statuses.get(&world.warehouses[decision.place].exact)
            && best == Standing::Ready
        {
            let depth = u64::from(world.warehouses[decision.place].config.max_queue_depth);
            prop_assert!(status.queued <= depth);
            prop_assert!(status.auto_resume || !status.state.is_suspended());
        }
    }

    #[test]
    fn w15_a_longer_queue_never_makes_a_warehouse_the_choice(
        world in world(), age in age(), which in any::<prop::sample::Index>(), more in 1..50_u64,
    ) {
        let before = world.decide(age).place;
        let which = which.index(world.warehouses.len());
        let mut fuller = world.clone();
        if let Some(status) = fuller.statuses.get_mut(&world.warehouses[which].exact) {
            status.queued += more;
        }
        let after = fuller.decide(age).place;
        prop_assert!(after != which || before == which || after == world.default);
        if before != which {
            prop_assert_eq!(after, before);
        }
    }

    #[test]
    fn w15_on_constant_input_the_choice_never_changes_again(world in world()) {
        let mut world = world;
        let first = world.decide(LONG_AGO);
        if first.why == Why::Best {
            world.incumbent = Some(first.place);
        }
        for age in [Duration::ZERO, Duration::from_secs(59), Duration::from_secs(61), LONG_AGO] {
            prop_assert_eq!(world.decide(age).place, first.place);
        }
    }

    #[test]
    fn w15_a_choice_is_left_within_the_hold_only_when_it_is_not_ready_any_more(
        world in world(), queues in prop::collection::vec(prop::collection::vec(0..40_u64, 6), 1..20),
    ) {
        let mut world = world;
        let mut incumbent = None::<usize>;
        let mut age = Duration::ZERO;
        for queues in queues {
            for (status, queued) in world.statuses.values_mut().zip(queues) {
                status.queued = queued;
            }
            age += Duration::from_secs(10);
            world.incumbent = incumbent;
            let decision = world.decide(age);
            if let Some(held) = incumbent.filter(|held| *held != decision.place) {
                let left = decision.candidates[held].standing != Standing::Ready;
                prop_assert!(left || age >= HYSTERESIS.hold);
            }
            if decision.why == Why::Best && incumbent != Some(decision.place) {
                (incumbent, age) = (Some(decision.place), Duration::ZERO);
            }
        }
    }

    #[test]
    fn w15_the_explanation_agrees_with_the_choice(world in world(), age in age()) {
        let decision = world.decide(age);
        let (place, why) = (decision.place, decision.why);
        let chosen = decision.candidates[place].clone();
        let name = world.warehouses[place].config.name.clone();
        let route = Route::new(world.request, name.clone(), decision, Knowledge::default());
        let text = route.explain();
        let marked: Vec<&str> = text.lines().filter(|line| line.starts_with('*')).collect();
        prop_assert_eq!(marked.len(), 1);
        let line = format!("* {name} is {}, {} points", chosen.standing, chosen.points);
        prop_assert!(marked[0].starts_with(&line), "{}", text);
        for candidate in route.candidates() {
            let told = format!(" {} is {}", candidate.warehouse, candidate.standing);
            prop_assert!(text.contains(&told), "{}", text);
            prop_assert_eq!(candidate.reasons.iter().map(|reason| reason.points).sum::<u32>(), candidate.points);
        }
        let best = &route.candidates()[0];
        match why {
            Why::Best => prop_assert_eq!(&best.warehouse, &name),
            Why::Kept => prop_assert!(chosen.points < best.points + HYSTERESIS.margin),
            Why::Held => prop_assert_eq!(chosen.standing, Standing::Ready),
            Why::LeastBusy => prop_assert_eq!((&best.warehouse, best.standing), (&name, Standing::Busy)),
            Why::NoneUsable => prop_assert_eq!(best.standing, Standing::Unusable),
            Why::NothingKnown => prop_assert!(false, "statuses were known"),
        }
    }
}
