//! Which warehouse is chosen when, on the warehouses of the guide.

use std::time::Duration;

use super::support::{Account, config, idle};
use crate::ErrorKind;
use crate::warehouse::{
    Standing, WarehouseRouter, WarehouseRouterBuilder, WarehouseSize as Size, WarehouseState,
    WarehouseStatus, WorkloadType as Work,
};

fn builder(account: &Account) -> WarehouseRouterBuilder {
    WarehouseRouter::new(account.clone())
        .add_warehouse(config("INTERACTIVE_WH", Size::Small, 5, &[Work::Interactive]))
        .add_warehouse(config("BATCH_WH", Size::XLarge, 20, &[Work::Batch, Work::Analytics]))
        .add_warehouse(config("ML_WH", Size::Large, 10, &[Work::DataScience]))
        .default_warehouse("INTERACTIVE_WH")
}

fn all_idle() -> Vec<WarehouseStatus> {
    vec![idle("INTERACTIVE_WH", Size::Small), idle("BATCH_WH", Size::XLarge), idle("ML_WH", Size::Large)]
}

/// As [`all_idle`], with one of them changed.
fn with(name: &str, change: impl Fn(&mut WarehouseStatus)) -> Vec<WarehouseStatus> {
    let mut statuses = all_idle();
    statuses.iter_mut().filter(|status| status.name == name).for_each(change);
    statuses
}

/// The choice for analytics when BATCH_WH, which is for it, is like this.
async fn analytics(change: impl Fn(&mut WarehouseStatus)) -> String {
    let router = builder(&Account::new(with("BATCH_WH", change))).build();
    router.select_warehouse(Work::Analytics, Some(Size::Medium)).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn w04_work_goes_to_the_warehouse_that_is_kept_for_it() {
    let router = builder(&Account::new(all_idle())).build();
    for (work, size, expected) in [
        (Work::Analytics, Some(Size::Medium), "BATCH_WH"),
        (Work::Batch, None, "BATCH_WH"),
        (Work::Interactive, None, "INTERACTIVE_WH"),
        (Work::Interactive, Some(Size::XLarge), "BATCH_WH"),
        (Work::DataScience, Some(Size::Large), "ML_WH"),
    ] {
        let route = router.route(work, size).await.unwrap();
        assert_eq!(route.warehouse(), expected, "{}", route.explain());
        assert!(!route.is_fallback());
    }
}

#[tokio::test(start_paused = true)]
async fn w05_a_favourite_that_cannot_be_used_is_passed_over() {
    assert_eq!(analytics(|_| {}).await, "BATCH_WH");
    assert_eq!(analytics(|it| it.name = "RENAMED".to_owned()).await, "ML_WH");
    assert_eq!(analytics(|it| it.queued = 21).await, "ML_WH");
    assert_eq!(analytics(|it| it.state = WarehouseState::Unknown).await, "ML_WH");
    let failed = |it: &mut WarehouseStatus| (it.failed_clusters, it.started_clusters) = (1, 0);
    assert_eq!(analytics(failed).await, "ML_WH");
    let asleep = |it: &mut WarehouseStatus| it.state = WarehouseState::Suspended;
    assert_eq!(analytics(asleep).await, "BATCH_WH", "statements wake it");
    let fast_asleep = |it: &mut WarehouseStatus| {
        asleep(it);
        it.auto_resume = false;
    };
    assert_eq!(analytics(fast_asleep).await, "ML_WH");
}

#[tokio::test(start_paused = true)]
async fn w05_what_is_avoided_comes_back_when_its_time_is_over() {
    let account = Account::new(all_idle());
    let router = builder(&account).hold(Duration::ZERO).build();
    let quota = "its resource monitor has reached its quota";
    router.avoid("batch_wh", Duration::from_secs(600), quota).unwrap();
    let route = router.route(Work::Batch, None).await.unwrap();
    assert_eq!(route.warehouse(), "INTERACTIVE_WH");
    assert!(route.explain().contains(quota), "{}", route.explain());
    account.clock.advance(Duration::from_secs(601));
    assert_eq!(router.select_warehouse(Work::Batch, None).await.unwrap(), "BATCH_WH");
    let unknown = router.avoid("OTHER", Duration::ZERO, "").unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::Configuration);
}

