//! The stand-in behaves as the service does.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use snowflake_transport::{Body, Request, Transport as _};
use tokio::time::Instant;

use super::{Answer, StandIn, Table};
use crate::AbortTarget;

/// A client that knows just enough of the protocol.
struct Client {
    service: StandIn,
    token: String,
    master: String,
    submitted: AtomicUsize,
}

impl Client {
    async fn login(service: &StandIn) -> Self {
        let body = json!({"data": {"CLIENT_APP_ID": "Test", "ACCOUNT_NAME": "a", "LOGIN_NAME": "ann", "PASSWORD": "p"}});
        let answer = send(service, "POST", "/session/v1/login-request?databaseName=db", "None", body).await;
        let text = |name: &str| answer["data"][name].as_str().unwrap_or_default().to_owned();
        Self {
            service: service.clone(),
            token: text("token"),
            master: text("masterToken"),
            submitted: AtomicUsize::new(0),
        }
    }

    async fn submit(&self, request_id: &str, body: Value) -> Value {
        let path = format!("/queries/v1/query-request?requestId={request_id}");
        send(&self.service, "POST", &path, &self.token, body).await
    }

    async fn run(&self, sql: &str) -> Value {
        let id = self.submitted.fetch_add(1, Ordering::Relaxed);
        self.submit(&format!("auto-{id}"), json!({"sqlText": sql})).await
    }

    async fn get(&self, path: &str) -> Value {
        send(&self.service, "GET", path, &self.token, Value::Null).await
    }

    async fn result(&self, answer: &Value) -> Value {
        self.get(answer["data"]["getResultUrl"].as_str().unwrap()).await
    }
}

fn request(method: &str, target: &str, token: &str, body: &Value) -> Request {
    let target =
        if target.starts_with('/') { format!("https://acct.example.com{target}") } else { target.to_owned() };
    http::Request::builder()
        .method(method)
        .uri(target)
        .header("authorization", format!("Snowflake Token=\"{token}\""))
        .body(Body::from(body.to_string()))
        .unwrap()
}

