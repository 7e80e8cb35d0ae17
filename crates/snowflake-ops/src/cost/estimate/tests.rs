//! The model on workloads that are drawn: its interval holds what it promises.

use proptest::prelude::*;

use super::line::Sample;
use super::model::{Ground, Model};

const MIB: f64 = 1_048_576.0;

/// A workload that is drawn from a seed.
struct Workload {
    state: u64,
    startup: f64,
    bytes_per_second: f64,
    spread: f64,
    /// How far the time is from being a line: the power of the bytes.
    power: f64,
    statements: u64,
}

impl Workload {
    /// The next of 32 bits, by the generator that is called splitmix64.
    fn bits(&mut self) -> u32 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((z ^ (z >> 31)) >> 32).unwrap()
    }

    /// A number between 0 and 1.
    fn uniform(&mut self) -> f64 {
        f64::from(self.bits()) / f64::from(u32::MAX)
    }

    fn normal(&mut self) -> f64 {
        let (one, two) = (self.uniform().max(1e-9), self.uniform());
        (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * two).cos()
    }

    fn draw(&mut self) -> Sample {
        let bytes = (self.uniform() * 14.0).exp() * MIB / 10.0;
        let nodes = f64::from(1_u32 << (self.bits() % 5).saturating_sub(1));
        let scan = bytes.powf(self.power) / (self.bytes_per_second * nodes);
        let noise = (self.spread * self.normal()).exp();
        let statement = (u64::from(self.bits()) << 20 | u64::from(self.bits())) % self.statements;
        Sample { seconds: (self.startup + scan) * noise, bytes, nodes, statement }
    }

    fn draws(&mut self, count: usize) -> Vec<Sample> {
        (0..count).map(|_| self.draw()).collect()
    }
}

/// The part of new statements whose time lies in the interval.
fn coverage(model: &Model, tests: &[Sample]) -> f64 {
    let covered = tests.iter().filter(|test| {
        let predicted = model.predict(test.bytes, test.nodes, test.statement);
        predicted.low <= test.seconds && test.seconds <= predicted.high
    });
    covered.count() as f64 / tests.len() as f64
}

fn workload(seed: u64, spread: f64, power: f64, statements: u64) -> Workload {
    Workload { state: seed, startup: 0.3, bytes_per_second: 80.0 * MIB, spread, power, statements }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_workload_is_far_from_what_is_promised(
        seed in any::<u64>(),
        samples in 150_usize..600,
        spread in 0.05..1.2_f64,
    ) {
        let mut workload = workload(seed, spread, 1.0, u64::MAX);
        let model = Model::new(&workload.draws(samples));
        let covered = coverage(&model, &workload.draws(400));
        prop_assert!(covered >= 0.85, "{covered}");
    }

    #[test]
    fn nor_one_whose_times_do_not_lie_on_a_line(
        seed in any::<u64>(),
        power in 0.7..1.15_f64,
        spread in 0.2..0.8_f64,
    ) {
        let mut workload = workload(seed, spread, power, u64::MAX);
        let model = Model::new(&workload.draws(500));
        let covered = coverage(&model, &workload.draws(400));
        prop_assert!(covered >= 0.85, "{covered}");
    }

    #[test]
    fn nor_one_of_statements_that_ran_a_few_times_or_often(
        seed in any::<u64>(),
        statements in 4_u64..60,
        spread in 0.1..0.8_f64,
    ) {
        let mut workload = workload(seed, spread, 1.0, statements);
        let model = Model::new(&workload.draws(600));
        let covered = coverage(&model, &workload.draws(400));
        prop_assert!(covered >= 0.85, "{covered}");
    }

    #[test]
    fn predictions_are_ordered_and_finite_whatever_ran(
        samples in prop::collection::vec((0.0..1e7_f64, 0.0..1e15_f64, 0..10_u32, 0..5_u64), 0..120),
        bytes in 0.0..1e18_f64,
        statement in 0..6_u64,
    ) {
        let samples: Vec<Sample> = samples
            .iter()
            .map(|(seconds, bytes, size, statement)| Sample {
                seconds: *seconds, bytes: *bytes, nodes: f64::from(1_u32 << size), statement: *statement,
            })
            .collect();
        let predicted = Model::new(&samples).predict(bytes, 4.0, statement);
        prop_assert!(predicted.low > 0.0 && predicted.high.is_finite(), "{predicted:?}");
        prop_assert!(predicted.low <= predicted.seconds && predicted.seconds <= predicted.high, "{predicted:?}");
    }
}

