//! Stages, several statements at once, and answers in any format, recorded and replayed request by request.

use std::sync::Arc;

use http::Method;
use serde_json::{Value, json};
use snowflake_transport::{Body, Delivery, ErrorKind, Request, Response, Transport};

use super::Replay;
use crate::record::{Record, RecordOptions};
use crate::recording::{ProblemKind, Recording};
use crate::script::{Expect, Reply, Script};

const QUERY: &str = "/queries/v1/query-request";

fn request(method: Method, address: &str, body: impl Into<Body>) -> Request {
    let address = match address.starts_with('/') {
        true => format!("https://acct.snowflakecomputing.com{address}"),
        false => address.to_owned(),
    };
    http::Request::builder().method(method).uri(address).body(body.into()).unwrap()
}

async fn bytes(response: Response) -> String {
    let bytes = response.into_body().collect(1 << 20).await.unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn submit(transport: &dyn Transport, sql: &str, request_id: u32) -> Value {
    let body = json!({ "sqlText": sql }).to_string();
    let request = request(Method::POST, &format!("{QUERY}?requestId={request_id}"), body);
    serde_json::from_str(&bytes(transport.send(request).await.unwrap()).await).unwrap()
}

/// What remains of a recording when it is written and read.
fn reread(recording: &Recording) -> Recording {
    Recording::from_json(&recording.to_json()).unwrap()
}

fn transfer(command: &str, info: Value) -> Value {
    json!({ "success": true, "data": { "command": command, "src_locations": ["a.csv", "deep/b.csv"],
        "stageInfo": info, "queryId": format!("01b2-{command}") } })
}

#[tokio::test]
async fn a_folder_of_a_stage_becomes_a_fresh_one_with_the_files_that_were_read() {
    let stage = tempfile::tempdir().unwrap();
    std::fs::create_dir(stage.path().join("deep")).unwrap();
    std::fs::write(stage.path().join("a.csv"), "1,2").unwrap();
    std::fs::write(stage.path().join("deep/b.csv"), "3,4").unwrap();
    let info = json!({ "locationType": "LOCAL_FS", "location": stage.path(), "creds": {} });
    let script = Script::new()
        .expect(Expect::post(QUERY).reply(Reply::json(&transfer("DOWNLOAD", info.clone()))))
        .expect(Expect::post(QUERY).reply(Reply::json(&transfer("UPLOAD", info))));
    let record = Record::new(script, RecordOptions::default());
    let answer = submit(&record, "get @s file:///tmp", 1).await;
    assert_eq!(answer["data"]["stageInfo"]["location"], json!(stage.path()), "the client gets the real one");
    submit(&record, "put file:///a @s", 2).await;
    let recording = reread(&record.recording());
    assert!(!recording.to_json().contains(stage.path().to_str().unwrap()));
    drop(stage);

    let replay = Replay::new(recording);
    let answer = submit(&replay, "GET @s file:///tmp", 1).await;
    let folder = std::path::PathBuf::from(answer["data"]["stageInfo"]["location"].as_str().unwrap());
    assert_eq!(std::fs::read_to_string(folder.join("a.csv")).unwrap(), "1,2");
    assert_eq!(std::fs::read_to_string(folder.join("deep/b.csv")).unwrap(), "3,4");
    std::fs::write(folder.join("a.csv"), "new").unwrap();
    let answer = submit(&replay, "put file:///a @s", 2).await;
    assert_eq!(answer["data"]["stageInfo"]["location"], json!(folder), "the same stage is the same folder");
    assert_eq!(std::fs::read_to_string(folder.join("a.csv")).unwrap(), "new");
    assert_eq!(replay.unused(), []);
    drop(replay);
    assert!(!folder.exists(), "the folder goes with the replay");
}

#[tokio::test]
async fn a_hand_edit_leads_no_file_out_of_its_folder() {
    let stage = tempfile::tempdir().unwrap();
    std::fs::write(stage.path().join("a.csv"), "1").unwrap();
    let info = json!({ "locationType": "LOCAL_FS", "location": stage.path() });
    let script = Script::new().expect(Expect::post(QUERY).reply(Reply::json(&transfer("DOWNLOAD", info))));
    let record = Record::new(script, RecordOptions::default());
    submit(&record, "get", 1).await;
    let edited =
        record.recording().to_json().replace("recording:stage/0/a.csv", "recording:stage/0/../a.csv");
    let replay = Replay::new(Recording::from_json(&edited).unwrap());
    let answer = submit(&replay, "get", 1).await;
    let folder = std::path::PathBuf::from(answer["data"]["stageInfo"]["location"].as_str().unwrap());
    assert!(!folder.join("../a.csv").exists() && !folder.join("a.csv").exists());
}

#[tokio::test]
async fn a_hand_edit_sends_no_client_to_another_folder() {
    let stage = tempfile::tempdir().unwrap();
    let info = json!({ "locationType": "LOCAL_FS", "location": stage.path() });
    let script = Script::new().expect(Expect::post(QUERY).reply(Reply::json(&transfer("UPLOAD", info))));
    let record = Record::new(script, RecordOptions::default());
    submit(&record, "put", 1).await;
    let edited = record.recording().to_json().replace("recording:stage/0", "/home");
    let replay = Replay::new(Recording::from_json(&edited).unwrap());
    let body = json!({ "sqlText": "put" }).to_string();
    let error = replay.send(request(Method::POST, &format!("{QUERY}?requestId=1"), body)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn requests_to_a_store_replay_by_method_path_and_order() {
    let info = json!({ "locationType": "S3", "location": "bucket/prefix/", "endPoint": null,
        "creds": { "AWS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_KEY": "canary-secret-key-0123456789" } });
    let put = "https://bucket.s3.amazonaws.com/prefix/a.csv?X-Amz-Signature=canary0123456789abcdef";
    let script = Script::new()
        .expect(Expect::post(QUERY).reply(Reply::json(&transfer("UPLOAD", info))))
        .expect(Expect::new(Method::PUT, "/prefix/a.csv").reply(Reply::status(503)))
        .expect(
            Expect::new(Method::PUT, "/prefix/a.csv").reply(Reply::status(200).with_header("etag", "\"1\"")),
        )
        .expect(Expect::new(Method::HEAD, "/prefix/a.csv").reply(Reply::status(404)))
        .expect(Expect::new(Method::HEAD, "/prefix/a.csv").reply(Reply::status(200)))
        .expect(Expect::get("/other").reply(Reply::bytes("no store")));
    let record = Record::new(script, RecordOptions::default());
    submit(&record, "put file:///a @s", 1).await;
    for method in [Method::PUT, Method::PUT, Method::HEAD, Method::HEAD] {
        record.send(request(method, put, "1,2")).await.unwrap();
    }
    record.send(request(Method::GET, "https://idp.example/other", "")).await.unwrap();
    let recording = reread(&record.recording());
    recording.verify().unwrap();
    let text = recording.to_json();
    assert!(!text.contains("canary") && !text.contains("no store") && !text.contains("503"), "{text}");

    let replay = Replay::new(recording);
    submit(&replay, "put file:///a @s", 1).await;
    let other = put.replace("canary", "another");
    let answer = replay.send(request(Method::PUT, &other, "1,2")).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["etag"].to_str().unwrap()), (200, "\"1\""));
    for status in [404, 200, 200] {
        assert_eq!(replay.send(request(Method::HEAD, &other, "")).await.unwrap().status(), status);
    }
    let missing = replay.send(request(Method::PUT, &other.replace("a.csv", "b.csv"), "")).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::InvalidRequest);
    assert!(!missing.was_sent());
    let cause = std::error::Error::source(&missing).unwrap().to_string();
    assert_eq!(cause, "the recording does not have PUT /prefix/b.csv");
}

