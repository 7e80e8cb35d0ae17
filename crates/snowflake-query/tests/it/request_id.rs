//! One request id, one execution: what is sent again, asked for later, and refused.

use std::time::Duration;

use serde_json::json;
use snowflake_query::{ErrorKind, Pool, PoolOptions, QueryBuilder, QueryId, Resubmit, Session, Wanted};
use snowflake_sim::{Cut, Expect, Reply, Rule};
use uuid::Uuid;

use crate::engine::Engine;
use crate::service::{
    ABORT, LOGIN, QUERY, RESULT, connect, count, failed, inserted, one, options, requests, running, service,
    settle,
};

const INSERT: &str = "insert into t values (1)";

async fn pool(service: &crate::service::Service, max: u32) -> Pool {
    Pool::open(options(service), PoolOptions::default().with_size(0, max)).await.unwrap()
}

/// The server begins under one id, forgets that, and begins again under another.
fn forgetful(first: &'static str, second: &'static str) -> crate::service::Service {
    let mut submits = 0;
    let service = service(move |seen| {
        submits += 1;
        let mut answer = if submits == 1 { running("333333", RESULT) } else { inserted() };
        answer["data"]["queryId"] = json!(if submits == 1 { first } else { second });
        let is_last = crate::service::sql(seen) == "select 'still there'";
        Reply::json(&if is_last { one() } else { answer })
    });
    service.inner().push(Expect::get(RESULT).any_times().reply(Reply::json(&failed("000612", "not found"))));
    service
}

