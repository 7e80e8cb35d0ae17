//! CREATE, DROP, ALTER, USE.

use snowflake_proto::StatementType;

use super::harness::Db;

#[tokio::test]
async fn objects_are_made_and_dropped_with_sentences() {
    let db = Db::new().await;
    let cases = [
        ("create table t (a int)", "Table T successfully created."),
        ("create table if not exists t (a int)", "T already exists, statement succeeded."),
        ("create or replace table t (b int, \"c d\" varchar(5) not null)", "Table T successfully created."),
        ("create view v as select b from t", "View V successfully created."),
        ("create schema s", "Schema S successfully created."),
        ("create table t2 like db.public.t", "Table T2 successfully created."),
        ("create transient table t3 as select 1 a, 'x' b", "Table T3 successfully created."),
        ("create temporary table t4 (a int)", "Table T4 successfully created."),
        (
            "create warehouse wh2 with warehouse_size = 'LARGE' auto_suspend = 60",
            "Warehouse WH2 successfully created.",
        ),
        ("create file format f type = csv skip_header = 1", "File format F successfully created."),
        ("create stage st file_format = (format_name = f)", "Stage area ST successfully created."),
        ("drop stage st", "ST successfully dropped."),
        ("drop table t2", "T2 successfully dropped."),
        ("drop table if exists t2", "Drop statement executed successfully (T2 already dropped)."),
        ("use schema public", "Statement executed successfully."),
        ("drop view v", "V successfully dropped."),
        ("drop schema s", "S successfully dropped."),
        ("drop warehouse wh2", "WH2 successfully dropped."),
        ("alter table t rename to t9", "Statement executed successfully."),
        ("drop database db", "DB successfully dropped."),
    ];
    for (sql, sentence) in cases {
        let table = db.run(sql).await;
        assert_eq!(
            (table.header().as_str(), table.body().as_str()),
            ("status VARCHAR(16777216)", sentence),
            "{sql}"
        );
        assert!(table.force_json);
    }
    assert_eq!(db.session.context().database, None);
    assert_eq!(db.fail("create table t (a int)").await.code, "090105");
}

#[tokio::test]
async fn use_changes_the_current_objects() {
    let db = Db::new().await;
    db.run("create schema s1").await;
    assert_eq!(db.session.context().schema.as_deref(), Some("S1"));
    assert_eq!(db.run("use warehouse wh").await.statement_type, StatementType::USE_WAREHOUSE);
    assert_eq!(db.run("use db.public").await.statement_type, StatementType::USE_DATABASE);
    assert_eq!(db.run("use role sysadmin").await.statement_type, StatementType::USE);
    let table = db
        .run(
            "select current_warehouse(), current_schema(), current_role(), current_user(), current_account()",
        )
        .await;
    assert_eq!(table.body(), "WH|PUBLIC|SYSADMIN|ALICE|ACCT");
}

#[tokio::test]
async fn every_type_can_be_a_column() {
    let db = Db::new().await;
    db.run("create table t (a number(10,2), b bigint, c float, d double, e string, f char, g varchar(7), h boolean, i date, j time(3), k timestamp, l timestamp_ltz(6), m timestamp_tz, n binary(5), o variant, p object, q array, r datetime, s text)").await;
    let described = db.run("describe table t").await;
    let types: Vec<&str> = described.rows.iter().map(|row| row[1].as_str()).collect();
    assert_eq!(
        types,
        [
            "NUMBER(10,2)",
            "NUMBER(38,0)",
            "FLOAT",
            "FLOAT",
            "VARCHAR(16777216)",
            "VARCHAR(1)",
            "VARCHAR(7)",
            "BOOLEAN",
            "DATE",
            "TIME(3)",
            "TIMESTAMP_NTZ(9)",
            "TIMESTAMP_LTZ(6)",
            "TIMESTAMP_TZ(9)",
            "BINARY(5)",
            "VARIANT",
            "OBJECT",
            "ARRAY",
            "TIMESTAMP_NTZ(9)",
            "VARCHAR(16777216)"
        ]
    );
    db.run("insert into t select 1.5, 2, 3.5, 4.5, 'e', 'f', 'g', true, '2024-01-01', '01:02:03.456789', '2024-01-01 01:02:03.123456789', '2024-01-01 01:02:03.123456789 +00:00', '2024-01-01 01:02:03 +05:30', to_binary('ff'), parse_json('{\"a\":1}'), object_construct('k', 'v'), array_construct(1,2), '2024-01-01', 's'").await;
    let row = db.run("select * from t").await;
    assert_eq!(
        row.body(),
        "1.50|2|3.5|4.5|e|f|g|true|2024-01-01|01:02:03.456000000|2024-01-01 01:02:03.123456789|2024-01-01 01:02:03.123456000 +00:00|2024-01-01 01:02:03.000000000 +05:30|FF|{\"a\":1}|{\"k\":\"v\"}|[1,2]|2024-01-01 00:00:00.000000000|s"
    );
    assert_eq!(row.columns[9].data_type.to_string(), "TIME(3)");
    let ordered =
        db.run("select m from t where m = '2024-01-01 01:02:03 +05:30'::timestamp_tz order by k, l, m").await;
    assert_eq!(ordered.rows.len(), 1);
}

#[tokio::test]
async fn views_look_names_up_at_home() {
    let db = Db::new().await;
    db.run("create table t (a int, b varchar)").await;
    db.run("insert into t values (1, 'x'), (2, 'y')").await;
    db.run("create view v (n, label) as select a, upper(b) from t where a > 1").await;
    db.run("create schema elsewhere").await;
    assert_eq!(db.run("select * from public.v").await.body(), "2|Y");
    assert_eq!(db.run("select x.label from db.public.v x where x.n = 2").await.body(), "Y");
    db.run("use schema public").await;
    db.run("create or replace table t (a int, b varchar)").await;
    assert_eq!(db.run("select count(*) from v").await.body(), "0");
}

#[tokio::test]
async fn temporary_tables_end_with_their_session() {
    let db = Db::new().await;
    db.run("create table t (a int)").await;
    db.run("create temp table t (b varchar)").await;
    db.run("insert into t values ('temporary')").await;
    assert_eq!(db.run("select * from t").await.body(), "temporary");
    db.session.close();
    assert_eq!(db.run("select * from t").await.header(), "A NUMBER(38,0)");
}

#[tokio::test]
async fn ctas_keeps_types_and_clone_keeps_rows() {
    let db = Db::new().await;
    db.run("create table t as select 1 as a, 'xy' as b, 1.25 as c, current_timestamp() as d").await;
    assert_eq!(
        db.run("select * from t where false").await.header(),
        "A NUMBER(1,0), B VARCHAR(2), C NUMBER(3,2), D TIMESTAMP_LTZ(9)"
    );
    db.run("create table u clone t").await;
    db.run("delete from t").await;
    assert_eq!(db.run("select a, b from u").await.body(), "1|xy");
}
