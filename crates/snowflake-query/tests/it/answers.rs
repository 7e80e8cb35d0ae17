//! Answers that are none, that bring more than rows, or that stand for several statements.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use snowflake_query::{ErrorKind, Pool, PoolOptions, QueryBuilder, QueryResult, Session};
use snowflake_sim::{Expect, Reply, Rule};

use crate::service::{
    ABORT, QUERY, RESULT, Service, connect, count, failed, one, options, requests, running, service, settle,
    sql,
};

/// What comes from a captive portal, a proxy, or nowhere.
fn foreign() -> [Reply; 4] {
    [
        Reply::bytes("<html><body>Please log in to the hotel's network</body></html>")
            .with_header("content-type", "text/html"),
        Reply::bytes(""),
        Reply::bytes("null"),
        Reply::bytes("[]"),
    ]
}

/// The whole chain of an error, as a log would have it.
fn told(error: &snowflake_query::Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&format!("; {cause}"));
        source = cause.source();
    }
    text
}

#[tokio::test(start_paused = true)]
async fn r13_a_foreign_answer_is_asked_for_once_more() {
    for reply in foreign() {
        let mut answers = vec![Reply::json(&one()), reply];
        let service = service(move |_| answers.pop().unwrap());
        let session = connect(&service).await;
        assert_eq!(session.execute("insert into t values (1)").await.unwrap().rows.len(), 1);
        let sent = requests(&service, QUERY);
        assert_eq!((sent.len(), sent[0].query("requestId")), (2, sent[1].query("requestId")));
    }
}

