//! Schedules that find something are made small, and the bug they find stays found.

use std::cell::Cell;

use http::Method;
use snowflake_transport::{Body, Transport as _};

use super::request;
use crate::fault::{Fault, Mix, Schedule};
use crate::script::{Expect, Reply, Script};

async fn shrunk(text: &str, fails: impl Fn(&str) -> bool + Send + Sync) -> String {
    let schedule: Schedule = text.parse().unwrap();
    schedule.shrink(async |schedule| fails(&schedule.to_string())).await.to_string()
}

#[tokio::test]
async fn rules_faults_conditions_and_numbers_that_do_not_matter_go_away() {
    let text = "login: delay 20s\nquery method POST session 2 nth 70: slice 3, cut 1000 short, lose-response\n\
        part times 4: reset\nresult: reorder 3 within 2s\nany: stall";
    assert_eq!(shrunk(text, |text| text.contains("cut")).await, "query times 1: cut 0 short\n");
    let both = |text: &str| text.contains("reset") && text.contains("reorder");
    assert_eq!(shrunk(text, both).await, "part times 1: reset\nresult times 1: reorder 1 within 1ms\n");
}

#[tokio::test]
async fn numbers_are_lowered_to_where_it_just_fails() {
    let cut_at = |text: &str| -> usize {
        text.split(' ').skip_while(|word| *word != "cut").nth(1).unwrap().parse().unwrap()
    };
    let text = "query nth 9 times 8: cut 1000 clean";
    assert_eq!(
        shrunk(text, |text| text.contains("cut") && cut_at(text) >= 37).await,
        "query times 1: cut 37 clean\n"
    );
}

#[tokio::test]
async fn what_does_not_fail_stays_as_it_is_and_tries_are_bounded() {
    let text = "query: reset\npart nth 3: delay 2s\n";
    assert_eq!(shrunk(text, |_text| false).await, text);
    let tries = Cell::new(0_usize);
    let schedule = Schedule::random(1, &Mix::everything().with_requests(2000).with_rate(100));
    let rules = schedule.rules().len();
    // Only the whole fails: each of two thousand rules would be left out in vain.
    let smallest = schedule.shrink(async |schedule| {
        tries.set(tries.get() + 1);
        schedule.rules().len() == rules
    });
    assert_eq!(smallest.await.rules().len(), rules);
    assert_eq!(tries.get(), 1000);
}

/// A client that adds one to a counter and repeats itself until it is told of success.
async fn increments(schedule: &Schedule) -> usize {
    let script =
        Script::new().expect(Expect::post("/queries/v1/query-request").any_times().reply(Reply::bytes("{}")));
    let fault = Fault::new(script).schedule(schedule);
    for _ in 0..5 {
        let increment = request(Method::POST, "/queries/v1/query-request").body(Body::from("+1")).unwrap();
        // The planted bug: it does not ask whether the request that failed may have been executed.
        let Ok(response) = fault.send(increment).await else { continue };
        if response.status() == 200 && response.into_body().collect(10).await.is_ok() {
            break;
        }
    }
    fault.inner().requests().len()
}

#[tokio::test(start_paused = true)]
async fn r02_a_client_that_repeats_what_may_have_been_executed_is_found_out() {
    let mix = Mix::survivable().with_requests(4).with_rate(500);
    let mut found = None;
    for seed in 0..200 {
        let schedule = Schedule::random(seed, &mix);
        if increments(&schedule).await > 1 {
            found = Some(schedule);
            break;
        }
    }
    let found = found.expect("one of the schedules finds the bug");
    assert!(found.rules().len() > 1);
    let smallest = found.shrink(async |schedule| increments(&schedule).await > 1).await;
    assert_eq!(smallest.rules().len(), 1, "{smallest}");
    assert!(increments(&smallest).await > 1);
    let causes = ["lose-response", "cut 0 reset", "cut 0 short", "duplicate"];
    assert!(causes.iter().any(|cause| smallest.to_string().contains(cause)), "{smallest}");
}
