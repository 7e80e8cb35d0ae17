//! Stages in a store of the server's own, over its HTTP.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use snowflake_sim::StartErrorKind;
use snowflake_sim::storage::Operation;
use snowflake_sim::{ManualClock, SimServer, StageEncryption, StageEndpoint, StageOptions, StageShape};
use snowflake_transport::{Body, HttpTransport, Transport, TransportOptions};
use time::macros::datetime;

use crate::client::{Client, builder};

fn plain(shape: StageShape) -> StageOptions {
    StageOptions::new(shape).with_encryption(StageEncryption::None)
}

async fn send(client: &Client, method: Method, address: &str, body: &'static str) -> (StatusCode, Bytes) {
    let request = http::Request::builder().method(method).uri(address).body(Body::from(body)).unwrap();
    let response = client.transport.send(request).await.unwrap();
    (response.status(), response.into_body().collect(usize::MAX).await.unwrap())
}

/// The signed address of the one file of a PUT or GET.
async fn address(client: &Client, sql: &str) -> String {
    let data = client.data(sql).await;
    let place = if data["command"] == "UPLOAD" { "/stageInfo/presignedUrl" } else { "/presignedUrls/0" };
    data.pointer(place).unwrap().as_str().unwrap().to_owned()
}

const PUT: &str = "put file:///tmp/a.csv @st auto_compress=false";

async fn with_stage(server: &SimServer, transport: Arc<dyn Transport>) -> Client {
    let client = Client::over(transport, server).logged_in().await;
    client.data("create stage st").await;
    client
}

#[tokio::test]
async fn files_are_written_and_read_at_signed_addresses_in_process_and_over_a_socket() {
    let server = builder().stages(plain(StageShape::GcsSigned)).start().await.unwrap();
    let http: Arc<dyn Transport> = Arc::new(HttpTransport::new(TransportOptions::default()).unwrap());
    for transport in [server.transport(), http] {
        let client = with_stage(&server, transport).await;
        let up = address(&client, PUT).await;
        assert!(up.starts_with(&format!("{}/sim-gcs/stages/", server.url())), "{up}");
        assert_eq!(send(&client, Method::PUT, &up, "1\n2\n").await.0, StatusCode::OK);
        client.data("create table t (n int)").await;
        assert_eq!(client.data("copy into t from @st").await["rowset"][0][3], "2");
        let down = address(&client, "get @st file:///tmp/").await;
        assert_eq!(send(&client, Method::GET, &down, "").await, (StatusCode::OK, Bytes::from("1\n2\n")));
        client.data("drop table t").await;
        client.data("drop stage st").await;
        assert_eq!(send(&client, Method::GET, &down, "").await.0, StatusCode::NOT_FOUND);
    }
    assert_eq!(server.storage().count(Operation::Put), 2);
}

#[tokio::test]
async fn credentials_of_stages_end_with_their_time_or_when_a_test_says_so() {
    let clock = Arc::new(ManualClock::new(datetime!(2025-08-05 10:00 UTC)));
    let options = plain(StageShape::GcsSigned).with_credential_lifetime(Duration::from_secs(60));
    let server = builder().clock(Arc::clone(&clock) as _).stages(options).start().await.unwrap();
    let client = with_stage(&server, server.transport()).await;
    let ways: [&dyn Fn(); 2] =
        [&|| server.expire_stage_credentials(), &|| clock.advance(Duration::from_secs(61))];
    for end in ways {
        let up = address(&client, PUT).await;
        assert_eq!(send(&client, Method::PUT, &up, "1").await.0, StatusCode::OK);
        end();
        let (status, body) = send(&client, Method::PUT, &up, "2").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(String::from_utf8_lossy(&body).contains("<Code>ExpiredToken</Code>"));
        // The statement itself goes on, and brings a new one.
        let again = address(&client, PUT).await;
        assert_eq!(send(&client, Method::PUT, &again, "3").await.0, StatusCode::OK);
    }
}

#[tokio::test]
async fn the_official_core_is_sent_to_a_store_and_others_to_folders() {
    let server = builder().start().await.unwrap();
    for (version, capabilities, kind, id) in [
        ("4.7.5", json!({}), "LOCAL_FS", "none"),
        ("5.2.0", json!({"SMK_ID_AS_STRING": true}), "S3", "string"),
    ] {
        let mut client = Client::new(&server);
        let login = json!({
            "LOGIN_NAME": crate::client::USER, "PASSWORD": crate::client::PASSWORD,
            "CLIENT_APP_VERSION": version, "CLIENT_CAPABILITIES": capabilities,
        });
        let answer = client.try_login(login).await;
        client.token = answer["data"]["token"].as_str().map(str::to_owned);
        client.data("create or replace stage st encryption = (type = 'SNOWFLAKE_FULL')").await;
        let data = client.data(PUT).await;
        assert_eq!(data["stageInfo"]["locationType"], kind);
        let told = match data.pointer("/encryptionMaterial/smkId") {
            None => "none",
            Some(Value::String(_)) => "string",
            Some(_) => "another",
        };
        assert_eq!(told, id);
    }
}

#[tokio::test]
async fn tests_put_files_of_any_name_into_a_stage() {
    let server = builder().start().await.unwrap();
    let client = with_stage(&server, server.transport()).await;
    for stage in ["@st", "st", "@db.public.st", "@~"] {
        assert!(server.put_staged(stage, "../evil", "x").await, "{stage}");
    }
    assert!(!server.put_staged("@nowhere", "a", "x").await);
    assert_eq!(client.data("list @st").await["rowset"][0][0], "st/../evil");
    assert_eq!(client.data("get @st file:///tmp/").await["src_locations"], json!(["../evil"]));
}

#[tokio::test]
async fn a_server_whose_endpoint_cannot_be_used_does_not_start() {
    let closed = builder().start().await.unwrap();
    let url = closed.url();
    closed.shutdown().await;
    for endpoint in [
        StageEndpoint::s3(&url, "b", "id", "secret"),
        StageEndpoint::azure(&url, "c", "account", "a2V5"),
        StageEndpoint::gcs(&url, "b", "token"),
        StageEndpoint::s3("127.0.0.1:5000", "b", "id", "secret"),
    ] {
        let shown = format!("{endpoint:?}");
        assert!(!shown.contains("secret") && !shown.contains("a2V5") && !shown.contains("token"), "{shown}");
        let error = builder().stages(StageShape::Endpoint(endpoint)).start().await.unwrap_err();
        assert_eq!(error.kind(), StartErrorKind::StageStore, "{shown}");
    }
}
