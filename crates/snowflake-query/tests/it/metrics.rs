//! What sessions and pools report of themselves: figures with bounded labels, and spans that hold no SQL text.

use std::sync::Arc;
use std::time::Duration;

use snowflake_proto::{Recovery, ServerCode};
use snowflake_query::{ErrorKind, Pool, PoolOptions, QueryBuilder, Wanted};
use snowflake_sim::{Answer, CellValue, Fault, Reply, Rule, StandIn, Table};

use crate::figures::{Figures, Spans};
use crate::record::over;
use crate::service::{LOGIN, QUERY, failed, one, options, service};

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

fn refusal(code: &str, message: &str) -> String {
    failed(code, message).to_string()
}

#[tokio::test(start_paused = true)]
async fn statements_are_counted_by_warehouse_and_end() {
    let figures = Figures::default();
    let _recording = metrics::set_default_local_recorder(&figures);
    let service = service(|_| Reply::json(&one()));
    let pool = Pool::open(options(&service), PoolOptions::default().with_size(1, 3)).await.unwrap();
    pool.execute("select 1").await.unwrap();
    service.add(Rule::on(QUERY).times(1).answer(200, JSON, refusal("001003", "syntax error")));
    assert_eq!(pool.execute("selec 1").await.unwrap_err().kind(), ErrorKind::Sql);
    let get = |series: &str| figures.get(series).unwrap_or(-1.0);
    assert_eq!(get("snowflake_queries_total{status=success,warehouse=WH}"), 1.0);
    assert_eq!(get("snowflake_queries_total{status=failed,warehouse=WH}"), 1.0);
    assert_eq!(get("snowflake_query_errors_total{kind=sql}"), 1.0);
    assert_eq!(get("snowflake_query_duration_seconds{warehouse=WH}"), 2.0);
    assert_eq!(get("snowflake_query_rows_returned_total"), 1.0);
    assert_eq!(get("snowflake_session_logins_total{status=success}"), 1.0);
    assert_eq!(get("snowflake_session_login_duration_seconds"), 1.0);
    assert_eq!(get("snowflake_transport_requests_total{endpoint=query,outcome=ok}"), 2.0);
    assert_eq!(get("snowflake_transport_request_duration_seconds{endpoint=query}"), 2.0);
    assert_eq!(get("snowflake_transport_request_attempts{endpoint=query}"), 2.0);
}

#[tokio::test(start_paused = true)]
async fn a_pool_shows_its_sessions_and_how_long_one_waits() {
    let figures = Figures::default();
    let _recording = metrics::set_default_local_recorder(&figures);
    let service = service(|_| Reply::json(&one()));
    let limits = PoolOptions::default().with_size(0, 1).with_wait_timeout(Duration::from_secs(1));
    let pool = Pool::open(options(&service), limits).await.unwrap();
    let lent = pool.get(&Wanted::default()).await.unwrap();
    assert_eq!(figures.get("snowflake_pool_sessions{state=in_use}"), Some(1.0));
    assert_eq!(figures.get("snowflake_pool_sessions{state=idle}"), Some(0.0));
    assert_eq!(figures.get("snowflake_pool_max_sessions"), Some(1.0));
    assert_eq!(pool.get(&Wanted::default()).await.unwrap_err().kind(), ErrorKind::Pool);
    drop(lent);
    assert_eq!(figures.get("snowflake_pool_sessions{state=idle}"), Some(1.0));
    let waits =
        |status: &str| figures.get(&format!("snowflake_pool_wait_duration_seconds{{status={status}}}"));
    assert_eq!([waits("success"), waits("timeout"), waits("failed")], [Some(1.0), Some(1.0), None]);
}

