//! The histories: what was really run, as the account's own views and functions tell it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use snowflake_sim::{ManualClock, ModelledSpeed, SeededEntropy, SimServerBuilder};
use time::macros::datetime;

use crate::client::{Client, builder, request_id};

/// A server whose clock stands still.
pub(crate) fn still() -> SimServerBuilder {
    let clock = Arc::new(ManualClock::new(datetime!(2026-03-15 12:30 UTC)));
    builder().clock(clock).entropy(Arc::new(SeededEntropy::new(7)))
}

/// A client that reads rows as JSON.
pub(crate) async fn reader(client: Client) -> Client {
    client.data("alter session set python_connector_query_result_format = 'JSON'").await;
    client.data("alter session set timezone = 'UTC'").await;
    client
}

/// The rows of a query, each cell as text.
pub(crate) async fn rows(client: &Client, sql: &str) -> Vec<Vec<Option<String>>> {
    serde_json::from_value(client.data(sql).await["rowset"].clone()).unwrap()
}

/// The rows of a query as `a|b; c|d`.
pub(crate) async fn body(client: &Client, sql: &str) -> String {
    let rows = rows(client, sql).await.into_iter();
    let row = |cells: Vec<Option<String>>| {
        cells.into_iter().map(|cell| cell.unwrap_or_else(|| "NULL".to_owned())).collect::<Vec<_>>().join("|")
    };
    rows.map(row).collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn h01_every_statement_is_in_the_book_with_its_kind_and_its_rows() {
    let server = still().start().await.unwrap();
    let client = reader(Client::login(&server).await).await;
    for sql in [
        "create table t (a int, b varchar)",
        "insert into t values (1, 'x'), (2, 'y'), (3, 'z')",
        "update t set b = 'w' where a > 1",
        "delete from t where a = 3",
        "create table u as select * from t",
        "merge into t using u on t.a = u.a when matched then update set b = 'm'",
        "select * from t",
        "show tables",
        "truncate table u",
        "drop table u",
        "begin",
        "rollback",
        "explain select 1",
        "use schema public",
    ] {
        client.data(sql).await;
    }
    let told = "query_type, execution_status, rows_produced, rows_inserted, rows_updated, rows_deleted";
    let sql = format!(
        "select {told} from snowflake.account_usage.query_history where query_text not ilike 'alter%' order by query_id"
    );
    let all = body(&client, &sql).await;
    for expected in [
        "CREATE_TABLE|SUCCESS|1|0|0|0",
        "INSERT|SUCCESS|1|3|0|0",
        "UPDATE|SUCCESS|1|0|2|0",
        "DELETE|SUCCESS|1|0|0|1",
        "CREATE_TABLE_AS_SELECT|SUCCESS|1|0|0|0",
        "MERGE|SUCCESS|1|0|2|0",
        "SELECT|SUCCESS|2|0|0|0",
        "SHOW|SUCCESS|2|0|0|0",
        "TRUNCATE_TABLE|SUCCESS|1|0|0|0",
        "DROP|SUCCESS|1|0|0|0",
        "BEGIN_TRANSACTION|SUCCESS|1|0|0|0",
        "ROLLBACK|SUCCESS|1|0|0|0",
        "EXPLAIN|SUCCESS|3|0|0|0",
        "USE|SUCCESS|1|0|0|0",
    ] {
        assert_eq!(all.split("; ").filter(|row| *row == expected).count(), 1, "{expected}: {all}");
    }
    assert_eq!(all.split("; ").count(), 14, "{all}");
}

#[tokio::test]
async fn h01_a_failure_keeps_its_code_and_words() {
    let server = still().start().await.unwrap();
    let client = reader(Client::login(&server).await).await;
    for sql in ["select * from missing", "selec 1", "select 1/0"] {
        assert_eq!(client.query(sql).await["success"], false);
    }
    let sql = "select query_text, query_type, execution_status, error_code, error_message like '%MISSING%' \
               from table(information_schema.query_history()) where error_code is not null order by query_text";
    assert_eq!(
        body(&client, sql).await,
        "selec 1|UNKNOWN|FAIL|001003|0; select * from missing|SELECT|FAIL|002003|1; select 1/0|SELECT|FAIL|100051|0"
    );
}

#[tokio::test]
async fn h01_who_asked_with_what_is_told() {
    let server = still().start().await.unwrap();
    let client = reader(Client::login(&server).await).await;
    client.data("alter session set query_tag = 'of the session'").await;
    client.data("select 1 as one").await;
    let own =
        json!({"sqlText": "select 2 as two", "parameters": {"QUERY_TAG": "its own"}, "isInternal": true});
    client.submit(&request_id(), own).await;
    let told = "query_tag, user_name, role_name, database_name, schema_name, session_id = current_session(), \
                is_client_generated_statement";
    let sql = format!(
        "select {told} from table(information_schema.query_history_by_session()) where query_text like 'select _ as%' order by query_text"
    );
    assert_eq!(
        body(&client, &sql).await,
        "of the session|ALICE|ACCOUNTADMIN|DB|PUBLIC|1|0; its own|ALICE|ACCOUNTADMIN|DB|PUBLIC|1|1"
    );
}

#[tokio::test]
async fn texts_are_alike_by_their_hashes() {
    let server = still().start().await.unwrap();
    let client = reader(Client::login(&server).await).await;
    for sql in ["select 'a'", "SELECT   'a' -- again", "select 'b'", "select 'b', 1"] {
        client.data(sql).await;
    }
    let of = "from table(information_schema.query_history()) where query_text ilike 'select%' and length(query_text) < 30";
    let count = |column: &str| format!("select count(distinct {column}) {of}");
    assert_eq!(body(&client, &count("query_hash")).await, "3");
    assert_eq!(body(&client, &count("query_parameterized_hash")).await, "2");
}

#[tokio::test]
async fn functions_take_their_arguments_by_name_and_limit_what_they_answer() {
    let server = still().start().await.unwrap();
    let client = reader(Client::login(&server).await).await;
    for n in 0..5 {
        client.data(&format!("select {n} as n")).await;
    }
    let count = |call: &str| {
        format!(
            "select count(*) from table(information_schema.{call}) q where q.query_text like 'select _ as n'"
        )
    };
    for (call, expected) in [
        ("query_history()", "5"),
        ("query_history(result_limit => 3)", "1"),
        ("query_history_by_user(user_name => 'alice', result_limit => 10000)", "5"),
        ("query_history_by_user(user_name => 'bob')", "0"),
        ("query_history_by_session(session_id => current_session()::int)", "5"),
        ("query_history_by_session(session_id => 1)", "0"),
        ("query_history_by_warehouse(warehouse_name => 'wh')", "0"),
        ("query_history(end_time_range_start => dateadd(hour, -1, current_timestamp()))", "5"),
        ("query_history(end_time_range_end => dateadd(hour, -1, current_timestamp()))", "0"),
        ("query_history(dateadd(hour, -1, current_timestamp()), current_timestamp(), 1000)", "5"),
    ] {
        assert_eq!(body(&client, &count(call)).await, expected, "{call}");
    }
    for wrong in [
        "query_history(result_limit => 0)",
        "query_history(result_limit => 10001)",
        "query_history(unknown => 1)",
        "query_history(end_time_range_start => dateadd(day, -8, current_timestamp()))",
    ] {
        assert_eq!(client.query(&count(wrong)).await["code"], "001044", "{wrong}");
    }
    let joined = "select count(*) from table(information_schema.query_history()) a join table(information_schema.query_history()) b \
                  on a.query_id = b.query_id where a.query_text = 'select 1 as n'";
    assert_eq!(body(&client, joined).await, "1");
}

#[tokio::test]
async fn h02_scans_are_booked_as_they_were_explained() {
    let server = still().start().await.unwrap();
    let client = reader(Client::login(&server).await).await;
    client
        .data("create table t as select seq4() as id, 'name ' || seq4() as name from table(generator(rowcount => 40000))")
        .await;
    let sql = "select id, name from t where id between 9000 and 9010";
    let explained = rows(&client, &format!("explain using json {sql}")).await;
    let plan: Value = serde_json::from_str(explained[0][0].as_deref().unwrap()).unwrap();
    client.data(sql).await;
    client.data("select id from t where id between 9000 and 9010").await;
    let told = "partitions_scanned, partitions_total, bytes_scanned";
    let booked = rows(
        &client,
        &format!("select {told} from snowflake.account_usage.query_history where query_text like 'select id%' order by query_text"),
    )
    .await;
    let number = |text: &Option<String>| text.as_deref().unwrap().parse::<u64>().unwrap();
    let stats = &plan["GlobalStats"];
    for row in &booked {
        assert_eq!(stats["partitionsAssigned"], number(&row[0]));
        assert_eq!(stats["partitionsTotal"], number(&row[1]));
        assert!(number(&row[0]) == 1 && number(&row[1]) > 3);
    }
    // All columns are read by the one, and not by the other.
    assert_eq!(stats["bytesAssigned"], number(&booked[1][2]));
    assert!(number(&booked[0][2]) < number(&booked[1][2]));
}

#[tokio::test]
async fn a_modelled_speed_says_how_long_statements_take() {
    let startup = Duration::from_millis(100);
    let speed = ModelledSpeed { bytes_per_second: 1_000_000, startup, spread: 0.0 };
    let server = still().modelled_speed(speed).start().await.unwrap();
    let client = reader(Client::login(&server).await).await;
    client.data("create table t as select seq4() as id from table(generator(rowcount => 100000))").await;
    let told = "warehouse_size, execution_time, bytes_scanned, datediff(millisecond, start_time, end_time) = total_elapsed_time";
    for (size, nodes) in [("X-Small", 1), ("Large", 8)] {
        client.data(&format!("alter warehouse wh set warehouse_size = '{size}'")).await;
        client.data("select sum(id) from t").await;
        let sql = format!(
            "select {told} from table(information_schema.query_history(result_limit => 10)) where query_text like 'select sum%' and warehouse_size = '{size}'"
        );
        let row = rows(&client, &sql).await.remove(0);
        let bytes: u64 = row[2].as_deref().unwrap().parse().unwrap();
        assert_eq!(bytes, 1_600_000);
        assert_eq!(row[1].as_deref().unwrap(), (100 + bytes / (1_000 * nodes)).to_string());
        assert_eq!((row[0].as_deref(), row[3].as_deref()), (Some(size), Some("1")));
    }
}

#[tokio::test]
async fn h07_only_the_administrator_sees_the_accounts_usage() {
    let server = still().start().await.unwrap();
    let client = reader(Client::login(&server).await).await;
    client.data("use role public").await;
    let answer = client.query("select * from snowflake.account_usage.query_history").await;
    assert_eq!(answer["code"], "002003");
    assert!(
        answer["message"]
            .as_str()
            .unwrap()
            .contains("Database 'SNOWFLAKE' does not exist or not authorized.")
    );
}

#[tokio::test]
async fn h07_views_may_be_late() {
    let clock = Arc::new(ManualClock::new(datetime!(2026-03-15 12:30 UTC)));
    let shared: Arc<dyn snowflake_transport::Clock> = Arc::<ManualClock>::clone(&clock);
    let server = builder().clock(shared).usage_latency(Duration::from_secs(60)).start().await.unwrap();
    let client = reader(Client::login(&server).await).await;
    client.data("select 'known later'").await;
    let sql = "select count(*) from snowflake.account_usage.query_history where query_text = 'select ''known later'''";
    assert_eq!(body(&client, sql).await, "0");
    clock.advance(Duration::from_secs(61));
    assert_eq!(body(&client, sql).await, "1");
}