#[tokio::test(start_paused = true)]
async fn w06_cost_decides_between_equals_and_then_the_order() {
    let account = Account::new(vec![idle("A", Size::Large), idle("B", Size::Small), idle("C", Size::Small)]);
    let any = |name, size| config(name, size, 5, &[]);
    let router = WarehouseRouter::new(account)
        .add_warehouse(any("A", Size::Large))
        .add_warehouse(any("C", Size::Small))
        .add_warehouse(any("B", Size::Small))
        .build();
    assert_eq!(router.select_warehouse(Work::Batch, None).await.unwrap(), "C");
    assert_eq!(router.warehouses().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn w06_the_size_that_the_service_tells_counts() {
    let account = Account::new(vec![idle("A", Size::XSmall), idle("B", Size::Large)]);
    let router = WarehouseRouter::new(account)
        .add_warehouse(config("A", Size::Large, 5, &[]))
        .add_warehouse(config("B", Size::XSmall, 5, &[]))
        .build();
    assert_eq!(router.select_warehouse(Work::Batch, Some(Size::Large)).await.unwrap(), "B");
}

#[tokio::test(start_paused = true)]
async fn w07_a_choice_is_held_and_then_kept_until_another_is_better_by_the_margin() {
    let account = Account::new(all_idle());
    let router = builder(&account).build();
    let choose = || router.route(Work::Interactive, None);
    assert_eq!(choose().await.unwrap().warehouse(), "INTERACTIVE_WH");
    // Over its depth it is left at once.
    account.set(with("INTERACTIVE_WH", |it| it.queued = 6));
    account.clock.advance(Duration::from_secs(10));
    assert_eq!(choose().await.unwrap().warehouse(), "ML_WH");
    // It is better again at once, but the new choice is held for a minute.
    account.set(all_idle());
    account.clock.advance(Duration::from_secs(59));
    let held = choose().await.unwrap();
    assert_eq!(held.warehouse(), "ML_WH");
    assert!(held.explain().contains("a moment ago"), "{}", held.explain());
    account.clock.advance(Duration::from_secs(11));
    assert_eq!(choose().await.unwrap().warehouse(), "INTERACTIVE_WH", "60 points are more than the margin");
}

#[tokio::test(start_paused = true)]
async fn w07_a_small_difference_changes_nothing() {
    let account = Account::new(vec![idle("A", Size::Small), idle("B", Size::Small)]);
    let router = WarehouseRouter::new(account.clone())
        .add_warehouse(config("A", Size::Small, 10, &[]))
        .add_warehouse(config("B", Size::Small, 10, &[]))
        .build();
    let mut busy = idle("A", Size::Small);
    for (queued, expected) in [(0, "A"), (3, "A"), (4, "B")] {
        account.clock.advance(Duration::from_secs(100));
        busy.queued = queued;
        account.set(vec![busy.clone(), idle("B", Size::Small)]);
        let route = router.route(Work::Batch, None).await.unwrap();
        assert_eq!(route.warehouse(), expected, "{}", route.explain());
    }
}

#[tokio::test(start_paused = true)]
async fn w08_when_all_are_busy_the_least_busy_is_taken_and_when_none_is_usable_the_default() {
    let account = Account::new(all_idle());
    let router = builder(&account).build();
    let mut statuses = all_idle();
    for (status, queued) in statuses.iter_mut().zip([50, 21, 100]) {
        status.queued = queued;
    }
    account.set(statuses.clone());
    let route = router.route(Work::Batch, None).await.unwrap();
    assert_eq!((route.warehouse(), route.is_fallback()), ("BATCH_WH", true), "{}", route.explain());
    assert_eq!(route.candidates()[0].standing, Standing::Busy);
    account.set(Vec::new());
    account.clock.advance(Duration::from_secs(10));
    let route = router.route(Work::Batch, None).await.unwrap();
    assert_eq!((route.warehouse(), route.is_fallback()), ("INTERACTIVE_WH", true), "{}", route.explain());
}

#[tokio::test(start_paused = true)]
async fn w09_an_explanation_lists_every_candidate_with_its_points_and_reasons() {
    let router = builder(&Account::new(with("ML_WH", |it| it.queued = 3))).build();
    let route = router.route(Work::Analytics, Some(Size::Medium)).await.unwrap();
    let text = route.explain();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5, "{text}");
    assert!(lines[0].starts_with("analytics at Medium -> BATCH_WH: it has the fewest points"), "{text}");
    assert!(
        lines[1].starts_with("* BATCH_WH is ready, 6 points, 16 credits/h: it is kept for analytics"),
        "{text}"
    );
    assert!(lines[2].starts_with("  ML_WH is ready, 75 points"), "{text}");
    assert!(lines[2].contains("+60 it is kept for other work; +3 Large is larger than Medium"), "{text}");
    assert!(lines[2].contains("+12 3 wait of at most 10"), "{text}");
    assert!(lines[3].contains("+25 Small is smaller than Medium"), "{text}");
    assert_eq!(lines[4], "as seen 0 s ago");
}
