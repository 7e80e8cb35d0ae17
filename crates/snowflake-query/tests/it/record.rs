//! What is recorded of a real client replays to the same client with the same outcome.

use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType, Field, Schema};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use snowflake_query::{ErrorKind, QueryBuilder, QueryResult, Session};
use snowflake_sim::{
    Expect, Literals, ManualClock, Record, RecordOptions, Recording, Replay, Reply, Rows, Rule, Script, Seen,
    find_secrets,
};
use snowflake_transport::Transport;
use std::io::Write as _;
use time::macros::datetime;

use crate::service::{
    ID, MONITOR, QUERY, RESULT, Service, failed, inserted, login, one, options_over, running, script,
    service, sql,
};

/// A session over any transport.
pub(crate) async fn over<T: Transport + 'static>(transport: &Arc<T>) -> Session {
    let transport = Arc::<T>::clone(transport);
    let clock = ManualClock::ticking(datetime!(2026-01-02 03:04:05 UTC)).into();
    Session::connect(options_over(transport, clock, login())).await.unwrap()
}

/// A recorder around a service.
pub(crate) fn recorder(service: &Service, options: RecordOptions) -> Arc<Record<Service>> {
    Arc::new(Record::new(Arc::clone(service), options))
}

/// A replay of the text of a recording: nothing else of it may be needed.
pub(crate) fn replayed(recording: &Recording) -> Arc<Replay> {
    recording.verify().unwrap();
    Arc::new(Replay::new(Recording::from_json(&recording.to_json()).unwrap()))
}

/// The rows as text.
pub(crate) fn texts(result: &QueryResult) -> Vec<Vec<Option<String>>> {
    let columns = result.columns().len();
    let row = |row: snowflake_query::Row| (0..columns).map(|index| row.get(index).unwrap()).collect();
    result.rows.iter().map(row).collect()
}

