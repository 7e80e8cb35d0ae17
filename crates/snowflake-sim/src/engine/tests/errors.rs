//! Statements that fail: code, SQL state and place.

use super::harness::Db;
use crate::engine::Statement;

#[tokio::test]
async fn errors_have_snowflakes_codes() {
    let db = Db::new().await;
    db.run("create table t (a int not null, s varchar(3), d date)").await;
    let cases = [
        ("SELEC 1", "001003", "42000"),
        ("SELECT", "001003", "42000"),
        ("SELECT 1 FROM", "001003", "42000"),
        ("SELECT * FROM nope", "002003", "02000"),
        ("SELECT * FROM nodb.public.t", "002003", "02000"),
        ("DROP TABLE nope", "002003", "02000"),
        ("INSERT INTO nope VALUES (1)", "002003", "02000"),
        ("CREATE TABLE t (a int)", "002002", "42710"),
        ("CREATE DATABASE db", "002002", "42710"),
        ("USE DATABASE nope", "002043", "02000"),
        ("USE ROLE nope", "002043", "02000"),
        ("SELECT nosuch FROM t", "000904", "42000"),
        ("SELECT nosuchfunction(1)", "002140", "42601"),
        ("SELECT 1/0", "100051", "22012"),
        ("SELECT 'x'::int", "100038", "22018"),
        ("SELECT 'x'::date", "100040", "22007"),
        ("SELECT 'x'::timestamp", "100035", "22007"),
        ("SELECT 'x'::boolean", "100037", "22007"),
        ("SELECT 1000::number(2,0)", "100039", "22003"),
        ("SELECT parse_json('{')", "100069", "22P02"),
        ("INSERT INTO t VALUES (NULL, 'a', NULL)", "100072", "22000"),
        ("INSERT INTO t (s) VALUES ('a')", "100072", "22000"),
        ("INSERT INTO t VALUES (1, 'abcd', NULL)", "100078", "22001"),
        ("INSERT INTO t VALUES (1)", "002020", "21S01"),
        ("UPDATE t SET nosuch = 1", "000904", "42000"),
        ("SELECT 1; SELECT 2", "000008", "0A000"),
        ("", "000900", "42601"),
        ("EXPLAIN CALL p()", "002040", "0A000"),
        ("CALL p()", "002040", "0A000"),
        ("SELECT '9999-12-31'::timestamp", "002040", "0A000"),
        ("SHOW SHARES", "002040", "0A000"),
        ("ALTER SESSION SET nosuchparameter = 1", "001007", "22023"),
        ("ALTER SESSION SET TIMEZONE = 'Mars/Base'", "001008", "22023"),
        ("SELECT substr('a')", "000938", "22023"),
    ];
    let mut wrong = Vec::new();
    for (sql, code, state) in cases {
        match db.try_run(sql).await {
            Ok(table) => wrong.push(format!("{sql} answers {}", table.body())),
            Err(error) if (error.code, error.sql_state) == (code, state) => {}
            Err(error) => wrong.push(format!("{sql}: {} {} {}", error.code, error.sql_state, error.message)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_syntax_error_names_its_place() {
    let db = Db::new().await;
    let error = db.fail("SELEC 1").await;
    assert_eq!(
        error.message,
        "SQL compilation error:\nsyntax error line 1 at position 0 unexpected 'SELEC'."
    );
    assert_eq!((error.line, error.pos), (Some(1), Some(0)));
    let error = db.fail("select 1\n  frm x y").await;
    assert_eq!((error.line, error.pos), (Some(2), Some(6)), "{}", error.message);
    let error = db.fail("SELECT a,\n  nosuch FROM (SELECT 1 a)").await;
    assert_eq!((error.line, error.pos), (Some(2), Some(2)), "{}", error.message);
    assert!(error.message.contains("invalid identifier 'NOSUCH'"), "{}", error.message);
}

#[tokio::test]
async fn what_is_missing_says_not_simulated() {
    let db = Db::new().await;
    for sql in [
        "CREATE FUNCTION f() RETURNS INT AS '1'",
        "CALL p()",
        "CREATE PIPE x",
        "SELECT * FROM t AT(OFFSET => -60)",
    ] {
        let error = db.fail(sql).await;
        assert!(error.message.starts_with("not simulated: "), "{sql}: {}", error.message);
        assert_eq!(error.sql_state, "0A000");
    }
}

#[tokio::test]
async fn a_cancelled_statement_does_not_run() {
    let db = Db::new().await;
    let statement = Statement { sql: "create table x (a int)".to_owned(), ..Statement::default() };
    statement.cancel.cancel();
    let error = db.execute(statement).await.unwrap_err();
    assert_eq!((error.code, error.sql_state), ("000604", "57014"));
    assert_eq!(db.fail("select * from x").await.code, "002003");
}

#[tokio::test(start_paused = true)]
async fn a_waiting_statement_stops_when_it_is_cancelled() {
    let db = Db::new().await;
    let statement = Statement { sql: "select system$wait(3600)".to_owned(), ..Statement::default() };
    let cancel = statement.cancel.clone();
    let (outcome, ()) = tokio::join!(db.execute(statement), async {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        cancel.cancel();
    });
    assert_eq!(outcome.unwrap_err().code, "000604");
    assert_eq!(db.run("select system$wait(2)").await.body(), "waited 2 seconds");
}
