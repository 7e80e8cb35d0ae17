//! Observers are told of every statement when it is submitted, and once of its end, whatever happens to it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use snowflake_query::{Ending, Observed, Observer, Outcome, QueryBuilder, Session};
use snowflake_sim::{Expect, Reply, Rule};

use crate::service::{
    ABORT_BY_ID, ID, MONITOR, QUERY, RESULT, Service, failed, inserted, one, options, running, service,
    settle,
};

/// What was told, in short.
#[derive(Debug, Default)]
struct Notes(Mutex<Vec<String>>);

impl Notes {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Observer for Notes {
    fn submitted(&self, statement: &Observed<'_>) {
        self.0.lock().unwrap().push(format!("+ {}", statement.sql));
    }

    fn ended(&self, statement: &Observed<'_>, ending: &Ending<'_>) {
        let Ending { outcome, rows, query_id, error, .. } = ending;
        let id = query_id.map_or("-", |id| if id.to_string() == ID { "id" } else { "?" });
        let code = error.and_then(|error| error.code()).map_or("-", |code| code.as_str());
        let rows = rows.map_or("-".to_owned(), |rows| rows.to_string());
        let line = format!("{} {} {id} {rows} {code}", outcome.as_str(), statement.sql);
        self.0.lock().unwrap().push(line);
    }
}

async fn observed(service: &Service) -> (Session, Arc<Notes>) {
    let notes = Arc::new(Notes::default());
    let session = Session::connect(options(service).with_observer(Arc::<Notes>::clone(&notes) as _)).await;
    (session.unwrap(), notes)
}

#[tokio::test(start_paused = true)]
async fn a_statement_is_told_with_its_outcome_rows_and_id() {
    let service = service(|seen| match seen.json()["sqlText"].as_str() {
        Some("select 1") => Reply::json(&one()),
        Some("insert") => Reply::json(&inserted()),
        _ => Reply::json(&failed("001003", "syntax error")),
    });
    let (session, notes) = observed(&service).await;
    session.execute("select 1").await.unwrap();
    session.execute("insert").await.unwrap();
    session.execute("selec").await.unwrap_err();
    let told = [
        "+ select 1",
        "success select 1 id 1 -",
        "+ insert",
        "success insert id 3 -",
        "+ selec",
        "failed selec - - 001003",
    ];
    assert_eq!(notes.take(), told);
}

#[derive(Debug)]
struct Context(Mutex<Vec<Told>>);

/// Warehouse, tag, whether it is our own, and how many binds it has.
type Told = (Option<String>, Option<String>, bool, usize);

impl Observer for Context {
    fn ended(&self, statement: &Observed<'_>, _: &Ending<'_>) {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let seen = (owned(statement.warehouse), owned(statement.tag), statement.is_internal, statement.binds);
        assert_eq!((statement.role, statement.session_id), (Some("R"), 1));
        self.0.lock().unwrap().push(seen);
    }
}

#[tokio::test(start_paused = true)]
async fn names_tag_and_binds_are_told_and_our_own_statements_are_marked() {
    let service = service(|seen| {
        let mut answer = one();
        if seen.json()["sqlText"].as_str().is_some_and(|sql| sql.starts_with("USE")) {
            answer["data"]["finalWarehouseName"] = json!("BIG");
        }
        Reply::json(&answer)
    });
    let context = Arc::new(Context(Mutex::default()));
    let options = options(&service).with_observer(Arc::<Context>::clone(&context) as _);
    let session = Session::connect(options).await.unwrap();
    session.execute(QueryBuilder::new("select ?").bind(1).warehouse("big").tag("daily")).await.unwrap();
    let seen = std::mem::take(&mut *context.0.lock().unwrap());
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(seen, [(text("WH"), None, true, 0), (text("BIG"), text("daily"), false, 1)]);
}

#[tokio::test(start_paused = true)]
async fn u05_a_statement_that_nobody_waits_for_is_abandoned_and_one_that_may_have_run_is_unknown() {
    let hanging = service(|_| Reply::json(&one()).after(Duration::from_secs(1000)));
    let (session, notes) = observed(&hanging).await;
    let waited = tokio::time::timeout(Duration::from_secs(1), session.execute("select 1")).await;
    assert!(waited.is_err());
    assert_eq!(notes.take(), ["+ select 1", "abandoned select 1 - - -"]);
    let limited = QueryBuilder::new("select 2").timeout(Duration::from_secs(2));
    session.execute(limited).await.unwrap_err();
    assert_eq!(notes.take(), ["+ select 2", "timed_out select 2 - - -"]);

    let lossy = service(|_| Reply::json(&inserted()));
    lossy.add(Rule::on(QUERY).times(100).lose_response());
    let (session, notes) = observed(&lossy).await;
    session.execute("insert").await.unwrap_err();
    assert_eq!(notes.take(), ["+ insert", "unknown insert - - -"]);
}

#[tokio::test(start_paused = true)]
async fn u05_a_detached_statement_ends_when_its_handle_learns_of_it_or_goes() {
    let service = service(|_| Reply::json(&running("333334", RESULT)));
    let states = json!({ "success": true, "data": { "queries": [{ "id": ID, "status": "SUCCESS" }] } });
    let inner = service.inner();
    inner.push(Expect::get(RESULT).any_times().reply(Reply::json(&one())));
    inner.push(Expect::get(MONITOR).any_times().reply(Reply::json(&states)));
    inner.push(Expect::post(ABORT_BY_ID).any_times().reply(Reply::json(&json!({ "success": true }))));
    let (session, notes) = observed(&service).await;

    let handle = session.execute_async("waited").await.unwrap();
    assert_eq!(notes.take(), ["+ waited"]);
    handle.wait().await.unwrap();
    handle.wait().await.unwrap();
    drop(handle);
    assert_eq!(notes.take(), ["success waited id 1 -"]);

    let handle = session.execute_async("polled").await.unwrap();
    handle.poll().await.unwrap();
    drop(handle);
    assert_eq!(notes.take(), ["+ polled", "success polled id - -"]);

    drop(session.execute_async("dropped").await.unwrap());
    assert_eq!(notes.take(), ["+ dropped", "abandoned dropped id - -"]);

    let handle = session.execute_async("cancelled").await.unwrap();
    handle.cancel().await.unwrap();
    drop(handle);
    assert_eq!(notes.take(), ["+ cancelled", "cancelled cancelled id - -"]);

    let _ = session.execute_async("left").await.unwrap().detach();
    assert_eq!(notes.take(), ["+ left", "detached left id - -"]);
    settle().await;
}

#[derive(Debug)]
struct Panicking;

impl Observer for Panicking {
    #[expect(clippy::panic, reason = "a panic is what it is about")]
    fn submitted(&self, _: &Observed<'_>) {
        panic!("in an observer");
    }

    fn ended(&self, _: &Observed<'_>, ending: &Ending<'_>) {
        assert_eq!(ending.outcome, Outcome::Detached, "never so");
    }
}

#[tokio::test(start_paused = true)]
async fn u05_an_observer_that_panics_fails_no_statement_and_hides_none_from_the_others() {
    let service = service(|_| Reply::json(&one()));
    let notes = Arc::new(Notes::default());
    let options =
        options(&service).with_observer(Arc::new(Panicking)).with_observer(Arc::<Notes>::clone(&notes) as _);
    let session = Session::connect(options).await.unwrap();
    assert_eq!(session.execute("select 1").await.unwrap().rows.len(), 1);
    assert_eq!(notes.take().len(), 2);
}
