//! Parameters, variables, results of earlier statements.

use super::harness::{Db, execute};
use crate::context::Context;
use crate::engine::{Statement, StoredResult, split};

#[tokio::test]
async fn parameters_change_what_values_look_like() {
    let db = Db::new().await;
    db.run("alter session set timezone = 'Europe/Berlin', date_output_format = 'DD.MM.YYYY'").await;
    assert_eq!(db.run("select '2024-02-29'::date::varchar d").await.body(), "29.02.2024");
    assert_eq!(
        db.run("select '2024-07-01 12:00:00'::timestamp_ltz t").await.body(),
        "2024-07-01 10:00:00.000000000 +00:00"
    );
    assert_eq!(db.run("select current_timestamp()::varchar t").await.body(), "2024-03-15 13:30:45.123 +0100");
    db.run("alter session unset timezone").await;
    assert_eq!(db.session.parameters()["TIMEZONE"], "America/Los_Angeles");
}

#[tokio::test]
async fn variables_hold_values() {
    let db = Db::new().await;
    db.run("set x = 5").await;
    db.run("set (a, b) = ('t', 1 + 1)").await;
    assert_eq!(db.run("select $x + $b, $a").await.body(), "7|t");
    db.run("create table t (n int)").await;
    db.run("set name = 'T'").await;
    assert_eq!(db.run("select count(*) from identifier($name)").await.body(), "0");
    db.run("unset x").await;
    assert_eq!(db.fail("select $x").await.code, "002211");
}

#[tokio::test]
async fn a_result_can_be_scanned_again() {
    let db = Db::new().await;
    let ask = |sql: &str, id: &str| Statement {
        sql: sql.to_owned(),
        query_id: id.to_owned(),
        ..Statement::default()
    };
    let crate::engine::Outcome::Rows(rows) = db.session.execute(ask("show databases", "q-1")).await.unwrap()
    else {
        panic!()
    };
    let columns = rows.columns.clone();
    let batches = futures::TryStreamExt::try_collect::<Vec<_>>(rows.batches).await.unwrap();
    db.store.results.lock().unwrap().insert("q-1".to_owned(), StoredResult { columns, batches });
    let scan = "select \"name\", \"created_on\" is null from table(result_scan(last_query_id()))";
    assert_eq!(db.execute(ask(scan, "q-2")).await.unwrap().body(), "DB|false");
    assert_eq!(db.run("select last_query_id(), last_query_id(1)").await.body(), "q-2|q-1");
    assert_eq!(db.fail("select * from table(result_scan('none'))").await.code, "000709");
}

#[tokio::test]
async fn login_chooses_what_exists() {
    let db = Db::new().await;
    for object in ["database db", "schema db.public"] {
        db.run(&format!("grant usage on {object} to role sysadmin")).await;
    }
    let session = db.engine.open_session("CAROL", 7);
    let wanted = Context {
        user: String::new(),
        role: Some("SYSADMIN".to_owned()),
        warehouse: Some("NOPE".to_owned()),
        database: Some("DB".to_owned()),
        schema: None,
    };
    assert_eq!(session.use_at_login(&wanted), ["NOPE"]);
    let context = session.context();
    assert_eq!((context.role.as_deref(), context.schema.as_deref()), (Some("SYSADMIN"), Some("PUBLIC")));
    let statement = Statement { sql: "select current_session()".to_owned(), ..Statement::default() };
    assert_eq!(execute(&session, statement).await.unwrap().body(), "7");
}

#[tokio::test]
async fn a_running_statement_can_be_cancelled_by_id() {
    let db = Db::new().await;
    let token = crate::engine::CancelToken::new();
    db.store.running.lock().unwrap().insert("q-9".to_owned(), token.clone());
    assert_eq!(db.run("select system$cancel_query('q-9')").await.body(), "query [q-9] terminated.");
    assert!(token.is_cancelled());
}

#[test]
fn a_text_is_split_at_semicolons_outside_literals() {
    let parts = split("select ';' ; -- a; b\n insert into t values (1);;").unwrap();
    assert_eq!(parts, ["select ';'", "insert into t values (1)"]);
    assert_eq!(split("select 'open").unwrap_err().code, "001003");
}
