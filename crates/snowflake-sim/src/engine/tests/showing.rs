//! SHOW.

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

/// Runs a statement and answers one column of its rows.
async fn cells(db: &Db, sql: &str, column: &str) -> Vec<String> {
    let table = db.run(sql).await;
    let at = table.names().iter().position(|name| *name == column).unwrap();
    table.rows.into_iter().map(|row| row[at].clone()).collect()
}

#[tokio::test]
async fn every_list_has_the_columns_of_the_service_in_order() {
    let db = Db::new().await;
    let cases = [
        (
            "databases",
            "created_on name is_default is_current origin owner comment options retention_time kind budget owner_role_type object_visibility",
        ),
        (
            "views",
            "created_on name reserved database_name schema_name owner comment text is_secure is_materialized owner_role_type change_tracking",
        ),
        (
            "stages",
            "created_on name database_name schema_name url has_credentials has_encryption_key owner comment region type cloud notification_channel storage_integration endpoint owner_role_type directory_enabled",
        ),
        (
            "file formats",
            "created_on name database_name schema_name type owner comment format_options owner_role_type",
        ),
        (
            "sequences",
            "name database_name schema_name next_value interval created_on owner comment owner_role_type ordered",
        ),
        (
            "streams",
            "created_on name database_name schema_name owner comment table_name source_type base_tables type stale mode stale_after invalid_reason owner_role_type",
        ),
        (
            "pipes",
            "created_on name database_name schema_name definition owner notification_channel comment integration pattern error_integration owner_role_type invalid_reason kind",
        ),
        ("transactions", "id user session name started_on state scope"),
        ("locks", "resource type transaction transaction_started_on status acquired_on query_id"),
        (
            "resource monitors",
            "name credit_quota used_credits remaining_credits level frequency start_time end_time notify_at suspend_at suspend_immediately_at created_on owner comment notify_users",
        ),
        ("parameters", "key value default level description type"),
        (
            "primary keys",
            "created_on database_name schema_name table_name column_name key_sequence constraint_name rely comment",
        ),
        (
            "exported keys",
            "created_on pk_database_name pk_schema_name pk_table_name pk_column_name fk_database_name fk_schema_name fk_table_name fk_column_name key_sequence update_rule delete_rule fk_name pk_name deferrability rely comment",
        ),
        (
            "columns",
            "table_name schema_name column_name data_type null? default kind expression comment database_name autoincrement schema_evolution_record",
        ),
    ];
    for (kind, columns) in cases {
        assert_eq!(db.run(&format!("show {kind}")).await.names().join(" "), columns, "{kind}");
    }
    let functions = db.run("show user functions in database db").await;
    assert_eq!(
        functions.names()[15..],
        [
            "external_access_integrations",
            "is_external_function",
            "language",
            "is_memoizable",
            "is_data_metric"
        ]
    );
}

#[tokio::test]
async fn counts_are_numbers_and_times_are_local() {
    let db = Db::new().await;
    let header = db.run("show tables").await.header();
    assert!(header.starts_with("created_on TIMESTAMP_LTZ(3), name VARCHAR(16777216)"), "{header}");
    assert!(header.contains("rows NUMBER(18,0), bytes NUMBER(18,0), owner VARCHAR"), "{header}");
    let header = db.run("show imported keys").await.header();
    assert!(header.contains("key_sequence NUMBER(18,0), update_rule VARCHAR"), "{header}");
}

#[tokio::test]
async fn filters_say_what_is_listed() {
    let db = Db::new().await;
    for name in ["ab", "a_b", "\"Ab\"", "b"] {
        db.run(&format!("create table {name} (x int)")).await;
    }
    db.run("create schema other").await;
    db.run("create table ab (x int)").await;
    db.run("create temporary table t (x int)").await;
    let cases = [
        ("show tables in schema public", "AB A_B Ab B"),
        ("show tables like 'a\\_b' in db.public", "A_B"),
        ("show tables like 'AB' in schema db.public", "AB Ab"),
        ("show tables in schema public starts with 'A'", "AB A_B Ab"),
        ("show tables in schema public starts with 'A' limit 2", "AB A_B"),
        ("show tables in schema public limit 2 from 'A_B'", "Ab B"),
        ("show terse /* a note */ tables in database", "AB T AB A_B Ab B"),
        ("show tables in account", "AB T AB A_B Ab B"),
        ("show tables history in schema public", "AB A_B Ab B"),
        ("show objects in schema information_schema", ""),
    ];
    for (sql, names) in cases {
        assert_eq!(cells(&db, sql, "name").await.join(" "), names, "{sql}");
    }
    assert_eq!(cells(&db, "show tables like 't'", "kind").await, ["TEMPORARY"]);
    assert!(db.run("show tables history").await.names().contains(&"dropped_on"));
    assert_eq!(db.fail("show tables in schema nowhere").await.code, "002003");
    assert_eq!(db.fail("show sequences in schema nowhere").await.code, "002003");
    let system = cells(&db, "show views in schema db.information_schema", "name").await;
    assert!(system.contains(&"TABLES".to_owned()) && system.contains(&"COLUMNS".to_owned()), "{system:?}");
}

#[tokio::test]
async fn terse_lists_say_null_where_there_is_nothing_to_say() {
    let db = Db::new().await;
    db.run("create view v as select 1 one").await;
    db.run("create transient table t (a int)").await;
    let rows = |sql: &'static str| {
        let db = &db;
        async move { db.run(sql).await.rows.into_iter().map(|row| row[1..].join("|")).collect::<Vec<_>>() }
    };
    assert_eq!(rows("show terse databases").await, ["DB|STANDARD|NULL|NULL"]);
    assert_eq!(rows("show terse schemas like 'public'").await, ["PUBLIC|NULL|DB|NULL"]);
    assert_eq!(rows("show terse views").await, ["V|VIEW|DB|PUBLIC"]);
    assert_eq!(rows("show terse tables").await, ["T|TRANSIENT|DB|PUBLIC"]);
    assert_eq!(rows("show terse objects").await, ["T|TRANSIENT|DB|PUBLIC", "V|VIEW|DB|PUBLIC"]);
}

#[tokio::test]
async fn an_open_transaction_is_shown() {
    let db = Db::new().await;
    assert_eq!(db.run("show transactions").await.rows.len(), 0);
    db.run("begin").await;
    let shown = db.run("show transactions").await;
    assert_eq!(shown.rows[0][1..3], ["ALICE", "42"]);
    assert_eq!(shown.rows[0][5], "running");
}
