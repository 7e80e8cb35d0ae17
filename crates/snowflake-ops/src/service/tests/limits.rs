//! What clients may cost, and how the service ends.

use std::collections::BTreeSet;

use futures::future::join_all;
use metrics::gauge;
use snowflake_sim::StandIn;
use tokio::time::{Duration, Instant};

use super::support::{Client, Running, exposition, figure, get, quiet};
use crate::service::exposition::PAGE_AGE;
use crate::testing::pool;

#[tokio::test]
async fn o04_a_thousand_scrapes_share_a_page() {
    let (exposition, recorder) = exposition();
    let _recorder = metrics::set_default_local_recorder(&recorder);
    let running = Running::start(quiet(), &pool(&StandIn::new()), exposition).await;
    let begun = Instant::now();
    let scraper = |number: u32| async move {
        let mut client = Client::connect(running.metrics).await;
        let mut pages = BTreeSet::new();
        for scrape in 0..50 {
            // Every page that is really written differs from the one before.
            gauge!("snowflake_warehouse_queued_queries", "warehouse" => "W")
                .set(f64::from(number * 50 + scrape));
            let answer = client.send("GET /metrics HTTP/1.1\r\nHost: x").await;
            assert_eq!(answer.status, 200);
            pages.insert(answer.text());
        }
        pages
    };
    let pages = join_all((0..20).map(scraper)).await;
    let different: BTreeSet<&String> = pages.iter().flatten().collect();
    let most = begun.elapsed().as_secs() / PAGE_AGE.as_secs() + 2;
    let written = u64::try_from(different.len()).unwrap();
    assert!(written <= most, "{written} pages were written in {:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn o05_silent_connections_give_their_places_back() {
    let (exposition, _recorder) = exposition();
    let options = quiet().with_max_connections(2);
    let running = Running::start(options, &pool(&StandIn::new()), exposition).await;
    let mut silent = Client::connect(running.http).await;
    let mut slow = Client::connect(running.http).await;
    slow.write("GET /health HTT").await;
    let begun = Instant::now();
    assert_eq!(get(running.http, "/health").await.status, 200);
    assert!(begun.elapsed() <= Duration::from_secs(30), "{:?}", begun.elapsed());
    assert!(silent.answer(false).await.is_none());
    assert!(slow.answer(false).await.is_none_or(|answer| answer.status == 408));
}

#[tokio::test]
async fn o05_a_head_without_end_is_cut_off() {
    let (exposition, _recorder) = exposition();
    let running = Running::start(quiet(), &pool(&StandIn::new()), exposition).await;
    let mut client = Client::connect(running.http).await;
    client.write(&format!("GET /health HTTP/1.1\r\nX: {}", "x".repeat(32 * 1024))).await;
    assert!(client.answer(false).await.is_none_or(|answer| answer.status == 431));
}

#[tokio::test]
async fn o06_a_request_that_runs_is_answered_before_the_service_ends() {
    let (exposition, recorder) = exposition();
    let _recorder = metrics::set_default_local_recorder(&recorder);
    let service = StandIn::new();
    service.hold_statements();
    let mut running = Running::start(quiet(), &pool(&service), exposition).await;
    let mut waiting = Client::connect(running.http).await;
    let mut idle = Client::connect(running.http).await;
    waiting.write("GET /health/snowflake HTTP/1.1\r\nHost: x\r\n\r\n").await;
    // By the time that a later request is answered, this one is being dealt with.
    assert_eq!(idle.send("GET /health HTTP/1.1\r\nHost: x").await.status, 200);
    let address = running.http;
    running.stop();
    assert_eq!(
        waiting.answer(false).await.map(|answer| answer.status),
        Some(503),
        "it waits no longer than usual"
    );
    assert!(idle.answer(false).await.is_none());
    running.ended().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "the port is free again");
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let (exposition, _recorder) = exposition();
    let running = Running::start(quiet(), &pool(&StandIn::new()), exposition).await;
    let error = crate::service::Service::bind(quiet().with_http_port(running.http.port())).await.unwrap_err();
    assert_eq!(error.kind(), crate::ErrorKind::Io);
    assert!(error.to_string().contains(&running.http.port().to_string()), "{error}");
    let page = get(running.metrics, "/metrics").await.text();
    assert_eq!(figure(&page, "no_such_figure"), None);
}
