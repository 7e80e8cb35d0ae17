//! DESCRIBE.

use snowflake_proto::StatementType;

use super::harness::Db;

#[tokio::test]
async fn a_table_is_described_by_its_columns() {
    let db = Db::new().await;
    db.run(
        "create table t (a int autoincrement start 5 increment 2 primary key, b varchar(5) default 'x' unique,
         c timestamp_ltz not null comment 'when')",
    )
    .await;
    let described = db.run("desc table t").await;
    assert_eq!(described.statement_type, StatementType::DESCRIBE);
    assert_eq!(
        described.names(),
        [
            "name",
            "type",
            "kind",
            "null?",
            "default",
            "primary key",
            "unique key",
            "check",
            "expression",
            "comment",
            "policy name",
            "privacy domain"
        ]
    );
    assert_eq!(
        described.body(),
        "A|NUMBER(38,0)|COLUMN|N|IDENTITY START 5 INCREMENT 2 NOORDER|Y|N|NULL|NULL|NULL|NULL|NULL; \
         B|VARCHAR(5)|COLUMN|Y|'x'|N|Y|NULL|NULL|NULL|NULL|NULL; \
         C|TIMESTAMP_LTZ(9)|COLUMN|N|NULL|N|N|NULL|NULL|when|NULL|NULL"
    );
    assert_eq!(db.run("describe /* a note */ table t type = columns").await.rows.len(), 3);
    let error = db.fail("describe table nope").await;
    assert_eq!((error.code, error.sql_state), ("002003", "02000"));
    let error = db.fail("describe sequence nope").await;
    assert!(error.message.contains("Sequence 'NOPE' does not exist or not authorized"), "{}", error.message);
}

#[tokio::test]
async fn views_and_system_views_are_described_like_tables() {
    let db = Db::new().await;
    db.run("create view v (n) as select 1").await;
    assert_eq!(db.run("describe view v").await.rows[0][..4], ["N", "NUMBER(1,0)", "COLUMN", "N"]);
    let described = db.run("describe view information_schema.schemata").await;
    assert_eq!(described.rows[0][..2], ["CATALOG_NAME", "VARCHAR(16777216)"]);
    assert_eq!(db.fail("describe view information_schema.nope").await.code, "002003");
}

#[tokio::test]
async fn a_stage_is_described_by_its_properties() {
    let db = Db::new().await;
    db.run(
        "create stage st file_format = (type = csv skip_header = 2 field_delimiter = '|' null_if = ('', 'x'))
         directory = (enable = true)",
    )
    .await;
    let described = db.run("desc stage st").await;
    assert_eq!(
        described.names(),
        ["parent_property", "property", "property_type", "property_value", "property_default"]
    );
    let value = |name: &str| {
        let row = described.rows.iter().find(|row| row[1] == name).unwrap();
        row[..].join(" ")
    };
    assert_eq!(value("TYPE"), "STAGE_FILE_FORMAT TYPE String CSV CSV");
    assert_eq!(value("SKIP_HEADER"), "STAGE_FILE_FORMAT SKIP_HEADER Integer 2 0");
    assert_eq!(value("FIELD_DELIMITER"), "STAGE_FILE_FORMAT FIELD_DELIMITER String | ,");
    assert_eq!(value("NULL_IF"), "STAGE_FILE_FORMAT NULL_IF List [, x] [\\\\N]");
    assert_eq!(value("ON_ERROR"), "STAGE_COPY_OPTIONS ON_ERROR String ABORT_STATEMENT ABORT_STATEMENT");
    assert_eq!(value("ENABLE"), "DIRECTORY ENABLE Boolean true false");
    assert_eq!(db.fail("desc stage nope").await.code, "002003");
}

#[tokio::test]
async fn a_file_format_is_described_by_the_properties_of_its_type() {
    let db = Db::new().await;
    db.run("create file format f type = json strip_outer_array = true").await;
    let described = db.run("describe file format f").await;
    assert_eq!(described.names(), ["property", "property_type", "property_value", "property_default"]);
    assert_eq!(described.rows[0], ["TYPE", "String", "JSON", "JSON"]);
    assert!(
        described
            .rows
            .contains(&["STRIP_OUTER_ARRAY", "Boolean", "true", "false"].map(String::from).to_vec())
    );
    assert!(!described.rows.iter().any(|row| row[0] == "FIELD_DELIMITER"));
}

#[tokio::test]
async fn containers_are_described_by_what_they_hold() {
    let db = Db::new().await;
    db.run("create table t (a int)").await;
    db.run("create view v as select a from t").await;
    let kinds = |sql: &'static str| {
        let db = &db;
        async move { db.run(sql).await.rows.into_iter().map(|row| row[1..].join(" ")).collect::<Vec<_>>() }
    };
    assert_eq!(kinds("desc database db").await, ["INFORMATION_SCHEMA SCHEMA", "PUBLIC SCHEMA"]);
    assert_eq!(kinds("describe schema public").await, ["T TABLE", "V VIEW"]);
    assert_eq!(db.fail("describe schema nope").await.code, "002003");
}
