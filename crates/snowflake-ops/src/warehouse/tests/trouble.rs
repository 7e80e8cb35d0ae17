//! A router that cannot learn anything, is asked by many, or was built from what cannot work.

use std::time::Duration;

use futures::future::join_all;
use snowflake_sim::{Answer, StandIn};

use super::support::{Account, config, idle};
use crate::ErrorKind;
use crate::testing::pool;
use crate::warehouse::{
    WarehouseRouter, WarehouseRouterBuilder, WarehouseSize as Size, WorkloadType as Work,
};

fn two(account: &Account) -> WarehouseRouterBuilder {
    WarehouseRouter::new(account.clone())
        .add_warehouse(config("A", Size::Small, 5, &[Work::Interactive]))
        .add_warehouse(config("B", Size::Large, 5, &[Work::Batch]))
        .default_warehouse("a")
}

fn both() -> Vec<crate::WarehouseStatus> {
    vec![idle("A", Size::Small), idle("B", Size::Large)]
}

#[tokio::test(start_paused = true)]
async fn w10_a_router_that_may_not_look_answers_with_the_default_and_says_so() {
    let refused = Answer::error("003001", "42501", "Insufficient privileges to operate on account");
    let router = WarehouseRouter::new(pool(&StandIn::new().on("SHOW WAREHOUSES", refused)))
        .add_warehouse(config("A", Size::Small, 5, &[Work::Interactive]))
        .add_warehouse(config("\"b b\"", Size::Large, 5, &[Work::Batch]))
        .default_warehouse("\"b b\"")
        .build();
    let route = router.route(Work::Interactive, None).await.unwrap();
    assert_eq!((route.warehouse(), route.is_fallback()), ("\"b b\"", true));
    assert_eq!(route.status_age(), None);
    assert!(route.status_problem().unwrap().contains("Insufficient privileges"));
    assert!(route.explain().contains("no statuses: 003001"), "{}", route.explain());
}

#[tokio::test(start_paused = true)]
async fn w10_old_knowledge_serves_for_a_while_and_then_no_more() {
    let account = Account::new(both());
    let router = two(&account).build();
    assert_eq!(router.select_warehouse(Work::Batch, None).await.unwrap(), "B");
    account.fail();
    account.clock.advance(Duration::from_secs(100));
    let route = router.route(Work::Batch, None).await.unwrap();
    assert_eq!((route.warehouse(), route.status_age()), ("B", Some(Duration::from_secs(100))));
    assert!(route.explain().ends_with("and not since: the account is out of reach"), "{}", route.explain());
    account.clock.advance(Duration::from_secs(10));
    assert_eq!(router.select_warehouse(Work::Batch, None).await.unwrap(), "A");
    account.set(both());
    account.clock.advance(Duration::from_secs(10));
    assert_eq!(router.select_warehouse(Work::Batch, None).await.unwrap(), "B");
    assert_eq!(account.asked(), 4, "a failure counts as asked, too");
}

#[tokio::test(start_paused = true)]
async fn w11_a_hundred_callers_at_once_ask_once_and_nobody_asks_again_before_its_time() {
    let account = Account::new(both());
    account.slow_down(Duration::from_secs(1));
    let router = two(&account).build();
    let all = join_all((0..100).map(|_| router.select_warehouse(Work::Batch, None))).await;
    assert!(all.into_iter().all(|choice| choice.unwrap() == "B"));
    assert_eq!(account.asked(), 1);
    tokio::time::advance(Duration::from_millis(9_900)).await;
    router.select_warehouse(Work::Batch, None).await.unwrap();
    assert_eq!(account.asked(), 1);
    tokio::time::advance(Duration::from_millis(200)).await;
    router.select_warehouse(Work::Batch, None).await.unwrap();
    assert_eq!(account.asked(), 2);
}

#[tokio::test]
async fn w11_without_a_life_every_choice_asks_and_uses_the_answer() {
    let account = Account::new(both());
    let router = two(&account).status_ttl(Duration::ZERO).build();
    for asked in 1..4 {
        assert_eq!(router.select_warehouse(Work::Batch, None).await.unwrap(), "B");
        assert_eq!(account.asked(), asked);
    }
}

#[tokio::test(start_paused = true)]
async fn w11_when_the_caller_who_asks_gives_up_the_next_one_asks() {
    let account = Account::new(both());
    account.slow_down(Duration::from_secs(5));
    let router = two(&account).build();
    let given_up =
        tokio::time::timeout(Duration::from_secs(1), router.select_warehouse(Work::Batch, None)).await;
    assert!(given_up.is_err());
    assert_eq!(router.select_warehouse(Work::Batch, None).await.unwrap(), "B");
    assert_eq!(account.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn w11_a_service_that_hangs_is_not_waited_for_longer_than_the_limit() {
    let account = Account::new(both());
    account.slow_down(Duration::from_secs(3600));
    let router = two(&account).status_timeout(Duration::from_secs(3)).build();
    let started = tokio::time::Instant::now();
    let route = router.route(Work::Batch, None).await.unwrap();
    assert_eq!((route.warehouse(), started.elapsed()), ("A", Duration::from_secs(3)));
    assert_eq!(route.status_problem(), Some("no answer within 3s"));
}

#[tokio::test(start_paused = true)]
async fn w12_a_configuration_that_cannot_work_is_told_whole_and_asks_nobody() {
    let account = Account::new(both());
    let router = WarehouseRouter::new(account.clone())
        .add_warehouse(config("A", Size::Small, 5, &[]))
        .add_warehouse(config("\"A\"", Size::Small, 5, &[]))
        .add_warehouse(config("a; drop", Size::Small, 5, &[]))
        .default_warehouse("B")
        .build();
    let error = router.select_warehouse(Work::Batch, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    for part in ["\"A\" was added twice", "a name that is none", "B is none of those"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    let empty = WarehouseRouter::new(account.clone()).build();
    assert!(empty.scaling_hints().await.is_err() && empty.warehouses().is_empty());
    assert_eq!(account.asked(), 0);
}
