//! Stages, PUT, GET, LIST, REMOVE and COPY.

use std::io::Write;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use snowflake_proto::StatementType;
use snowflake_proto::wire::stage::Transfer;

use super::harness::Db;
use crate::engine::{Outcome, Statement};

pub(super) async fn transfer(db: &Db, sql: &str) -> Transfer {
    let statement = Statement { sql: sql.to_owned(), ..Statement::default() };
    match db.session.execute(statement).await.unwrap() {
        Outcome::Transfer(transfer, _) => *transfer,
        Outcome::Rows(_) => panic!("rows"),
    }
}

/// Puts a file where PUT says.
pub(super) async fn put(db: &Db, stage: &str, name: &str, content: &[u8]) {
    let answer = transfer(db, &format!("PUT file:///somewhere/{name} {stage} auto_compress=false")).await;
    let folder = PathBuf::from(answer.stage_info.unwrap().location);
    std::fs::write(folder.join(name), content).unwrap();
}

pub(super) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn put_and_get_say_where_files_are() {
    let db = Db::new().await;
    db.run("create stage st").await;
    let up = transfer(&db, "-- comment\nput 'file:///tmp/a b.csv' @st/in overwrite=true parallel=8;").await;
    assert_eq!(up.command.as_deref(), Some("UPLOAD"));
    assert_eq!(up.src_locations, Some(vec!["/tmp/a b.csv".to_owned()]));
    assert_eq!((up.auto_compress, up.overwrite, up.parallel), (Some(true), Some(true), Some(8)));
    let info = up.stage_info.unwrap();
    assert_eq!(info.location_type, "LOCAL_FS");
    assert!(info.location.starts_with(db.folder.path().to_str().unwrap()) && info.location.ends_with("/in/"));
    // Node leaves no blank before a quoted stage.
    transfer(&db, "PUT file://1'@st/x' overwrite=true").await;
    put(&db, "@st/in", "a.csv", b"1\n").await;
    let down = transfer(&db, "GET @st/in file:///tmp/target/").await;
    assert_eq!(down.command.as_deref(), Some("DOWNLOAD"));
    assert_eq!(down.src_locations, Some(vec!["in/a.csv".to_owned()]));
    assert_eq!(down.local_location.as_deref(), Some("/tmp/target/"));
    let listed = db.run("list @st").await;
    assert_eq!(listed.statement_type, StatementType::LIST);
    assert_eq!(listed.names(), ["name", "size", "md5", "last_modified"]);
    assert_eq!(listed.rows[0][..3], ["st/in/a.csv", "2", "b026324c6904b2a9cb4b88d6d61c81d1"]);
    assert_eq!(db.run("remove @st pattern='.*csv'").await.body(), "st/in/a.csv|removed");
    assert_eq!(db.run("ls @st").await.rows.len(), 0);
    let missing = Statement { sql: "put file://x @nope".to_owned(), ..Statement::default() };
    assert_eq!(db.session.execute(missing).await.unwrap_err().code, "002003");
}

#[tokio::test]
async fn copy_loads_each_file_once() {
    let db = Db::new().await;
    db.run("create table t (id int, name varchar, born date)").await;
    db.run("create stage st file_format = (type = csv skip_header = 1 field_optionally_enclosed_by = '\"' null_if = ('NULL'))").await;
    put(&db, "@st", "one.csv", b"id,name,born\n1,\"a, \"\"b\"\"\",2024-01-02\n2,NULL,\n").await;
    put(&db, "@st", "two.csv.gz", &gzip(b"id,name,born\r\n3,\"line\nbreak\",01/02/2024\r\n")).await;
    let copied = db.run("copy into t from @st").await;
    assert_eq!(copied.statement_type, StatementType::COPY);
    assert_eq!(
        copied.names(),
        [
            "file",
            "status",
            "rows_parsed",
            "rows_loaded",
            "error_limit",
            "errors_seen",
            "first_error",
            "first_error_line",
            "first_error_character",
            "first_error_column_name"
        ]
    );
    assert_eq!(copied.rows[0][..6], ["st/one.csv", "LOADED", "2", "2", "1", "0"]);
    assert_eq!(copied.rows[1][..4], ["st/two.csv.gz", "LOADED", "1", "1"]);
    assert_eq!(
        db.run("select * from t order by id").await.body(),
        "1|a, \"b\"|2024-01-02; 2|NULL|NULL; 3|line\nbreak|2024-01-02"
    );
    assert_eq!(db.run("copy into t from @st").await.body(), "Copy executed with 0 files processed.");
    assert_eq!(db.run("copy into t from @st files = ('one.csv') force = true").await.rows.len(), 1);
    assert_eq!(db.run("select count(*) from t").await.body(), "5");
}

#[tokio::test]
async fn copy_does_with_errors_what_it_is_told() {
    let db = Db::new().await;
    db.run("create table t (id int, v number(5,1))").await;
    db.run("create stage st").await;
    put(&db, "@st", "bad.csv", b"1,1.5\nx,2\n3,3.25\n4\n").await;
    put(&db, "@st", "good.csv", b"9,9\n").await;
    let error = db.fail("copy into t from @st").await;
    assert_eq!(error.code, "100038");
    assert!(error.message.contains("File 'bad.csv', line 2, character 1"), "{}", error.message);
    assert_eq!(db.run("select count(*) from t").await.body(), "0");
    let skipped = db.run("copy into t from @st on_error = skip_file").await;
    assert_eq!(skipped.rows[0][..6], ["st/bad.csv", "LOAD_FAILED", "4", "0", "1", "2"]);
    assert_eq!(skipped.rows[1][1], "LOADED");
    let continued = db.run("copy into t (id, v) from @st on_error = continue purge = true").await;
    assert_eq!(continued.rows.len(), 1);
    assert_eq!(
        continued.rows[0][1..],
        [
            "PARTIALLY_LOADED",
            "4",
            "2",
            "4",
            "2",
            "Numeric value 'x' is not recognized",
            "2",
            "1",
            "\"T\"[\"ID\":1]"
        ]
    );
    assert_eq!(db.run("select id, v from t order by id").await.body(), "1|1.5; 3|3.3; 9|9.0");
    assert_eq!(db.run("list @st").await.rows.len(), 1);
}

#[tokio::test]
async fn copy_refuses_what_it_cannot_do() {
    let db = Db::new().await;
    db.run("create table t (id int)").await;
    db.run("create stage st").await;
    for sql in [
        "copy into t from @st file_format = (type = avro)",
        "copy into t from @st file_format = (type = orc)",
        "copy into t from @st file_format = (type = xml)",
    ] {
        let error = db.fail(sql).await;
        assert!(error.message.starts_with("not simulated: "), "{sql}: {}", error.message);
    }
}

#[tokio::test]
async fn bind_values_can_come_from_a_stage() {
    let db = Db::new().await;
    db.run("create table t (a int, d date, s varchar)").await;
    db.run("create temporary stage if not exists SYSTEM$BIND file_format=(type=csv field_optionally_enclosed_by='\"' encoding='UTF8' escape_unenclosed_field=NONE)").await;
    put(&db, "'@SYSTEM$BIND/abc'", "1", b"\"1\",\"1704067200000\",\"\"\n\"2\",,\"x\"\n").await;
    let statement = Statement {
        sql: "insert into t values (?, ?, ?)".to_owned(),
        bind_stage: Some("@SYSTEM$BIND/abc".to_owned()),
        ..Statement::default()
    };
    assert_eq!(db.execute(statement).await.unwrap().body(), "2");
    assert_eq!(db.run("select * from t").await.body(), "1|2024-01-01|; 2|NULL|x");
}
