//! Routers over what an account has.

use super::support::{Account, config, idle};
use crate::ErrorKind;
use crate::warehouse::{WarehouseRouter, WarehouseSize as Size, WarehouseStatus, WorkloadType as Work};

fn account() -> Vec<WarehouseStatus> {
    let mut commented = idle("weird wh", Size::Medium);
    commented.comment = Some("Nightly. ; Workloads: batch, data-science ; max_queue_depth = 3".to_owned());
    let mut snowpark = idle("BIG_MEMORY", Size::Medium);
    snowpark.warehouse_type = Some("SNOWPARK-OPTIMIZED".to_owned());
    snowpark.max_clusters = 3;
    let mut usual = idle("COMPUTE_WH", Size::XSmall);
    usual.is_default = true;
    vec![commented, snowpark, usual, idle("ML_WH", Size::Large), idle("BI_REPORTS", Size::Small)]
}

#[tokio::test(start_paused = true)]
async fn w13_the_work_of_a_warehouse_is_read_from_its_comment_or_its_name() {
    let router = WarehouseRouter::from_config(&Account::new(account())).await.unwrap();
    let expected = [
        config("\"weird wh\"", Size::Medium, 3, &[Work::Batch, Work::DataScience]),
        config("BIG_MEMORY", Size::Medium, 24, &[Work::DataScience]),
        config("COMPUTE_WH", Size::XSmall, 8, &[]),
        config("ML_WH", Size::Large, 8, &[Work::DataScience]),
        config("BI_REPORTS", Size::Small, 8, &[Work::Reporting]),
    ];
    assert_eq!(router.warehouses(), expected);
    let chosen = router.select_warehouse(Work::DataScience, Some(Size::Large)).await.unwrap();
    assert_eq!(chosen, "ML_WH");
    assert_eq!(router.select_warehouse(Work::Batch, None).await.unwrap(), "\"weird wh\"");
}

#[tokio::test(start_paused = true)]
async fn w13_what_is_configured_counts_and_the_rest_is_added() {
    let own = vec![config("ml_wh", Size::Large, 1, &[Work::Interactive])];
    let source = Account::configured(account(), own.clone(), Some("compute_wh"));
    let router = WarehouseRouter::from_config(&source).await.unwrap();
    assert_eq!(router.warehouses()[0], own[0]);
    assert_eq!(router.warehouses().len(), 5);
    source.set(Vec::new());
    source.clock.advance(std::time::Duration::from_secs(60));
    assert_eq!(router.select_warehouse(Work::Interactive, None).await.unwrap(), "COMPUTE_WH");
}

#[tokio::test(start_paused = true)]
async fn w13_an_account_that_cannot_be_looked_at_leaves_what_is_configured() {
    let source = Account::configured(Vec::new(), Vec::new(), Some("wh"));
    source.fail();
    let router = WarehouseRouter::from_config(&source).await.unwrap();
    assert_eq!(router.select_warehouse(Work::Batch, None).await.unwrap(), "wh");

    let nothing = Account::new(Vec::new());
    let error = WarehouseRouter::from_config(&nothing).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Configuration && error.to_string().contains("USAGE"), "{error}");
    nothing.fail();
    let error = WarehouseRouter::from_config(&nothing).await.unwrap_err();
    assert_eq!(error.to_string(), "the account is out of reach");
}