/// An Arrow stream with a number and a text per row.
fn arrow(numbers: &[i64]) -> Vec<u8> {
    let metadata = |kind: &str| {
        [("logicalType", kind), ("precision", "18"), ("scale", "0")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    };
    let fields = vec![
        Field::new("N", DataType::Int64, true).with_metadata(metadata("FIXED")),
        Field::new("T", DataType::Utf8, true).with_metadata(metadata("TEXT")),
    ];
    let texts: StringArray = numbers.iter().map(|n| (n % 3 != 0).then(|| format!("t\"{n}"))).collect();
    let columns: Vec<ArrayRef> = vec![Arc::new(Int64Array::from(numbers.to_vec())), Arc::new(texts)];
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &schema).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn gzip(plain: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap().into()
}

/// A result of two rows inline and two parts of two rows, in the format that the statement names.
fn large(format: &str) -> Value {
    let part = |number: usize| {
        json!({ "url": format!("https://storage.example/part{number}?X-Amz-Signature=cafe{format}"),
            "rowCount": 2, "uncompressedSize": 0, "compressedSize": 0 })
    };
    let mut data = json!({
        "rowtype": [
            { "name": "N", "type": "fixed", "nullable": true, "precision": 18, "scale": 0 },
            { "name": "T", "type": "text", "nullable": true, "length": 10 },
        ],
        "total": 6, "returned": 6, "queryId": ID, "statementTypeId": 4096, "queryResultFormat": format,
        "chunks": [part(0), part(1)],
        "chunkHeaders": { "x-amz-server-side-encryption-customer-key": "c2VjcmV0LXJlc3VsdC1rZXktMzItYnl0ZXMtbG9uZyE=" },
    });
    match format {
        "arrow" => data["rowsetBase64"] = json!(STANDARD.encode(arrow(&[1, 2]))),
        _ => data["rowset"] = json!([["1", "t\"1"], ["2", "t\"2"]]),
    }
    json!({ "success": true, "code": null, "message": null, "data": data })
}

fn storage(script: Script, format: &'static str) -> Script {
    [[3, 4], [5, 6]].into_iter().enumerate().fold(script, |script, (number, numbers)| {
        let body = match format {
            "arrow" => arrow(&numbers),
            _ => {
                let cell = |n: i64| if n % 3 == 0 { "null".to_owned() } else { format!("\"t\\\"{n}\"") };
                let rows = numbers.map(|n| format!("[\"{n}\",{}]", cell(n)));
                rows.join(",\n").into_bytes()
            }
        };
        let reply = Reply::bytes(gzip(&body)).with_header("content-encoding", "gzip");
        script.expect(Expect::get(format!("/part{number}")).any_times().reply(reply))
    })
}

fn large_service(format: &'static str) -> Service {
    let answer = move |_: &Seen| Reply::json(&large(format));
    let script = storage(script(), format).expect(Expect::post(QUERY).any_times().reply_with(answer));
    Arc::new(snowflake_sim::Fault::new(script))
}

/// Runs the same in a recorded and in a replayed session.
async fn both<F, R, T>(service: &Service, options: RecordOptions, run: R) -> (T, T, Recording)
where
    R: Fn(Session) -> F + Send + Sync,
    F: Future<Output = T> + Send,
    T: Send,
{
    let record = recorder(service, options);
    let recorded = run(over(&record).await).await;
    let recording = record.recording();
    let replay = replayed(&recording);
    let replayed = run(over(&replay).await).await;
    assert_eq!(replay.unused(), []);
    (recorded, replayed, recording)
}

#[tokio::test(start_paused = true)]
async fn m01_results_with_parts_replay_with_equal_rows_in_every_form() {
    for format in ["json", "arrow"] {
        for rows in [Rows::Readable, Rows::AsSent] {
            let options = RecordOptions::default().with_rows(rows);
            let run = |session: Session| async move { session.execute("select * from big").await.unwrap() };
            let (recorded, replayed, recording) = both(&large_service(format), options, run).await;
            assert_eq!(texts(&recorded).len(), 6);
            assert_eq!(texts(&recorded), texts(&replayed), "{format} {rows:?}");
            assert_eq!(recorded.schema(), replayed.schema());
            let text = recording.to_json();
            let is_readable = text.contains("[\"6\", null]") && text.contains("[\"1\", \"t\\\"1\"]");
            assert_eq!(is_readable, rows == Rows::Readable, "{text}");
            for secret in ["cafe", "storage.example", "c2VjcmV0"] {
                assert!(!text.contains(secret), "{secret}: {text}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn m01_polling_replays_as_it_was() {
    let absolute = format!("https://acct.snowflakecomputing.com{RESULT}");
    let polls = [running("333334", RESULT), running("333333", &absolute), one()];
    let mut polls = polls.into_iter();
    let service = service(|_| Reply::json(&running("333333", RESULT)));
    service
        .inner()
        .push(Expect::get(RESULT).any_times().reply_with(move |_| Reply::json(&polls.next().unwrap())));
    let run = |session: Session| async move { texts(&session.execute("select 1").await.unwrap()) };
    let record = recorder(&service, RecordOptions::default());
    let recorded = run(over(&record).await).await;
    let replay = replayed(&record.recording());
    let started = tokio::time::Instant::now();
    assert_eq!(run(over(&replay).await).await, recorded);
    assert!(started.elapsed() > std::time::Duration::ZERO, "the client has polled");
}

#[tokio::test(start_paused = true)]
async fn m01_failures_binds_and_repeated_statements_replay_in_their_order() {
    let mut count = 0;
    let service = service(move |seen| match sql(seen).as_str() {
        "select 1/0" => Reply::json(&failed("100051", "Division by zero")),
        "insert into t values (?)" => Reply::json(&inserted()),
        _ => {
            count += 1;
            let mut answer = one();
            answer["data"]["rowset"] = json!([[count.to_string()]]);
            answer["data"]["queryId"] = json!(format!("01b2c3d4-0000-1111-0000-00000000001{count}"));
            Reply::json(&answer)
        }
    });
    let run = |session: Session| async move {
        let mut seen = Vec::new();
        for sql in ["select n from counter", "SELECT N\nFROM counter -- again"] {
            seen.push(format!("{:?}", texts(&session.execute(sql).await.unwrap())));
        }
        let insert = QueryBuilder::new("insert into t values (?)").bind(5);
        seen.push(format!("{:?}", session.execute(insert).await.unwrap().rows_affected()));
        seen.push(session.execute("select 1/0").await.unwrap_err().to_string());
        session.close().await;
        seen
    };
    let (recorded, replayed, recording) = both(&service, RecordOptions::default(), run).await;
    assert_eq!(recorded, replayed);
    assert_eq!(recorded[..2], ["[[Some(\"1\")]]", "[[Some(\"2\")]]"]);
    let times: Vec<_> = recording.summary().iter().map(|summary| summary.times).collect();
    assert_eq!(times, [2, 1, 1]);
}

#[tokio::test(start_paused = true)]
async fn only_the_outcome_of_attempts_is_recorded() {
    let service = service(|_| Reply::json(&one()));
    service.add(Rule::on(QUERY).times(1).status(503));
    service.add(Rule::on(QUERY).times(1).lose_response());
    let mut expired = vec![Reply::json(&one()), Reply::json(&failed("390112", "expired"))];
    service.inner().push(Expect::get(RESULT).any_times().reply_with(move |_| expired.pop().unwrap()));
    let record = recorder(&service, RecordOptions::default());
    let session = over(&record).await;
    session.execute("select 1").await.unwrap();
    session.result(ID.parse().unwrap()).await.unwrap();
    let recording = record.recording();
    assert_eq!(recording.summary().len(), 1);
    assert_eq!(recording.summary()[0].times, 1);
    let text = recording.to_json();
    assert!(!text.contains("503") && !text.contains("390112"), "{text}");
    let replay = replayed(&recording);
    let session = over(&replay).await;
    assert_eq!(session.execute("select 1").await.unwrap().rows.len(), 1);
    assert_eq!(session.result(ID.parse().unwrap()).await.unwrap().rows.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn detached_statements_replay_with_their_states_and_results() {
    let state =
        |status: &str| json!({ "success": true, "data": { "queries": [{ "id": ID, "status": status }] } });
    let mut states = vec![state("SUCCESS"), state("RUNNING")];
    let service = service(|_| Reply::json(&running("333334", RESULT)));
    service
        .inner()
        .push(Expect::get(MONITOR).any_times().reply_with(move |_| Reply::json(&states.pop().unwrap())));
    service.inner().push(Expect::get(RESULT).any_times().reply(Reply::json(&one())));
    let run = |session: Session| async move {
        let handle = session.execute_async("select 1").await.unwrap();
        let running = handle.poll().await.unwrap().is_final();
        let done = handle.poll().await.unwrap().is_success();
        let rows = texts(&handle.wait().await.unwrap());
        (running, done, rows, handle.wait().await.unwrap().rows.len())
    };
    let (recorded, replayed, _) = both(&service, RecordOptions::default(), run).await;
    assert_eq!(recorded, (false, true, vec![vec![Some("1".to_owned())]], 1));
    assert_eq!(recorded, replayed);
}

#[tokio::test(start_paused = true)]
async fn results_that_others_submitted_replay_by_their_id() {
    let service = service(|_| Reply::json(&one()));
    service.inner().push(Expect::get(RESULT).any_times().reply(Reply::json(&one())));
    let run = |session: Session| async move { texts(&session.result(ID.parse().unwrap()).await.unwrap()) };
    let (recorded, replayed, recording) = both(&service, RecordOptions::default(), run).await;
    assert_eq!(recorded, replayed);
    assert_eq!(recording.statements().count(), 0);
}

#[tokio::test(start_paused = true)]
async fn fresh_addresses_of_a_part_mean_the_same_part() {
    let service = large_service("json");
    let again = large("json").to_string().replace("/part", "/fresh");
    service.inner().push(Expect::get(RESULT).any_times().reply(Reply::bytes(again)));
    for (number, rows) in [r#"["3",null],["4","x"]"#, r#"["5","x"],["6","x"]"#].into_iter().enumerate() {
        let path = format!("/fresh{number}");
        service.inner().push(Expect::get(path).any_times().reply(Reply::bytes(rows)));
    }
    service.add(Rule::on("/part1").times(1).status(403));
    let run = |session: Session| async move { texts(&session.execute("select * from big").await.unwrap()) };
    let (recorded, replayed, recording) = both(&service, RecordOptions::default(), run).await;
    assert_eq!(recorded, replayed);
    assert_eq!(recorded[4], [Some("5".to_owned()), Some("x".to_owned())]);
    assert!(!recording.to_json().contains("fresh"));
}

#[tokio::test(start_paused = true)]
async fn a_filter_sees_every_cell_and_the_client_none_of_it() {
    for format in ["json", "arrow"] {
        let options = RecordOptions::default().with_rows(Rows::AsSent).with_filter(|column, value| {
            if column == "T" {
                *value = value.take().map(|_| "hidden".to_owned());
            }
        });
        let record = recorder(&large_service(format), options);
        let recorded = over(&record).await.execute("select * from big").await.unwrap();
        assert_eq!(texts(&recorded)[0][1].as_deref(), Some("t\"1"));
        let text = record.recording().to_json();
        assert!(!text.contains("t\\\"") && text.contains("[\"4\", \"hidden\"]"), "{text}");
        let replayed = over(&replayed(&record.recording())).await.execute("select * from big").await.unwrap();
        let hidden: Vec<_> = texts(&replayed).into_iter().map(|row| row[1].clone()).collect();
        let kept = |n: i64| (n % 3 != 0).then(|| "hidden".to_owned());
        assert_eq!(hidden, (1..=6).map(kept).collect::<Vec<_>>());
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_too_large_is_left_out_and_the_client_does_not_notice() {
    for options in
        [RecordOptions::default().with_body_limit(100), RecordOptions::default().with_total_limit(100)]
    {
        let record = recorder(&large_service("arrow"), options);
        let recorded = over(&record).await.execute("select * from big").await.unwrap();
        assert_eq!(recorded.rows.len(), 6);
        let recording = record.recording();
        assert!(recording.to_json().contains("\"left_out\": \""), "{}", recording.to_json());
        let session = over(&Arc::new(Replay::new(recording))).await;
        let error = session.execute("select * from big").await.unwrap_err();
        let told = chain(&error);
        assert!(told.contains("was left out of the recording") && told.contains("100 bytes"), "{told}");
    }
}

/// An error with all of its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[tokio::test(start_paused = true)]
async fn masked_literals_are_neither_kept_nor_matched() {
    let service = service(|_| Reply::json(&one()));
    let record = recorder(&service, RecordOptions::default().with_literals(Literals::Mask));
    over(&record).await.execute("select 1 from t where name = 'Ann'").await.unwrap();
    let recording = record.recording();
    assert!(!recording.to_json().contains("Ann"));
    let session = over(&replayed(&recording)).await;
    assert_eq!(session.execute("select 2 from t where name = 'Bob'").await.unwrap().rows.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn only_what_is_missing_is_asked_and_recorded() {
    let first = service(|_| Reply::json(&one()));
    let record = recorder(&first, RecordOptions::default());
    over(&record).await.execute("select 1").await.unwrap();

    let second = service(|_| {
        let mut answer = one();
        answer["data"]["rowset"] = json!([["2"]]);
        answer["data"]["queryId"] = json!("01b2c3d4-0000-1111-0000-000000000002");
        Reply::json(&answer)
    });
    let record = recorder(&second, RecordOptions::default().with_known(record.recording()));
    let session = over(&record).await;
    assert_eq!(texts(&session.execute("select 1").await.unwrap())[0][0].as_deref(), Some("1"));
    assert_eq!(texts(&session.execute("select 2").await.unwrap())[0][0].as_deref(), Some("2"));
    let asked: Vec<_> = crate::service::requests(&second, QUERY).iter().map(sql).collect();
    assert_eq!(asked, ["select 2"]);
    let recording = record.recording();
    let sqls: Vec<_> = recording.statements().map(|statement| statement.sql.as_str()).collect();
    assert_eq!(sqls, ["select 1", "select 2"]);
    let session = over(&replayed(&recording)).await;
    assert_eq!(texts(&session.execute("select 2").await.unwrap())[0][0].as_deref(), Some("2"));
}

/// A text that must never be kept.
fn marked(what: &str) -> String {
    format!("canary-{what}-0123456789abcdef")
}

/// A service that marks every secret that it tells, renews the first token, and repeats some in results.
fn marking_service() -> Service {
    let tokens = json!({ "success": true, "code": null, "message": null, "data": {
        "token": marked("session"), "masterToken": marked("master"), "validityInSeconds": 3600,
        "masterValidityInSeconds": 14400, "sessionId": 5, "idToken": marked("id"), "mfaToken": marked("mfa"),
        "parameters": [], "sessionInfo": { "databaseName": "DB" },
    }});
    let renewed = json!({ "success": true, "data": { "sessionToken": marked("renewed"),
        "masterToken": marked("master2"), "validityInSecondsST": 3600, "validityInSecondsMT": 14400 } });
    let expired = json!({ "success": false, "code": "390112", "message": marked("session"), "data": null });
    let mut result = large("json");
    result["data"]["rowset"] = json!([["1", marked("session")], ["2", marked("master2")]]);
    result["data"]["qrmk"] = json!(marked("qrmk"));
    result["data"]["chunkHeaders"]["x-amz-server-side-encryption-customer-key"] = json!(marked("key"));
    result["data"]["chunks"][0]["url"] =
        json!(format!("https://storage.example/part0?sig={}", marked("sig")));
    let mut answers = vec![result, expired];
    let part = format!("[\"3\",\"{}\"],[\"4\",null]", marked("renewed"));
    let script = Script::new()
        .in_any_order()
        .expect(Expect::post("/session/v1/login-request").any_times().reply(Reply::json(&tokens)))
        .expect(Expect::post("/session/token-request").any_times().reply(Reply::json(&renewed)))
        .expect(Expect::post("/session").any_times().reply(Reply::json(&json!({ "success": true }))))
        .expect(Expect::get("/part0").any_times().reply(Reply::bytes(part)))
        .expect(Expect::post(QUERY).times(2).reply_with(move |_| Reply::json(&answers.pop().unwrap())));
    Arc::new(snowflake_sim::Fault::new(storage(script, "json")))
}

#[tokio::test(start_paused = true)]
async fn m03_no_marked_secret_is_kept_by_any_flow() {
    for rows in [Rows::Readable, Rows::AsSent] {
        let record = recorder(&marking_service(), RecordOptions::default().with_rows(rows));
        let session = over(&record).await;
        let sql = format!("create user u password = '{}'", marked("password"));
        let result = session.execute(QueryBuilder::new(sql).bind(marked("session"))).await.unwrap();
        assert_eq!(texts(&result)[2][1], Some(marked("renewed")), "the client gets all of it");
        session.close().await;
        let text = record.recording().to_json();
        assert!(!text.contains("canary") && !text.contains("hunter2"), "{text}");
        assert!(!text.contains(&STANDARD.encode(marked("renewed"))[..12]), "{text}");
        assert_eq!(find_secrets(&serde_json::from_str(&text).unwrap()), []);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_login_is_not_recorded_and_the_client_gets_it() {
    let refused = failed("390100", "Incorrect username or password was specified.");
    let script = Script::new().expect(Expect::post("/session/v1/login-request").reply(Reply::json(&refused)));
    let record = Arc::new(Record::new(script, RecordOptions::default()));
    let clock = ManualClock::ticking(datetime!(2026-01-02 03:04:05 UTC)).into();
    let error = Session::connect(options_over(Arc::<Record<Script>>::clone(&record), clock, login()))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert!(!record.recording().to_json().contains("390100"));
}
