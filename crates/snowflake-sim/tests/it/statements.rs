//! Statements: once per request id, in progress, asynchronous, by query id.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use crate::client::{Client, builder, request_id};

#[tokio::test]
async fn a_statement_answers_everything_that_drivers_read() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    let data = client.data("SELECT 1 AS A").await;
    assert_eq!(data["statementTypeId"], 4_096);
    assert_eq!((&data["total"], &data["returned"]), (&json!(1), &json!(1)));
    assert_eq!(data["queryResultFormat"], "arrow");
    assert_eq!(data["sqlState"], "00000");
    assert_eq!(data["finalDatabaseName"], "DB");
    assert_eq!(data["finalSchemaName"], "PUBLIC");
    assert_eq!(data["finalWarehouseName"], "WH");
    assert_eq!(data["version"], 1);
    let id = data["queryId"].as_str().unwrap();
    assert!(id.starts_with("01") && uuid::Uuid::try_parse(id).is_ok(), "{id}");
    let column = data["rowtype"][0].as_object().unwrap();
    for key in
        ["name", "database", "schema", "table", "nullable", "type", "length", "byteLength", "precision"]
    {
        assert!(column.contains_key(key), "{key}");
    }
    let named = |name: &str| data["parameters"].as_array().unwrap().iter().any(|one| one["name"] == name);
    assert!(named("TIMEZONE") && named("TIMESTAMP_OUTPUT_FORMAT") && named("BINARY_OUTPUT_FORMAT"));
}

#[tokio::test]
async fn a_request_id_runs_its_statement_once() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    client.data("CREATE TABLE T (A INT)").await;
    let id = request_id();
    let body = json!({"sqlText": "INSERT INTO T VALUES (1)"});
    let (first, second) = tokio::join!(client.submit(&id, body.clone()), client.submit(&id, body));
    let third = client.submit(&id, json!({"sqlText": ""})).await;
    assert_eq!(first["data"]["rowset"], json!([["1"]]));
    assert_eq!(first["data"]["queryId"], second["data"]["queryId"]);
    assert_eq!(first["data"]["queryId"], third["data"]["queryId"]);
    let ledger = server.ledger();
    assert_eq!((ledger.statements[&id].received, ledger.statements[&id].executed), (3, 1));
    let other = client.submit(&id, json!({"sqlText": "SELECT 2"})).await;
    assert_eq!(other["success"], false);
    assert!(other["message"].as_str().unwrap().contains("should not be overwritten"));
}

#[tokio::test]
async fn request_ids_of_two_sessions_are_different_things() {
    let server = builder().start().await.unwrap();
    let (one, other) = (Client::login(&server).await, Client::login(&server).await);
    let id = request_id();
    let first = one.submit(&id, json!({"sqlText": "SELECT 1"})).await;
    let second = other.submit(&id, json!({"sqlText": "SELECT 1"})).await;
    assert_ne!(first["data"]["queryId"], second["data"]["queryId"]);
}

#[tokio::test(start_paused = true)]
async fn a_long_statement_is_asked_for_again_until_it_ends() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    server.hold_statements();
    let answer = client.query("SELECT 1 AS A").await;
    assert_eq!((&answer["success"], &answer["code"]), (&json!(true), &json!("333333")));
    let url = answer["data"]["getResultUrl"].as_str().unwrap().to_owned();
    assert_eq!(answer["data"]["queryAbortsAfterSecs"], 300);
    assert_eq!(client.get(&url).await["code"], "333333");
    let poll = tokio::spawn({
        let client = client.clone();
        async move { client.get(&url).await }
    });
    tokio::task::yield_now().await;
    server.release_statements();
    let last = poll.await.unwrap();
    assert_eq!(last["success"], true);
    assert_eq!(last["data"]["queryId"], answer["data"]["queryId"]);
    assert_eq!(last["data"]["total"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_poll_is_held_for_the_time_that_was_set() {
    let hold = Duration::from_secs(45);
    let server = builder().hold(hold).start().await.unwrap();
    let client = Client::login(&server).await;
    server.hold_statements();
    let before = tokio::time::Instant::now();
    client.query("SELECT 1").await;
    assert_eq!(before.elapsed().as_secs(), hold.as_secs());
}

#[tokio::test(start_paused = true)]
async fn a_request_that_was_given_up_leaves_its_statement_running() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    server.hold_statements();
    let id = request_id();
    let body = json!({"sqlText": "SELECT 7 AS A"});
    let given_up = tokio::time::timeout(Duration::from_millis(1), client.submit(&id, body.clone())).await;
    assert!(given_up.is_err());
    server.release_statements();
    let answer = client.submit(&id, body).await;
    assert_eq!(answer["data"]["total"], 1);
    assert_eq!(server.ledger().statements[&id].executed, 1);
}

#[tokio::test(start_paused = true)]
async fn an_asynchronous_statement_answers_at_once_and_is_watched_by_its_id() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    server.hold_statements();
    let body = json!({"sqlText": "SELECT 1 AS A", "asyncExec": true});
    let before = tokio::time::Instant::now();
    let answer = client.submit(&request_id(), body).await;
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert_eq!((&answer["success"], &answer["code"]), (&json!(true), &json!("333334")));
    let id = answer["data"]["queryId"].as_str().unwrap();
    let entry = async || client.get(&format!("/monitoring/queries/{id}")).await["data"]["queries"][0].clone();
    assert_eq!(entry().await["status"], "RUNNING");
    server.release_statements();
    let result = client.get(&format!("/queries/{id}/result")).await;
    assert_eq!(result["data"]["total"], 1);
    // The double slash is how one official driver asks.
    let done = client.get(&format!("/monitoring/queries//{id}")).await["data"]["queries"][0].clone();
    assert_eq!((&done["status"], &done["errorCode"]), (&json!("SUCCESS"), &json!("")));
    assert_eq!(done["stats"]["producedRows"], 1);
}