#[tokio::test(start_paused = true)]
async fn r03_two_query_ids_for_one_request_id_are_a_suspected_duplicate() {
    let (first, second) = ("01b2c3d4-0000-1111-0000-00000000000a", "01b2c3d4-0000-1111-0000-00000000000b");
    let service = forgetful(first, second);
    let session = connect(&service).await;
    let error = session.execute(INSERT).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DuplicateSuspected);
    assert_eq!(error.earlier_query_id(), Some(QueryId::parse(first).unwrap()));
    assert_eq!(error.query_id(), Some(QueryId::parse(second).unwrap()));
    assert_eq!(error.request_id().map(|id| id.to_string()), requests(&service, QUERY)[0].query("requestId"));
    assert!(!error.is_retryable(), "a third run is the last thing to do");
    settle().await;
    assert_eq!((count(&service, QUERY), count(&service, ABORT)), (2, 0));
    session.execute("select 'still there'").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn r03_one_query_id_or_a_statement_that_only_reads_is_no_duplicate() {
    let (first, second) = ("01b2c3d4-0000-1111-0000-00000000000a", "01b2c3d4-0000-1111-0000-00000000000b");
    let session = connect(&forgetful(first, first)).await;
    session.execute(INSERT).await.unwrap();
    let session = connect(&forgetful(first, second)).await;
    session.execute("select 1").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn r03_what_must_not_be_sent_twice_is_not_however_its_answer_is_lost() {
    let ways: [fn(Rule) -> Rule; 6] = [
        Rule::lose_response,
        |rule| rule.cut(40, Cut::Clean),
        |rule| rule.cut(40, Cut::Short),
        |rule| rule.cut(40, Cut::Reset),
        |rule| rule.replace_body("<html>come in</html>"),
        |rule| rule.delay(Duration::from_secs(1)).lose_response(),
    ];
    for (number, lose) in ways.into_iter().enumerate() {
        let engine = Engine::forgetful();
        let service = engine.service();
        service.add(lose(Rule::on(QUERY)));
        let session = connect(&service).await;
        let error = session.execute(QueryBuilder::new(INSERT).resubmit(Resubmit::Never)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{number}: {error:?}");
        assert_eq!((error.attempts(), count(&service, QUERY)), (Some(1), 1), "{number}");
        assert_eq!(engine.writes(), 1, "{number}");
        settle().await;
        assert_eq!(count(&service, ABORT), 0, "{number}");
        service.clear();
        session.execute("select 1").await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn r03_what_must_not_be_sent_twice_is_not_after_a_bad_gateway_or_when_the_server_forgets_it() {
    let service = service(|_| Reply::status(503));
    let session = Session::connect(options(&service).with_resubmit(Resubmit::Never)).await.unwrap();
    let error = session.execute(INSERT).await.unwrap_err();
    assert_eq!((error.kind(), count(&service, QUERY)), (ErrorKind::OutcomeUnknown, 1));
    let first = "01b2c3d4-0000-1111-0000-00000000000a";
    let service = forgetful(first, first);
    let session = Session::connect(options(&service).with_resubmit(Resubmit::Never)).await.unwrap();
    let error = session.execute(INSERT).await.unwrap_err();
    assert_eq!((error.kind(), count(&service, QUERY)), (ErrorKind::OutcomeUnknown, 1));
    assert_eq!(error.query_id(), Some(QueryId::parse(first).unwrap()));
    assert_eq!(error.code().map(|code| code.as_str()), Some("000612"));
    session.execute("select 'still there'").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn r03_what_certainly_did_not_arrive_and_what_only_reads_is_still_sent_again() {
    let engine = Engine::new();
    let service = engine.service();
    let options = options(&service).with_resubmit(Resubmit::Never);
    let pool = Pool::open(options, PoolOptions::default()).await.unwrap();
    service.add(Rule::on(QUERY).times(2).reset());
    pool.execute(INSERT).await.unwrap();
    service.clear();
    service.add(Rule::on(QUERY).times(2).lose_response());
    pool.execute("select 1").await.unwrap();
    service.clear();
    service.add(Rule::on(QUERY).times(1).lose_response());
    let error = pool.execute(INSERT).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    service.add(Rule::on(QUERY).times(1).lose_response());
    pool.execute(QueryBuilder::new(INSERT).resubmit(Resubmit::SameId)).await.unwrap();
    assert_eq!(engine.writes(), 3);
}

#[tokio::test(start_paused = true)]
async fn r04_a_pool_asks_again_in_the_session_that_knows() {
    let engine = Engine::new();
    let service = engine.service();
    let pool = pool(&service, 3).await;
    let anything = Wanted::default();
    let other = pool.get(&anything).await.unwrap();
    service.add(Rule::on(QUERY).lose_response());
    let error = pool.execute(INSERT).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    service.clear();
    let id = error.request_id().unwrap();
    // Somebody else has the session now: there are others, but they know nothing.
    let borrowed = pool.get(&anything).await.unwrap();
    assert_eq!(borrowed.id(), 2);
    drop(other);
    let asking = tokio::spawn({
        let pool = pool.clone();
        async move { pool.execute(QueryBuilder::new(INSERT).request_id(id)).await }
    });
    tokio::time::advance(Duration::from_secs(5)).await;
    settle().await;
    assert!(!asking.is_finished());
    pool.execute("select 1").await.unwrap();
    drop(borrowed);
    assert_eq!(asking.await.unwrap().unwrap().rows_affected(), Some(3));
    assert_eq!(engine.writes(), 1);
    let run = &engine.runs()[0];
    assert_eq!(
        (run.request_id.as_str(), run.session.as_str()),
        (id.to_string().as_str(), "Snowflake Token=\"session-2\"")
    );
    settle().await;
    assert_eq!((count(&service, ABORT), count(&service, LOGIN)), (0, 2));
}

#[tokio::test(start_paused = true)]
async fn r04_a_pool_does_not_ask_a_session_that_cannot_know() {
    let engine = Engine::new();
    let service = engine.service();
    let pool = pool(&service, 2).await;
    service.add(Rule::on(QUERY).times(1).lose_response());
    service.add(Rule::on(QUERY).times(1).answer(200, &[], failed("390111", "session gone").to_string()));
    let error = pool.execute(INSERT).await.unwrap_err();
    // The last answer was a refusal, but the first attempt was carried out.
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::OutcomeUnknown, Some(2)));
    assert!(error.to_string().contains("query history"), "{error}");
    service.clear();
    let id = error.request_id().unwrap();
    let error = pool.execute(QueryBuilder::new(INSERT).request_id(id)).await.unwrap_err();
    assert_eq!((error.kind(), error.request_id()), (ErrorKind::OutcomeUnknown, Some(id)));
    assert!(!error.is_retryable());
    assert_eq!(engine.writes(), 1);
    pool.execute("select 1").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn r04_once_the_query_id_is_known_any_session_can_tell() {
    let engine = Engine::new();
    let started = engine.clone();
    let service = service(move |seen| {
        let run = started.run(seen);
        let mut answer = running("333333", &format!("/queries/{}/result", run.query_id));
        answer["data"]["queryId"] = json!(run.query_id);
        Reply::json(&if run.sql == INSERT { answer } else { one() })
    });
    let result = "/queries/01b2c3d4-0000-1111-0000-000000000001/result";
    service.inner().push(Expect::get(result).any_times().reply(Reply::json(&inserted())));
    let pool = pool(&service, 2).await;
    service.add(Rule::on(result).lose_response());
    let error = pool.execute(INSERT).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert_eq!(error.query_id().map(|id| id.to_string()), Some(engine.runs()[0].query_id.clone()));
    service.clear();
    // The session that it was submitted in is in other hands.
    let _borrowed = pool.get(&Wanted::default()).await.unwrap();
    let again = || QueryBuilder::new(INSERT).request_id(error.request_id().unwrap()).warehouse("other");
    assert_eq!(pool.execute(again()).await.unwrap().rows_affected(), Some(3));
    let handle = pool.execute_async(again()).await.unwrap();
    assert_eq!(handle.wait().await.unwrap().rows_affected(), Some(3));
    assert_eq!((engine.writes(), count(&service, QUERY)), (1, 1), "not even USE was sent");
    assert_eq!(count(&service, LOGIN), 2);
    // A result that is gone is no reason to run the statement again.
    service.add(Rule::on(result).answer(200, &[], failed("000612", "not found").to_string()));
    for _ in 0..2 {
        assert_eq!(pool.execute(again()).await.unwrap_err().kind(), ErrorKind::NotFound);
    }
    assert_eq!(engine.writes(), 1);
}

#[tokio::test(start_paused = true)]
async fn r04_a_session_that_only_tells_an_outcome_stays_as_it_is() {
    let mut elsewhere = inserted();
    elsewhere["data"]["finalDatabaseName"] = json!("ELSEWHERE");
    let submitted = elsewhere.clone();
    let service = service(move |_| Reply::json(&submitted));
    service.inner().push(Expect::get(RESULT).any_times().reply(Reply::json(&elsewhere)));
    let options = options(&service);
    let first = Session::connect(options.clone()).await.unwrap();
    let second = Session::connect(options).await.unwrap();
    let insert = || QueryBuilder::new(INSERT).request_id(Uuid::from_u128(4));
    first.execute(insert()).await.unwrap();
    assert_eq!(second.execute(insert()).await.unwrap().rows_affected(), Some(3));
    assert_eq!(count(&service, QUERY), 1);
    assert_eq!((first.database().as_deref(), second.database().as_deref()), (Some("ELSEWHERE"), Some("DB")));
}

#[tokio::test(start_paused = true)]
async fn r05_a_second_client_with_the_same_request_id_joins_the_first_execution() {
    // A service that knows request ids whatever the session, as after a restart of the program.
    let (service, runs) = crate::retry::deduplicating();
    let id = Uuid::from_u128(0x1234);
    let statement = || QueryBuilder::new(INSERT).request_id(id);
    let (before, after) = (pool(&service, 1).await, pool(&service, 1).await);
    service.add(Rule::on(QUERY).lose_response());
    assert_eq!(before.execute(statement()).await.unwrap_err().request_id(), Some(id));
    drop(before);
    settle().await;
    service.clear();
    let first = after.execute(statement()).await.unwrap();
    let second = after.execute_async(statement()).await.unwrap();
    assert_eq!((first.rows_affected(), first.query_id), (Some(3), second.query_id()));
    assert_eq!(runs.lock().unwrap().get(&id.to_string()), Some(&1));
    assert!(requests(&service, QUERY).iter().all(|seen| seen.query("requestId") == Some(id.to_string())));
}

#[tokio::test(start_paused = true)]
async fn r06_a_request_id_that_stands_for_another_statement_is_refused_before_anything_is_sent() {
    let engine = Engine::new();
    let service = engine.service();
    let pool = pool(&service, 2).await;
    let id = Uuid::from_u128(0x1234);
    let statement = || QueryBuilder::new("insert into t values (?)").request_id(id);
    let first = pool.execute(statement().bind(1)).await.unwrap();
    let before = count(&service, QUERY);
    let others = [
        statement().bind(2),
        statement(),
        QueryBuilder::new("delete from t").request_id(id),
        QueryBuilder::new("select 1").request_id(id).warehouse("other"),
    ];
    for other in others {
        let error = pool.execute(other.clone()).await.unwrap_err();
        assert_eq!((error.kind(), error.request_id()), (ErrorKind::Configuration, Some(id)));
        assert!(!error.to_string().contains("insert") && !error.is_retryable(), "{error}");
        let session = pool.get(&Wanted::default()).await.unwrap();
        assert_eq!(session.execute(other.clone()).await.unwrap_err().kind(), ErrorKind::Configuration);
        assert_eq!(session.execute_async(other).await.unwrap_err().kind(), ErrorKind::Configuration);
    }
    assert_eq!(count(&service, QUERY), before);
    // A limit or a tag does not make it another statement, and its outcome can still be had.
    let result = format!("/queries/{}/result", first.query_id);
    service.inner().push(Expect::get(&result).any_times().reply(Reply::json(&inserted())));
    let again = statement().bind(1).tag("again").timeout(Duration::from_secs(60));
    assert_eq!(pool.execute(again).await.unwrap().rows_affected(), Some(3));
    assert_eq!(engine.writes(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_id_whose_statement_failed_may_be_used_for_another_try() {
    let mut answers = vec![inserted(), failed("002003", "no such table")];
    let service = service(move |_| Reply::json(&answers.pop().unwrap()));
    let pool = pool(&service, 1).await;
    let statement = || QueryBuilder::new(INSERT).request_id(Uuid::from_u128(7));
    assert_eq!(pool.execute(statement()).await.unwrap_err().kind(), ErrorKind::Sql);
    assert_eq!(pool.execute(statement()).await.unwrap().rows_affected(), Some(3));
}

#[tokio::test(start_paused = true)]
async fn a_result_that_is_not_found_submits_nothing() {
    let service = service(|_| Reply::json(&one()));
    service.inner().push(Expect::get(RESULT).any_times().reply(Reply::json(&failed("000612", "not found"))));
    let session = connect(&service).await;
    let error = session.result(crate::service::ID.parse().unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), count(&service, QUERY)), (ErrorKind::NotFound, 0));
}
