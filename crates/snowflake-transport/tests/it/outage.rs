//! R20: an outage does not become a storm.

use std::sync::Arc;
use std::time::Duration;

use snowflake_sim::{Expect, Fault, Reply, Rule, Script, SeededEntropy};
use snowflake_transport::{ErrorKind, Retrier, RetryBudget, RetryClass, RetryPolicy};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::support::{fetch, get};

#[tokio::test(start_paused = true)]
async fn r20_five_hundred_callers_share_one_budget() {
    let service = Script::new().expect(Expect::get("/").any_times().reply(Reply::bytes("fine")));
    let fault = Arc::new(Fault::new(service).rule(Rule::always().status(503)));
    let retrier =
        Retrier::new(RetryPolicy::default().with_max_attempts(100).with_deadline(Duration::from_secs(60)))
            .with_entropy(Arc::new(SeededEntropy::new(20)));
    let start = Instant::now();
    let mut callers = JoinSet::new();
    for _ in 0..500 {
        let (retrier, fault) = (retrier.clone(), Arc::clone(&fault));
        callers.spawn(async move {
            let error = fetch(&retrier, &*fault, RetryClass::Api, || get("http://h/")).await.unwrap_err();
            assert_eq!(error.status().unwrap().as_u16(), 503);
            (error.kind(), start.elapsed())
        });
    }
    let ended = callers.join_all().await;
    let early = ended.iter().filter(|(kind, _when)| *kind == ErrorKind::BudgetExhausted);
    assert!(early.clone().count() >= 465, "most callers learn of the outage from the budget");
    assert!(early.filter(|(_kind, when)| when.is_zero()).count() >= 465, "and at once");
    let refilled = 60 * RetryBudget::PER_SECOND / RetryBudget::COST + 1;
    let allowed = 500 + RetryBudget::CAPACITY / RetryBudget::COST + refilled;
    let sent = fault.hits()[0];
    assert!(sent <= usize::try_from(allowed).unwrap(), "{sent} requests, {allowed} allowed");
    assert!(sent >= 535, "the budget is there to be used: {sent}");

    fault.clear();
    let answer = fetch(&retrier, &*fault, RetryClass::Api, || get("http://h/")).await.unwrap();
    assert_eq!(answer.body(), "fine");
}

#[tokio::test(start_paused = true)]
async fn r20_successes_fill_the_budget_again() {
    let service = Script::new().expect(Expect::get("/").any_times().reply(Reply::bytes("fine")));
    let fault = Fault::new(service).rule(Rule::always().times(1000).status(503));
    let budget = Arc::new(RetryBudget::new());
    let retrier = Retrier::new(
        RetryPolicy::default().with_waits(Duration::ZERO, Duration::ZERO).with_max_attempts(1000),
    )
    .with_budget(Arc::clone(&budget));
    let send = || async { fetch(&retrier, &fault, RetryClass::Api, || get("http://h/")).await };
    assert_eq!(send().await.unwrap_err().kind(), ErrorKind::BudgetExhausted);
    let now = retrier.clock().now();
    assert_eq!(budget.retries_left(now), 0);
    fault.clear();
    for _ in 0..2 * RetryBudget::COST {
        send().await.unwrap();
    }
    assert_eq!(budget.retries_left(now), 2);
}