#[tokio::test]
async fn a_failed_asynchronous_statement_keeps_its_error() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    let body = json!({"sqlText": "SELECT * FROM MISSING", "asyncExec": true});
    let answer = client.submit(&request_id(), body).await;
    let id = answer["data"]["queryId"].as_str().unwrap();
    let result = client.get(&format!("/queries/{id}/result")).await;
    assert_eq!((&result["success"], &result["code"]), (&json!(false), &json!("002003")));
    let entry = client.get(&format!("/monitoring/queries/{id}")).await["data"]["queries"][0].clone();
    assert_eq!((&entry["status"], &entry["errorCode"]), (&json!("FAILED_WITH_ERROR"), &json!("002003")));
}

#[tokio::test]
async fn results_stay_until_they_are_forgotten() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    let data = client.data("SELECT 5 AS A").await;
    let path = format!("/queries/{}/result", data["queryId"].as_str().unwrap());
    assert_eq!(client.get(&path).await["data"]["rowsetBase64"], data["rowsetBase64"]);
    let scan = format!("SELECT * FROM TABLE(RESULT_SCAN('{}'))", data["queryId"].as_str().unwrap());
    assert_eq!(client.data(&scan).await["total"], 1);
    server.forget_results();
    assert_eq!(client.get(&path).await["code"], "000707");
    assert_eq!(client.query(&scan).await["success"], false);
}

#[tokio::test]
async fn an_id_that_nobody_knows_is_not_an_error_to_watch_but_one_to_fetch() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    let id = "01b2c3d4-0000-1111-0000-000000000001";
    assert_eq!(client.get(&format!("/monitoring/queries/{id}")).await["data"]["queries"], json!([]));
    assert_eq!(client.get(&format!("/queries/{id}/result")).await["code"], "000612");
    let (status, _) =
        client.send(http::Method::GET, "/queries/foobar/result", client.token.as_deref(), None).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_statement_that_is_only_described_answers_its_columns_and_runs_nothing() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    client.data("CREATE TABLE T (A INT, B VARCHAR)").await;
    let describe = async |sql: &str| {
        let body = json!({"sqlText": sql, "describeOnly": true, "isInternal": true});
        client.submit(&request_id(), body).await["data"].clone()
    };
    let select = describe("SELECT * FROM T").await;
    assert_eq!(select["rowtype"][1]["name"], "B");
    assert_eq!((&select["total"], &select["rowsetBase64"]), (&json!(0), &json!("")));
    let insert = describe("INSERT INTO T VALUES (?, ?)").await;
    assert_eq!((&insert["numberOfBinds"], &insert["arrayBindSupported"]), (&json!(2), &json!(true)));
    assert_eq!(client.data("SELECT COUNT(*) FROM T").await["total"], 1);
}

#[tokio::test]
async fn the_names_after_a_statement_are_those_it_switched_to() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    client.data("CREATE SCHEMA OTHER").await;
    let data = client.data("USE SCHEMA OTHER").await;
    assert_eq!(data["finalSchemaName"], "OTHER");
    assert_eq!(client.data("SELECT 1").await["finalSchemaName"], "OTHER");
}

#[tokio::test]
async fn several_statements_have_a_result_each() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    let sql = "CREATE TABLE T (A INT); INSERT INTO T VALUES (1), (2); SELECT * FROM T";
    let body = |count: i64| json!({"sqlText": sql, "parameters": {"MULTI_STATEMENT_COUNT": count}});
    assert_eq!(client.submit(&request_id(), body(2)).await["code"], "000008");
    assert_eq!(client.query(sql).await["code"], "000008");
    let answer = client.submit(&request_id(), body(3)).await;
    assert_eq!(answer["data"]["statementTypeId"], 0xA000, "{answer}");
    let ids: Vec<&str> = answer["data"]["resultIds"].as_str().unwrap().split(',').collect();
    assert_eq!(ids.len(), 3);
    let result = async |id: &str| client.get(&format!("/queries/{id}/result")).await["data"].clone();
    assert_eq!(result(ids[1]).await["rowset"], json!([["2"]]));
    assert_eq!(result(ids[2]).await["total"], 2);
}

#[tokio::test(start_paused = true)]
async fn a_statement_that_takes_longer_than_its_timeout_is_000630() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    server.hold_statements();
    let body = json!({"sqlText": "SELECT 1", "parameters": {"STATEMENT_TIMEOUT_IN_SECONDS": 2}});
    let answer = client.submit(&request_id(), body).await;
    assert_eq!(answer["code"], "000630");
    assert_eq!(answer["data"]["sqlState"], "57014");
    assert_eq!(answer["data"]["rowset"], Value::Null);
}
