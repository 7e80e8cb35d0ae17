//! SHOW, DESCRIBE, LIST and INFORMATION_SCHEMA.

use snowflake_proto::StatementType;

use super::harness::Db;

#[tokio::test]
async fn show_has_snowflakes_columns() {
    let db = Db::new().await;
    db.run("create table alpha (a int primary key, b varchar(5) unique comment 'c')").await;
    db.run("create table beta (a int)").await;
    db.run("create view gamma as select 1 one").await;
    db.run("insert into alpha values (1, 'x')").await;
    let tables = db.run("show tables").await;
    assert_eq!(tables.statement_type, StatementType::SHOW);
    assert_eq!(tables.columns[0].data_type.to_string(), "TIMESTAMP_LTZ(3)");
    assert_eq!(
        tables.names()[..8],
        ["created_on", "name", "database_name", "schema_name", "kind", "comment", "cluster_by", "rows"]
    );
    assert_eq!(tables.rows[0][1..8], ["ALPHA", "DB", "PUBLIC", "TABLE", "", "", "1"]);
    let name = |sql: &'static str| {
        let db = &db;
        async move { db.run(sql).await.rows.into_iter().map(|row| row[1].clone()).collect::<Vec<_>>() }
    };
    assert_eq!(name("show tables like 'AL%' in schema db.public").await, ["ALPHA"]);
    assert_eq!(name("show tables starts with 'B'").await, ["BETA"]);
    assert_eq!(name("show terse objects in database limit 2").await, ["ALPHA", "BETA"]);
    assert_eq!(name("show views in account").await, ["GAMMA"]);
    assert_eq!(name("show schemas in database db").await, ["INFORMATION_SCHEMA", "PUBLIC"]);
    assert_eq!(name("show databases like 'd%'").await, ["DB"]);
    assert_eq!(db.run("show warehouses").await.rows[0][..4], ["WH", "STARTED", "STANDARD", "X-Small"]);
    assert_eq!(
        db.run("show terse schemas").await.names(),
        ["created_on", "name", "kind", "database_name", "schema_name"]
    );
    let columns = db.run("show columns in table alpha").await;
    assert_eq!(
        columns.rows[0][..5],
        [
            "ALPHA",
            "PUBLIC",
            "A",
            "{\"nullable\":false,\"precision\":38,\"scale\":0,\"type\":\"FIXED\"}",
            "NOT_NULL"
        ]
    );
    assert_eq!(db.run("show primary keys in table alpha").await.rows[0][4], "A");
    let parameters = db.run("show parameters like 'timezone' in session").await;
    assert_eq!(parameters.rows[0][..2], ["TIMEZONE", "America/Los_Angeles"]);
    db.run("create stage st").await;
    assert_eq!(name("show stages").await, ["ST"]);
}

#[tokio::test]
async fn describe_table_shows_columns() {
    let db = Db::new().await;
    db.run("create table t (a int not null primary key, b varchar(5) default 'x')").await;
    let described = db.run("desc table t").await;
    assert_eq!(described.statement_type, StatementType::DESCRIBE);
    assert_eq!(
        described.names()[..7],
        ["name", "type", "kind", "null?", "default", "primary key", "unique key"]
    );
    assert_eq!(described.rows[0][..7], ["A", "NUMBER(38,0)", "COLUMN", "N", "NULL", "Y", "N"]);
    assert_eq!(described.rows[1][..5], ["B", "VARCHAR(5)", "COLUMN", "Y", "'x'"]);
    assert_eq!(db.fail("describe table nope").await.code, "002003");
}

#[tokio::test]
async fn information_schema_can_be_queried() {
    let db = Db::new().await;
    db.run("create table t (a int, b varchar(5))").await;
    let columns = db.run("select column_name, data_type from information_schema.columns where table_name = 'T' order by ordinal_position").await;
    assert_eq!(columns.body(), "A|NUMBER; B|TEXT");
    assert_eq!(db.run("select table_name from db.information_schema.tables").await.body(), "T");
}
