//! Random faults over a mixed workload: whatever befalls the requests, nothing is lost, doubled or wrong,
//! and everything ends.
//!
//! A thousand schedules run from a fixed seed. `cargo xtask chaos --schedules 10000 --seed 7` runs others.
//! A schedule that finds something is made as small as it can be and printed; once its cause is mended it is
//! kept in `fixtures/schedules`, and runs here for good.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod limits;
mod program;
mod trial;
mod workload;

use std::time::Instant;

use snowflake_client::sim::{Mix, Schedule};

use crate::trial::Trial;

/// Schedules of one run, unless `SNOWFLAKE_CHAOS_SCHEDULES` says otherwise.
const SCHEDULES: u64 = 1_000;
/// Findings that are made smaller and shown.
const MOST: usize = 12;
/// The first seed, unless `SNOWFLAKE_CHAOS_SEED` says otherwise.
const SEED: u64 = 1;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().map_or(default, |text| text.parse().unwrap())
}

/// The trial of a seed; every third one has faults that a client must survive without an error.
fn trial(seed: u64) -> Trial {
    Trial { seed, survivable: seed.is_multiple_of(3) }
}

fn schedule(Trial { seed, survivable }: Trial) -> Schedule {
    let mix = if survivable { Mix::survivable() } else { Mix::everything() };
    Schedule::random(seed, &mix.with_requests(60).with_rate(5 + u32::try_from(seed % 4).unwrap() * 5))
}

#[test]
fn l14_no_random_schedule_breaks_a_promise() {
    let (first, count) =
        (number("SNOWFLAKE_CHAOS_SEED", SEED), number("SNOWFLAKE_CHAOS_SCHEDULES", SCHEDULES));
    let started = Instant::now();
    let mut found = Vec::new();
    let (mut hits, mut errors, mut tasks) = (0, 0, 0);
    for seed in first..first + count {
        let trial = trial(seed);
        match trial.run(&schedule(trial)) {
            Ok(report) => {
                hits += report.hits;
                errors += report.errors;
                tasks += report.tasks;
            }
            Err(violations) => found.push((trial, violations)),
        }
        // A promise that is broken often is not shown a thousand times.
        if found.len() == MOST {
            break;
        }
    }
    println!(
        "{count} schedules: {hits} faults, {tasks} tasks, {errors} of them errors, in {:.1?}",
        started.elapsed()
    );
    // A run in which next to nothing went wrong, or nothing went right, would show nothing.
    assert!(hits > count && errors > count / 20 && errors < tasks / 2, "{hits} {errors} {tasks}");
    assert!(
        found.is_empty(),
        "{}",
        found.iter().map(|(trial, what)| explain(*trial, what)).collect::<String>()
    );
}

/// A finding, with the smallest schedule that has it.
fn explain(trial: Trial, violations: &str) -> String {
    let schedule = schedule(trial);
    // Every try has a runtime of its own, and none can start within another.
    let fails = |schedule: Schedule| {
        let outcome = std::thread::spawn(move || trial.run(&schedule).is_err()).join();
        std::future::ready(outcome.unwrap_or(true))
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let small = runtime.block_on(schedule.shrink(fails));
    let now = trial.run(&small).err().unwrap_or_default();
    format!("\n# seed {}\n{small}\n{now}\n(before it was made smaller: {violations})\n", trial.seed)
}

#[test]
fn schedules_that_found_something_once_find_nothing_any_more() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/schedules");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let seed = text.lines().find_map(|line| line.strip_prefix("# seed ")?.parse().ok()).unwrap();
        let trial = Trial { seed, survivable: false };
        if let Err(violations) = trial.run(&text.parse().unwrap()) {
            panic!("{}: {violations}", path.display());
        }
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn a_seed_is_a_program_and_a_schedule() {
    let of = |seed| (workload::draw(seed), schedule(trial(seed)).to_string());
    assert_eq!(of(4), of(4));
    assert_ne!(of(4), of(5));
}

#[test]
fn a_service_that_runs_statements_twice_is_found_out() {
    let twice = (1..60).find_map(|seed| {
        let trial = Trial { seed, survivable: false };
        let schedule = "query times 5: lose-response".parse().unwrap();
        trial.run_with(workload::service(seed).dedup(false), &schedule).err()
    });
    assert!(twice.unwrap().contains("executed"), "a second execution shows in the ledger");
}
