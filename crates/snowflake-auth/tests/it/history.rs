//! What a call's history tells beyond its last answer.

use std::sync::Arc;

use serde_json::{Value, json};
use snowflake_auth::{ApiRequest, CallHistory, ErrorKind};
use snowflake_sim::{Expect, Reply};
use snowflake_transport::{Delivery, ErrorKind as TransportErrorKind};

use crate::support::{QUERY, RENEW, expired, failure, logged_in, renewed, success};

fn statement(history: &Arc<CallHistory>) -> ApiRequest {
    let body = json!({"sqlText": "insert into t values (1)"});
    ApiRequest::post("query", QUERY)
        .with_request_id("11-22-33")
        .with_json(&body)
        .unwrap()
        .with_history(history)
}

#[tokio::test(start_paused = true)]
async fn a_refusal_after_a_lost_answer_leaves_a_doubt() {
    let (script, server, login) = logged_in().await;
    script.push(Expect::post(QUERY).reply(Reply::fail(TransportErrorKind::Reset, Delivery::MaybeSent)));
    script.push(Expect::post(QUERY).reply(failure("390111", "session gone")));
    let history = Arc::new(CallHistory::default());
    let error = login.tokens.call::<Value>(&server, &statement(&history)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Expired);
    assert_eq!((history.attempts(), history.is_in_doubt()), (2, true));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_before_which_nothing_arrived_leaves_none() {
    let (script, server, login) = logged_in().await;
    script.push(Expect::post(QUERY).reply(Reply::fail(TransportErrorKind::Connect, Delivery::NotSent)));
    script.push(Expect::post(QUERY).reply(expired()));
    script.push(Expect::post(RENEW).reply(success(renewed(1))));
    script.push(Expect::post(QUERY).reply(failure("390111", "session gone")));
    let history = Arc::new(CallHistory::default());
    let error = login.tokens.call::<Value>(&server, &statement(&history)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Expired);
    assert_eq!((history.attempts(), history.is_in_doubt()), (3, false));
}

#[tokio::test(start_paused = true)]
async fn a_call_can_be_given_fewer_attempts_than_the_policy_has() {
    let (script, server, login) = logged_in().await;
    script.push(Expect::post(QUERY).times(2).reply(Reply::status(429)));
    let history = Arc::new(CallHistory::default());
    let request = statement(&history).with_max_attempts(2);
    assert!(login.tokens.call::<Value>(&server, &request).await.is_err());
    assert_eq!(history.attempts(), 2);
    script.verify().unwrap();
}
