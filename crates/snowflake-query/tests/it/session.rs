//! What a session sends, learns and refuses.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use snowflake_query::{Column, DataType, ErrorKind, QueryBuilder, QueryId, Session};
use snowflake_sim::{Expect, Reply, Rule};

use crate::service::{
    ABORT, ID, LOGIN, LOGOUT, QUERY, RESULT, TOKEN, connect, count, failed, inserted, one, options, requests,
    running, service, settle, sql,
};

#[tokio::test(start_paused = true)]
async fn a_statement_is_sent_as_drivers_send_it() {
    let service = service(|_| Reply::json(&one()));
    let session = connect(&service).await;
    let query = QueryBuilder::new("select ?, :name").bind(7).bind_named("name", "x").tag("daily");
    session.execute(query).await.unwrap();
    session.execute("select 2").await.unwrap();
    let sent = requests(&service, QUERY);
    assert_eq!(sent[0].header("authorization"), Some("Snowflake Token=\"session-1\""));
    assert_eq!(sent[0].header("accept"), Some("application/snowflake"));
    let body = sent[0].json();
    assert_eq!(body["sqlText"], "select ?, :name");
    assert_eq!(body["asyncExec"], false);
    assert_eq!(body["sequenceId"], 1);
    assert_eq!(body["isInternal"], false);
    assert_eq!(body["queryContextDTO"], json!({}));
    assert_eq!(body["parameters"], json!({ "QUERY_TAG": "daily" }));
    assert_eq!(body["bindings"]["1"]["value"], "7");
    assert_eq!(body["bindings"]["name"]["value"], "x");
    assert_eq!(body["querySubmissionTime"], 1_767_323_045_000_i64);
    assert_eq!(sent[1].json()["sequenceId"], 2);
    assert_ne!(sent[0].query("requestId"), sent[1].query("requestId"));
}

#[tokio::test(start_paused = true)]
async fn s01_an_expired_token_is_renewed_and_the_statement_replayed() {
    let mut answers = vec![Reply::json(&inserted()), Reply::json(&failed("390112", "expired"))];
    let service = service(move |_| answers.pop().unwrap());
    let session = connect(&service).await;
    let result = session.execute("insert into t values (1)").await.unwrap();
    assert_eq!(result.rows_affected(), Some(3));
    let sent = requests(&service, QUERY);
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].query("requestId"), sent[1].query("requestId"));
    assert_eq!(sent[1].header("authorization"), Some("Snowflake Token=\"renewed-1\""));
    assert_eq!(count(&service, TOKEN), 1);
}

