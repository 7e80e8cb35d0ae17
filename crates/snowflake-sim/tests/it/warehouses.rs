//! Warehouses and roles as a driver meets them.

use serde_json::{Value, json};

use crate::client::{Client, builder, request_id};

async fn start(client: &Client, sql: &str) -> String {
    let answer = client.submit(&request_id(), json!({"sqlText": sql, "asyncExec": true})).await;
    answer["data"]["queryId"].as_str().unwrap().to_owned()
}

/// Waits until the service says this of a statement.
async fn reaches(client: &Client, query_id: &str, status: &str) {
    loop {
        let entry =
            client.get(&format!("/monitoring/queries/{query_id}")).await["data"]["queries"][0].clone();
        if entry["status"] == status {
            return;
        }
        assert_ne!(entry["status"], "FAILED_WITH_ERROR", "{entry}");
        tokio::task::yield_now().await;
    }
}

async fn cell(client: &Client, sql: &str, column: &str) -> Value {
    let data = client.data(sql).await;
    let columns = data["rowtype"].as_array().unwrap();
    let at = columns.iter().position(|each| each["name"] == column).unwrap();
    data["rowset"][0][at].clone()
}

#[tokio::test]
async fn h09_a_statement_without_a_place_is_queued_and_its_abort_frees_the_queue() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    client.data("create or replace warehouse wh max_concurrency_level = 1").await;
    let first = start(&client, "select system$wait(600)").await;
    reaches(&client, &first, "RUNNING").await;
    while cell(&client, "show warehouses", "running").await != "1" {}
    let second = start(&client, "select system$wait(600)").await;
    reaches(&client, &second, "QUEUED").await;
    assert_eq!(cell(&client, "show warehouses", "queued").await, "1");
    client.post(&format!("/queries/{second}/abort-request"), json!({})).await;
    reaches(&client, &second, "ABORTED").await;
    assert_eq!(cell(&client, "show warehouses", "queued").await, "0");
    client.data("alter warehouse wh abort all queries").await;
    reaches(&client, &first, "ABORTED").await;
    assert_eq!(cell(&client, "show warehouses", "running").await, "0");
}

#[tokio::test]
async fn h10_a_user_with_a_default_role_has_only_what_is_granted_to_it() {
    let server = builder().default_role("alice", "analyst").start().await.unwrap();
    let client = Client::login(&server).await;
    assert_eq!(client.data("show roles").await["finalRoleName"], "ANALYST");
    let answer = client.query("create database other").await;
    assert_eq!((&answer["code"], &answer["data"]["sqlState"]), (&json!("003001"), &json!("42501")));
    assert_eq!(client.query("use role accountadmin").await["code"], "003013");
}
