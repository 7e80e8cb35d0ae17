//! What EXPLAIN tells of a statement before it runs.

use serde_json::Value as Json;

use super::harness::Db;

/// A table of several partitions: `id` counts up, so each partition has a range of its own.
pub(super) async fn partitioned() -> Db {
    let db = Db::new().await;
    let rows = "select seq4() as id, 'name ' || seq4() as name, seq4() % 7 as part \
                from table(generator(rowcount => 40000))";
    db.run(&format!("create table t as {rows}")).await;
    db.run("create table names as select id, name from t where id < 10").await;
    db
}

pub(super) async fn explained(db: &Db, sql: &str) -> Json {
    let table = db.run(&format!("explain using json {sql}")).await;
    assert_eq!((table.names(), table.rows.len()), (vec!["content"], 1));
    serde_json::from_str(&table.rows[0][0]).unwrap()
}

fn operations(plan: &Json) -> Vec<&str> {
    let all = plan["Operations"][0].as_array().unwrap();
    all.iter().map(|each| each["operation"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn h02_partitions_and_bytes_come_from_the_table() {
    let db = partitioned().await;
    let all = explained(&db, "select * from t").await;
    let total = all["GlobalStats"]["partitionsTotal"].as_u64().unwrap();
    assert!(total > 3, "{all}");
    assert_eq!(all["GlobalStats"]["partitionsAssigned"], total);
    let bytes: u64 = db
        .run("select bytes from information_schema.tables where table_name = 'T'")
        .await
        .body()
        .parse()
        .unwrap();
    assert_eq!(all["GlobalStats"]["bytesAssigned"], bytes);
    let scan = &all["Operations"][0][1];
    assert_eq!(
        (scan["operation"].as_str(), scan["objects"][0].as_str()),
        (Some("TableScan"), Some("DB.PUBLIC.T"))
    );
    assert_eq!(scan["parentOperators"], serde_json::json!([0]));
    assert_eq!(scan["expressions"], serde_json::json!(["ID", "NAME", "PART"]));
}

#[tokio::test]
async fn h03_a_filter_leaves_out_partitions_that_cannot_match() {
    let db = partitioned().await;
    let assigned = |plan: &Json| plan["GlobalStats"]["partitionsAssigned"].as_u64().unwrap();
    let total = assigned(&explained(&db, "select * from t").await);
    for (filter, expected) in [
        ("id = 5", 1),
        ("id between 10 and 20", 1),
        ("id < 0", 0),
        ("name = 'name 35000' and id >= 39999", 1),
        ("part = 3", total),
        ("id in (1, 39999)", 2),
    ] {
        let plan = explained(&db, &format!("select * from t where {filter}")).await;
        assert_eq!(assigned(&plan), expected, "{filter}");
        assert_eq!(plan["GlobalStats"]["partitionsTotal"], total);
    }
}

#[tokio::test]
async fn operations_have_the_names_of_the_service() {
    let db = partitioned().await;
    let plan = explained(
        &db,
        "select n.name, count(*) from t a join names n on a.id = n.id where a.part > 2 group by 1 order by 1 limit 3",
    )
    .await;
    let found = operations(&plan);
    assert_eq!(found[0], "Result", "{plan}");
    for wanted in ["SortWithLimit", "Aggregate", "InnerJoin", "Filter", "TableScan"] {
        assert!(found.contains(&wanted), "{wanted}: {plan}");
    }
    let scans: Vec<&Json> = plan["Operations"][0]
        .as_array()
        .unwrap()
        .iter()
        .filter(|each| each["operation"] == "TableScan")
        .collect();
    let aliases: Vec<_> = scans.iter().map(|each| each["alias"].as_str().unwrap()).collect();
    assert!(aliases.contains(&"A") && aliases.contains(&"N"), "{plan}");
    assert_eq!(operations(&explained(&db, "select 1").await), ["Result", "Generator"]);
}

#[tokio::test]
async fn h04_changes_are_explained_and_change_nothing() {
    let db = partitioned().await;
    for (sql, operation) in [
        ("insert into names select id, name from t where id < 5", "Insert"),
        ("insert into names values (1, 'a')", "Insert"),
        ("update t set name = 'x' where id = 5", "Update"),
        ("delete from t where id = 5", "Delete"),
        ("merge into t using names n on t.id = n.id when matched then delete", "Merge"),
        ("create table c as select * from t", "CreateTableAsSelect"),
    ] {
        let plan = explained(&db, sql).await;
        assert_eq!(operations(&plan)[..2], ["Result", operation], "{sql}");
    }
    let pruned = explained(&db, "delete from t where id = 5").await;
    assert_eq!(pruned["GlobalStats"]["partitionsAssigned"], 1);
    assert_eq!(db.run("select count(*), min(name) from t").await.body(), "40000|name 0");
    assert_eq!(db.run("select count(*) from names").await.body(), "10");
    assert_eq!(db.fail("select * from c").await.code, "002003");
    assert_eq!(db.fail("explain select * from missing").await.code, "002003");
    assert_eq!(db.fail("explain using yaml select 1").await.code, "001003");
}

#[tokio::test]
async fn the_same_plan_as_a_table_and_as_text() {
    let db = partitioned().await;
    let table = db.run("explain select id from names where id = 3").await;
    assert_eq!(
        table.names(),
        [
            "step",
            "id",
            "parentOperators",
            "operation",
            "objects",
            "alias",
            "expressions",
            "partitionsTotal",
            "partitionsAssigned",
            "bytesAssigned"
        ]
    );
    assert_eq!(table.statement_type, snowflake_proto::StatementType::EXPLAIN);
    assert_eq!((table.rows[0][0].as_str(), table.rows[0][3].as_str()), ("NULL", "GlobalStats"));
    let operations: Vec<&str> = table.rows[1..].iter().map(|row| row[3].as_str()).collect();
    assert_eq!(operations, ["Result", "Filter", "TableScan"]);
    assert_eq!(table.rows[2][6], "NAMES.ID = 3");
    let text = db.run("explain using text select id from names where id = 3").await;
    assert!(
        text.body().contains("1:2               ->TableScan  DB.PUBLIC.NAMES  ID  {partitionsTotal=1"),
        "{}",
        text.body()
    );
    let json = db.run("select system$explain_plan_json('select id from names where id = 3')").await;
    assert_eq!(json.body(), db.run("explain using json select id from names where id = 3").await.body());
}

#[tokio::test]
async fn h03_what_a_filter_leaves_out_never_changes_a_result() {
    let db = partitioned().await;
    db.run("create table f (id int, a float, b date, c varchar, d timestamp_ntz, e timestamp_tz, g variant)")
        .await;
    db.run(
        "insert into f select seq4(), iff(seq4() % 100 = 0, 'NaN'::float, seq4()::float), dateadd(day, seq4() % 300, '2024-01-01'::date), \
         iff(seq4() % 3 = 0, null, 'c' || seq4()), dateadd(second, seq4(), '2024-01-01'::timestamp_ntz), \
         dateadd(second, seq4(), '2024-01-01 00:00:00 +0200'::timestamp_tz), to_variant(seq4()) \
         from table(generator(rowcount => 20000))",
    )
    .await;
    for filter in [
        "a > 19990::float",
        "a = 'NaN'::float",
        "b = '2024-01-05'",
        "b > '2024-10-20'",
        "c is null",
        "c like 'c1999%'",
        "c = 'c5'",
        "d < '2024-01-01 00:00:10'",
        "e < '2024-01-01 00:00:10 +0200'",
        "g::int > 19995",
        "g::int = 7",
        "not (a < 19999::float)",
        "id + 1 = 3",
        "d::date = '2024-01-01' and c <> 'c1'",
        "upper(c) = 'C5'",
    ] {
        let pruned = db.run(&format!("select count(*) from f where {filter}")).await.body();
        // An expression around the filter leaves no partition out.
        let plain = db.run(&format!("select count_if({filter}) from f")).await.body();
        assert_eq!(pruned, plain, "{filter}");
    }
}
