//! What queues and idleness over time lead to.

use std::time::Duration;

use super::support::{Account, config, idle};
use crate::warehouse::{
    ScalingAdvice, ScalingHint, WarehouseRouter, WarehouseSize as Size, WarehouseState, WarehouseStatus,
};

/// What a router says of one warehouse after so many looks at it, a minute apart.
async fn after(looks: u64, look: impl Fn(u64, &mut WarehouseStatus)) -> Option<ScalingHint> {
    let account = Account::new(Vec::new());
    let router =
        WarehouseRouter::new(account.clone()).add_warehouse(config("WH", Size::Medium, 4, &[])).build();
    let mut hints = Vec::new();
    for number in 0..looks {
        let mut status = idle("WH", Size::Medium);
        look(number, &mut status);
        account.set(vec![status]);
        hints = router.scaling_hints().await.unwrap();
        account.clock.advance(Duration::from_secs(60));
    }
    assert!(hints.len() < 2);
    hints.pop()
}

fn queued(running: u64, queued: u64) -> impl Fn(u64, &mut WarehouseStatus) {
    move |_, status| (status.running, status.queued) = (running, queued)
}

#[tokio::test(start_paused = true)]
async fn w14_a_deep_queue_asks_for_clusters_or_for_a_larger_size() {
    let hint = after(10, queued(8, 12)).await.unwrap();
    assert_eq!(hint.advice, ScalingAdvice::MoreClusters { from: 1, to: 3 });
    assert_eq!((hint.samples, hint.window), (10, Duration::from_secs(540)));
    assert_eq!((hint.mean_queued, hint.mean_running, hint.queued_share), (12.0, 8.0, 1.0));
    assert_eq!(hint.credits_per_hour, Some(8.0));
    let text = hint.to_string();
    assert!(
        text.starts_with("WH: raise MAX_CLUSTER_COUNT from 1 to 3; in 10 looks over 540 s, 12.0 waited"),
        "{text}"
    );

    let hint = after(10, queued(1, 3)).await.unwrap();
    assert_eq!(hint.advice, ScalingAdvice::LargerSize { from: Size::Medium, to: Size::Large });
    assert_eq!(hint.credits_per_hour, Some(4.0));
}

#[tokio::test(start_paused = true)]
async fn w14_little_to_do_asks_for_less() {
    let hint = after(10, |_, _| {}).await.unwrap();
    let sooner =
        ScalingAdvice::SuspendSooner { from: Some(Duration::from_secs(600)), to: Duration::from_secs(60) };
    assert_eq!((hint.advice, hint.idle_share, hint.credits_per_hour), (sooner, 1.0, None));
    let hint = after(10, |number, status| status.running = number % 2).await.unwrap();
    assert_eq!(hint.advice, ScalingAdvice::SmallerSize { from: Size::Medium, to: Size::Small });
    assert_eq!(hint.credits_per_hour, Some(-2.0));
}

#[tokio::test(start_paused = true)]
async fn w14_nothing_is_said_without_reason_or_of_too_little() {
    assert_eq!(after(5, queued(8, 12)).await, None, "too few looks");
    assert_eq!(after(10, queued(4, 0)).await, None, "busy enough");
    assert_eq!(after(10, queued(8, 1)).await, None, "a queue of less than half of what it may be");
    assert_eq!(
        after(10, |_, status| status.state = WarehouseState::Suspended).await,
        None,
        "asleep costs nothing"
    );
    let now_and_then = |number: u64, status: &mut WarehouseStatus| {
        (status.running, status.queued) = (8, if number.is_multiple_of(2) { 12 } else { 0 });
    };
    assert_eq!(after(10, now_and_then).await, None, "a queue that goes away");
}
