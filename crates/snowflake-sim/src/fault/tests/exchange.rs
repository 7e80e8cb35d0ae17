//! Answers that are lost, late, doubled, overtaken, or dated wrongly; and nothing outlives a dropped future.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use serde_json::json;
use snowflake_transport::{Body, ErrorKind, Transport as _};
use time::macros::datetime;
use tokio::time::{Instant, timeout};

use super::{get, kind, read, request, service, text};
use crate::ManualClock;
use crate::fault::{Cut, Fault, Kept, Rule};
use crate::script::{Expect, Reply, Script};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(start_paused = true)]
async fn r17_silence_executes_the_request_and_a_stall_does_not() {
    let fault = Fault::new(service()).rule(Rule::always().times(1).silence()).rule(Rule::always().stall());
    assert!(timeout(HOUR, read(&fault)).await.is_err());
    assert_eq!(fault.inner().requests().len(), 1);
    assert!(timeout(HOUR, read(&fault)).await.is_err());
    assert_eq!(fault.inner().requests().len(), 1);
    fault.clear();
    assert_eq!(read(&fault).await.unwrap(), r#"{"rows":3}"#);
}

#[tokio::test]
async fn r27_a_duplicated_request_is_executed_twice_and_one_answer_comes_back() {
    for (kept, answer) in [(Kept::First, "one"), (Kept::Second, "two")] {
        let script = Script::new()
            .expect(Expect::post("/do").reply(Reply::bytes("one")))
            .expect(Expect::post("/do").reply(Reply::bytes("two")));
        let fault = Fault::new(script).rule(Rule::always().duplicate(kept));
        let request = request(Method::POST, "/do").header("x-id", "7").body(Body::from("work")).unwrap();
        assert_eq!(text(fault.send(request).await.unwrap()).await.unwrap(), answer);
        fault.inner().verify().unwrap();
        for seen in fault.inner().requests() {
            assert_eq!((seen.header("x-id"), &seen.body[..]), (Some("7"), &b"work"[..]));
        }
    }
}

#[tokio::test]
async fn redirects_are_answers_with_a_location() {
    let fault = Fault::new(service()).rule(Rule::always().redirect(307, "https://elsewhere.example.com/x"));
    let response = fault.send(get("/data")).await.unwrap();
    assert_eq!(response.status(), 307);
    assert_eq!(response.headers()["location"], "https://elsewhere.example.com/x");
    assert_eq!(fault.inner().requests().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn r27_a_held_answer_is_overtaken_by_others_or_let_go_when_its_time_is_over() {
    let rule = Rule::on("/held").reorder(2, Duration::from_secs(5));
    let script = Script::new()
        .in_any_order()
        .expect(Expect::get("/held").any_times())
        .expect(Expect::get("/data").any_times());
    let fault = Fault::new(script).rule(rule);
    let start = Instant::now();
    let held = async {
        fault.send(get("/held")).await.unwrap();
        start.elapsed()
    };
    let others = async {
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_secs(1)).await;
            fault.send(get("/data")).await.unwrap();
        }
    };
    let (released, ()) = tokio::join!(held, others);
    assert_eq!(released, Duration::from_secs(2));
    let alone = Instant::now();
    fault.send(get("/held")).await.unwrap();
    assert_eq!(alone.elapsed(), Duration::from_secs(5));
}

#[tokio::test]
async fn the_clock_of_the_service_is_as_wrong_as_wanted() {
    let dated = Reply::status(200).with_header("date", "Sun, 22 Nov 2026 10:00:00 GMT");
    let script =
        Script::new().expect(Expect::get("/data").reply(dated)).expect(Expect::get("/data").any_times());
    let clock = ManualClock::new(datetime!(2026-11-23 00:00 UTC));
    let fault = Fault::new(script)
        .with_clock(Arc::new(clock))
        .rule(Rule::always().times(1).clock_skew(time::Duration::minutes(15)))
        .rule(Rule::always().times(1).clock_skew(time::Duration::seconds(-1)));
    let mut dates = Vec::new();
    for _ in 0..2 {
        dates.push(fault.send(get("/data")).await.unwrap().headers()["date"].to_str().unwrap().to_owned());
    }
    assert_eq!(dates, ["Sun, 22 Nov 2026 10:15:00 GMT", "Sun, 22 Nov 2026 23:59:59 GMT"]);
    assert!(fault.send(get("/data")).await.unwrap().headers().get("date").is_none());
}

#[tokio::test(start_paused = true)]
async fn nothing_waits_on_after_its_future_or_body_is_dropped() {
    let script = Arc::new(service());
    let fault = Fault::new(Arc::clone(&script));
    for rule in [
        Rule::always().delay(HOUR),
        Rule::always().stall(),
        Rule::always().silence(),
        Rule::always().reorder(9, HOUR),
        Rule::always().cut(3, Cut::Stall),
        Rule::always().drip(1),
    ] {
        fault.clear();
        fault.add(rule.clone());
        let whole = async { text(fault.send(get("/data")).await.unwrap()).await };
        assert!(timeout(Duration::from_secs(1), whole).await.is_err(), "{rule:?}");
        assert_eq!(fault.ended.receiver_count(), 0, "{rule:?} still waits");
    }
    let metrics = tokio::runtime::Handle::current().metrics();
    assert_eq!(metrics.num_alive_tasks(), 0, "a task was left");
    assert_eq!(Arc::strong_count(&script), 2);
}

#[tokio::test]
async fn faults_of_one_rule_befall_a_request_in_their_order() {
    let fault = Fault::new(service())
        .rule(Rule::always().times(1).set_json("/rows", json!(4)).cut(8, Cut::Clean))
        .rule(Rule::always().cut(8, Cut::Clean).set_json("/rows", json!(4)).lose_response());
    assert_eq!(read(&fault).await.unwrap(), r#"{"rows":"#);
    assert_eq!(kind(&fault).await, ErrorKind::Reset);
}
