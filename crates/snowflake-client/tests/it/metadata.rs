//! What is in the account, asked of the server.

use snowflake_client::{
    DataType, ErrorKind, Grantee, Identifier, ListOptions, SchemaSnapshot, Scope, SnowflakeClient,
    SnowflakeError, TableKind,
};

use crate::support;

async fn run(client: &SnowflakeClient, statements: &[&str]) {
    for statement in statements {
        client.execute(*statement).await.unwrap();
    }
}

#[tokio::test]
async fn test_metadata() -> Result<(), SnowflakeError> {
    let server = support::server().database("ANALYTICS").start().await.unwrap();
    let client = support::connect(&server).await;
    run(
        &client,
        &[
            "CREATE TABLE analytics.public.users (id INT NOT NULL PRIMARY KEY, name VARCHAR(50) COMMENT 'full')",
            "INSERT INTO analytics.public.users VALUES (1, 'Ada'), (2, 'Grace')",
            "CREATE VIEW analytics.public.names AS SELECT name FROM analytics.public.users",
            "CREATE TRANSIENT TABLE analytics.public.scratch (n INT) COMMENT = 'for now'",
            "CREATE STAGE analytics.public.incoming",
        ],
    )
    .await;

    // List databases
    let databases = client.list_databases().await?;
    assert!(databases.iter().any(|database| database.name == "ANALYTICS"));

    // List schemas
    let schemas = client.list_schemas("ANALYTICS").await?;
    let schemas: Vec<_> = schemas.iter().map(|schema| schema.name.as_str()).collect();
    assert_eq!(schemas, ["INFORMATION_SCHEMA", "PUBLIC"]);

    // List tables
    let tables = client.list_tables("ANALYTICS", "PUBLIC").await?;
    for table in &tables {
        println!("{}: {} rows, {} bytes", table.name, table.row_count.unwrap_or(0), table.bytes.unwrap_or(0));
    }
    assert_eq!(tables.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), ["SCRATCH", "USERS"]);
    assert_eq!(tables[1].row_count, Some(2));
    assert_eq!(
        (tables[0].kind.clone(), tables[0].comment.as_deref()),
        (TableKind::Transient, Some("for now"))
    );
    assert!(tables[0].created.is_some());

    // Describe table
    let columns = client.describe_table("ANALYTICS.PUBLIC.USERS").await?;
    for col in &columns {
        println!("{}: {} (nullable: {})", col.name, col.data_type, col.nullable);
    }
    assert_eq!(columns[0].parsed_type(), DataType::Number { precision: 38, scale: 0 });
    assert!(columns[0].primary_key && !columns[0].nullable);
    assert_eq!((columns[1].data_type.as_str(), columns[1].comment.as_deref()), ("VARCHAR(50)", Some("full")));

    assert_eq!(client.list_views("ANALYTICS", "PUBLIC").await?[0].name, "NAMES");
    assert_eq!(client.list_stages("ANALYTICS", "PUBLIC").await?[0].name, "INCOMING");
    assert_eq!(client.describe_table("analytics.public.names").await?[0].name, "NAME");
    Ok(())
}

const HOSTILE: [&str; 8] =
    ["a\"b", "\";drop table canary;--", "$$", "'", "\\", "a.b", "100%_", "\u{e4} \u{1f600}"];

#[tokio::test]
async fn q01_hostile_names_are_listed_described_and_compared_as_what_they_are() {
    let (_server, client) = support::start().await;
    run(&client, &["CREATE TABLE canary (n INT)"]).await;
    for name in HOSTILE {
        let quoted = Identifier::new(name).unwrap();
        run(&client, &[&format!("CREATE SCHEMA {quoted}")]).await;
        for table in HOSTILE {
            let table = Identifier::new(table).unwrap();
            run(&client, &[&format!("CREATE TABLE {quoted}.{table} ({quoted} INT PRIMARY KEY)")]).await;
        }
        let schema = quoted.to_string();
        let tables = client.list_tables("db", &schema).await.unwrap();
        let mut names: Vec<_> = tables.iter().map(|table| table.name.as_str()).collect();
        names.sort_unstable();
        let mut wanted = HOSTILE;
        wanted.sort_unstable();
        assert_eq!(names, wanted, "in {name:?}");

        let scope = Scope::schema("db", &schema).unwrap();
        let named = client.tables(scope.clone(), ListOptions::named(name)).unwrap().collect().await.unwrap();
        assert_eq!(named.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), [name]);
        let options = ListOptions { starts_with: Some(name.to_owned()), ..ListOptions::default() };
        let starting = client.tables(scope, options).unwrap().collect().await.unwrap();
        assert!(starting.iter().any(|table| table.name == name));

        let path = format!("DB.{quoted}.{quoted}");
        assert_eq!(client.describe_table(&path).await.unwrap()[0].name, name);
        assert_eq!(client.table_keys(&path).await.unwrap().primary.unwrap().columns, [name]);
        assert_eq!(client.table_statistics(&path).await.unwrap().table.schema, name);
    }
    let everywhere = client.tables(Scope::Account, ListOptions::default()).unwrap().collect().await.unwrap();
    assert_eq!(everywhere.len(), HOSTILE.len() * HOSTILE.len() + 1);
    assert_eq!(client.describe_table("canary").await.unwrap().len(), 1);
    let snapshot = client.snapshot(Scope::database("db").unwrap()).await.unwrap();
    assert_eq!(snapshot.table("a\"b", "100%_").unwrap().columns[0].name, "a\"b");
}

