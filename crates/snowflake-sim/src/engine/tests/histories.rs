//! What tables remember of the files that were loaded into them.

use super::copying::put;
use super::harness::{Db, execute};
use crate::engine::Statement;

async fn run_as(db: &Db, query_id: &str, sql: &str) -> super::harness::Table {
    let statement = Statement { sql: sql.to_owned(), query_id: query_id.to_owned(), ..Statement::default() };
    db.execute(statement).await.unwrap()
}

async fn with_files() -> Db {
    let db = Db::new().await;
    db.run("create table t (id int)").await;
    db.run("create stage st").await;
    put(&db, "@st", "a.csv", b"1\nx\n3\n").await;
    put(&db, "@st", "b.csv", b"4\n5\n").await;
    db
}

#[tokio::test]
async fn records_that_a_load_left_out_are_told_later() {
    let db = with_files().await;
    assert!(db.run("select * from table(validate(t, job_id => '_last'))").await.rows.is_empty());
    let expected = db.run("copy into t from @st validation_mode = return_errors").await;
    run_as(&db, "01aa", "copy into t from @st on_error = continue").await;
    run_as(&db, "01ab", "select 1").await;
    for job in ["_last", "01aa"] {
        let told = db.run(&format!("select * from table(validate(t, job_id => '{job}'))")).await;
        assert_eq!((told.header(), told.body()), (expected.header(), expected.body()), "{job}");
    }
    run_as(&db, "01ac", "copy into t from @st on_error = continue force = true files = ('b.csv')").await;
    assert!(db.run("select * from table(validate(t, job_id => '_last'))").await.rows.is_empty());
    assert_eq!(db.fail("select * from table(validate(t, job_id => '01ff'))").await.code, "000709");
    assert_eq!(db.fail("select * from table(validate(missing, job_id => '_last'))").await.code, "002003");
}

#[tokio::test]
async fn histories_tell_of_every_file() {
    let db = with_files().await;
    db.run("copy into t from @st on_error = continue").await;
    let told = "b.csv|Loaded|2|2|NULL|0; a.csv|Partially loaded|2|3|Numeric value 'x' is not recognized|1";
    let columns = "status, row_count, row_parsed, first_error_message, error_count";
    let table = db
        .run(&format!("select split_part(file_name, '/', 2), {columns} from table(information_schema.copy_history(table_name => 't', start_time => dateadd(hours, -1, current_timestamp()))) order by 1 desc"))
        .await;
    assert_eq!(table.body(), told);
    let view = db
        .run(&format!("select split_part(file_name, '/', 2), {columns} from information_schema.load_history where table_name = 'T' order by 1 desc"))
        .await;
    assert_eq!(view.body(), told);
}

#[tokio::test]
async fn other_sessions_skip_what_one_has_loaded() {
    let db = with_files().await;
    db.run("copy into t from @st on_error = continue").await;
    let other = db.engine.open_session("BOB", 43);
    let statement = |sql: &str| Statement { sql: sql.to_owned(), ..Statement::default() };
    execute(&other, statement("use schema db.public")).await.unwrap();
    let again = execute(&other, statement("copy into t from @st on_error = continue")).await.unwrap();
    assert_eq!(again.body(), "Copy executed with 0 files processed.");
    put(&db, "@st", "b.csv", b"6\n").await;
    let changed = execute(&other, statement("copy into t from @st on_error = continue")).await.unwrap();
    assert_eq!((changed.rows.len(), changed.rows[0][0].as_str()), (1, "st/b.csv"));
    assert_eq!(db.run("select sum(id) from t").await.body(), "19");
}

#[tokio::test]
async fn a_load_that_is_rolled_back_never_was() {
    let db = with_files().await;
    db.run("begin").await;
    assert_eq!(db.run("copy into t from @st files = ('b.csv')").await.rows.len(), 1);
    assert_eq!(
        db.run("copy into t from @st files = ('b.csv')").await.body(),
        "Copy executed with 0 files processed."
    );
    db.run("rollback").await;
    assert_eq!(db.run("select count(*) from t").await.body(), "0");
    db.run("begin").await;
    assert_eq!(db.run("copy into t from @st files = ('b.csv')").await.rows[0][1], "LOADED");
    db.run("commit").await;
    assert_eq!(
        db.run("copy into t from @st files = ('b.csv')").await.body(),
        "Copy executed with 0 files processed."
    );
    assert_eq!(db.run("select count(*) from t").await.body(), "2");
}

#[tokio::test]
async fn answers_and_files_may_be_limited() {
    let db = with_files().await;
    let failed = db.run("copy into t from @st on_error = continue return_failed_only = true").await;
    assert_eq!((failed.rows.len(), failed.rows[0][0].as_str()), (1, "st/a.csv"));
    db.run("truncate table t").await;
    let limited = db.run("copy into t from @st on_error = continue size_limit = 3").await;
    assert_eq!((limited.rows.len(), limited.rows[0][0].as_str()), (1, "st/a.csv"));
    assert_eq!(
        db.run("copy into t from @st on_error = continue size_limit = 3").await.rows[0][0],
        "st/b.csv"
    );
}