#[tokio::test]
async fn several_statements_at_once_replay_with_their_children() {
    let parent = json!({ "success": true, "data": { "queryId": "01b2-p", "resultIds": "01b2-a,01b2-b",
        "resultTypes": "4096,4096", "statementTypeId": 40_960 } });
    let child = |n: u32| json!({ "success": true, "data": { "rowset": [[n.to_string()]], "total": 1 } });
    let script = Script::new()
        .expect(Expect::post(QUERY).reply(Reply::json(&parent)))
        .expect(Expect::get("/queries/01b2-a/result").reply(Reply::json(&child(1))))
        .expect(Expect::get("/queries/01b2-b/result").reply(Reply::json(&child(2))));
    let record = Record::new(script, RecordOptions::default());
    let run = async |transport: &dyn Transport| {
        let mut seen = vec![submit(transport, "select 1; select 2", 1).await["data"]["resultIds"].clone()];
        for id in ["01b2-a", "01b2-b"] {
            let asked = request(Method::GET, &format!("/queries/{id}/result"), "");
            let answer = bytes(transport.send(asked).await.unwrap()).await;
            seen.push(serde_json::from_str::<Value>(&answer).unwrap()["data"]["rowset"].clone());
        }
        seen
    };
    let recorded = run(&record).await;
    let replay = Replay::new(reread(&record.recording()));
    assert_eq!(replay.unused().len(), 3);
    assert_eq!(run(&replay).await, recorded);
    assert_eq!(replay.unused(), []);
}