async fn send(service: &StandIn, method: &str, target: &str, token: &str, body: Value) -> Value {
    let answer = service.send(request(method, target, token, &body)).await.unwrap();
    let bytes = answer.into_body().collect(usize::MAX).await.unwrap();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// Fetches a part as a store gives it out: its status and its text.
async fn part(service: &StandIn, data: &Value, n: usize) -> (u16, String) {
    let mut fetch = http::Request::get(data["chunks"][n]["url"].as_str().unwrap());
    for (name, value) in data["chunkHeaders"].as_object().unwrap() {
        fetch = fetch.header(name, value.as_str().unwrap());
    }
    let answer = service.send(fetch.body(Body::empty()).unwrap()).await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect(usize::MAX).await.unwrap();
    (status, String::from_utf8_lossy(&body).into_owned())
}

fn numbers(n: i64) -> Table {
    Table::new().number("N", 0).rows((0..n).map(|n| (n,)))
}

#[tokio::test(start_paused = true)]
async fn a_statement_is_answered_however_it_is_spelled_and_others_are_named() {
    let table = Table::new().number("ID", 2).text("NAME").boolean("OK").row(("1.5", None::<&str>, true));
    let service = StandIn::new().on("select  id, name from users", Answer::rows(table).json());
    let client = Client::login(&service).await;
    let answer = client.run("SELECT id, name /* all */ FROM users;").await;
    assert_eq!(answer["data"]["rowset"], json!([["1.50", null, "1"]]));
    assert_eq!(answer["data"]["rowtype"][0]["scale"], 2);
    assert_eq!(answer["data"]["finalDatabaseName"], "DB");
    let unknown = client.run("SELECT 2 FROM nowhere").await;
    assert_eq!((&unknown["success"], &unknown["code"]), (&json!(false), &json!("002040")));
    assert!(unknown["message"].as_str().unwrap().ends_with("SELECT 2 FROM nowhere"));
    assert_eq!(client.run("SELECT 1").await["data"]["total"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_id_runs_its_statement_once_unless_that_is_switched_off() {
    let service = StandIn::new().on_prefix("INSERT", Answer::dml(3));
    let client = Client::login(&service).await;
    let insert = json!({"sqlText": "INSERT INTO t SELECT 1"});
    let first = client.submit("r1", insert.clone()).await;
    let again = client.submit("r1", insert.clone()).await;
    assert_eq!(first["data"]["queryId"], again["data"]["queryId"]);
    assert_eq!(first["data"]["rowset"], json!([["3"]]));
    let other = client.submit("r1", json!({"sqlText": "INSERT INTO t SELECT 2"})).await;
    assert_eq!(other["success"], json!(false));
    let ledger = service.ledger();
    assert_eq!((ledger.statements["r1"].received, ledger.statements["r1"].executed), (3, 1));
    let effect = ledger.effect("insert into t select 1");
    assert_eq!((effect.executions, effect.rows), (1, 3));

    let service = service.dedup(false);
    client.submit("r1", insert).await;
    let since = service.ledger().since(&ledger);
    assert_eq!((since.statements["r1"].received, since.statements["r1"].executed), (1, 1));
    assert_eq!(since.effect("INSERT INTO t SELECT 1").rows, 3);
    assert_eq!(service.ledger().statements["r1"].query_ids.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn effects_count_when_they_are_committed() {
    let service =
        StandIn::new().on_prefix("UPDATE", Answer::dml(2)).on("CREATE TABLE x (a INT)", Answer::done());
    let client = Client::login(&service).await;
    let rows = || service.ledger().effect("UPDATE t SET a = 1").rows;
    for (sql, expected) in [
        ("BEGIN", 0),
        ("UPDATE t SET a = 1", 0),
        ("ROLLBACK", 0),
        ("BEGIN TRANSACTION", 0),
        ("UPDATE t SET a = 1", 0),
        ("COMMIT", 2),
        ("UPDATE t SET a = 1", 4),
        ("ALTER SESSION SET AUTOCOMMIT = FALSE", 4),
        ("UPDATE t SET a = 1", 4),
        ("CREATE TABLE x (a INT)", 6),
        ("UPDATE t SET a = 1", 6),
    ] {
        assert_eq!(client.run(sql).await["success"], json!(true), "{sql}");
        assert_eq!(rows(), expected, "{sql}");
    }
    service.end_sessions();
    assert_eq!(client.run("COMMIT").await["code"], "390111");
    assert_eq!((rows(), service.ledger().lost_sessions, service.ledger().open_sessions), (6, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_statement_ends_with_its_polls_or_its_time() {
    let service = StandIn::new()
        .on("SELECT polled", Answer::rows(numbers(1)).after_polls(2))
        .on("SELECT slow", Answer::rows(numbers(1)).takes(Duration::from_secs(100)));
    let client = Client::login(&service).await;
    let answer = client.run("SELECT polled").await;
    assert_eq!(answer["code"], "333333");
    assert_eq!(client.result(&answer).await["code"], "333333");
    assert_eq!(client.result(&answer).await["data"]["total"], 1);

    let start = Instant::now();
    let answer = client.run("SELECT slow").await;
    assert_eq!((answer["code"].clone(), start.elapsed()), (json!("333333"), Duration::from_secs(45)));
    let id = answer["data"]["queryId"].as_str().unwrap().to_owned();
    let status = client.get(&format!("/monitoring/queries//{id}")).await;
    assert_eq!(status["data"]["queries"][0]["status"], "RUNNING");
    assert_eq!(client.result(&answer).await["code"], "333333");
    assert_eq!(client.result(&answer).await["data"]["total"], 1);
    assert_eq!(start.elapsed(), Duration::from_secs(100));

    let answer = client.submit("async", json!({"sqlText": "SELECT polled", "asyncExec": true})).await;
    assert_eq!(answer["code"], "333334");
}

#[tokio::test(start_paused = true)]
async fn an_abort_hits_what_runs_and_wakes_who_waits_for_it() {
    let service = StandIn::new().on("DELETE FROM t", Answer::dml(9).takes(Duration::from_secs(10)));
    let client = Client::login(&service).await;
    let abort = async {
        tokio::time::sleep(Duration::from_secs(4)).await;
        let body = json!({"requestId": "r1"});
        send(&service, "POST", "/queries/v1/abort-request?requestId=r2", &client.token, body).await
    };
    let start = Instant::now();
    let (answer, abort) = tokio::join!(client.submit("r1", json!({"sqlText": "DELETE FROM t"})), abort);
    assert_eq!((abort["success"].clone(), answer["code"].clone()), (json!(true), json!("000604")));
    assert_eq!(start.elapsed(), Duration::from_secs(4));
    let id = answer["data"]["queryId"].as_str().unwrap();
    let late =
        send(&service, "POST", &format!("/queries/{id}/abort-request"), &client.token, json!({})).await;
    assert_eq!(late["code"], "000605");
    let ledger = service.ledger();
    assert_eq!(ledger.effect("DELETE FROM t").executions, 0);
    assert_eq!(ledger.aborts[0].target, AbortTarget::Request("r1".to_owned()));
    assert_eq!((ledger.aborts[0].accepted, ledger.aborts[1].accepted), (true, false));
    assert_eq!(ledger.aborts[1].query_id.as_deref(), Some(id));
}

#[tokio::test(start_paused = true)]
async fn parts_are_given_out_until_their_addresses_expire_and_handed_out_again() {
    let service = StandIn::new()
        .on("SELECT big", Answer::rows(numbers(5)).in_parts(2).json().uncompressed())
        .part_lifetime(Duration::from_secs(60));
    let client = Client::login(&service).await;
    let answer = client.run("SELECT big").await;
    let data = &answer["data"];
    assert_eq!((&data["rowset"], &data["total"]), (&json!([["0"], ["1"]]), &json!(5)));
    assert_eq!((&data["chunks"][0]["rowCount"], &data["chunks"][1]["rowCount"]), (&json!(2), &json!(1)));
    assert_eq!(part(&service, data, 0).await, (200, r#"["2"],["3"]"#.to_owned()));
    tokio::time::advance(Duration::from_secs(60)).await;
    assert_eq!(part(&service, data, 1).await.0, 403);
    let id = data["queryId"].as_str().unwrap();
    let again = client.get(&format!("/queries/{id}/result")).await;
    assert_eq!(part(&service, &again["data"], 1).await, (200, r#"["4"]"#.to_owned()));
    service.expire_chunk_urls();
    assert_eq!(part(&service, &again["data"], 1).await.0, 403);
    let ledger = service.ledger();
    let produced = &ledger.results[id];
    assert_eq!((produced.rows, produced.inline_rows), (5, 2));
    let uses: Vec<_> = produced.parts.iter().map(|part| (part.rows, part.requests, part.bytes)).collect();
    assert_eq!(uses, [(2, 1, 11), (1, 1, 5)]);
    assert_eq!((ledger.chunk_requests, ledger.chunk_bytes), (4, 16));
    service.forget_results();
    assert_eq!(client.get(&format!("/queries/{id}/result")).await["code"], "000707");
}

#[tokio::test(start_paused = true)]
async fn tokens_expire_and_are_renewed() {
    let service =
        StandIn::new().session_lifetime(Duration::from_secs(10)).master_lifetime(Duration::from_secs(20));
    let mut client = Client::login(&service).await;
    tokio::time::advance(Duration::from_secs(10)).await;
    assert_eq!(client.run("SELECT 1").await["code"], "390112");
    let body = json!({"oldSessionToken": client.token, "requestType": "RENEW"});
    let renewed = send(&service, "POST", "/session/token-request", &client.master, body).await;
    client.token = renewed["data"]["sessionToken"].as_str().unwrap().to_owned();
    assert_eq!(client.run("SELECT 1").await["success"], json!(true));
    service.expire_masters();
    let body = json!({"oldSessionToken": client.token, "requestType": "RENEW"});
    let refused = send(&service, "POST", "/session/token-request", &client.master, body).await;
    assert_eq!(refused["code"], "390114");
    let ended = send(&service, "POST", "/session?delete=true", &client.token, json!({})).await;
    assert_eq!(ended["success"], json!(true));
    let ledger = service.ledger();
    assert_eq!((ledger.logins, ledger.token_requests, ledger.logouts, ledger.open_sessions), (1, 2, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn only_named_users_are_let_in_once_one_is_named() {
    for (service, is_let_in) in [
        (StandIn::new(), true),
        (StandIn::new().user("ann", "other"), false),
        (StandIn::new().user("bob", "p"), false),
        (StandIn::new().user("bob", "b").user("Ann", "p"), true),
    ] {
        assert_eq!(!Client::login(&service).await.token.is_empty(), is_let_in);
        let ledger = service.ledger();
        assert_eq!((ledger.logins, ledger.refused_logins), if is_let_in { (1, 0) } else { (0, 1) });
    }
}

#[tokio::test(start_paused = true)]
async fn several_statements_run_in_order_up_to_the_first_failure() {
    let service = StandIn::new()
        .on_prefix("INSERT", Answer::dml(1))
        .on("SELECT bad", Answer::error("002003", "02000", "no such table"));
    let client = Client::login(&service).await;
    let several = |sql: &str| json!({"sqlText": sql, "parameters": {"MULTI_STATEMENT_COUNT": 0}});
    let answer = client.submit("r1", several("INSERT a; SELECT 1")).await;
    let ids: Vec<&str> = answer["data"]["resultIds"].as_str().unwrap().split(',').collect();
    assert_eq!((ids.len(), &answer["data"]["resultTypes"]), (2, &json!("12544,4096")));
    assert_eq!(client.get(&format!("/queries/{}/result", ids[0])).await["data"]["rowset"], json!([["1"]]));
    let answer = client.submit("r2", several("INSERT b; SELECT bad; INSERT c")).await;
    assert_eq!(answer["code"], "002003");
    let ledger = service.ledger();
    let ran = |sql| ledger.effect(sql).executions;
    assert_eq!((ran("INSERT a"), ran("INSERT b"), ran("INSERT c")), (1, 1, 0));
    assert_eq!(client.run("INSERT a; INSERT b").await["code"], "000008");
}

#[tokio::test(start_paused = true)]
async fn held_statements_run_until_they_are_released_and_answers_take_turns() {
    let locked = Answer::error("000625", "57014", "locked");
    let service = StandIn::new().on("DELETE FROM t", locked.clone().then(locked).then(Answer::dml(1)));
    let client = Client::login(&service).await;
    assert_eq!(client.run("DELETE FROM t").await["code"], "000625");
    assert_eq!(client.run("DELETE FROM  t").await["code"], "000625");
    service.hold_statements();
    let release = async {
        tokio::time::sleep(Duration::from_secs(7)).await;
        assert_eq!(service.ledger().effect("DELETE FROM t").executions, 0);
        service.release_statements();
    };
    let start = Instant::now();
    let (answer, ()) = tokio::join!(client.run("DELETE FROM t"), release);
    assert_eq!((answer["success"].clone(), start.elapsed()), (json!(true), Duration::from_secs(7)));
    assert_eq!(service.ledger().effect("DELETE FROM t").executions, 1);
}

#[tokio::test(start_paused = true)]
async fn a_row_that_does_not_fit_its_columns_is_a_clear_failure() {
    let table = Table::new().number("N", 1).row(["0.25"]);
    let service = StandIn::new()
        .on("SELECT a", Answer::rows(table))
        .on("SELECT b", Answer::rows(numbers(0).row((1, 2))));
    let client = Client::login(&service).await;
    let message = |answer: &Value| answer["message"].as_str().unwrap().to_owned();
    let answer = client.run("SELECT a").await;
    assert!(message(&answer).contains("row 0: a text is no number with at most 1 digits"), "{answer}");
    assert!(message(&client.run("SELECT b").await).contains("2 cells for 1 columns"));
}
