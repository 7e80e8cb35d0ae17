//! Columns, keys, grants and statistics.

use serde_json::json;
use snowflake_proto::DataType;
use snowflake_sim::{Answer, CellValue, StandIn, Table};
use time::macros::datetime;

use super::super::*;
use crate::error::ErrorKind;
use crate::testing::pool;

const HOSTILE: &str = "\"a\"\"b\".\"'; drop table canary; --\".\"ä.😀\"";

#[tokio::test]
async fn q01_a_hostile_name_reaches_every_statement_as_one_name() {
    let refused = |sql: &str| Answer::error("002003", "02000", sql);
    let service = StandIn::new().on_any(move |asked| {
        assert!(asked.sql().ends_with(HOSTILE), "{}", asked.sql());
        Some(refused("does not exist"))
    });
    let pool = pool(&service);
    assert_eq!(describe_table(&pool, HOSTILE).await.unwrap_err().kind(), ErrorKind::Sql);
    assert_eq!(keys(&pool, HOSTILE).await.unwrap_err().kind(), ErrorKind::Sql);
    for text in ["", "a b", "a.b.c.d", "x; drop table y", "\0"] {
        assert_eq!(
            describe_table(&pool, text).await.unwrap_err().kind(),
            ErrorKind::Configuration,
            "{text:?}"
        );
    }
    assert_eq!(service.ledger().executions(), 2, "a text that is no name is not sent");
}

#[tokio::test]
async fn columns_are_told_with_types_defaults_and_keys() {
    let described = Table::new()
        .text("name")
        .text("type")
        .text("kind")
        .text("null?")
        .text("default")
        .text("primary key")
        .text("comment")
        .row(("ID", "NUMBER(38,0)", "COLUMN", "N", None::<&str>, "Y", ""))
        .row(("Day", "VARCHAR(10)", "VIRTUAL", "Y", Some("'x'"), "N", "when"));
    let pool = pool(
        &StandIn::new().on("DESCRIBE TABLE \"ANALYTICS\".\"PUBLIC\".\"USERS\"", Answer::rows(described)),
    );
    let columns = describe_table(&pool, "ANALYTICS.PUBLIC.USERS").await.unwrap();
    assert_eq!(columns[0].parsed_type(), DataType::Number { precision: 38, scale: 0 });
    assert!(columns[0].primary_key && !columns[0].nullable && columns[0].comment.is_none());
    assert_eq!((columns[1].name.as_str(), columns[1].kind.clone()), ("Day", ColumnKind::Virtual));
    assert_eq!((columns[1].default.as_deref(), columns[1].comment.as_deref()), (Some("'x'"), Some("when")));
}

fn key_columns() -> Table {
    Table::new()
        .text("schema_name")
        .text("table_name")
        .text("column_name")
        .number("key_sequence", 0)
        .text("constraint_name")
}

#[tokio::test]
async fn the_columns_of_a_key_are_in_its_order() {
    let primary = key_columns().row(("S", "T", "B", 2, "PK")).row(("S", "T", "A", 1, "PK"));
    let unique = key_columns().row(("S", "T", "C", 1, "U2")).row(("S", "T", "A", 1, "U1"));
    let foreign = ["fk_schema_name", "fk_table_name", "fk_column_name", "pk_database_name", "pk_schema_name"];
    let foreign = foreign.into_iter().fold(Table::new(), Table::text);
    let foreign =
        foreign.text("pk_table_name").text("pk_column_name").number("key_sequence", 0).text("fk_name");
    let foreign = foreign.row(["S", "T", "B", "D", "S", "P", "Y", "2", "FK"].map(CellValue::from).to_vec());
    let foreign = foreign.row(["S", "T", "A", "D", "S", "P", "X", "1", "FK"].map(CellValue::from).to_vec());
    let pool = pool(
        &StandIn::new()
            .on("SHOW PRIMARY KEYS IN TABLE \"T\"", Answer::rows(primary))
            .on("SHOW UNIQUE KEYS IN TABLE \"T\"", Answer::rows(unique))
            .on("SHOW IMPORTED KEYS IN TABLE \"T\"", Answer::rows(foreign)),
    );
    let keys = keys(&pool, "t").await.unwrap();
    assert_eq!(keys.primary.unwrap().columns, ["A", "B"]);
    assert_eq!(keys.unique.iter().map(|key| key.name.as_str()).collect::<Vec<_>>(), ["U1", "U2"]);
    assert_eq!(keys.foreign[0].columns, ["A", "B"]);
    assert_eq!(keys.foreign[0].referenced_columns, ["X", "Y"]);
    assert_eq!(keys.foreign[0].referenced_table, "P");
}

