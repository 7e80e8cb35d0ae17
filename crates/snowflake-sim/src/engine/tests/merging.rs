//! MERGE.

use snowflake_proto::StatementType;

use super::harness::{Db, execute};
use crate::engine::Statement;

async fn with_rows() -> Db {
    let db = Db::new().await;
    db.run("create table t (id int, v varchar)").await;
    db.run("create table s (id int, w varchar, old boolean)").await;
    db.run("insert into t values (1, 'a'), (2, 'b'), (3, 'c')").await;
    db.run("insert into s values (2, 'B', false), (3, 'C', true), (4, 'D', false)").await;
    db
}

#[tokio::test]
async fn an_upsert_changes_what_matches_and_adds_the_rest() {
    let db = with_rows().await;
    let merged = db
        .run(
            "merge into t using s on t.id = s.id when matched then update set v = s.w when not matched then insert (id, v) values (s.id, s.w)",
        )
        .await;
    assert_eq!(merged.header(), "number of rows inserted NUMBER(19,0), number of rows updated NUMBER(19,0)");
    assert_eq!((merged.body().as_str(), merged.statement_type), ("1|2", StatementType::MERGE));
    assert!(merged.force_json);
    assert_eq!(db.run("select * from t order by id").await.body(), "1|a; 2|B; 3|C; 4|D");
}

#[tokio::test]
async fn the_first_clause_that_applies_takes_the_row() {
    let db = with_rows().await;
    let merged = db
        .run(
            "merge into t as x using (select id, w, old from s) y on x.id = y.id
             when matched and y.old then delete
             when matched then update set x.v = upper(x.v) || y.w
             when not matched and y.id > 100 then insert values (y.id, 'far')
             when not matched then insert (v) values (y.w)",
        )
        .await;
    assert_eq!(
        merged.names(),
        ["number of rows inserted", "number of rows updated", "number of rows deleted"]
    );
    assert_eq!(merged.body(), "1|1|1");
    assert_eq!(db.run("select * from t order by id").await.body(), "1|a; 2|BB; NULL|D");
    let deleted = db.run("merge into t using s on t.id = s.id when matched then delete").await;
    assert_eq!((deleted.names(), deleted.body().as_str()), (vec!["number of rows deleted"], "1"));
}

#[tokio::test]
async fn values_are_only_computed_for_the_rows_that_take_them() {
    let db = Db::new().await;
    db.run("create table t (id int, v number(10,2))").await;
    db.run("insert into t values (1, 1), (2, 2)").await;
    let merged = db
        .run(
            "merge into t using (values (1, 0), (2, 4), (3, 0), (4, 8)) as s (id, n) on t.id = s.id
             when matched and n = 0 then delete
             when matched then update set v = 1 / n
             when not matched and n = 0 then insert (id) values (-1)
             when not matched then insert values (s.id, 1 / n)",
        )
        .await;
    assert_eq!(merged.body(), "2|1|1");
    assert_eq!(db.run("select * from t order by id").await.body(), "-1|NULL; 2|0.25; 4|0.13");
}

#[tokio::test]
async fn rows_that_several_source_rows_would_change_are_refused_unless_the_session_allows_them() {
    let db = Db::new().await;
    db.run("create table t (k int, v int, name varchar)").await;
    db.run("create table s (k int, v int)").await;
    db.run("insert into t values (0, 10, 'zero')").await;
    db.run("insert into s values (0, 11), (0, 12), (0, 13)").await;
    let update = "merge into t using s on t.k = s.k when matched then update set v = s.v";
    let error = db.fail(update).await;
    assert_eq!((error.code, error.sql_state), ("100090", "42P18"));
    assert_eq!(error.message, "Duplicate row detected during DML action\nRow Values: [0, 10, \"zero\"]");
    let both = "merge into t using s on t.k = s.k when matched and s.v = 11 then delete when matched then update set v = s.v";
    assert_eq!(db.fail(both).await.code, "100090");
    assert_eq!(db.run("select v from t").await.body(), "10");
    // Source rows that no clause takes are no duplicates.
    let one = "merge into t using s on t.k = s.k when matched and s.v = 12 then update set v = s.v";
    assert_eq!(db.run(one).await.body(), "1");
    assert_eq!(db.run("select v from t").await.body(), "12");
    db.run("alter session set error_on_nondeterministic_merge = false").await;
    assert_eq!(db.run(update).await.body(), "1");
    assert_eq!(db.run("select v in (11, 12, 13) from t").await.body(), "true");
    db.run("alter session unset error_on_nondeterministic_merge").await;
    // Several source rows may agree that a row goes.
    let gone = "merge into t using s on t.k = s.k when matched and s.v <= 12 then delete";
    assert_eq!(db.run(gone).await.body(), "1");
    assert_eq!(db.run("select count(*) from t").await.body(), "0");
    let twice = "merge into t using s on t.k = s.k when not matched then insert (k, v) values (s.k, s.v)";
    assert_eq!(db.run(twice).await.body(), "3");
}

