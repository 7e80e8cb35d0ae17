//! Names that a statement takes from bind values, variables and text.

use super::harness::Db;

#[tokio::test]
async fn identifier_stands_wherever_a_name_does() {
    let db = Db::new().await;
    db.run("create schema s").await;
    let name = [("1", "TEXT", Some("s.t"))];
    let bound = [("1", "TEXT", Some("s.t")), ("2", "FIXED", Some("2"))];
    db.with_binds("create table identifier(?) (a int, b varchar)", &name).await.unwrap();
    for sql in [
        "insert into identifier(?) (a) values (?)",
        "insert into identifier(:1) select :2, 'x'",
        "update identifier(?) set b = 'u' where a = ?",
    ] {
        db.with_binds(sql, &bound).await.unwrap();
    }
    db.run("set v = 'db.s.t'").await;
    for sql in [
        "select count(*) from identifier('s.t')",
        "select count(*) from identifier('\"S\".\"T\"') as x where x.a = 2",
        "select count(*) from identifier($v)",
        "select count(*) from table($v) x join table('s.t') y on x.a = y.a and x.b = y.b group by x.b",
    ] {
        let expected = if sql.contains("join") { "4" } else { "2" };
        assert_eq!(db.run(sql).await.body(), expected, "{sql}");
    }
    for sql in ["select count(*) from identifier(?)", "select count(*) from table(?)"] {
        assert_eq!(db.with_binds(sql, &name).await.unwrap().body(), "2", "{sql}");
    }
    assert_eq!(db.with_binds("describe table identifier(?)", &name).await.unwrap().rows.len(), 2);
    let merge = "merge into identifier('s.t') t using (select 3 as a) n on t.a = n.a when not matched then insert (a) values (n.a)";
    assert_eq!(db.run(merge).await.body(), "1");
    assert_eq!(db.with_binds("delete from identifier(?) where a = ?", &bound).await.unwrap().body(), "2");
    db.with_binds("truncate table identifier(?)", &name).await.unwrap();
    db.with_binds("drop table if exists identifier(?)", &name).await.unwrap();
    assert_eq!(db.fail("select * from identifier($v)").await.code, "002003");
}

#[tokio::test]
async fn a_name_that_is_not_given_is_refused() {
    let db = Db::new().await;
    assert_eq!(db.fail("select * from identifier(?)").await.code, "002049");
    assert_eq!(db.fail("select * from identifier($nosuch)").await.code, "002211");
    db.run("create table t (a int)").await;
    for more in ["t as x", "t where true", "t; drop table t", "t.*", ""] {
        assert_eq!(db.fail(&format!("select * from identifier('{more}')")).await.code, "001003", "{more}");
    }
    assert_eq!(db.run("select * from identifier('t')").await.rows.len(), 0);
}
