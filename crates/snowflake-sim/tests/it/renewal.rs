//! Tokens: expiry, renewal, logout.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Client, builder};

async fn heartbeat(client: &Client) -> Value {
    client.post("/session/heartbeat?requestId=1", Value::Null).await["code"].clone()
}

#[tokio::test]
async fn an_expired_session_is_390112_until_it_is_renewed() {
    let server = builder().start().await.unwrap();
    let mut client = Client::login(&server).await;
    server.expire_sessions();
    assert_eq!(heartbeat(&client).await, "390112");
    let answer = client.renew().await;
    assert_eq!(answer["data"]["validityInSecondsST"], 3_600);
    assert_eq!(answer["data"]["validityInSecondsMT"], 14_400);
    assert_eq!(heartbeat(&client).await, Value::Null);
    assert_eq!(server.ledger().token_requests, 1);
    assert_eq!(server.ledger().heartbeats, 1);
}

#[tokio::test]
async fn a_renewal_whose_answer_was_lost_can_be_repeated() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    let (mut first, mut second) = (client.clone(), client.clone());
    assert_eq!(first.renew().await["success"], true);
    assert_eq!(second.renew().await["success"], true);
    assert_eq!(heartbeat(&client).await, "390112");
    assert_eq!(heartbeat(&second).await, Value::Null);
}

#[tokio::test]
async fn an_expired_master_token_renews_nothing() {
    let server = builder().start().await.unwrap();
    let mut client = Client::login(&server).await;
    server.expire_masters();
    assert_eq!(client.renew().await["code"], "390114");
}

#[tokio::test]
async fn a_session_token_is_no_master_token_and_the_other_way_round() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    let swapped = Client { token: client.master.clone(), master: client.token.clone(), ..client };
    assert_eq!(heartbeat(&swapped).await, "390104");
    assert_eq!(swapped.clone().renew().await["code"], "390115");
}

#[tokio::test]
async fn a_renewal_names_a_session_token_of_its_own_session() {
    let server = builder().start().await.unwrap();
    let (one, other) = (Client::login(&server).await, Client::login(&server).await);
    let mut mixed = Client { token: other.token.clone(), ..one };
    assert_eq!(mixed.renew().await["code"], "390115");
    assert_eq!(heartbeat(&other).await, Value::Null);
}

#[tokio::test(start_paused = true)]
async fn tokens_end_with_their_lifetime() {
    let hour = Duration::from_secs(3_600);
    let server = builder().session_lifetime(hour).master_lifetime(4 * hour).start().await.unwrap();
    let mut client = Client::login(&server).await;
    tokio::time::advance(hour - Duration::from_secs(1)).await;
    assert_eq!(heartbeat(&client).await, Value::Null);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(heartbeat(&client).await, "390112");
    tokio::time::advance(3 * hour).await;
    assert_eq!(client.renew().await["code"], "390114");
}

#[tokio::test]
async fn after_logout_the_session_is_gone() {
    let server = builder().start().await.unwrap();
    let mut client = Client::login(&server).await;
    assert_eq!(client.post("/session?delete=true&requestId=1", json!({})).await["success"], true);
    assert_eq!(client.post("/session?delete=true", json!({})).await["code"], "390111");
    assert_eq!(client.renew().await["code"], "390111");
    assert_eq!((server.ledger().logouts, server.ledger().open_sessions), (1, 0));
}

#[tokio::test]
async fn a_missing_and_an_unknown_token_are_told_apart() {
    let server = builder().start().await.unwrap();
    let mut client = Client::new(&server);
    assert_eq!(heartbeat(&client).await, "390101");
    client.token = Some("None".to_owned());
    assert_eq!(heartbeat(&client).await, "390104");
}

#[tokio::test]
async fn unknown_paths_and_methods_are_404() {
    let server = builder().start().await.unwrap();
    let client = Client::login(&server).await;
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/queries/v1/query-request"),
        (Method::POST, "/queries/v1/something"),
        (Method::POST, "/session"),
        (Method::DELETE, "/session/heartbeat"),
    ] {
        let (status, _) = client.send(method, path, client.token.as_deref(), None).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(client.post("/telemetry/send", json!({"logs": []})).await["data"], "Log Received");
}
