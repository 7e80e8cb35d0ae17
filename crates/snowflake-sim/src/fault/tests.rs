//! Each fault does what its name says, to the requests it was meant for.

use std::time::Duration;

use http::Method;
use serde_json::json;
use snowflake_transport::{Body, Error, ErrorKind, Request, Transport as _};

use super::{Cut, Fault, Rule};
use crate::script::{Expect, Reply, Script};

fn service() -> Script {
    Script::new().expect(Expect::get("/data").any_times().reply(Reply::json(&json!({"rows": 3}))))
}

fn get(path: &str) -> Request {
    http::Request::get(format!("https://acct.example.com{path}")).body(Body::empty()).unwrap()
}

async fn read(fault: &Fault<Script>) -> Result<String, Error> {
    let body = fault.send(get("/data")).await?.into_body().collect(1024).await?;
    Ok(String::from_utf8(body.to_vec()).unwrap())
}

async fn kind(fault: &Fault<Script>) -> ErrorKind {
    read(fault).await.unwrap_err().kind()
}

#[tokio::test]
async fn rules_choose_by_method_path_and_turn() {
    let fault = Fault::new(service())
        .rule(Rule::on("/other").status(500))
        .rule(Rule::always().method(Method::POST).status(500))
        .rule(Rule::on("/da").nth(2).times(2).answer(429, &[("retry-after", "3")], "later"));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(fault.send(get("/data")).await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [200, 429, 429, 200]);
    assert_eq!(fault.hits(), [0, 0, 2]);
    assert_eq!(fault.inner().requests().len(), 2);
    fault.add(Rule::always().status(503));
    assert_eq!(fault.send(get("/data")).await.unwrap().status(), 503);
    fault.clear();
    assert_eq!(read(&fault).await.unwrap(), r#"{"rows":3}"#);
}

#[tokio::test]
async fn a_reset_does_not_reach_the_service_and_a_lost_response_does() {
    let fault =
        Fault::new(service()).rule(Rule::always().times(1).reset()).rule(Rule::always().lose_response());
    let error = read(&fault).await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Reset, false));
    assert_eq!(fault.inner().requests().len(), 0);
    let error = read(&fault).await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Reset, true));
    assert_eq!(fault.inner().requests().len(), 1);
}

#[tokio::test]
async fn bodies_are_cut_flipped_replaced_and_patched() {
    let fault = Fault::new(service())
        .rule(Rule::always().times(1).cut(4, Cut::Clean))
        .rule(Rule::always().times(1).cut(4, Cut::Short))
        .rule(Rule::always().times(1).cut(4, Cut::Reset))
        .rule(Rule::always().times(1).flip_bit(0))
        .rule(Rule::always().times(1).replace_body("<html>"))
        .rule(Rule::always().times(1).patch_json(|value| value["rows"] = json!(4)))
        .rule(Rule::always().times(1).replace_body("[1]").cut(2, Cut::Clean));
    assert_eq!(read(&fault).await.unwrap(), r#"{"ro"#);
    assert_eq!(kind(&fault).await, ErrorKind::Truncated);
    assert_eq!(kind(&fault).await, ErrorKind::Reset);
    assert_eq!(read(&fault).await.unwrap(), r#"z"rows":3}"#);
    assert_eq!(read(&fault).await.unwrap(), "<html>");
    assert_eq!(read(&fault).await.unwrap(), r#"{"rows":4}"#);
    assert_eq!(read(&fault).await.unwrap(), "[1");
}

#[tokio::test(start_paused = true)]
async fn delays_take_tokio_time_and_stalls_take_all_of_it() {
    let fault = Fault::new(service())
        .rule(Rule::always().times(1).delay(Duration::from_secs(9)))
        .rule(Rule::always().times(1).stall())
        .rule(Rule::always().times(1).cut(4, Cut::Stall));
    let start = tokio::time::Instant::now();
    assert_eq!(read(&fault).await.unwrap(), r#"{"rows":3}"#);
    assert_eq!(start.elapsed(), Duration::from_secs(9));
    for _ in 0..2 {
        assert!(tokio::time::timeout(Duration::from_secs(3600), read(&fault)).await.is_err());
    }
}
