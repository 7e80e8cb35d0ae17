//! R08, R09 and the order of attempts: what is repeated, what is not, and what each attempt is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use snowflake_sim::socket::RawReply;
use snowflake_sim::{Cut, Expect, Fault, ManualClock, Reply, Rule, Script};
use snowflake_transport::{
    Accept, Attempt, BoxFuture, Delivery, Error, ErrorKind, Request, Retrier, RetryClass, RetryPolicy,
};
use time::OffsetDateTime;

use crate::support::{always, fetch, get, hasty, post, transport};

#[tokio::test]
async fn r08_a_bad_request_is_sent_once_with_or_without_a_body() {
    for body in ["", r#"{"message":"malformed"}"#] {
        for class in [RetryClass::Login, RetryClass::Api, RetryClass::Storage, RetryClass::Once] {
            let server = always(RawReply::answer(400, &[], body)).await;
            let answer = fetch(&hasty(9), &transport(), class, || get(&server.url("/"))).await.unwrap();
            assert_eq!((answer.status().as_u16(), answer.body().as_ref()), (400, body.as_bytes()));
            assert_eq!(server.requests().len(), 1, "{class:?}");
        }
    }
}

#[tokio::test]
async fn r09_a_refused_login_is_sent_once() {
    for status in [401, 403] {
        let script = Script::new().expect(Expect::post("/login").reply(Reply::status(status)));
        let request = || post("http://h/login", "password");
        let answer = fetch(&hasty(9), &script, RetryClass::Login, request).await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
        script.verify().unwrap();
    }
}

#[tokio::test]
async fn later_statuses_are_repeated_until_attempts_run_out_and_the_last_answer_is_kept() {
    for status in [408, 429, 500, 502, 503, 504, 599] {
        let busy = Reply::bytes("the reason").with_status(status);
        let script = Script::new().expect(Expect::get("/").times(4).reply(busy));
        let error = fetch(&hasty(4), &script, RetryClass::Login, || get("http://h/")).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Status, 4));
        assert_eq!(error.response().unwrap().body(), "the reason");
        assert!(!format!("{error:?}").contains("the reason"));
        script.verify().unwrap();
    }
}

#[tokio::test]
async fn each_attempt_knows_its_number_and_what_happened_before() {
    let start = OffsetDateTime::UNIX_EPOCH;
    let clock = Arc::new(ManualClock::new(start));
    let script = Script::new()
        .expect(Expect::get("/").reply(Reply::fail(ErrorKind::Connect, Delivery::NotSent)))
        .expect(Expect::get("/").reply(Reply::status(503)))
        .expect(Expect::get("/").reply(Reply::fail(ErrorKind::Reset, Delivery::MaybeSent)))
        .expect(Expect::get("/").reply(Reply::status(429)))
        .expect(Expect::get("/").reply(Reply::status(200)));
    let told = Mutex::new(Vec::new());
    let make = |attempt: Attempt| -> BoxFuture<'_, Result<Request, Error>> {
        told.lock().unwrap().push((attempt.number, attempt.previous_status, attempt.maybe_sent));
        assert_eq!(attempt.first_started, start);
        clock.set_wall(start + time::Duration::HOUR);
        Box::pin(async { Ok(get("http://h/")) })
    };
    let retrier = hasty(9).with_clock(Arc::<ManualClock>::clone(&clock));
    retrier.fetch(&script, RetryClass::Api, make, |_answer| Accept::Yes).await.unwrap();
    let expected = [
        (1, None, false),
        (2, Some(0), false),
        (3, Some(503), true),
        (4, Some(0), true),
        (5, Some(429), true),
    ];
    assert_eq!(told.into_inner().unwrap(), expected);
}

