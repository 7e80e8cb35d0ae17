//! What an account uses: credits, warehouses, logins, storage, as its views tell it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use snowflake_sim::{ManualClock, ModelledSpeed, SimServer};
use snowflake_transport::Clock;
use time::macros::datetime;

use crate::client::{Client, builder, request_id};
use crate::history::{body, reader, rows, still};

const VIEW: &str = "snowflake.account_usage";

/// A server whose clock only the test moves, and whose statements take a second and one for each megabyte.
async fn metered() -> (SimServer, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(datetime!(2026-03-15 12:30 UTC)));
    let shared: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
    let startup = Duration::from_secs(1);
    let speed = ModelledSpeed { bytes_per_second: 1_000_000, startup, spread: 0.0 };
    (builder().clock(shared).modelled_speed(speed).start().await.unwrap(), clock)
}

#[tokio::test]
async fn h05_a_statement_costs_its_share_of_the_warehouse_while_it_ran() {
    let (server, _clock) = metered().await;
    let client = reader(Client::login(&server).await).await;
    client.data("create table t as select seq4() as id from table(generator(rowcount => 100000))").await;
    client.data("alter warehouse wh set warehouse_size = 'Medium'").await;
    client.data("select sum(id) from t").await;
    let told =
        "a.credits_attributed_compute, datediff(millisecond, a.start_time, a.end_time), a.warehouse_name";
    let sql = format!(
        "select {told} from {VIEW}.query_attribution_history a join {VIEW}.query_history q using (query_id) \
         where q.query_text like 'select sum%'"
    );
    // 1.6 MB on four nodes: 1.4 seconds of four credits an hour.
    assert_eq!(body(&client, &sql).await, "0.001555555|1400|WH");
}

#[tokio::test]
async fn h05_statements_that_run_at_once_share_their_warehouse() {
    let (server, _clock) = metered().await;
    let client = reader(Client::login(&server).await).await;
    let slow = json!({"sqlText": "select system$wait(400, 'MILLISECONDS'), 'shared'"});
    let (one, other) = (request_id(), request_id());
    let (first, second) = tokio::join!(client.submit(&one, slow.clone()), client.submit(&other, slow));
    assert_eq!((&first["success"], &second["success"]), (&json!(true), &json!(true)));
    client.data("select system$wait(1, 'MILLISECONDS'), 'alone'").await;
    let sql = format!(
        "select q.query_text like '%alone%', sum(a.credits_attributed_compute) from {VIEW}.query_attribution_history a \
         join {VIEW}.query_history q on a.query_id = q.query_id where q.query_text like '%wait%' group by 1 order by 1"
    );
    // Each of the two that ran together had half of the warehouse for its second.
    assert_eq!(body(&client, &sql).await, "0|0.000277776; 1|0.000277777");
}

#[tokio::test]
async fn h06_the_meter_runs_while_the_warehouse_does() {
    let clock = Arc::new(ManualClock::new(datetime!(2026-03-15 12:30 UTC)));
    let shared: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
    let server = builder().clock(shared).start().await.unwrap();
    let client = reader(Client::login(&server).await).await;
    client.data("alter warehouse wh set auto_suspend = 0").await;
    client.data("create table t as select 1 as a").await;
    client.data("select * from t").await;
    clock.advance(Duration::from_secs(1_800));
    client.data("alter warehouse wh suspend").await;
    // Whoever looks at the meter needs a warehouse too.
    client.data("create warehouse looking").await;
    let told = "start_time = '2026-03-15 12:00:00 +0000'::timestamp_tz, credits_used, credits_used_compute";
    let hours = format!("select {told} from {VIEW}.warehouse_metering_history where warehouse_name = 'WH'");
    assert_eq!(body(&client, &hours).await, "1|0.500000000|0.500000000");
    let function = "select sum(credits_used) from table(information_schema.warehouse_metering_history(\
                    dateadd(day, -1, current_date()), current_timestamp(), 'wh'))";
    assert_eq!(body(&client, function).await, "0.500000000");
    let service =
        format!("select distinct service_type, credits_used from {VIEW}.metering_history where name = 'WH'");
    assert_eq!(body(&client, &service).await, "WAREHOUSE_METERING|0.500000000");
    let daily = format!("select to_char(usage_date), credits_billed from {VIEW}.metering_daily_history");
    assert_eq!(body(&client, &daily).await, "2026-03-15|0.500000000");
    let events = rows(
        &client,
        &format!("select event_name, size from {VIEW}.warehouse_events_history order by timestamp"),
    )
    .await;
    assert!(events.iter().any(|event| event[0].as_deref() == Some("SUSPEND_WAREHOUSE")), "{events:?}");
}

#[tokio::test]
async fn logins_and_sessions_are_told() {
    let server = still().start().await.unwrap();
    let refused = Client::new(&server).try_login(json!({"LOGIN_NAME": "mallory", "PASSWORD": "wrong"})).await;
    assert_eq!(refused["success"], false);
    let client = reader(Client::login(&server).await).await;
    let told = "user_name, reported_client_type, first_authentication_factor, is_success, error_code";
    for source in [format!("{VIEW}.login_history"), "table(information_schema.login_history())".to_owned()] {
        let sql = format!("select {told} from {source} order by event_id");
        assert_eq!(
            body(&client, &sql).await,
            "MALLORY|PythonConnector|PASSWORD|NO|390100; ALICE|PythonConnector|PASSWORD|YES|NULL"
        );
    }
    let own = "select count(*) from table(information_schema.login_history_by_user(user_name => 'alice'))";
    assert_eq!(body(&client, own).await, "1");
    let sessions = format!(
        "select s.user_name, l.is_success, s.session_id = current_session() from {VIEW}.sessions s \
         join {VIEW}.login_history l on s.login_event_id = l.event_id"
    );
    assert_eq!(body(&client, &sessions).await, "ALICE|YES|1");
}

