//! INSERT, UPDATE, DELETE, TRUNCATE and transactions.

use snowflake_proto::StatementType;

use super::harness::{Db, execute};
use crate::engine::Statement;

#[tokio::test]
async fn dml_answers_its_counters() {
    let db = Db::new().await;
    db.run("create table t (id int, name varchar, amount number(10,2) default 1.5)").await;
    let inserted = db.run("insert into t (id, name) values (1, 'a'), (2, 'b'), (3, null)").await;
    assert_eq!(inserted.header(), "number of rows inserted NUMBER(19,0)");
    assert_eq!((inserted.body().as_str(), inserted.statement_type), ("3", StatementType::INSERT));
    assert!(inserted.force_json);
    let updated = db.run("update t set amount = amount * 2, name = upper(name) where id <= 2").await;
    assert_eq!(updated.names(), ["number of rows updated", "number of multi-joined rows updated"]);
    assert_eq!(updated.body(), "2|0");
    assert_eq!(db.run("select * from t order by id").await.body(), "1|A|3.00; 2|B|3.00; 3|NULL|1.50");
    let deleted = db.run("delete from t where name is null").await;
    assert_eq!(
        (deleted.header().as_str(), deleted.body().as_str()),
        ("number of rows deleted NUMBER(19,0)", "1")
    );
    assert_eq!(db.run("insert into t select id + 10, name, 1 from t").await.body(), "2");
    assert_eq!(db.run("select count(*), sum(id) from t").await.body(), "4|26");
    assert_eq!(db.run("truncate table t").await.body(), "Statement executed successfully.");
    assert_eq!(db.run("select count(*) from t").await.body(), "0");
}

#[tokio::test]
async fn update_and_delete_join_other_tables() {
    let db = Db::new().await;
    db.run("create table t (id int, v int)").await;
    db.run("create table u (id int, w int)").await;
    db.run("insert into t values (1, 10), (2, 20), (3, 30)").await;
    db.run("insert into u values (1, 100), (1, 101), (2, 200)").await;
    let updated = db.run("update t set v = u.w from u where t.id = u.id").await;
    assert_eq!(updated.body(), "2|1");
    assert_eq!(db.run("select v from t where id = 2").await.body(), "200");
    assert_eq!(db.run("delete from t using u where t.id = u.id").await.body(), "2");
    assert_eq!(db.run("select * from t").await.body(), "3|30");
}

#[tokio::test]
async fn describing_changes_nothing_and_counts_placeholders() {
    let db = Db::new().await;
    db.run("create table t (a int, b int)").await;
    let statement = Statement {
        sql: "insert into t values (?, ?)".to_owned(),
        describe_only: true,
        ..Statement::default()
    };
    let crate::engine::Outcome::Rows(rows) = db.session.execute(statement).await.unwrap() else { panic!() };
    assert_eq!((rows.number_of_binds, rows.array_bind_supported), (2, true));
    assert_eq!(db.run("select count(*) from t").await.body(), "0");
}

#[tokio::test]
async fn a_transaction_shows_its_changes_to_itself_alone() {
    let db = Db::new().await;
    db.run("create table t (a int)").await;
    db.run("insert into t values (1)").await;
    let other = db.engine.open_session("BOB", 43);
    let ask = |sql: &str| Statement { sql: sql.to_owned(), ..Statement::default() };
    execute(&other, ask("use database db")).await.unwrap();
    db.run("begin").await;
    db.run("insert into t values (2)").await;
    db.run("update t set a = a + 10 where a = 2").await;
    assert_eq!(db.run("select sum(a) from t").await.body(), "13");
    assert_eq!(execute(&other, ask("select sum(a) from t")).await.unwrap().body(), "1");
    db.run("rollback").await;
    assert_eq!(db.run("select sum(a) from t").await.body(), "1");
    db.run("begin transaction").await;
    db.run("insert into t values (5)").await;
    execute(&other, ask("insert into t values (100)")).await.unwrap();
    db.run("commit").await;
    assert_eq!(execute(&other, ask("select sum(a) from t")).await.unwrap().body(), "106");
}

#[tokio::test]
async fn without_autocommit_changes_wait_for_commit() {
    let db = Db::new().await;
    db.run("create table t (a int)").await;
    db.run("alter session set autocommit = false").await;
    db.run("insert into t values (1)").await;
    db.run("rollback").await;
    assert_eq!(db.run("select count(*) from t").await.body(), "0");
}

#[tokio::test]
async fn columns_can_count_by_themselves() {
    let db = Db::new().await;
    db.run("create table t (id int autoincrement start 10 increment 5, s varchar default 'd')").await;
    db.run("insert into t (s) values ('x'), (default)").await;
    assert_eq!(db.run("select * from t").await.body(), "10|x; 15|d");
}
