//! ALTER TABLE, and the statements by which loading tools make, fill and exchange tables.

use super::harness::{Db, execute};
use crate::engine::Statement;

#[tokio::test]
async fn columns_are_added_with_their_defaults() {
    let db = Db::new().await;
    db.run("create table t (a int)").await;
    db.run("insert into t values (1), (2)").await;
    assert_eq!(db.run("alter table t add column b int").await.body(), "Statement executed successfully.");
    db.run("alter table t add c varchar default 'd' not null, column e number(5,2)").await;
    db.run("alter table t add column if not exists b int, if not exists n int autoincrement").await;
    assert_eq!(db.run("select * from t order by a").await.body(), "1|NULL|d|NULL|1; 2|NULL|d|NULL|2");
    assert_eq!(
        db.run("select * from t").await.header(),
        "A NUMBER(38,0), B NUMBER(38,0), C VARCHAR(16777216), E NUMBER(5,2), N NUMBER(38,0)"
    );
    db.run("insert into t (a) values (3)").await;
    assert_eq!(db.run("select c, n from t where a = 3").await.body(), "d|3");
    assert_eq!(db.fail("alter table t add column b int").await.code, "002025");
    assert_eq!(db.fail("alter table t add column f int not null").await.code, "100072");
    assert_eq!(db.fail("alter table nosuch add column f int").await.code, "002003");
    db.run("alter table if exists nosuch add column f int").await;
    assert_eq!(db.run("describe table t").await.rows.len(), 5);
}

#[tokio::test]
async fn columns_are_dropped_renamed_and_widened() {
    let db = Db::new().await;
    db.run("create table t (a int not null, b varchar(2), c int, d number(4,1))").await;
    db.run("insert into t values (1, 'x', 2, 3.5)").await;
    db.run("alter table t drop column c, if exists nosuch").await;
    db.run("alter table t rename column d to amount").await;
    db.run("alter table t modify column b set data type varchar(10), column amount type number(10,1)").await;
    db.run("alter table t alter (a drop not null, b comment 'text')").await;
    db.run("insert into t values (null, 'longer', 123456.7)").await;
    assert_eq!(db.run("select * from t").await.body(), "1|x|3.5; NULL|longer|123456.7");
    assert_eq!(
        db.run("select * from t").await.header(),
        "A NUMBER(38,0), B VARCHAR(10), AMOUNT NUMBER(10,1)"
    );
    for (sql, code) in [
        ("alter table t drop column nosuch", "000904"),
        ("alter table t drop column a, b, amount", "001003"),
        ("alter table t rename column nosuch to x", "000904"),
        ("alter table t rename column a to b", "002025"),
        ("alter table t alter a set not null", "100072"),
        ("alter table t alter b type varchar(3)", "002108"),
        ("alter table t alter b type int", "002108"),
        ("alter table t recluster", "002040"),
    ] {
        assert_eq!(db.fail(sql).await.code, code, "{sql}");
    }
    assert_eq!(db.run("select count(*) from t").await.body(), "2");
    db.run("alter table t set comment = 'about'").await;
    db.run("alter table t cluster by (a, b)").await;
    db.run("alter table t add constraint k primary key (b)").await;
    let shown = db.run("show tables like 'T'").await;
    let at = |name: &str| shown.names().iter().position(|each| *each == name).unwrap();
    assert_eq!(
        (shown.rows[0][at("comment")].as_str(), shown.rows[0][at("cluster_by")].as_str()),
        ("about", "LINEAR(a, b)")
    );
    assert_eq!(db.run("select count(*) from t").await.body(), "2");
}