#[tokio::test(start_paused = true)]
async fn retries_and_refused_logins_are_counted_by_their_reason() {
    let figures = Figures::default();
    let _recording = metrics::set_default_local_recorder(&figures);
    let service = service(|_| Reply::json(&one()));
    service.add(Rule::on(QUERY).times(2).status(503));
    let pool = Pool::open(options(&service), PoolOptions::default().with_size(0, 1)).await.unwrap();
    pool.execute("select 1").await.unwrap();
    assert_eq!(figures.get("snowflake_transport_retries_total{endpoint=query,reason=503}"), Some(2.0));
    assert_eq!(figures.get("snowflake_transport_request_attempts{endpoint=query}"), Some(1.0));
    service.add(Rule::on(LOGIN).times(1).answer(200, JSON, refusal("390100", "Incorrect password")));
    let refused = Pool::open(options(&service), PoolOptions::default().with_size(1, 1)).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Auth);
    assert_eq!(figures.get("snowflake_session_logins_total{status=rejected}"), Some(1.0));
}

#[tokio::test(start_paused = true)]
async fn parts_and_renewals_are_counted() {
    let figures = Figures::default();
    let _recording = metrics::set_default_local_recorder(&figures);
    let spans = Spans::default();
    let _subscribed = tracing::subscriber::set_default(spans.clone());
    let table = Table::new().number("N", 0).rows((0..40).map(|number| vec![CellValue::from(number)]));
    let world =
        Arc::new(Fault::new(StandIn::new().on("SELECT n FROM t", Answer::rows(table).arrow().in_parts(10))));
    let session = over(&world).await;
    world.inner().expire_sessions();
    let rows = session.execute("SELECT n FROM t").await.unwrap();
    assert_eq!(rows.rows.len(), 40);
    let parts = figures.get("snowflake_chunks_total{status=success}").unwrap();
    assert!(parts >= 3.0, "{figures:?}");
    assert_eq!(figures.get("snowflake_chunk_duration_seconds{step=decode}"), Some(parts));
    assert!(
        figures.get("snowflake_chunk_bytes_total{form=inflated}")
            > figures.get("snowflake_chunk_bytes_total{form=stored}")
    );
    assert_eq!(figures.get("snowflake_session_renewals_total{status=success}"), Some(1.0));
    assert!(spans.of("chunk.fetch").iter().all(|span| span.contains_key("bytes")), "{spans:?}");
}

#[tokio::test(start_paused = true)]
async fn o12_a_statement_is_a_span_with_the_names_of_the_conventions_and_without_its_text() {
    let spans = Spans::default();
    let _subscribed = tracing::subscriber::set_default(spans.clone());
    let service = service(|_| Reply::json(&one()));
    let pool = Pool::open(options(&service), PoolOptions::default().with_size(0, 1)).await.unwrap();
    let secret = "SELECT * FROM orders WHERE card = '4111-1111'";
    pool.execute(secret).await.unwrap();
    service.add(Rule::on(QUERY).times(1).answer(200, JSON, refusal("001003", "syntax error near 4111-1111")));
    let insert = QueryBuilder::new("insert into orders values (?, 4111)").bind("4111-1111");
    let error = pool.execute(insert).await.unwrap_err();
    assert_eq!(error.code().map(ServerCode::recovery), Some(Recovery::Never));
    let statements = spans.of("query.submit");
    let field = |index: usize, name: &str| statements[index].get(name).map(String::as_str);
    assert_eq!(field(0, "otel.name"), Some("SELECT orders"));
    assert_eq!(field(0, "otel.kind"), Some("client"));
    assert_eq!(field(0, "db.system.name"), Some("snowflake"));
    assert_eq!(field(0, "db.namespace"), Some("DB|PUBLIC"));
    assert_eq!(field(0, "db.operation.name"), Some("SELECT"));
    assert_eq!(field(0, "db.query.summary"), Some("SELECT orders"));
    assert_eq!(field(0, "db.response.returned_rows"), Some("1"));
    assert!(field(0, "server.address").is_some() && field(0, "server.port").is_some());
    assert_eq!(field(0, "error.type"), None);
    assert_eq!(field(1, "db.query.summary"), Some("INSERT orders"));
    assert_eq!(field(1, "error.type"), Some("sql"));
    assert_eq!(field(1, "db.response.status_code"), Some("001003"));
    assert_eq!(field(1, "otel.status_code"), Some("ERROR"));
    assert_eq!(spans.of("session.login").len(), 1);
    assert!(!spans.text().contains("4111"), "{spans:?}");
}
