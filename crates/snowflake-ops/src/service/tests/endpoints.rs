//! What the paths answer.

use std::io::Read as _;

use flate2::read::GzDecoder;
use futures::future::join_all;
use serde_json::Value;
use snowflake_sim::StandIn;
use tokio::time::{Duration, Instant};

use super::support::{Client, Running, exposition, figure, get, quiet};
use crate::testing::pool;

fn json(answer: &super::support::Answer) -> Value {
    assert_eq!(answer.header("content-type"), Some("application/json"));
    serde_json::from_slice(&answer.body).unwrap()
}

#[tokio::test]
async fn the_three_endpoints_answer_on_their_ports() {
    let (exposition, recorder) = exposition();
    let _recorder = metrics::set_default_local_recorder(&recorder);
    let service = StandIn::new();
    let running = Running::start(quiet(), &pool(&service), exposition).await;

    let alive = get(running.http, "/health").await;
    assert_eq!((alive.status, json(&alive)["status"].as_str()), (200, Some("alive")));
    let ready = get(running.http, "/health/snowflake").await;
    assert_eq!((ready.status, json(&ready)["status"].as_str()), (200, Some("ready")), "{}", ready.text());
    assert!(json(&ready)["latency_ms"].is_u64());

    let figures = get(running.metrics, "/metrics").await;
    assert_eq!(figures.status, 200);
    assert_eq!(figures.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    assert_eq!(figure(&figures.text(), "snowflake_up"), Some(1.0), "{}", figures.text());
    assert_eq!(get(running.http, "/metrics").await.status, 404, "figures have a port of their own");
    assert_eq!(get(running.metrics, "/health").await.status, 404);
}

#[tokio::test]
async fn o05_only_get_and_head_without_a_body_are_answered() {
    let (exposition, _recorder) = exposition();
    let running = Running::start(quiet(), &pool(&StandIn::new()), exposition).await;
    let mut client = Client::connect(running.http).await;
    let head = client.send("HEAD /health HTTP/1.1\r\nHost: x").await;
    assert_eq!(head.status, 200);
    assert!(head.header("content-length").is_some_and(|length| length != "0"), "{}", head.head);
    let same = client.send("GET /health HTTP/1.1\r\nHost: x").await;
    assert_eq!(same.status, 200, "nothing of a body followed the head");
    let missing = client.send("GET /health/../etc HTTP/1.1\r\nHost: x").await;
    assert_eq!(missing.status, 404);

    let post = client.send("POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 0").await;
    assert_eq!((post.status, post.header("allow")), (405, Some("GET, HEAD")));
    let mut client = Client::connect(running.http).await;
    let body = client.send("GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000").await;
    assert_eq!(body.status, 400);
    assert!(client.answer(false).await.is_none(), "the body is not waited for");
}

#[tokio::test]
async fn gzip_is_sent_to_those_who_take_it() {
    let (exposition, recorder) = exposition();
    let _recorder = metrics::set_default_local_recorder(&recorder);
    let running = Running::start(quiet(), &pool(&StandIn::new()), exposition).await;
    assert_eq!(get(running.http, "/health/snowflake").await.status, 200);
    let mut client = Client::connect(running.metrics).await;
    let packed = client.send("GET /metrics HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip").await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let mut page = String::new();
    GzDecoder::new(&packed.body[..]).read_to_string(&mut page).unwrap();
    assert_eq!(figure(&page, "snowflake_up"), Some(1.0), "{page}");
    let plain = client.send("GET /metrics HTTP/1.1\r\nHost: x").await;
    assert_eq!(plain.header("content-encoding"), None);
}

#[tokio::test(start_paused = true)]
async fn o03_many_probes_ask_snowflake_once() {
    let (exposition, _recorder) = exposition();
    let service = StandIn::new();
    service.hold_statements();
    let running = Running::start(quiet(), &pool(&service), exposition).await;

    let probes = join_all((0..50).map(|_| get(running.http, "/health/snowflake"))).await;
    for probe in probes {
        assert_eq!(probe.status, 503);
        let reason = json(&probe)["reason"].as_str().unwrap().to_owned();
        assert!(reason.starts_with("Snowflake has not answered for"), "{reason}");
    }
    service.release_statements();
    // The question that runs is answered by the next poll.
    while get(running.http, "/health/snowflake").await.status != 200 {}
    let ledger = service.ledger();
    assert_eq!((ledger.executions(), ledger.open_sessions), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn o03_an_answer_about_snowflake_is_kept_for_a_moment() {
    let (exposition, _recorder) = exposition();
    let service = StandIn::new();
    let running = Running::start(quiet(), &pool(&service), exposition).await;
    let mut client = Client::connect(running.http).await;
    let begun = Instant::now();
    for _ in 0..200 {
        assert_eq!(client.send("GET /health/snowflake HTTP/1.1\r\nHost: x").await.status, 200);
    }
    let asked = service.ledger().executions();
    let most = u64::from(begun.elapsed() >= Duration::from_secs(5)) + 1;
    assert!(asked <= most, "{asked} statements");
    tokio::time::advance(Duration::from_secs(6)).await;
    assert_eq!(client.send("GET /health/snowflake HTTP/1.1\r\nHost: x").await.status, 200);
    assert!(service.ledger().executions() > asked);
}

#[tokio::test]
async fn o10_a_refused_login_is_told_without_the_password() {
    let (exposition, recorder) = exposition();
    let _recorder = metrics::set_default_local_recorder(&recorder);
    let service = StandIn::new().user("ALICE", "another password");
    let running = Running::start(quiet(), &pool(&service), exposition).await;
    assert_eq!(get(running.http, "/health").await.status, 200, "the process is alive");
    let unready = get(running.http, "/health/snowflake").await;
    assert_eq!((unready.status, json(&unready)["status"].as_str()), (503, Some("unready")));
    assert!(json(&unready)["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
    assert!(!unready.text().contains("hunter2"), "{}", unready.text());
    assert_eq!(figure(&get(running.metrics, "/metrics").await.text(), "snowflake_up"), Some(0.0));
}