#[tokio::test]
async fn tables_change_their_names_at_once() {
    let db = Db::new().await;
    db.run("create schema s").await;
    db.run("create table live (a int) as select 1").await;
    db.run("create table s.next (b varchar) as select 'new'").await;
    db.run("use schema public").await;
    let fill = db.run("create or replace table db.public.live (a int) as select 1").await;
    assert_eq!(fill.body(), "Table LIVE successfully created.");
    db.run("alter table live swap with s.next").await;
    assert_eq!(db.run("select * from live").await.body(), "new");
    assert_eq!(db.run("select * from s.next").await.body(), "1");
    db.run("alter table live rename to s.old").await;
    assert_eq!(db.fail("select * from live").await.code, "002003");
    assert_eq!(db.fail("alter table s.old rename to nosuch.old").await.code, "002003");
    assert_eq!(db.run("select * from s.old").await.body(), "new");
    assert_eq!(db.fail("alter table s.old swap with nosuch").await.code, "002003");
    db.run("create temporary table one as select 1 a").await;
    db.run("create temporary table two as select 2 a").await;
    db.run("alter table one swap with two").await;
    assert_eq!(db.run("select one.a, two.a from one, two").await.body(), "2|1");
    assert_eq!(db.fail("alter table one swap with s.old").await.code, "002040");
}

#[tokio::test]
async fn the_statements_of_loading_tools_run_as_they_are_written() {
    let db = Db::new().await;
    for sql in [
        "create table x (id int not null default 5, name varchar(20), at timestamp_ntz)",
        "insert into x values (1, 'a', '2024-01-01')",
        "create temporary table t like x",
        "create temp table if not exists t like x",
        "create or replace temporary table t like x",
        "insert into t select id + 1, name, at from x",
        "create table c clone x",
        "create or replace table c clone x",
        "create table if not exists c clone x",
        "create or replace transient table q as (select * from x)",
        "insert overwrite into q select 7, 'z', null",
        "insert overwrite into c (id) values (10)",
        "truncate table if exists nosuch",
        "truncate x",
        "drop table if exists nosuch",
    ] {
        db.run(sql).await;
    }
    assert_eq!(db.run("select id, name from t").await.body(), "2|a");
    assert_eq!(db.run("select id, name from c").await.body(), "10|NULL");
    assert_eq!(db.run("select id, name from q").await.body(), "7|z");
    assert_eq!(db.run("select count(*) from x").await.body(), "0");
}

#[tokio::test]
async fn rows_are_cleaned_on_their_way_from_the_staging_table() {
    let db = Db::new().await;
    for sql in [
        "create schema raw",
        "create schema prod",
        "create table raw.staging (name varchar, amount varchar, event_time varchar)",
        "create table prod.clean_data (name varchar, amount number(38,0), event_time timestamp_ntz, loaded_at timestamp_ltz)",
        "insert into raw.staging values (' a ', '12', '2024-01-01 00:00:00'), ('b', 'x', 'y'), ('c', '7', 'bad')",
    ] {
        db.run(sql).await;
    }
    let cleaned = db
        .run(
            "INSERT INTO PROD.CLEAN_DATA
             SELECT TRIM(name) as name, TRY_TO_NUMBER(amount) as amount,
                    TRY_TO_TIMESTAMP(event_time) as event_time, CURRENT_TIMESTAMP() as loaded_at
             FROM RAW.STAGING WHERE TRY_TO_NUMBER(amount) IS NOT NULL",
        )
        .await;
    assert_eq!(cleaned.body(), "2");
    assert_eq!(
        db.run("select name, amount, event_time, loaded_at = current_timestamp() from prod.clean_data")
            .await
            .body(),
        "a|12|2024-01-01 00:00:00.000000000|true; c|7|NULL|true"
    );
    db.run("TRUNCATE TABLE RAW.STAGING").await;
    assert_eq!(db.run("select count(*) from raw.staging").await.body(), "0");
}