#[tokio::test]
async fn what_is_missing_is_an_error_that_names_it() {
    let (_server, client) = support::start().await;
    let missing = client.list_tables("DB", "NOWHERE").await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Sql);
    assert_eq!(missing.code().unwrap().as_str(), "002003");
    assert_eq!(client.describe_table("nothing").await.unwrap_err().code().unwrap().as_str(), "002003");
    let error = client.table_statistics("nothing").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("\"DB\".\"PUBLIC\".\"NOTHING\""), "{error}");
    let error = client.list_schemas("a; drop database db").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}

#[tokio::test]
async fn keys_are_those_that_were_declared() {
    let (_server, client) = support::start().await;
    run(
        &client,
        &[
            "CREATE TABLE parents (a INT, b INT, CONSTRAINT pk PRIMARY KEY (b, a))",
            "CREATE TABLE children (x INT, y INT, code INT UNIQUE, \
             CONSTRAINT fk FOREIGN KEY (y, x) REFERENCES parents (b, a))",
        ],
    )
    .await;
    let parents = client.table_keys("parents").await.unwrap();
    assert_eq!(parents.primary.unwrap().columns, ["B", "A"]);
    let children = client.table_keys("db.public.children").await.unwrap();
    assert_eq!(children.primary, None);
    assert_eq!(children.unique[0].columns, ["CODE"]);
    let foreign = &children.foreign[0];
    assert_eq!(foreign.columns, ["Y", "X"]);
    assert_eq!(foreign.referenced_columns, ["B", "A"]);
    assert_eq!(foreign.referenced_table, "PARENTS");
}

#[tokio::test]
async fn n03_a_snapshot_shows_exactly_what_was_changed() {
    let (_server, client) = support::start().await;
    let scope = || Scope::database("db").unwrap();
    run(
        &client,
        &[
            "CREATE TABLE kept (id INT PRIMARY KEY, name VARCHAR(10) NOT NULL)",
            "CREATE TABLE changed (id INT, old DATE, label VARCHAR(10))",
            "CREATE TABLE gone (id INT)",
            "CREATE SCHEMA other",
            "CREATE VIEW other.seen AS SELECT id FROM public.kept",
        ],
    )
    .await;
    let before = client.snapshot(scope()).await.unwrap();
    assert_eq!(before, client.snapshot(scope()).await.unwrap(), "nothing changed");
    let stored = serde_json::to_string(&before).unwrap();
    run(
        &client,
        &[
            "ALTER TABLE changed ADD COLUMN extra TIMESTAMP_NTZ(3)",
            "ALTER TABLE changed DROP COLUMN old",
            "ALTER TABLE changed SET COMMENT = 'of late'",
            "DROP TABLE gone",
            "CREATE TABLE born (id NUMBER(10,2))",
            "INSERT INTO kept VALUES (1, 'x')",
        ],
    )
    .await;
    let after = client.snapshot(scope()).await.unwrap();
    let read: SchemaSnapshot = serde_json::from_str(&stored).unwrap();
    let difference = read.difference(&after);
    assert_eq!(difference.removed.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), ["GONE"]);
    assert_eq!(difference.added.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), ["BORN"]);
    assert_eq!(difference.added[0].table.columns[0].data_type, "NUMBER(10,2)");
    assert_eq!(difference.changed.len(), 1, "rows are no structure");
    let changed = &difference.changed[0];
    assert_eq!(changed.removed_columns[0].name, "OLD");
    assert_eq!(changed.added_columns[0].data_type, "TIMESTAMP_NTZ(3)");
    assert_eq!(changed.comment.as_ref().unwrap().new.as_deref(), Some("of late"));
    assert_eq!(difference.apply(&read).unwrap(), after);
}

#[tokio::test]
async fn n03_two_databases_of_one_design_are_equal() {
    let (_server, client) = support::start().await;
    run(&client, &["CREATE DATABASE twin"]).await;
    for database in ["db", "twin"] {
        let create = |table: &str| format!("CREATE TABLE {database}.public.{table}");
        let parents =
            format!("{} (id INT PRIMARY KEY, v VARIANT, s VARCHAR DEFAULT 'x' COMMENT 'c')", create("t"));
        let children =
            format!("{} (id INT REFERENCES {database}.public.t (id), code INT UNIQUE)", create("u"));
        run(&client, &[&parents, &children]).await;
    }
    let of = |name: &'static str| client.snapshot(Scope::database(name).unwrap());
    let (one, other) = (of("db").await.unwrap(), of("twin").await.unwrap());
    assert_eq!(one, other);
    assert_eq!(one.table("PUBLIC", "U").unwrap().foreign_keys[0].referenced_database, None);
    let schema = client.snapshot(Scope::schema("db", "public").unwrap()).await.unwrap();
    assert_eq!(schema, one, "the only schema of a database is all of it");
}

#[tokio::test]
async fn grants_are_those_that_were_given() {
    let (_server, client) = support::start().await;
    run(
        &client,
        &["CREATE ROLE analyst", "CREATE TABLE t (n INT)", "GRANT SELECT ON TABLE t TO ROLE analyst"],
    )
    .await;
    let grants = client.grants(&Grantee::role("analyst").unwrap()).await.unwrap();
    let select = grants.iter().find(|grant| grant.privilege == "SELECT").unwrap();
    assert_eq!((select.granted_on.as_str(), select.grantee.as_str()), ("TABLE", "ANALYST"));
    assert!(select.name.ends_with('T') && !select.grant_option);
    run(&client, &["GRANT ROLE analyst TO USER tester"]).await;
    let roles = client.grants(&Grantee::user("tester").unwrap()).await.unwrap();
    assert!(roles.iter().any(|grant| grant.granted_on == "ROLE" && grant.name == "ANALYST"), "{roles:?}");
}