#[tokio::test]
async fn an_error_of_the_maker_ends_the_loop() {
    #[derive(Debug)]
    enum Upper {
        Locked,
        Transport,
    }
    impl From<Error> for Upper {
        fn from(_error: Error) -> Self {
            Self::Transport
        }
    }
    let script = Script::new().expect(Expect::get("/").reply(Reply::status(503)));
    let make = |attempt: Attempt| -> BoxFuture<'static, Result<Request, Upper>> {
        Box::pin(async move { if attempt.number == 1 { Ok(get("http://h/")) } else { Err(Upper::Locked) } })
    };
    let result = hasty(9).fetch(&script, RetryClass::Api, make, |_answer| Accept::Yes).await;
    assert!(matches!(result, Err(Upper::Locked)));
    let silent = Script::new();
    let make =
        |_attempt| -> BoxFuture<'static, Result<Request, Upper>> { Box::pin(async { Ok(get("http://h/")) }) };
    let result = hasty(9).fetch(&silent, RetryClass::Api, make, |_answer| Accept::Yes).await;
    assert!(matches!(result, Err(Upper::Transport)));
}

#[tokio::test]
async fn an_answer_may_ask_for_a_later_try_in_its_own_words() {
    let script = Script::new()
        .expect(Expect::get("/").times(3).reply(Reply::bytes("not yet")))
        .expect(Expect::get("/").reply(Reply::bytes("now")));
    let make =
        |_attempt| -> BoxFuture<'static, Result<Request, Error>> { Box::pin(async { Ok(get("http://h/")) }) };
    let accept = |answer: &http::Response<bytes::Bytes>| {
        if answer.body() == "now" { Accept::Yes } else { Accept::Retry("it is not ready") }
    };
    let answer = hasty(9).fetch(&script, RetryClass::Api, make, accept).await.unwrap();
    assert_eq!(answer.body(), "now");
}

#[tokio::test]
async fn what_must_not_run_twice_is_not_repeated_when_its_answer_is_cut() {
    let script = Script::new().expect(Expect::get("/").any_times().reply(Reply::bytes("cu")));
    let make =
        |_attempt| -> BoxFuture<'static, Result<Request, Error>> { Box::pin(async { Ok(get("http://h/")) }) };
    for (class, requests) in [(RetryClass::Once, 1), (RetryClass::Api, 3)] {
        let cut = |_answer: &http::Response<bytes::Bytes>| Accept::RetryOnce("it is cut");
        let error = hasty(9).fetch(&script, class, make, cut).await.unwrap_err();
        assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Content, true));
        assert_eq!(script.requests().len(), requests, "{class:?}");
    }
}

#[tokio::test]
async fn whether_any_attempt_was_sent_is_not_forgotten() {
    let script = Script::new()
        .expect(Expect::get("/").reply(Reply::fail(ErrorKind::Reset, Delivery::MaybeSent)))
        .expect(Expect::get("/").reply(Reply::fail(ErrorKind::Connect, Delivery::NotSent)));
    let error = fetch(&hasty(2), &script, RetryClass::Api, || get("http://h/")).await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Connect, true));
}

#[tokio::test(start_paused = true)]
async fn whatever_goes_wrong_the_loop_recovers_when_the_fault_is_over() {
    let service = Script::new().expect(Expect::get("/").any_times().reply(Reply::bytes("whole")));
    let fault = Fault::new(service)
        .rule(Rule::always().times(1).reset())
        .rule(Rule::always().times(1).lose_response())
        .rule(Rule::always().times(1).cut(2, Cut::Reset))
        .rule(Rule::always().times(1).answer(502, &[], "<html>"))
        .rule(Rule::always().times(1).cut(2, Cut::Short))
        .rule(Rule::always().times(1).delay(Duration::from_secs(5)));
    let retrier = Retrier::new(RetryPolicy::default());
    let answer = fetch(&retrier, &fault, RetryClass::Api, || get("http://h/")).await.unwrap();
    assert_eq!(answer.body(), "whole");
    assert_eq!(fault.hits(), [1; 6]);
}