#[tokio::test(start_paused = true)]
async fn r13_a_second_foreign_answer_is_named_without_its_text() {
    for (number, reply) in foreign().into_iter().enumerate() {
        let service =
            service(
                move |seen| {
                    if sql(seen) == "select 'recovered'" { Reply::json(&one()) } else { reply.clone() }
                },
            );
        let session = connect(&service).await;
        let error = session.execute("select 1").await.unwrap_err();
        assert_eq!((error.kind(), count(&service, QUERY)), (ErrorKind::Protocol, 2), "{number}");
        let text = told(&error);
        assert!(text.contains("200") && text.contains("bytes") && !text.contains("hotel"), "{text}");
        assert_eq!(text.contains("text/html"), number == 0, "{text}");
        // Whoever answered, the statement may have gone through.
        let error = session.execute("insert into t values (1)").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
        assert!(!told(&error).contains("hotel"));
        session.execute("select 'recovered'").await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn r13_a_foreign_answer_to_a_poll_is_asked_for_once_more_and_then_named() {
    for reply in foreign() {
        for repeated in [1, 2] {
            let service = service(|_| Reply::json(&running("333333", RESULT)));
            let (mut polls, reply) = (0, reply.clone());
            service.inner().push(Expect::get(RESULT).any_times().reply_with(move |_| {
                polls += 1;
                if polls <= repeated { reply.clone() } else { Reply::json(&one()) }
            }));
            let session = connect(&service).await;
            let outcome = session.execute("select 1").await;
            assert_eq!(count(&service, QUERY), 1);
            match repeated {
                1 => assert_eq!(outcome.unwrap().rows.len(), 1),
                _ => assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Protocol),
            }
            session.execute("select 1").await.unwrap();
        }
    }
}

/// The timestamps of the contexts that statements carried.
fn stamps(service: &Service) -> Vec<Value> {
    let stamp =
        |seen: &snowflake_sim::Seen| seen.json()["queryContextDTO"]["entries"][0]["timestamp"].clone();
    requests(service, QUERY).iter().map(stamp).collect()
}

#[tokio::test(start_paused = true)]
async fn r24_the_context_of_a_failed_statement_goes_along_with_the_next_whichever_node_answers() {
    let mut statements = 0;
    let service = service(move |_| {
        statements += 1;
        let mut answer = match statements {
            1 | 5 => one(),
            4 => running("333333", RESULT),
            _ => failed("001003", "no"),
        };
        if answer["data"].is_null() {
            answer["data"] = json!({});
        }
        answer["data"]["queryContext"] =
            json!({ "entries": [{ "id": 0, "timestamp": statements, "priority": 0, "context": "Y3R4" }] });
        answer["data"]["parameters"] =
            json!([{ "name": "SERVICE_NAME", "value": format!("node-{statements}") }]);
        Reply::json(&answer)
    });
    let mut polled = failed("100051", "Division by zero");
    polled["data"] = json!({ "queryContext": { "entries": [
        { "id": 0, "timestamp": 40, "priority": 0, "context": "Y3R4" } ] } });
    service.inner().push(Expect::get(RESULT).any_times().reply(Reply::json(&polled)));
    let session = connect(&service).await;
    session.execute("select 1").await.unwrap();
    for failing in ["select 2", "insert into t values (3)", "select 4"] {
        assert_eq!(session.execute(failing).await.unwrap_err().kind(), ErrorKind::Sql);
    }
    session.execute("select 5").await.unwrap();
    assert_eq!(stamps(&service), [json!(null), json!(1), json!(2), json!(3), json!(40)]);
    let context = &requests(&service, QUERY)[4].json()["queryContextDTO"]["entries"][0]["context"];
    assert_eq!(*context, json!({ "base64Data": "Y3R4" }));
}

#[tokio::test(start_paused = true)]
async fn r24_the_context_that_came_with_a_lost_answer_is_not_invented() {
    let mut statements = 0;
    let service = service(move |_| {
        statements += 1;
        let mut answer = one();
        answer["data"]["queryContext"] =
            json!({ "entries": [{ "id": 0, "timestamp": statements, "priority": 0, "context": "Y3R4" }] });
        Reply::json(&answer)
    });
    let session = connect(&service).await;
    session.execute("select 1").await.unwrap();
    service.add(Rule::on(QUERY).times(1).lose_response());
    session.execute("select 2").await.unwrap();
    session.execute("select 3").await.unwrap();
    assert_eq!(stamps(&service), [json!(null), json!(1), json!(1), json!(3)]);
}

fn child(number: usize) -> String {
    format!("01b2c3d4-0000-1111-0000-{number:012}")
}

/// How often each statement of each request ran.
type Runs = Arc<Mutex<BTreeMap<(String, usize), usize>>>;

/// Runs texts of five statements, of which the third fails when it is asked for, and keeps account of each.
fn five() -> (Service, Runs) {
    let runs = Runs::default();
    let ledger = Arc::clone(&runs);
    let service = service(move |seen| {
        if !sql(seen).contains(';') {
            return Reply::json(&one());
        }
        let id = seen.query("requestId").unwrap();
        let mut runs = ledger.lock().unwrap();
        // An id that was seen before is answered, not run; the statements after the failed one are not run at all.
        if !runs.contains_key(&(id.clone(), 1)) {
            (1..=3).for_each(|number| *runs.entry((id.clone(), number)).or_default() += 1);
        }
        let mut answer = one();
        answer["data"]["statementTypeId"] = json!(0xa000);
        answer["data"]["resultIds"] = json!((1..=5).map(child).collect::<Vec<_>>().join(","));
        Reply::json(&answer)
    });
    for number in 1..=5 {
        let answer = if number == 3 { failed("002003", "Object 'T3' does not exist") } else { one() };
        let path = format!("/queries/{}/result", child(number));
        service.inner().push(Expect::get(path).any_times().reply(Reply::json(&answer)));
    }
    (service, runs)
}

async fn submit(session: &Session) -> QueryResult {
    let text =
        "insert into t1 values (1); insert into t2 values (1); insert into t3 values (1); select 4; select 5";
    session.execute(QueryBuilder::new(text).parameter("MULTI_STATEMENT_COUNT", 5)).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn r25_the_error_of_several_statements_tells_which_one_failed() {
    let (service, _) = five();
    let pool = Pool::open(options(&service), PoolOptions::default()).await.unwrap();
    let session = connect(&service).await;
    let parent = submit(&session).await;
    assert_eq!(parent.children().len(), 5);
    for error in [session.child_results(&parent).await, pool.child_results(&parent).await] {
        let error = error.unwrap_err();
        assert_eq!((error.kind(), error.statement_index()), (ErrorKind::Sql, Some(2)));
        assert_eq!(error.code().map(|code| code.as_str()), Some("002003"));
        assert_eq!(error.to_string(), "statement 3: 002003: Object 'T3' does not exist");
    }
    assert_eq!(session.result(parent.children()[1]).await.unwrap().rows.len(), 1);
    assert_eq!((count(&service, QUERY), count(&service, ABORT)), (1, 0));
    session.execute("select 1").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn r25_several_statements_whose_answer_was_lost_are_asked_for_again_and_run_once() {
    let (service, runs) = five();
    service.add(Rule::on(QUERY).times(2).lose_response());
    let session = connect(&service).await;
    let parent = submit(&session).await;
    assert_eq!(count(&service, QUERY), 3);
    assert_eq!(runs.lock().unwrap().values().copied().collect::<Vec<_>>(), [1, 1, 1]);
    assert_eq!(session.child_results(&parent).await.unwrap_err().statement_index(), Some(2));
    settle().await;
    assert_eq!(count(&service, ABORT), 0);
    session.execute("select 1").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn r25_a_failure_of_the_whole_keeps_the_servers_words() {
    let service = service(|seen| {
        let several = sql(seen).contains(';');
        Reply::json(&if several { failed("000008", "Actual statement count 5 did not match") } else { one() })
    });
    let session = connect(&service).await;
    let error = session.execute("select 1; select 2").await.unwrap_err();
    assert_eq!((error.kind(), error.statement_index()), (ErrorKind::Sql, None));
    assert_eq!(error.code().map(|code| code.as_str()), Some("000008"));
    session.execute("select 1").await.unwrap();
}
