//! Scripts keep to their word.

use std::time::Duration;

use http::Method;
use serde_json::json;
use snowflake_transport::{Body, Delivery, ErrorKind, Request, Response, Transport as _};

use super::{Expect, Reply, Script};

fn request(method: Method, target: &str, body: &'static str) -> Request {
    http::Request::builder()
        .method(method)
        .uri(format!("https://acct.example.com{target}"))
        .header("x-token", "t1")
        .body(Body::from(body))
        .unwrap()
}

async fn text(response: Response) -> String {
    let bytes = response.into_body().collect(1024).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn requests_are_answered_in_order_and_remembered() {
    let script = Script::new()
        .expect(Expect::post("/a").query("n", "1 2").header("x-token", "t1").reply(Reply::bytes("one")))
        .expect(Expect::get("/b").times(2).reply_with(|seen| {
            Reply::json(&json!({"asked": seen.query("q")})).with_status(201).with_header("etag", "7")
        }));
    let answer = script.send(request(Method::POST, "/a?n=1%202", r#"{"x":3}"#)).await.unwrap();
    assert_eq!(text(answer).await, "one");
    assert_eq!(script.verify().unwrap_err().missing(), ["GET /b (0 of 2 times)"]);
    for n in 0..2 {
        let answer = script.send(request(Method::GET, &format!("/b?q={n}"), "")).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["etag"].to_str().unwrap()), (201, "7"));
        assert_eq!(text(answer).await, format!(r#"{{"asked":"{n}"}}"#));
    }
    script.verify().unwrap();
    assert_eq!(script.requests()[0].json(), json!({"x": 3}));
    assert_eq!(script.requests().len(), 3);
}

#[tokio::test]
async fn m07_what_is_not_expected_fails_at_once_and_at_the_end() {
    let script = Script::new().expect(Expect::get("/a")).expect(Expect::get("/b"));
    let error = script.send(request(Method::GET, "/b?token=secret", "")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let unmet = script.verify().unwrap_err();
    assert_eq!(unmet.unexpected(), ["GET /b came, where GET /a was expected"]);
    assert_eq!(unmet.missing(), ["GET /a", "GET /b"]);
    assert!(!format!("{script:?} {unmet} {:?}", script.requests()).contains("secret"));
}

#[tokio::test]
async fn parallel_requests_may_come_in_any_order() {
    let script = Script::new()
        .in_any_order()
        .expect(Expect::get("/a").reply(Reply::bytes("a")))
        .expect(Expect::get("/beat").any_times())
        .expect(Expect::get("/b").reply(Reply::bytes("b")));
    for path in ["/b", "/beat", "/a", "/beat"] {
        script.send(request(Method::GET, path, "")).await.unwrap();
    }
    script.verify().unwrap();
    assert!(script.send(request(Method::GET, "/a", "")).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn replies_may_fail_be_late_or_never_come() {
    let script = Script::new()
        .expect(Expect::get("/").reply(Reply::fail(ErrorKind::Reset, Delivery::MaybeSent)))
        .expect(Expect::get("/").reply(Reply::status(503).after(Duration::from_secs(30))))
        .expect(Expect::get("/").reply(Reply::silence()));
    let error = script.send(request(Method::GET, "/", "")).await.unwrap_err();
    assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Reset, true));
    let start = tokio::time::Instant::now();
    let answer = script.send(request(Method::GET, "/", "")).await.unwrap();
    assert_eq!((answer.status().as_u16(), start.elapsed().as_secs()), (503, 30));
    let silent = script.send(request(Method::GET, "/", ""));
    assert!(tokio::time::timeout(Duration::from_secs(1000), silent).await.is_err());
}

#[tokio::test]
async fn m07_a_script_that_never_ends_is_ended() {
    let script = Script::new().at_most(3).expect(Expect::get("/poll").any_times());
    for _ in 0..3 {
        assert_eq!(script.send(request(Method::GET, "/poll", "")).await.unwrap().status(), 200);
    }
    script.verify().unwrap();
    for _ in 0..2 {
        let error = script.send(request(Method::GET, "/poll", "")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
    let unmet = script.verify().unwrap_err();
    assert_eq!(unmet.unexpected(), ["a script that never ends: it has answered 3 requests"]);
    assert_eq!(script.requests().len(), 3);
}

#[tokio::test]
async fn a_verified_script_panics_when_it_is_dropped_unfollowed_and_never_twice() {
    let script = || Script::new().expect(Expect::get("/a"));
    let followed = script().verified();
    followed.send(request(Method::GET, "/a", "")).await.unwrap();
    drop(followed);
    let panic = std::panic::catch_unwind(|| drop(script().verified())).unwrap_err();
    assert_eq!(panic.downcast_ref::<String>().unwrap(), "the script was not followed: GET /a never came");
    let panic = std::panic::catch_unwind(|| {
        let _script = script().verified();
        panic!("the test's own");
    });
    assert_eq!(*panic.unwrap_err().downcast_ref::<&str>().unwrap(), "the test's own");
}
