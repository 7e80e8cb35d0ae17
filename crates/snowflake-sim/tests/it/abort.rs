//! Aborting statements.

use serde_json::{Value, json};
use snowflake_sim::{AbortTarget, SimServer};

use crate::client::{Client, builder, request_id};

async fn start(server: &SimServer, client: &Client, id: &str) -> String {
    server.hold_statements();
    let answer = client.submit(id, json!({"sqlText": "SELECT 1", "asyncExec": true})).await;
    answer["data"]["queryId"].as_str().unwrap().to_owned()
}

async fn assert_aborted(client: &Client, query_id: &str) {
    let result = client.get(&format!("/queries/{query_id}/result")).await;
    assert_eq!((&result["success"], &result["code"]), (&json!(false), &json!("000604")));
    assert_eq!(result["data"]["sqlState"], "57014");
    let entry = client.get(&format!("/monitoring/queries/{query_id}")).await["data"]["queries"][0].clone();
    assert_eq!((&entry["status"], &entry["errorCode"]), (&json!("ABORTED"), &json!("000604")));
}

#[tokio::test]
async fn an_abort_by_request_id_ends_the_statement_with_000604() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    let id = request_id();
    let query_id = start(&server, &client, &id).await;
    let abort = json!({"requestId": id, "sqlText": "SELECT 1"});
    let answer = client.post("/queries/v1/abort-request?requestId=9", abort).await;
    assert_eq!((&answer["success"], &answer["data"]), (&json!(true), &Value::Null));
    assert_aborted(&client, &query_id).await;
    let ledger = server.ledger();
    assert_eq!(ledger.aborts[0].target, AbortTarget::Request(id));
    assert!(ledger.aborts[0].accepted);
}

#[tokio::test]
async fn an_abort_by_query_id_ends_the_statement_with_000604() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    let query_id = start(&server, &client, &request_id()).await;
    let answer = client.post(&format!("/queries/{query_id}/abort-request"), json!({})).await;
    assert_eq!(answer["success"], true);
    assert_aborted(&client, &query_id).await;
    assert_eq!(server.ledger().aborts[0].target, AbortTarget::Query(query_id));
}

#[tokio::test]
async fn an_abort_of_nothing_is_000605() {
    let server = builder().start().await.unwrap();
    let (client, other) = (Client::login(&server).await, Client::login(&server).await);
    let id = request_id();
    client.submit(&id, json!({"sqlText": "SELECT 1"})).await;
    let answer = client.post("/queries/v1/abort-request", json!({"requestId": id})).await;
    assert_eq!((&answer["success"], &answer["code"]), (&json!(false), &json!("000605")));
    assert_eq!(answer["data"]["sqlState"], "01000");
    // A request id means nothing in another session.
    let id = request_id();
    start(&server, &client, &id).await;
    let answer = other.post("/queries/v1/abort-request", json!({"requestId": id})).await;
    assert_eq!(answer["code"], "000605");
    assert!(!server.ledger().aborts[1].accepted);
}

#[tokio::test]
async fn a_logout_stops_the_statements_that_the_session_waits_for() {
    let server = builder().start().await.unwrap();
    let (client, other) = (Client::login(&server).await, Client::login(&server).await);
    server.hold_statements();
    let waiting = tokio::spawn({
        let client = client.clone();
        async move { client.query("SELECT 1").await }
    });
    while server.ledger().statements.is_empty() {
        tokio::task::yield_now().await;
    }
    client.post("/session?delete=true", json!({})).await;
    assert_eq!(waiting.await.unwrap()["code"], "000604");
    server.release_statements();
    assert_eq!(other.query("SELECT 1").await["success"], true);
}

#[tokio::test]
async fn a_statement_can_cancel_another() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    let query_id = start(&server, &client, &request_id()).await;
    server.release_statements();
    // The statement may have ended by then: either word is right, and neither is an error.
    let data = client.data(&format!("SELECT SYSTEM$CANCEL_QUERY('{query_id}')")).await;
    assert_eq!(data["total"], 1);
}
