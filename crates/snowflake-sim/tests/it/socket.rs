//! The same server over a real socket.

use std::io::Write as _;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::StatusCode;
use serde_json::{Value, json};
use snowflake_sim::StartErrorKind;
use snowflake_transport::{Body, HttpTransport, Transport, TransportOptions};

use crate::client::{Client, PASSWORD, USER, builder, request_id, rows};

fn http() -> Arc<dyn Transport> {
    Arc::new(HttpTransport::new(TransportOptions::default()).unwrap())
}

#[tokio::test]
async fn a_session_runs_over_a_socket_from_login_to_logout() {
    let server = builder().chunk_rows(100).start().await.unwrap();
    assert_eq!(server.url(), format!("http://{}:{}", server.host(), server.port()));
    assert!(server.host().parse::<std::net::IpAddr>().unwrap().is_loopback());
    let client = Client::over(http(), &server).logged_in().await;
    let data = client.data(&rows(250)).await;
    for chunk in data["chunks"].as_array().unwrap() {
        let (status, encoding, body) =
            client.fetch(chunk["url"].as_str().unwrap(), &data["chunkHeaders"]).await;
        assert_eq!((status, encoding.as_deref()), (StatusCode::OK, Some("gzip")));
        assert_eq!(chunk["compressedSize"], body.len());
    }
    assert_eq!(client.post("/session?delete=true", json!({})).await["success"], true);
    server.shutdown().await;
}

#[tokio::test]
async fn gzipped_requests_are_inflated() {
    let server = builder().start().await.unwrap();
    let login = json!({"data": {"LOGIN_NAME": USER, "PASSWORD": PASSWORD, "ACCOUNT_NAME": "acme"}});
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(login.to_string().as_bytes()).unwrap();
    let send = async |body: Vec<u8>| {
        let request = http::Request::post(format!("{}/session/v1/login-request", server.url()))
            .header("Content-Encoding", "gzip")
            .body(Body::from(body))
            .unwrap();
        let response = http().send(request).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect(usize::MAX).await.unwrap();
        (status, serde_json::from_slice::<Value>(&bytes).unwrap())
    };
    let mut body = gzip.finish().unwrap();
    assert_eq!(send(body.clone()).await.1["success"], true);
    body.truncate(20);
    assert_eq!(send(body).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn statements_of_one_session_run_side_by_side() {
    let server = builder().start().await.unwrap();
    let client = Client::over(http(), &server).logged_in().await;
    let answers = futures::future::join_all((0..8).map(|n| {
        let client = client.clone();
        async move { client.submit(&request_id(), json!({"sqlText": format!("SELECT {n} AS A")})).await }
    }));
    assert!(answers.await.iter().all(|answer| answer["success"] == true));
}

#[tokio::test]
async fn after_shutdown_the_port_is_free_again() {
    let server = builder().start().await.unwrap();
    let port = server.port();
    let taken = builder().port(port).start().await.unwrap_err();
    assert_eq!(taken.kind(), StartErrorKind::Socket);
    server.shutdown().await;
    let again = builder().port(port).start().await.unwrap();
    assert_eq!(again.port(), port);
}
