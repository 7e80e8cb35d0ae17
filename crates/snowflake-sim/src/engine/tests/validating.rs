//! COPY INTO a table with VALIDATION_MODE.

use snowflake_proto::StatementType;

use super::copying::put;
use super::harness::Db;

const REJECTED: &str = "ERROR VARCHAR(16777216), FILE VARCHAR(16777216), LINE NUMBER(18,0), CHARACTER NUMBER(18,0), BYTE_OFFSET NUMBER(18,0), CATEGORY VARCHAR(16777216), CODE NUMBER(18,0), SQL_STATE VARCHAR(16777216), COLUMN_NAME VARCHAR(16777216), ROW_NUMBER NUMBER(18,0), ROW_START_LINE NUMBER(18,0), REJECTED_RECORD VARCHAR(16777216)";

/// A table and a stage with a good file, and one in which the second and the third record are bad.
async fn staged() -> Db {
    let db = Db::new().await;
    db.run("create table t (id int not null, name varchar, v number(5,1))").await;
    db.run("create stage st file_format = (field_optionally_enclosed_by = '\"')").await;
    put(&db, "@st", "a.csv", b"1,one,1.5\n2,,2\n").await;
    put(&db, "@st", "b.csv", "3,drei,3\n4,\"vi\n\u{e9}r\",x\n5\n6,six,6\n".as_bytes()).await;
    db
}

async fn rows_in_table(db: &Db) -> String {
    db.run("select count(*) from t").await.body()
}

#[tokio::test]
async fn the_first_rows_are_shown_as_the_tables_and_not_loaded() {
    let db = staged().await;
    let shown = db.run("copy into t from @st validation_mode = return_3_rows").await;
    assert_eq!(shown.statement_type, StatementType::COPY);
    assert_eq!(shown.header(), "ID NUMBER(38,0), NAME VARCHAR(16777216), V NUMBER(5,1)");
    assert_eq!(shown.body(), "1|one|1.5; 2|NULL|2.0; 3|drei|3.0");
    assert_eq!(rows_in_table(&db).await, "0");
    put(&db, "@st", "c.csv", b"10,7,left out\n20,8\n").await;
    let chosen = db.run("copy into t (name, id) from @st files = ('c.csv') validation_mode = 'RETURN_5_ROWS' file_format = (error_on_column_count_mismatch = false)").await;
    assert_eq!(chosen.header(), "NAME VARCHAR(16777216), ID NUMBER(38,0)");
    assert_eq!(chosen.body(), "10|7; 20|8");
    assert_eq!(db.run("copy into t from @st files = ('a.csv')").await.rows[0][1], "LOADED");
    assert_eq!(rows_in_table(&db).await, "2");
}

#[tokio::test]
async fn an_error_among_the_first_rows_fails_as_the_load_would() {
    let db = staged().await;
    let validated = db.fail("copy into t from @st validation_mode = return_4_rows").await;
    let loaded = db.fail("copy into t from @st").await;
    assert_eq!(validated, loaded);
    assert_eq!(validated.code, "100038");
    assert!(validated.message.contains("File 'b.csv', line 3, character 5\n  Row 2, column \"T\"[\"V\":3]"));
}

#[tokio::test]
async fn rejected_records_say_where_and_why() {
    let db = staged().await;
    let rejected = db.run("copy into t from @st validation_mode = return_errors").await;
    assert_eq!(rejected.header(), REJECTED);
    assert_eq!(
        rejected.rows[0],
        [
            "Numeric value 'x' is not recognized",
            "st/b.csv",
            "3",
            "5",
            "20",
            "conversion",
            "100038",
            "22018",
            "\"T\"[\"V\":3]",
            "2",
            "2",
            "4,\"vi\n\u{e9}r\",x"
        ]
    );
    assert!(rejected.rows[1][0].starts_with("Number of columns in file (1)"));
    assert_eq!(rejected.rows[1][1..9], ["st/b.csv", "4", "1", "22", "parsing", "100080", "22000", "NULL"]);
    assert_eq!(rejected.rows[1][9..], ["3", "4", "5"]);
    assert_eq!(rejected.rows.len(), 2);
    assert_eq!(rows_in_table(&db).await, "0");
}

#[tokio::test]
async fn only_all_errors_names_files_that_were_loaded_in_part() {
    let db = staged().await;
    db.run("copy into t from @st on_error = continue").await;
    assert_eq!(rows_in_table(&db).await, "4");
    assert!(db.run("copy into t from @st validation_mode = return_errors").await.rows.is_empty());
    assert_eq!(db.run("copy into t from @st validation_mode = return_all_errors").await.rows.len(), 2);
    assert!(db.run("copy into t from @st validation_mode = return_9_rows").await.rows.is_empty());
    assert_eq!(rows_in_table(&db).await, "4");
}

#[tokio::test]
async fn an_unknown_validation_mode_is_refused() {
    let db = staged().await;
    for mode in ["return_rows", "return_x_rows", "errors"] {
        let error = db.fail(&format!("copy into t from @st validation_mode = {mode}")).await;
        assert_eq!(error.code, "001008", "{mode}");
    }
}
