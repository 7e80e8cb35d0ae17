//! Results whose rows lie in a storage, read through sessions: what the storage does wrong, and what follows.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use snowflake_query::{ErrorKind, MemoryBudget, Pool, PoolOptions, ResultOptions};
use snowflake_sim::{Expect, Fault, Reply, Rule, Seen};

use crate::service::{ID, QUERY, RESULT, Service, connect, count, failed, one, options, script, settle, sql};

const EXPIRED: &str = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>";

/// Two inline rows and two parts of three rows at addresses of this generation.
fn parts(generation: usize) -> Value {
    let part = |index: usize| {
        json!({
            "url": format!("https://storage.example.com/{generation}/{index}?Signature=signed"),
            "rowCount": 3, "uncompressedSize": 17, "compressedSize": 17,
        })
    };
    let mut answer = one();
    answer["data"]["rowset"] = json!([["0"], ["1"]]);
    answer["data"]["total"] = json!(8);
    answer["data"]["chunks"] = json!([part(0), part(1)]);
    answer
}

/// Answers `select parts` with parts, everything else with one row, and the question for the result again like this.
fn with_parts(again: impl FnMut(&Seen) -> Reply + Send + Sync + 'static) -> Service {
    let query = |seen: &Seen| Reply::json(&if sql(seen) == "select parts" { parts(0) } else { one() });
    let mut script = script()
        .expect(Expect::post(QUERY).any_times().reply_with(query))
        .expect(Expect::get(RESULT).any_times().reply_with(again));
    for generation in 0..4 {
        for index in 0..2_usize {
            let rows: Vec<_> = (0..3).map(|row| format!("[\"{}\"]", 2 + index * 3 + row)).collect();
            let path = format!("/{generation}/{index}");
            script = script.expect(Expect::get(path).any_times().reply(Reply::bytes(rows.join(","))));
        }
    }
    Arc::new(Fault::new(script))
}

fn fresh() -> Service {
    let generation = AtomicUsize::new(0);
    with_parts(move |_| Reply::json(&parts(generation.fetch_add(1, Ordering::Relaxed) + 1)))
}

#[tokio::test(start_paused = true)]
async fn c10_addresses_that_expired_are_asked_for_by_query_id() {
    let service = fresh();
    let session = connect(&service).await;
    service.add(Rule::on("/0/1").answer(403, &[], EXPIRED));
    let result = session.execute("select parts").await.unwrap();
    let ids: Vec<i64> = result.rows.iter().map(|row| row.get(0).unwrap()).collect();
    assert_eq!(ids, (0..8).collect::<Vec<_>>());
    assert_eq!((count(&service, RESULT), count(&service, QUERY)), (1, 1));
    assert_eq!((count(&service, "/0/0"), count(&service, "/1/0"), count(&service, "/1/1")), (1, 0, 1));
}

#[tokio::test(start_paused = true)]
async fn c11_a_storage_that_refuses_for_good_is_asked_with_two_descriptions_at_most() {
    let service = fresh();
    let session = connect(&service).await;
    for generation in 0..4 {
        service.add(Rule::on(format!("/{generation}/")).answer(403, &[], EXPIRED));
    }
    let error = session.execute("select parts").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!((1..=2).contains(&count(&service, RESULT)), "{}", count(&service, RESULT));
    let text = format!("{error} {error:?}");
    assert!(text.contains("storage.example.com refuses part 0") && text.contains("AccessDenied"), "{text}");
    assert!(!text.contains("Signature"), "{text}");
    service.clear();
    assert_eq!(session.execute("select parts").await.unwrap().rows.len(), 8);
}

#[tokio::test(start_paused = true)]
async fn c12_a_result_that_is_gone_is_an_error_with_its_query_id() {
    for code in ["000612", "000707"] {
        let service = with_parts(move |_| Reply::json(&failed(code, "Result not found")));
        let session = connect(&service).await;
        service.add(Rule::on("/0/1").answer(403, &[], EXPIRED));
        let error = session.execute("select parts").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(error.query_id().unwrap().to_string(), ID);
        assert!(error.to_string().contains("run the statement again"), "{error}");
        assert!(error.is_retryable());
        assert_eq!(count(&service, QUERY), 1, "a statement is not run again for its result");
        service.clear();
        assert_eq!(session.execute("select parts").await.unwrap().rows.len(), 8);
    }
}

#[tokio::test(start_paused = true)]
async fn c08_inline_rows_that_fall_short_are_asked_for_once_by_query_id() {
    for rowset in [json!([]), json!([["0"]]), json!(null)] {
        for mends in [true, false] {
            let short = rowset.clone();
            let service = fresh();
            service.add(Rule::on(QUERY).times(1).patch_json(move |answer| {
                answer["data"]["rowset"] = short.clone();
            }));
            if !mends {
                let short = rowset.clone();
                service
                    .add(Rule::on(RESULT).patch_json(move |answer| answer["data"]["rowset"] = short.clone()));
            }
            let session = connect(&service).await;
            let outcome = session.execute("select parts").await;
            assert_eq!((count(&service, QUERY), count(&service, RESULT)), (1, 1));
            if mends {
                assert_eq!(outcome.unwrap().rows.len(), 8);
            } else {
                let error = outcome.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Incomplete);
                assert!(error.to_string().ends_with("rows where 8 were announced"), "{error}");
            }
            service.clear();
            assert_eq!(session.execute("select parts").await.unwrap().rows.len(), 8);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn c27_after_a_thousand_parts_that_fail_for_good_the_pool_lends_and_the_next_query_works() {
    let service = fresh();
    let budget = MemoryBudget::default();
    let sessions = options(&service).with_results(ResultOptions::default().with_budget(budget.clone()));
    let pool = Pool::open(sessions, PoolOptions::default().with_size(0, 4)).await.unwrap();
    service.add(Rule::on("/0/1").status(503));
    for _ in 0..40 {
        for error in join_all((0..25).map(|_| pool.execute("select parts"))).await {
            assert_eq!(error.unwrap_err().kind(), ErrorKind::Network);
        }
    }
    service.clear();
    assert_eq!(pool.execute("select parts").await.unwrap().rows.len(), 8);
    settle().await;
    let size = pool.size();
    assert_eq!((size.open - size.idle, budget.used()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn all_results_of_a_pool_share_one_budget() {
    let service = fresh();
    let budget = MemoryBudget::new(20);
    let results = ResultOptions::default().with_budget(budget.clone());
    let pool = Pool::open(options(&service).with_results(results), PoolOptions::default().with_size(0, 4));
    let pool = pool.await.unwrap();
    let held = Arc::new(AtomicBool::new(false));
    let rows = join_all((0..8).map(|_| async {
        let result = pool.execute("select parts");
        let mut result = std::pin::pin!(result);
        loop {
            if budget.used() > 0 {
                held.store(true, Ordering::Relaxed);
            }
            match tokio::time::timeout(Duration::ZERO, result.as_mut()).await {
                Ok(result) => return result.unwrap().rows.len(),
                Err(_not_yet) => tokio::task::yield_now().await,
            }
        }
    }));
    assert_eq!(rows.await, [8; 8]);
    assert!(held.load(Ordering::Relaxed), "the budget is the one that is counted in");
    assert_eq!(budget.used(), 0);
}
