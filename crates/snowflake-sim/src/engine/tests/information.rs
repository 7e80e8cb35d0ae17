//! INFORMATION_SCHEMA.

use super::harness::Db;

#[tokio::test]
async fn every_view_can_be_read_and_is_listed_with_its_columns() {
    let db = Db::new().await;
    let views = db.run("show views in schema information_schema").await;
    assert!(views.rows.len() >= 18);
    for view in views.rows {
        let name = &view[1];
        let read = db.run(&format!("select * from information_schema.{name}")).await;
        let listed = format!(
            "select listagg(column_name, ' ') within group (order by ordinal_position)
             from information_schema.columns where table_schema = 'INFORMATION_SCHEMA' and table_name = '{name}'"
        );
        assert_eq!(db.run(&listed).await.body(), read.names().join(" "), "{name}");
    }
    assert_eq!(db.fail("select * from information_schema.nothing").await.code, "002040");
    assert_eq!(db.fail("select * from nowhere.information_schema.tables").await.code, "002003");
}

#[tokio::test]
async fn containers_and_their_contents_are_listed() {
    let db = Db::new().await;
    db.run("create transient schema s comment = 'mine'").await;
    db.run("create table t (a int) comment = 'rows'").await;
    db.run("insert into t values (1), (2)").await;
    db.run("create view v as select a from t").await;
    db.run("create temporary table u (a int)").await;
    let own = "where table_schema <> 'INFORMATION_SCHEMA' order by 1";
    let cases = [
        ("select catalog_name from information_schema.information_schema_catalog_name", "DB"),
        ("select database_name, is_transient, type from information_schema.databases", "DB|NO|STANDARD"),
        (
            "select schema_name, is_transient, comment from information_schema.schemata
             where schema_name <> 'INFORMATION_SCHEMA' order by 1",
            "PUBLIC|NO|; S|YES|mine",
        ),
    ];
    for (sql, rows) in cases {
        assert_eq!(db.run(sql).await.body(), rows, "{sql}");
    }
    let tables = format!(
        "select table_name, table_type, row_count, bytes > 0, is_temporary, comment from information_schema.tables {own}"
    );
    assert_eq!(
        db.run(&tables).await.body(),
        "T|BASE TABLE|2|true|NO|rows; U|TEMPORARY TABLE|0|false|YES|; V|VIEW|NULL|NULL|NULL|"
    );
    let views = format!("select table_name, view_definition, is_secure from information_schema.views {own}");
    assert_eq!(db.run(&views).await.body(), "V|create view v as select a from t|NO");
    let storage =
        "select table_name, active_bytes > 0, time_travel_bytes from information_schema.table_storage_metrics
                   where active_bytes > 0";
    assert_eq!(db.run(storage).await.body(), "T|true|0");
}

#[tokio::test]
async fn columns_have_their_types_in_parts() {
    let db = Db::new().await;
    db.run(
        "create table t (a number(10,2) not null default 1, b varchar(5) comment 'c', c binary(3), d timestamp_ntz(3),
         e int identity(7, 3), f float, g variant)",
    )
    .await;
    let columns = "select column_name, data_type, character_maximum_length, character_octet_length, numeric_precision,
                   numeric_precision_radix, numeric_scale, datetime_precision, is_nullable, column_default, is_identity,
                   identity_start, identity_increment, comment, data_type_alias
                   from information_schema.columns where table_name = 'T' order by ordinal_position";
    assert_eq!(
        db.run(columns).await.body().split("; ").collect::<Vec<_>>(),
        [
            "A|NUMBER|NULL|NULL|10|10|2|NULL|NO|1|NO|NULL|NULL|NULL|NUMBER(10,2)",
            "B|TEXT|5|20|NULL|NULL|NULL|NULL|YES|NULL|NO|NULL|NULL|c|VARCHAR(5)",
            "C|BINARY|3|3|NULL|NULL|NULL|NULL|YES|NULL|NO|NULL|NULL|NULL|BINARY(3)",
            "D|TIMESTAMP_NTZ|NULL|NULL|NULL|NULL|NULL|3|YES|NULL|NO|NULL|NULL|NULL|TIMESTAMP_NTZ(3)",
            "E|NUMBER|NULL|NULL|38|10|0|NULL|YES|NULL|YES|7|3|NULL|NUMBER(38,0)",
            "F|FLOAT|NULL|NULL|NULL|NULL|NULL|NULL|YES|NULL|NO|NULL|NULL|NULL|FLOAT",
            "G|VARIANT|NULL|NULL|NULL|NULL|NULL|NULL|YES|NULL|NO|NULL|NULL|NULL|VARIANT",
        ]
    );
}