#[tokio::test(start_paused = true)]
async fn s01_http_401_is_an_expired_token_too() {
    let mut answers = vec![Reply::json(&one()), Reply::json(&failed("390104", "invalid")).with_status(401)];
    let service = service(move |_| answers.pop().unwrap());
    let session = connect(&service).await;
    session.execute("select 1").await.unwrap();
    assert_eq!((count(&service, QUERY), count(&service, TOKEN)), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn s02_a_thousand_statements_share_one_renewal() {
    let service = service(|seen| {
        let old = seen.header("authorization") == Some("Snowflake Token=\"session-1\"");
        let answer = if old { failed("390112", "expired") } else { one() };
        Reply::json(&answer).after(Duration::from_millis(5))
    });
    let session = connect(&service).await;
    let results = join_all((0..1000).map(|_| session.execute("select 1"))).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(count(&service, TOKEN), 1);
}

#[tokio::test(start_paused = true)]
async fn s03_a_session_that_cannot_be_renewed_is_over() {
    let service = service(|_| Reply::json(&failed("390112", "expired")));
    let gone = failed("390114", "master token expired").to_string();
    service.add(Rule::on(TOKEN).answer(200, &[], gone));
    let session = connect(&service).await;
    let errors = join_all((0..5).map(|_| session.execute("insert into t values (1)"))).await;
    for error in errors {
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Auth);
    }
    assert!(session.is_over());
    let before = count(&service, QUERY);
    assert!(session.execute("select 1").await.is_err());
    assert_eq!(count(&service, QUERY), before, "nothing more is sent");
    drop(session);
    settle().await;
    assert_eq!((count(&service, LOGOUT), count(&service, ABORT)), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn s04_a_renewed_token_that_is_refused_too_ends_the_session() {
    let service = service(|_| Reply::json(&failed("390112", "expired")));
    let session = connect(&service).await;
    let error = session.execute("select 1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert!(count(&service, TOKEN) <= 2);
    assert!(session.is_over());
}

#[tokio::test(start_paused = true)]
async fn r09_a_wrong_password_is_tried_once() {
    let service = service(|_| Reply::json(&one()));
    let refused = failed("390100", "Incorrect username or password was specified.").to_string();
    service.add(Rule::on(LOGIN).answer(200, &[], refused));
    let error = Session::connect(options(&service)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert_eq!(error.code().map(|code| code.as_str()), Some("390100"));
    assert_eq!(service.hits(), [1]);
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[tokio::test(start_paused = true)]
async fn a_syntax_error_keeps_what_the_server_says() {
    let answer = json!({ "success": false, "code": "001003", "message":
        "SQL compilation error:\nsyntax error line 1 at position 6 unexpected ';'.", "data": {
        "internalError": false, "errorCode": "001003", "age": 0, "sqlState": "42000", "queryId": ID, "line": 1,
        "pos": 6, "type": "COMPILATION",
    }});
    let service = service(move |_| Reply::json(&answer));
    let session = connect(&service).await;
    let error = session.execute("select;").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Sql);
    assert_eq!(error.code().map(|code| code.as_str()), Some("001003"));
    assert_eq!(error.sql_state(), Some("42000"));
    assert_eq!(error.query_id(), Some(QueryId::parse(ID).unwrap()));
    assert_eq!((error.line(), error.position()), (Some(1), Some(6)));
    assert_eq!(
        error.to_string(),
        "001003 (42000): SQL compilation error: syntax error line 1 at position 6 unexpected ';'."
    );
    settle().await;
    assert_eq!(count(&service, ABORT), 0);
}

#[tokio::test(start_paused = true)]
async fn g10_a_hostile_message_stays_on_one_line_and_short() {
    let message = format!("bad\r\n\x1b[31m\u{202e}{}", "x".repeat(1 << 20));
    let service = service(move |_| Reply::json(&failed("001003", &message)));
    let session = connect(&service).await;
    let text = session.execute("select;").await.unwrap_err().to_string();
    assert!(text.len() <= 8 * 1024 + 64);
    assert!(!text.chars().any(|c| c.is_control() || c == '\u{202e}'));
}

#[tokio::test(start_paused = true)]
async fn c30_a_result_url_of_another_host_is_refused() {
    let service = service(|_| Reply::json(&running("333333", "https://evil.example/queries/x/result")));
    let session = connect(&service).await;
    let error = session.execute("select 1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    settle().await;
    let hosts: Vec<_> =
        service.inner().requests().iter().map(|seen| seen.uri.host().unwrap().to_owned()).collect();
    assert!(hosts.iter().all(|host| host == "acct.snowflakecomputing.com"), "{hosts:?}");
    assert_eq!(count(&service, ABORT), 1, "the statement that nobody follows is stopped");
}

#[tokio::test(start_paused = true)]
async fn b07_rows_that_do_not_fit_the_columns_are_refused() {
    for rowset in [json!([["1", "2"]]), json!([[]])] {
        let service = service(move |_| {
            let mut answer = one();
            answer["data"]["rowset"] = rowset.clone();
            Reply::json(&answer)
        });
        let session = connect(&service).await;
        let error = session.execute("select 1").await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Protocol | ErrorKind::Incomplete), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn b09_a_query_id_that_is_none_is_refused_before_it_reaches_a_url() {
    for id in ["../x", "'; drop", "x/y/z", "01b2c3d4"] {
        let service = service(move |_| {
            let mut answer = running("333334", RESULT);
            answer["data"]["queryId"] = json!(id);
            Reply::json(&answer)
        });
        let session = connect(&service).await;
        let error = session.execute("select 1").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol);
        let error = session.execute_async("select 1").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert!(service.inner().requests().iter().all(|seen| !seen.path().contains("result")));
    }
}

#[tokio::test(start_paused = true)]
async fn names_are_switched_only_where_they_differ() {
    let names = Arc::new(Mutex::new(json!({ "finalWarehouseName": "WH", "finalDatabaseName": "DB",
        "finalSchemaName": "PUBLIC", "finalRoleName": "R" })));
    let current = Arc::clone(&names);
    let service = service(move |seen| {
        let mut names = current.lock().unwrap();
        match sql(seen).as_str() {
            "USE WAREHOUSE \"BIG\"" => names["finalWarehouseName"] = json!("BIG"),
            "USE ROLE \"low er\"" => names["finalRoleName"] = json!("\"low er\""),
            "USE SCHEMA \"OTHER\".\"S\"" => {
                names["finalDatabaseName"] = json!("OTHER");
                names["finalSchemaName"] = json!("S");
            }
            "USE DATABASE \"DB\"" => {
                names["finalDatabaseName"] = json!("DB");
                names["finalSchemaName"] = json!("PUBLIC");
            }
            _ => {}
        }
        let mut answer = one();
        answer["data"].as_object_mut().unwrap().extend(names.as_object().unwrap().clone());
        Reply::json(&answer)
    });
    let session = connect(&service).await;
    let statements = || requests(&service, QUERY).iter().map(sql).collect::<Vec<_>>();
    session.execute(QueryBuilder::new("a").warehouse("wh").database("Db").schema("public")).await.unwrap();
    assert_eq!(statements(), ["a"]);
    session.execute(QueryBuilder::new("b").warehouse("big").role("\"low er\"")).await.unwrap();
    assert_eq!(statements()[1..], ["USE ROLE \"low er\"", "USE WAREHOUSE \"BIG\"", "b"]);
    session.execute(QueryBuilder::new("c").warehouse("BIG").database("other").schema("s")).await.unwrap();
    assert_eq!(statements()[4..], ["USE SCHEMA \"OTHER\".\"S\"", "c"]);
    session.execute(QueryBuilder::new("d").database("db").schema("public")).await.unwrap();
    assert_eq!(statements()[6..], ["USE SCHEMA \"DB\".\"PUBLIC\"", "d"]);
    assert_eq!(requests(&service, QUERY)[1].json()["isInternal"], true);
    assert_eq!(session.role().as_deref(), Some("low er"));
    assert_eq!(session.warehouse().as_deref(), Some("BIG"));
}

#[tokio::test(start_paused = true)]
async fn parameters_and_the_query_context_are_learnt_from_answers() {
    let mut statements = 0;
    let service = service(move |_| {
        statements += 1;
        let mut answer = if statements == 1 { one() } else { failed("001003", "no") };
        if statements == 2 {
            answer["data"] = json!({});
        }
        let context =
            json!({ "entries": [{ "id": 0, "timestamp": statements, "priority": 0, "context": "Y3R4" }] });
        answer["data"]["queryContext"] = context;
        answer["data"]["parameters"] = json!([{ "name": "TIMEZONE", "value": "Asia/Tokyo" }]);
        Reply::json(&answer)
    });
    let session = connect(&service).await;
    assert_eq!(session.parameter("timezone").unwrap().as_str(), Some("UTC"));
    session.execute("select 1").await.unwrap();
    assert_eq!(session.parameter("timezone").unwrap().as_str(), Some("Asia/Tokyo"));
    assert!(session.execute("select 2").await.is_err());
    assert!(session.execute("select 3").await.is_err());
    let sent = requests(&service, QUERY);
    let stamps: Vec<_> =
        sent.iter().map(|seen| seen.json()["queryContextDTO"]["entries"][0]["timestamp"].clone()).collect();
    assert_eq!(stamps, [json!(null), json!(1), json!(2)]);
    assert_eq!(sent[1].json()["queryContextDTO"]["entries"][0]["context"], json!({ "base64Data": "Y3R4" }));
}

#[tokio::test(start_paused = true)]
async fn calls_go_where_the_server_wants_them() {
    let service = service(|_| {
        let mut answer = one();
        answer["data"]["parameters"] = json!([{ "name": "SERVICE_NAME", "value": "node-7" }]);
        Reply::json(&answer)
    });
    let session = connect(&service).await;
    session.execute("select 1").await.unwrap();
    session.execute("select 1").await.unwrap();
    let sent = requests(&service, QUERY);
    assert_eq!(sent[0].header("x-snowflake-service"), None);
    assert_eq!(sent[1].header("x-snowflake-service"), Some("node-7"));
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_transaction_may_have_no_data() {
    let service = service(|_| Reply::json(&json!({ "success": true, "data": null, "code": null })));
    let session = connect(&service).await;
    session.execute("begin").await.unwrap();
    assert!(session.in_transaction());
    let result = session.execute("commit").await.unwrap();
    assert!(!session.in_transaction());
    assert!(result.rows.is_empty() && result.query_id.is_none());
    assert_eq!(result.rows_affected(), None);
}

#[tokio::test(start_paused = true)]
async fn file_transfers_are_not_executed_but_prepared() {
    let answer = json!({ "success": true, "data": { "command": "UPLOAD", "src_locations": ["/data/f*.csv"],
        "parallel": 4, "autoCompress": true, "queryId": ID, "stageInfo": { "locationType": "LOCAL_FS",
        "location": "/stage", "creds": {} } } });
    let service = service(move |_| Reply::json(&answer));
    let session = connect(&service).await;
    let error = session.execute("-- load\n PUT file:///data/f*.csv @s").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("put_file"), "{error}");
    assert_eq!(count(&service, QUERY), 0);
    let transfer = session.prepare_transfer("PUT file:///data/f*.csv @s").await.unwrap();
    let instructions = transfer.instructions();
    assert_eq!(instructions.command.as_deref(), Some("UPLOAD"));
    assert_eq!(instructions.src_locations.as_ref().unwrap(), &["/data/f*.csv"]);

    let (text, number) = (DataType::Text { length: 16 }, DataType::Number { precision: 38, scale: 0 });
    let columns = [Column::new("source", text, false), Column::new("source_size", number, false)];
    let (query_id, rows) = (transfer.query_id(), vec![vec![Some("f1.csv".to_owned()), Some("3".to_owned())]]);
    let result = transfer.finish(&columns, rows).await.unwrap();
    let row = result.rows.row(0).unwrap();
    assert_eq!(
        (row.get::<String>("source").unwrap().as_str(), row.get::<u64>("source_size").unwrap()),
        ("f1.csv", 3)
    );
    assert_eq!((result.rows.len(), result.query_id), (1, query_id));
}

#[tokio::test(start_paused = true)]
async fn a_statement_without_files_prepares_no_transfer() {
    let service = service(|_| Reply::json(&one()));
    let session = connect(&service).await;
    let error = session.prepare_transfer("select 1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}

#[tokio::test(start_paused = true)]
async fn several_statements_at_once_tell_their_ids() {
    let service = service(|_| {
        let mut answer = one();
        answer["data"]["statementTypeId"] = json!(0xa000);
        answer["data"]["resultIds"] = json!(format!("{ID},01b2c3d4-0000-1111-0000-000000000002"));
        Reply::json(&answer)
    });
    let session = connect(&service).await;
    let query = QueryBuilder::new("select 1; select 2").parameter("multi_statement_count", 2);
    let result = session.execute(query).await.unwrap();
    assert_eq!(requests(&service, QUERY)[0].json()["parameters"], json!({ "MULTI_STATEMENT_COUNT": 2 }));
    assert_eq!(result.children().len(), 2);
    assert_eq!(result.children()[0].to_string(), ID);
}

#[tokio::test(start_paused = true)]
async fn a_result_is_had_by_its_id() {
    let service = service(|_| Reply::json(&one()));
    service.inner().push(Expect::get(RESULT).any_times().reply(Reply::json(&one())));
    let session = connect(&service).await;
    let result = session.result(ID.parse().unwrap()).await.unwrap();
    assert_eq!(result.rows.len(), 1);
    assert_eq!(count(&service, QUERY), 0);
}

#[tokio::test(start_paused = true)]
async fn a_session_ends_with_close_or_with_its_last_owner() {
    let service = service(|_| Reply::json(&running("333334", RESULT)));
    connect(&service).await.close().await;
    assert_eq!(count(&service, LOGOUT), 1);
    let session = connect(&service).await;
    let handle = session.execute_async("select 1").await.unwrap();
    drop(session);
    settle().await;
    assert_eq!(count(&service, LOGOUT), 1, "the handle still needs the session");
    let _ = handle.detach();
    settle().await;
    assert_eq!(count(&service, LOGOUT), 2);
    assert_eq!(requests(&service, LOGOUT)[0].query("delete").as_deref(), Some("true"));
}

#[tokio::test(start_paused = true)]
async fn a_name_is_set_again_once_nobody_knows_what_became_of_a_use() {
    let service = service(|seen| match sql(seen).as_str() {
        "use database other" => Reply::json(&one()).after(Duration::from_secs(60)),
        _ => Reply::json(&one()),
    });
    let session = connect(&service).await;
    let stopped = QueryBuilder::new("use database other").timeout(Duration::from_secs(1));
    assert_eq!(session.execute(stopped).await.unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(session.database(), None);
    session.execute(QueryBuilder::new("select 1").database("db")).await.unwrap();
    let sent: Vec<_> = requests(&service, QUERY).iter().map(sql).collect();
    assert_eq!(sent, ["use database other", "USE DATABASE \"DB\"", "select 1"]);
}