#[tokio::test]
async fn roles_of_users_and_privileges_of_roles_are_grants_alike() {
    let at = datetime!(2026-01-02 03:04:05 UTC);
    let created = || Table::new().column("created_on", DataType::TimestampLtz { scale: 3 });
    let to_user = created().text("role").text("granted_to").text("grantee_name").text("granted_by");
    let to_user = to_user.row((at, "ANALYST", "USER", "ADA", "SECURITYADMIN"));
    let to_role =
        created().text("privilege").text("granted_on").text("name").text("grantee_name").text("grant_option");
    let to_role = to_role.row((at, "SELECT", "TABLE", "D.S.\"t\"", "ANALYST", "true"));
    let pool = pool(
        &StandIn::new()
            .on("SHOW GRANTS TO USER \"ada@example.com\"", Answer::rows(to_user))
            .on("SHOW GRANTS TO ROLE \"ANALYST\"", Answer::rows(to_role)),
    );
    let role = &grants(&pool, &Grantee::user("\"ada@example.com\"").unwrap()).await.unwrap()[0];
    assert_eq!((role.granted_on.as_str(), role.name.as_str(), role.created), ("ROLE", "ANALYST", Some(at)));
    let privilege = &grants(&pool, &Grantee::role("analyst").unwrap()).await.unwrap()[0];
    assert_eq!((privilege.privilege.as_str(), privilege.name.as_str()), ("SELECT", "D.S.\"t\""));
    assert!(privilege.grant_option);
}

fn shown(name: &str, cluster_by: &str) -> Table {
    let table = ["name", "database_name", "schema_name", "kind", "cluster_by", "rows", "bytes", "is_dynamic"];
    table
        .into_iter()
        .fold(Table::new(), Table::text)
        .row((name, "DB", "S", "TABLE", cluster_by, "12", "4096", "Y"))
}

#[tokio::test]
async fn statistics_say_what_may_be_read() {
    let information =
        json!({ "cluster_by_keys": "LINEAR(A)", "total_partition_count": 8, "average_depth": 1.5 });
    let storage = ["ACTIVE_BYTES", "TIME_TRAVEL_BYTES", "FAILSAFE_BYTES", "RETAINED_FOR_CLONE_BYTES"];
    let storage =
        storage.into_iter().fold(Table::new(), |table, name| table.number(name, 0)).row((1, 2, 3, 4));
    let refused = Answer::error("002003", "02000", "Database 'SNOWFLAKE' does not exist or not authorized.");
    let service = StandIn::new()
        .database("db")
        .schema("s")
        .on_prefix(
            "SHOW TABLES LIKE 'T\\\\_1' IN SCHEMA \"DB\".\"S\"",
            Answer::rows(shown("T_1", "LINEAR(A)")),
        )
        .on_prefix("SHOW TABLES LIKE 'GONE' IN SCHEMA \"DB\".\"S\"", Answer::rows(shown("gone", "")))
        .on_prefix("SELECT ACTIVE_BYTES", refused.then(Answer::rows(storage)))
        .on_prefix(
            "SELECT SYSTEM$CLUSTERING_INFORMATION('\"DB\".\"S\".\"T_1\"')",
            Answer::rows(
                Table::new().text("INFORMATION").row(vec![CellValue::from(information.to_string())]),
            ),
        );
    let pool = pool(&service);
    let found = table_statistics(&pool, "t_1").await.unwrap();
    assert_eq!((found.table.row_count, found.table.bytes), (Some(12), Some(4096)));
    assert_eq!(found.table.kind, TableKind::Dynamic);
    assert_eq!(found.storage, None, "the role may not read ACCOUNT_USAGE");
    let clustering = found.clustering.unwrap();
    assert_eq!((clustering.keys.as_str(), clustering.partitions), ("LINEAR(A)", 8));
    let found = table_statistics(&pool, "db.s.t_1").await.unwrap();
    assert_eq!(found.storage.unwrap().total_bytes(), 10);
    let error = table_statistics(&pool, "gone").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "a namesake of another case is another table");
}

#[tokio::test]
async fn a_name_in_no_schema_is_refused_where_it_has_to_be_complete() {
    let error = table_statistics(&pool(&StandIn::new()), "t").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("\"T\" is in no schema"), "{error}");
}