#[tokio::test]
async fn all_by_name_pairs_columns_whatever_their_order() {
    let db = Db::new().await;
    db.run("create table t (id int, v varchar, at date)").await;
    db.run("create table s (at date, v varchar, id int)").await;
    db.run("insert into t values (1, 'a', '2024-01-01')").await;
    db.run("insert into s values ('2024-02-01', 'A', 1), ('2024-02-02', 'B', 2)").await;
    let merge = "merge into t using s on t.id = s.id when matched then update all by name when not matched then insert all by name";
    assert_eq!(db.run(merge).await.body(), "1|1");
    assert_eq!(db.run("select * from t order by id").await.body(), "1|A|2024-02-01; 2|B|2024-02-02");
    let query =
        "merge into t using (select 3 as id, 'x' as w) on false when not matched then insert all by name";
    assert_eq!(db.fail(query).await.code, "002020");
}

#[tokio::test]
async fn inserted_rows_get_defaults_and_no_null_where_none_may_be() {
    let db = Db::new().await;
    db.run("create table t (id int not null, n int autoincrement, s varchar default 'd', u varchar)").await;
    let merge = "merge into t using (select column1 as id from values (7), (8)) s on t.id = s.id when not matched then insert (id, u) values (s.id, default)";
    assert_eq!(db.run(merge).await.body(), "2");
    assert_eq!(db.run("select * from t order by id").await.body(), "7|1|d|NULL; 8|2|d|NULL");
    for wrong in [
        "merge into t using (select 1 as id) s on t.id = s.id when not matched then insert (u) values ('x')",
        "merge into t using (select 7 as id) s on t.id = s.id when matched then update set id = null",
    ] {
        assert_eq!(db.fail(wrong).await.code, "100072", "{wrong}");
    }
    assert_eq!(db.run("select count(*), min(id) from t").await.body(), "2|7");
    db.run(
        "merge into t using (select 7 as id) s on t.id = s.id when matched then update set s = 'x', u = s.id",
    )
    .await;
    db.run("merge into t using (select 7 as id) s on t.id = s.id when matched then update set t.s = default")
        .await;
    assert_eq!(db.run("select s, u from t where id = 7").await.body(), "d|7");
}

#[tokio::test]
async fn a_merge_belongs_to_its_transaction() {
    let db = with_rows().await;
    let other = db.engine.open_session("BOB", 43);
    let ask = |sql: &str| Statement { sql: sql.to_owned(), ..Statement::default() };
    execute(&other, ask("use database db")).await.unwrap();
    let merge = "merge into t using s on t.id = s.id when matched then delete when not matched then insert values (s.id, s.w)";
    db.run("begin").await;
    db.run("insert into t values (4, 'mine')").await;
    assert_eq!(db.run(merge).await.body(), "0|3");
    assert_eq!(db.run("select * from t").await.body(), "1|a");
    assert_eq!(execute(&other, ask("select count(*) from t")).await.unwrap().body(), "3");
    db.run("rollback").await;
    assert_eq!(db.run("select count(*) from t").await.body(), "3");
    assert_eq!(db.run(merge).await.body(), "1|2");
    assert_eq!(execute(&other, ask("select count(*) from t")).await.unwrap().body(), "2");
}

#[tokio::test]
async fn a_table_is_merged_with_itself_and_with_binds() {
    let db = with_rows().await;
    let merged =
        db.run("merge into t using t as s on t.id = s.id + 1 when matched then update set v = s.v").await;
    assert_eq!(merged.body(), "2");
    assert_eq!(db.run("select * from t order by id").await.body(), "1|a; 2|a; 3|b");
    let upsert = "merge into t using (select ? as id, ? as v) s on t.id = s.id when matched then update set v = s.v when not matched then insert values (s.id, s.v)";
    for (id, text, answer) in [("3", "three", "0|1"), ("9", "nine", "1|0")] {
        let binds = [("1", "FIXED", Some(id)), ("2", "TEXT", Some(text))];
        assert_eq!(db.with_binds(upsert, &binds).await.unwrap().body(), answer);
    }
    assert_eq!(db.run("select v from t where id >= 3 order by id").await.body(), "three; nine");
}

#[tokio::test]
async fn a_merge_that_cannot_be_says_so() {
    let db = with_rows().await;
    for (sql, code) in [
        ("merge into nosuch using s on true when matched then delete", "002003"),
        ("merge into t using nosuch on true when matched then delete", "002003"),
        ("merge into t using s on t.id = s.id", "001003"),
        ("merge into t using s on t.id = s.id when not matched by source then delete", "001003"),
        ("merge into t using s on t.id = s.id when matched then delete when matched then delete", "001003"),
        ("merge into t using s on t.id = s.id when matched then update set x = 1", "000904"),
        ("merge into t using s on t.id = s.id when matched then update set v = 1, v = 2", "002025"),
        ("merge into t using s on t.id = s.id when not matched then insert (id) values (1, 2)", "002020"),
        ("merge into t using s on id = s.id when matched then delete", "001006"),
    ] {
        assert_eq!(db.fail(sql).await.code, code, "{sql}");
    }
    assert_eq!(db.run("select count(*) from t").await.body(), "3");
}

#[tokio::test]
async fn describing_a_merge_changes_nothing() {
    let db = with_rows().await;
    let sql = "merge into t using s on t.id = s.id when matched then delete when not matched then insert values (?, ?)";
    let statement = Statement { sql: sql.to_owned(), describe_only: true, ..Statement::default() };
    let described = db.execute(statement).await.unwrap();
    assert_eq!(described.names(), ["number of rows inserted", "number of rows deleted"]);
    assert!(described.rows.is_empty());
    assert_eq!(db.run("select count(*) from t").await.body(), "3");
}
