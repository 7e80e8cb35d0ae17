//! Failures of statements and of requests.

use http::{Method, StatusCode};
use serde_json::json;

use crate::client::{Client, builder};

#[tokio::test]
async fn a_syntax_error_has_its_code_state_id_line_and_position() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    let answer = client.query("SELECT *\n  FRM T").await;
    assert_eq!((&answer["success"], &answer["code"]), (&json!(false), &json!("001003")));
    let data = &answer["data"];
    assert_eq!(
        (&data["errorCode"], &data["sqlState"], &data["type"]),
        (&json!("001003"), &json!("42000"), &json!("COMPILATION"))
    );
    assert_eq!((&data["line"], &data["pos"]), (&json!(2), &json!(2)));
    assert!(data["queryId"].as_str().unwrap().starts_with("01"));
    assert!(answer["message"].as_str().unwrap().starts_with("SQL compilation error"));
}

#[tokio::test]
async fn a_missing_table_and_an_unsupported_statement_are_explicit() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    assert_eq!(client.query("SELECT * FROM MISSING").await["code"], "002003");
    let answer = client.query("CREATE EXTERNAL FUNCTION F() RETURNS INT AS 'x'").await;
    assert_eq!(answer["success"], false);
}

#[tokio::test]
async fn a_body_that_is_no_json_is_a_bad_request() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    for path in ["/session/v1/login-request", "/queries/v1/query-request", "/session/token-request"] {
        let body = Some(json!("not an object"));
        let (status, answer) = client.send(Method::POST, path, client.token.as_deref(), body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(answer["code"], "390400");
    }
}