#[tokio::test]
async fn a_change_of_columns_waits_for_a_transaction_that_holds_the_table() {
    let db = Db::new().await;
    db.run("create table t (a int) as select 1").await;
    let other = db.engine.open_session("BOB", 43);
    let ask = |sql: &str| Statement { sql: sql.to_owned(), ..Statement::default() };
    execute(&other, ask("use database db")).await.unwrap();
    execute(&other, ask("begin")).await.unwrap();
    execute(&other, ask("update t set a = 2")).await.unwrap();
    let alter = db.run("alter table t add column b int");
    let commit = execute(&other, ask("commit"));
    let (_, committed) = tokio::join!(alter, commit);
    committed.unwrap();
    assert_eq!(db.run("select * from t").await.body(), "2|NULL");
}

#[tokio::test]
async fn rows_that_arrive_while_columns_change_are_in_the_changed_table() {
    let db = Db::new().await;
    db.run("create table t (a int) as select 1").await;
    let sessions: Vec<_> = (0..3).map(|id| db.engine.open_session("BOB", 50 + id)).collect();
    let ask = |sql: &str| Statement { sql: sql.to_owned(), ..Statement::default() };
    for session in &sessions {
        execute(session, ask("use database db")).await.unwrap();
    }
    execute(&sessions[0], ask("begin")).await.unwrap();
    execute(&sessions[0], ask("delete from t where a = 5")).await.unwrap();
    execute(&sessions[0], ask("update t set a = 2")).await.unwrap();
    // All wait for the transaction, first the change of the columns.
    let alter = execute(&sessions[1], ask("alter table t add column b int default 9"));
    let insert = execute(&sessions[2], ask("insert into t (a) values (3)"));
    let update = db.run("update t set a = a + 100 where a = 1");
    let commit = async {
        tokio::task::yield_now().await;
        execute(&sessions[0], ask("commit")).await
    };
    let (altered, inserted, updated, committed) = tokio::join!(alter, insert, update, commit);
    committed.unwrap();
    altered.unwrap();
    assert_eq!((inserted.unwrap().body().as_str(), updated.body().as_str()), ("1", "0|0"));
    assert_eq!(db.run("select * from t order by a").await.body(), "2|9; 3|9");
}

#[tokio::test]
async fn a_transaction_whose_table_got_other_columns_cannot_commit() {
    let db = Db::new().await;
    db.run("create table t (a int)").await;
    let other = db.engine.open_session("BOB", 43);
    let ask = |sql: &str| Statement { sql: sql.to_owned(), ..Statement::default() };
    execute(&other, ask("use database db")).await.unwrap();
    execute(&other, ask("begin")).await.unwrap();
    execute(&other, ask("insert into t values (1)")).await.unwrap();
    db.run("alter table t add column b int").await;
    assert_eq!(execute(&other, ask("commit")).await.unwrap_err().code, "300010");
    assert_eq!(db.run("select count(*) from t").await.body(), "0");
}

#[tokio::test]
async fn comments_are_made_later() {
    let db = Db::new().await;
    db.run("create table t (a int)").await;
    db.run("insert into t values (7)").await;
    db.run("create view v as select a from t").await;
    db.run("create stage st").await;
    db.run("create file format f").await;
    for on in [
        "table t",
        "column t.a",
        "view public.v",
        "stage st",
        "file format f",
        "schema public",
        "database db",
    ] {
        db.run(&format!("comment on {on} is 'on {on}, it''s said'")).await;
    }
    let cases = [
        ("show tables", 5, "on table t"),
        ("show columns in table t", 8, "on column t.a"),
        ("show views", 6, "on view public.v"),
        ("show stages", 8, "on stage st"),
        ("show file formats", 6, "on file format f"),
        ("show schemas like 'public'", 6, "on schema public"),
        ("show databases", 6, "on database db"),
    ];
    for (sql, at, text) in cases {
        assert_eq!(db.run(sql).await.rows[0][at], format!("{text}, it's said"), "{sql}");
    }
    assert_eq!(db.run("select a from v").await.body(), "7");
    assert_eq!(db.fail("comment on table nope is 'x'").await.code, "002003");
    assert_eq!(db.fail("comment on column t.nope is 'x'").await.code, "000904");
    db.run("comment if exists on view nope is 'x'").await;
}
