//! Results that fail give back what they held: requests, bytes and tries for those that come after them.

use std::sync::Arc;

use futures::future::join_all;
use snowflake_sim::Rule;

use super::objects::{Object, ids, with_middle};
use super::storage::{answer, fetcher, options};
use crate::error::ErrorKind;
use crate::result::ResultSet;

#[tokio::test(start_paused = true)]
async fn c27_after_a_thousand_parts_that_used_up_their_tries_the_next_one_arrives() {
    let storage = with_middle(|seen| Object::part(1).reply(seen));
    let (fetcher, options) = (fetcher(&storage), options());
    let result = || async {
        let set = ResultSet::open(answer(3), fetcher.clone(), options.clone(), None).await.unwrap();
        set.collect().await
    };
    storage.add(Rule::on("/1").status(503));
    // One after the other, so that each has tries left, and then all at once.
    for _ in 0..100 {
        let error = result().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Network);
        tokio::time::advance(tokio::time::Duration::from_secs(60)).await;
    }
    assert_eq!(storage.hits(), [700], "each of them was tried seven times");
    for error in join_all((0..900).map(|_| result())).await {
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Network);
    }
    while options.budget.used() > 0 {
        tokio::task::yield_now().await;
    }
    storage.clear();
    assert_eq!(result().await.unwrap().len(), 30);
    assert_eq!(ids(&storage).await.len(), 30);
    drop(fetcher);
    while Arc::strong_count(&storage) > 1 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn c27_a_result_of_a_thousand_parts_that_all_fail_leaves_nothing_behind() {
    let storage = Arc::new(super::storage::Storage::new());
    for index in 0..1000 {
        storage.put(&format!("/{index}"), [super::storage::Reply::Status(503, "")]);
    }
    let options = options();
    let set = ResultSet::open(answer(1000), self::fetcher(&storage), options.clone(), None).await.unwrap();
    assert_eq!(set.collect().await.unwrap_err().kind(), ErrorKind::Network);
    while options.budget.used() > 0 || storage.in_flight() > 0 || Arc::strong_count(&storage) > 1 {
        tokio::task::yield_now().await;
    }
    super::storage::store(&storage, 1000);
    let set = ResultSet::open(answer(1000), self::fetcher(&storage), options, None).await.unwrap();
    assert_eq!(set.collect().await.unwrap().len(), 10_000);
}