#[test]
fn e01_the_interval_covers_nine_of_ten_new_statements() {
    // What is promised holds over histories and statements together: one history alone can be unlucky.
    for samples in [40, 60, 150, 600] {
        let covered: f64 = (0..30_u32)
            .map(|seed| {
                let spread = 0.1 + f64::from(seed) / 30.0;
                let mut workload = workload(u64::from(seed) * 7919 + samples as u64, spread, 1.0, u64::MAX);
                let model = Model::new(&workload.draws(samples));
                coverage(&model, &workload.draws(200))
            })
            .sum();
        assert!(covered / 30.0 >= 0.92, "{samples}: {covered}");
    }
}

#[test]
fn without_history_the_interval_is_wide_and_says_why() {
    let predicted = Model::new(&[]).predict(1e9, 1.0, 0);
    assert_eq!(predicted.ground, Ground::Prior { samples: 0 });
    assert!(predicted.high / predicted.low > 500.0, "{predicted:?}");
    let few = workload(1, 0.2, 1.0, 1).draws(39);
    assert_eq!(Model::new(&few).predict(1e9, 1.0, 0).ground, Ground::Prior { samples: 39 });
}

#[test]
fn the_interval_is_as_narrow_as_the_workload_allows() {
    let mut workload = workload(7, 0.2, 1.0, u64::MAX);
    let model = Model::new(&workload.draws(500));
    let predicted = model.predict(1e9, 2.0, 0);
    assert_eq!(predicted.ground, Ground::Workload { samples: 500 });
    // Two deviations to each side would be a factor of 2.2.
    assert!(predicted.high / predicted.low < 3.5, "{predicted:?}");
    let truth = 0.3 + 1e9 / (80.0 * MIB * 2.0);
    assert!((predicted.seconds / truth - 1.0).abs() < 0.15, "{predicted:?} {truth}");
}

#[test]
fn earlier_runs_of_a_statement_say_more_than_its_bytes() {
    let mut workload = workload(3, 0.1, 1.0, u64::MAX);
    let mut samples = workload.draws(300);
    // One statement joins: it takes twenty times as long as its bytes let expect.
    for index in 0..8 {
        samples.push(Sample {
            seconds: 50.0 + f64::from(index),
            bytes: 100.0 * MIB,
            nodes: 1.0,
            statement: 42,
        });
    }
    let model = Model::new(&samples);
    let known = model.predict(100.0 * MIB, 1.0, 42);
    assert_eq!(known.ground, Ground::Statement { samples: 8 });
    assert!(known.low < 50.0 && 58.0 < known.high && known.high < 120.0, "{known:?}");
    assert!(model.predict(100.0 * MIB, 1.0, 43).seconds < 10.0);
}

#[test]
fn beyond_all_that_was_seen_the_interval_grows() {
    let mut workload = workload(5, 0.2, 1.0, u64::MAX);
    let model = Model::new(&workload.draws(300));
    let width = |bytes: f64| {
        let predicted = model.predict(bytes, 1.0, 0);
        predicted.high / predicted.low
    };
    assert!(width(1e16) > 10.0 * width(1e11), "{} {}", width(1e16), width(1e11));
    let blind: Vec<_> =
        (0..50).map(|_| Sample { seconds: 1.0, bytes: 0.0, nodes: 1.0, statement: 9 }).collect();
    assert_eq!(Model::new(&blind).predict(1e9, 1.0, 9).ground, Ground::Prior { samples: 50 });
}