#[tokio::test]
async fn a_part_that_was_not_fetched_is_told_by_verify_and_by_the_replay() {
    let answer = json!({ "success": true, "data": { "queryId": "01b2-q", "rowtype": [], "rowset": [], "total": 1,
        "chunks": [{ "url": "https://s3.example/x?sig=1", "rowCount": 1 }] } });
    let script = Script::new().expect(Expect::post(QUERY).reply(Reply::json(&answer)));
    let record = Record::new(script, RecordOptions::default());
    submit(&record, "select 1", 1).await;
    let recording = reread(&record.recording());
    let problems: Vec<_> = recording.verify().unwrap_err().into_iter().map(|problem| problem.kind).collect();
    assert_eq!(problems, [ProblemKind::Incomplete]);
    let replay = Replay::new(recording);
    let answer = submit(&replay, "select 1", 1).await;
    let url = answer["data"]["chunks"][0]["url"].as_str().unwrap();
    assert_eq!(url, "https://recording.invalid/parts/01b2-q/0");
    let missing = replay.send(request(Method::GET, url, "")).await.unwrap_err();
    let cause = std::error::Error::source(&missing).unwrap().to_string();
    assert_eq!(cause, "the recording does not have part 0 of the result of `SELECT 1`");
}

#[tokio::test]
async fn an_answer_that_is_no_envelope_replays_as_it_was() {
    let script = Script::new().expect(
        Expect::post(QUERY).reply(Reply::bytes("<html>").with_status(400).with_header("server", "x")),
    );
    let record = Record::new(script, RecordOptions::default());
    let asked = || request(Method::POST, QUERY, json!({ "sqlText": "select 1" }).to_string());
    record.send(asked()).await.unwrap();
    let answer = Replay::new(reread(&record.recording())).send(asked()).await.unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(bytes(answer).await, "<html>");
}

#[tokio::test]
async fn failures_of_the_transport_pass_through_and_leave_nothing() {
    let script =
        Script::new().expect(Expect::post(QUERY).reply(Reply::fail(ErrorKind::Reset, Delivery::MaybeSent)));
    let record = Arc::new(Record::new(script, RecordOptions::default()));
    let asked = request(Method::POST, QUERY, json!({ "sqlText": "select 1" }).to_string());
    assert_eq!(record.send(asked).await.unwrap_err().kind(), ErrorKind::Reset);
    assert_eq!(record.recording().statements().count(), 0);
}