#[tokio::test]
async fn storage_is_what_the_tables_and_stages_hold() {
    let server = still().start().await.unwrap();
    let client = reader(Client::login(&server).await).await;
    client.data("create table t as select seq4() as id from table(generator(rowcount => 1000))").await;
    client.data("create stage files").await;
    client.data("copy into @files/part from t").await;
    client.data("create table u (id int)").await;
    client.data("copy into u from @files").await;
    let bytes =
        body(&client, "select sum(bytes) from information_schema.tables where table_schema = 'PUBLIC'").await;
    let usage = rows(
        &client,
        &format!("select storage_bytes, stage_bytes, to_char(usage_date) from {VIEW}.storage_usage"),
    )
    .await;
    assert_eq!((usage[0][0].as_deref(), usage[0][2].as_deref()), (Some(bytes.as_str()), Some("2026-03-15")));
    assert!(usage[0][1].as_deref().unwrap().parse::<u64>().unwrap() > 0);
    let database = format!(
        "select average_database_bytes from {VIEW}.database_storage_usage_history where database_name = 'DB'"
    );
    assert_eq!(body(&client, &database).await, bytes);
    let metrics =
        format!("select sum(active_bytes) from {VIEW}.table_storage_metrics where table_schema = 'PUBLIC'");
    assert_eq!(body(&client, &metrics).await, bytes);
    let loads = format!("select table_name, table_catalog_name, row_count, status from {VIEW}.copy_history");
    assert_eq!(body(&client, &loads).await, "U|DB|1000|Loaded");
    let unloaded = format!(
        "select rows_unloaded, rows_inserted from {VIEW}.query_history where query_type in ('COPY', 'UNLOAD') order by query_type"
    );
    assert_eq!(body(&client, &unloaded).await, "0|1000; 1000|0");
    for view in [
        "tables",
        "columns",
        "schemata",
        "databases",
        "views",
        "load_history",
        "warehouse_load_history",
        "task_history",
        "stage_storage_usage_history",
    ] {
        client.data(&format!("select * from {VIEW}.{view}")).await;
    }
    assert_eq!(client.query(&format!("select * from {VIEW}.no_such_view")).await["code"], "002003");
    assert_eq!(
        body(
            &client,
            &format!("select count(*) from {VIEW}.tables where table_name in ('T', 'U') and deleted is null")
        )
        .await,
        "2"
    );
    assert_eq!(
        body(&client, "select count(*) from table(information_schema.task_history(result_limit => 5))").await,
        "0"
    );
}

#[tokio::test]
async fn the_operations_of_a_statement_are_kept() {
    let server = still().start().await.unwrap();
    let client = reader(Client::login(&server).await).await;
    client.data("create table t as select seq4() as id from table(generator(rowcount => 40000))").await;
    let id = client.data("select count(*) from t where id = 5").await["queryId"].as_str().unwrap().to_owned();
    let told = "operator_type, operator_statistics:pruning.partitions_scanned::int, operator_attributes:table_name::varchar";
    let sql = format!("select {told} from table(get_query_operator_stats('{id}')) order by operator_id");
    let operators = body(&client, &sql).await;
    assert!(operators.starts_with("Result|NULL|NULL; Aggregate|NULL|NULL"), "{operators}");
    assert!(operators.ends_with("TableScan|1|DB.PUBLIC.T"), "{operators}");
    let last = "select count(*) > 0 from table(get_query_operator_stats(last_query_id()))";
    client.data("select * from t limit 1").await;
    assert_eq!(body(&client, last).await, "1");
    let missing = "select * from table(get_query_operator_stats('01000000-0000-0000-0000-000000000000'))";
    assert_eq!(client.query(missing).await["code"], "000709");
}

#[tokio::test]
async fn monitoring_tells_what_the_book_knows() {
    let server = still().start().await.unwrap();
    let client = reader(Client::login(&server).await).await;
    client.data("create table t as select seq4() as id from table(generator(rowcount => 1000))").await;
    let id = client.data("select id from t").await["queryId"].as_str().unwrap().to_owned();
    let told = client.get(&format!("/monitoring/queries/{id}")).await["data"]["queries"][0].clone();
    assert_eq!(told["status"], "SUCCESS");
    assert_eq!(told["sqlText"], "select id from t");
    assert_eq!((&told["warehouseName"], &told["warehouseExternalSize"]), (&json!("WH"), &json!("X-Small")));
    assert_eq!(told["stats"], json!({"scanBytes": 16_000, "producedRows": 1_000}));
    let all = client.get("/monitoring/queries").await["data"]["queries"].clone();
    let texts: Vec<&str> =
        all.as_array().unwrap().iter().filter_map(|each| each["sqlText"].as_str()).collect();
    assert_eq!(texts[0], "select id from t");
    assert_eq!(texts.len(), 4);
    let other = client.get("/monitoring/queries/01000000-0000-0000-0000-000000000000").await;
    assert_eq!(other["data"]["queries"], Value::Array(Vec::new()));
}