#[tokio::test]
async fn a_table_says_when_it_was_last_changed() {
    let db = Db::new().await;
    let times = "select created = last_altered, created = last_ddl, last_ddl = last_altered
                 from information_schema.tables where table_name = 'T'";
    db.run("create table t (a int)").await;
    assert_eq!(db.run(times).await.body(), "true|true|true");
    db.clock.advance(std::time::Duration::from_secs(60));
    db.run("insert into t values (1)").await;
    assert_eq!(db.run(times).await.body(), "false|true|false");
    db.clock.advance(std::time::Duration::from_secs(60));
    db.run("alter table t add column b int").await;
    assert_eq!(db.run(times).await.body(), "false|false|true");
    db.clock.advance(std::time::Duration::from_secs(60));
    db.run("begin").await;
    db.run("delete from t").await;
    assert_eq!(db.run(times).await.body(), "false|false|true", "nothing is committed yet");
    db.run("commit").await;
    assert_eq!(db.run(times).await.body(), "false|false|false");
}

#[tokio::test]
async fn stages_formats_and_roles_are_listed() {
    let db = Db::new().await;
    db.run("create stage st comment = 'files'").await;
    db.run("create file format f type = csv skip_header = 1 field_delimiter = ';'").await;
    let cases = [
        (
            "select stage_schema, stage_name, stage_type, comment from information_schema.stages",
            "PUBLIC|ST|Internal Named|files",
        ),
        (
            "select file_format_name, file_format_type, field_delimiter, skip_header, trim_space from information_schema.file_formats",
            "F|CSV|;|1|false",
        ),
        (
            "select role_name from information_schema.enabled_roles where role_name = 'ACCOUNTADMIN'",
            "ACCOUNTADMIN",
        ),
        (
            "select count(*) from information_schema.applicable_roles where grantee = 'ALICE' and role_name = 'PUBLIC'",
            "1",
        ),
        ("select count(*) from information_schema.functions", "0"),
    ];
    for (sql, rows) in cases {
        assert_eq!(db.run(sql).await.body(), rows, "{sql}");
    }
}

#[tokio::test]
async fn h12_a_catalogue_of_everything_is_one_query_over_lists_and_views() {
    let db = Db::new().await;
    db.run("create table parents (id int primary key)").await;
    db.run("create table children (id int, parent int references parents (id))").await;
    db.keep("pk", "show primary keys in database db").await;
    db.keep("fk", "show imported keys in database db").await;
    db.keep("dbs", "show terse databases like 'DB' in account").await;
    let keys = "with own as (
            select \"database_name\" table_catalog, \"schema_name\" table_schema, \"table_name\" table_name, 'PRIMARY KEY' kind,
                   array_agg(\"column_name\") within group (order by \"key_sequence\") names, [] targets,
            from table(result_scan(:pk)) where table_catalog ilike :cat group by table_catalog, table_schema, table_name
        ), foreign_keys as (
            select \"fk_database_name\" table_catalog, \"fk_schema_name\" table_schema, \"fk_table_name\" table_name, 'FOREIGN KEY' kind,
                   array_agg(\"fk_column_name\") within group (order by \"key_sequence\") names,
                   array_agg({'table': \"pk_table_name\"}) within group (order by \"key_sequence\") targets,
            from table(result_scan(:fk)) where table_catalog ilike :cat group by table_catalog, table_schema, table_name
        ), keys as (
            select table_catalog, table_schema, table_name, array_agg(nullif({'kind': kind, 'names': names, 'targets': targets}, {})) found
            from (select * from own union all select * from foreign_keys) group by table_catalog, table_schema, table_name
        ), columns as (
            select table_catalog, table_schema, table_name,
                   array_agg({'name': column_name, 'nullable': is_nullable::boolean::int, 'digits': numeric_precision}) found
            from information_schema.columns where table_catalog ilike :cat and table_schema = 'PUBLIC'
            group by table_catalog, table_schema, table_name
        ), tables as (
            select table_catalog catalog_name, array_agg(nullif({'name': table_name, 'columns': columns.found,
                   'keys': coalesce(keys.found, [])}, {})) found
            from information_schema.tables left join columns using (table_catalog, table_schema, table_name)
            left join keys using (table_catalog, table_schema, table_name)
            where table_schema = 'PUBLIC' group by table_catalog
        )
        select {'catalog': \"name\", 'tables': found} everything
        from table(result_scan(:dbs)) left join tables on \"name\" = catalog_name";
    let binds = [
        ("PK", "TEXT", Some("pk")),
        ("FK", "TEXT", Some("fk")),
        ("DBS", "TEXT", Some("dbs")),
        ("CAT", "TEXT", Some("%")),
    ];
    let found = db.with_binds(keys, &binds).await.unwrap();
    let found: serde_json::Value = serde_json::from_str(&found.rows[0][0]).unwrap();
    assert_eq!(
        found,
        serde_json::json!({"catalog": "DB", "tables": [
            {
                "name": "CHILDREN",
                "columns": [{"name": "ID", "nullable": 1, "digits": 38}, {"name": "PARENT", "nullable": 1, "digits": 38}],
                "keys": [{"kind": "FOREIGN KEY", "names": ["PARENT"], "targets": [{"table": "PARENTS"}]}]
            },
            {
                "name": "PARENTS",
                "columns": [{"name": "ID", "nullable": 0, "digits": 38}],
                "keys": [{"kind": "PRIMARY KEY", "names": ["ID"], "targets": []}]
            },
        ]})
    );
}
