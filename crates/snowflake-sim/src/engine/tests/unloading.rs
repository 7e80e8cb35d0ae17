//! COPY INTO a stage.

use std::io::Read;

use flate2::read::GzDecoder;
use snowflake_proto::StatementType;

use super::copying::transfer;
use super::harness::Db;
use crate::engine::Statement;

/// Two tables of one shape, with all that a text can hold in the first, and a stage.
async fn filled() -> Db {
    let db = Db::new().await;
    for name in ["t", "back"] {
        db.run(&format!(
            "create table {name} (id int, s varchar, d date, n timestamp_ntz, z timestamp_tz, f float, b boolean, h binary)"
        ))
        .await;
    }
    db.run(r#"insert into t values
        (1, 'plain', '2024-01-02', '2024-01-02 03:04:05.678', '2024-01-02 03:04:05.678 +0130', 1.5, true, 'AB01'),
        (2, null, null, null, null, null, null, null),
        (3, '', '1969-12-31', '1969-12-31 23:59:59', '1970-01-01 00:00:00 -0800', -0.1, false, ''),
        (4, 'comma, "quote", ''single'' | pipe', null, null, null, null, null, null),
        (5, 'two\nlines\r\nand\ttab', null, null, null, null, null, null),
        (6, 'C:\\new\\table \\', null, null, null, null, null, null),
        (7, ' blanks and ünïcode 雪 ', null, null, null, 1e300, null, null)"#)
        .await;
    db.run("create stage st").await;
    db
}

async fn file(db: &Db, name: &str) -> Vec<u8> {
    let down = transfer(db, "get @st file:///somewhere/").await;
    std::fs::read(format!("{}{name}", down.stage_info.unwrap().location)).unwrap()
}

async fn listed(db: &Db) -> Vec<String> {
    db.run("list @st").await.rows.into_iter().map(|row| row[0].clone()).collect()
}

#[tokio::test]
async fn unloaded_files_load_again_to_the_same_rows() {
    let db = filled().await;
    let before = db.run("select * from t order by id").await.body();
    assert!(before.contains("3||1969-12-31") && before.contains("2|NULL|NULL"), "{before}");
    for format in [
        r#"field_optionally_enclosed_by = '"'"#,
        r#"field_optionally_enclosed_by = '"' null_if = () compression = none"#,
        r#"field_optionally_enclosed_by = '\'' escape = '\\' field_delimiter = '|' null_if = ('nothing')"#,
        r#"field_optionally_enclosed_by = '"' record_delimiter = '\r\n' date_format = 'DD.MM.YYYY'"#,
        "empty_field_as_null = false",
        r"empty_field_as_null = false field_delimiter = '\t' escape = '^'",
        "empty_field_as_null = false field_delimiter = '||' record_delimiter = ';;' escape_unenclosed_field = '\\\\'",
    ] {
        let format = format!("file_format = (type = csv {format})");
        let unloaded = db.run(&format!("copy into @st/x/ from t {format} overwrite = true")).await;
        assert_eq!(unloaded.rows[0][0], "7", "{format}");
        db.run("truncate table back").await;
        let loaded = db.run(&format!("copy into back from @st/x/ {format} force = true purge = true")).await;
        assert_eq!(loaded.rows[0][1], "LOADED", "{format}");
        assert_eq!(db.run("select * from back order by id").await.body(), before, "{format}");
    }
}

#[tokio::test]
async fn unloading_answers_counters_and_gzips_its_file() {
    let db = filled().await;
    let unloaded = db.run("copy into @st from (select id, s from t where id in (1, 2)) header = true").await;
    assert_eq!(unloaded.statement_type, StatementType::UNLOAD);
    assert_eq!(unloaded.names(), ["rows_unloaded", "input_bytes", "output_bytes"]);
    let content = file(&db, "data_0_0_0.csv.gz").await;
    let mut text = String::new();
    GzDecoder::new(content.as_slice()).read_to_string(&mut text).unwrap();
    assert_eq!(text, "ID,S\n1,plain\n2,\\N\n");
    assert_eq!(unloaded.rows[0], ["2", &text.len().to_string(), &content.len().to_string()]);
    assert_eq!(listed(&db).await, ["st/data_0_0_0.csv.gz"]);
}

#[tokio::test]
async fn dates_and_times_are_written_as_the_format_says_or_as_the_session_shows_them() {
    let db = filled().await;
    let query = "from (select d, n, z from t where id = 1) overwrite = true";
    let told = "date_format = 'DD.MM.YYYY' timestamp_format = 'YYYY/MM/DD HH24:MI:SS.FF1'";
    db.run("alter session set date_output_format = 'MM/DD/YYYY'").await;
    db.run(&format!("copy into @st/a {query} file_format = (compression = none)")).await;
    db.run(&format!("copy into @st/b {query} file_format = (compression = none {told})")).await;
    let shown = "01/02/2024,2024-01-02 03:04:05.678,2024-01-02 03:04:05.678 +0130\n";
    assert_eq!(file(&db, "a_0_0_0.csv").await, shown.as_bytes());
    assert_eq!(file(&db, "b_0_0_0.csv").await, b"02.01.2024,2024/01/02 03:04:05.6,2024/01/02 03:04:05.6\n");
}

#[tokio::test]
async fn files_are_named_after_the_location() {
    let db = filled().await;
    let query = "from (select id from t order by id)";
    let plain = "file_format = (compression = none)";
    db.run(&format!("copy into '@st/all' {query}")).await;
    db.run(&format!("copy into @st/one.csv {query} {plain} single = true")).await;
    db.run(&format!("copy into @st/two/ {query} {plain} single = true")).await;
    db.run(&format!("copy into @st/text {query} file_format = (compression = none file_extension = 'txt')"))
        .await;
    let sql = format!("copy into @st/id {query} include_query_id = true");
    db.execute(Statement { sql, query_id: "01ab".to_owned(), ..Statement::default() }).await.unwrap();
    assert_eq!(
        listed(&db).await,
        ["st/all_0_0_0.csv.gz", "st/id_01ab_0_0_0.csv.gz", "st/one.csv", "st/text_0_0_0.txt", "st/two/data"]
    );
    assert_eq!(file(&db, "one.csv").await, b"1\n2\n3\n4\n5\n6\n7\n");
    let parts =
        format!("copy into @st/part {query} {plain} max_file_size = 7 header = true detailed_output = true");
    let parts = db.run(&parts).await;
    assert_eq!(parts.names(), ["FILE_NAME", "FILE_SIZE", "ROW_COUNT"]);
    assert_eq!(
        parts.body(),
        "part_0_0_0.csv|7|2; part_0_0_1.csv|7|2; part_0_0_2.csv|7|2; part_0_0_3.csv|5|1"
    );
    assert_eq!(file(&db, "part_0_0_3.csv").await, b"ID\n7\n");
}

#[tokio::test]
async fn a_file_that_is_there_is_only_replaced_when_told_to() {
    let db = filled().await;
    db.run("copy into @st/a from (select 1)").await;
    let before = file(&db, "a_0_0_0.csv.gz").await;
    let error = db.fail("copy into @st/a from (select 2)").await;
    assert_eq!(error.code, "001030");
    assert!(
        error.message.contains("already existing at the unload destination: @st/a."),
        "{}",
        error.message
    );
    assert_eq!(file(&db, "a_0_0_0.csv.gz").await, before);
    db.run("copy into @st/a from (select 2) overwrite = true").await;
    assert_ne!(file(&db, "a_0_0_0.csv.gz").await, before);
}

#[tokio::test]
async fn no_rows_make_no_file() {
    let db = filled().await;
    assert_eq!(db.run("copy into @st from back header = true").await.body(), "0|0|0");
    assert!(db.run("copy into @st from back detailed_output = true").await.rows.is_empty());
    assert!(listed(&db).await.is_empty());
}

#[tokio::test]
async fn empty_text_needs_quotes_or_a_word_about_empty_fields() {
    let db = filled().await;
    assert_eq!(db.fail("copy into @st from t").await.code, "100093");
    assert!(listed(&db).await.is_empty());
    db.run("copy into @st from t file_format = (empty_field_as_null = false)").await;
    assert_eq!(listed(&db).await.len(), 1);
}

#[tokio::test]
async fn describing_an_unload_writes_nothing() {
    let db = filled().await;
    let sql = "copy into @st from (select 1)".to_owned();
    let described = db.execute(Statement { sql, describe_only: true, ..Statement::default() }).await.unwrap();
    assert_eq!(described.names(), ["rows_unloaded", "input_bytes", "output_bytes"]);
    assert!(listed(&db).await.is_empty());
}

#[tokio::test]
async fn unloading_refuses_what_it_cannot_do() {
    let db = filled().await;
    for sql in [
        "copy into 's3://bucket/x' from t",
        "copy into @st from t file_format = (type = avro)",
        "copy into @st from t file_format = (type = parquet)",
        "copy into @st from t file_format = (compression = zstd)",
        "copy into @st from t validation_mode = return_rows",
        "copy into @st from t single = true include_query_id = true",
        "copy into @st from (select id from t) single = true max_file_size = 3",
    ] {
        let error = db.fail(sql).await;
        assert!(error.message.starts_with("not simulated: "), "{sql}: {}", error.message);
    }
    assert_eq!(db.fail("copy into @nowhere from t").await.code, "002003");
    assert_eq!(db.fail("copy into @st from nothing").await.code, "002003");
    assert!(listed(&db).await.is_empty());
}

#[tokio::test]
async fn parquet_files_load_again_to_the_same_rows() {
    let db = filled().await;
    let columns = "id, s, d, n, f, b, h";
    db.run("create table again (id int, s varchar, d date, n timestamp_ntz, f float, b boolean, h binary)")
        .await;
    let format = "file_format = (type = parquet)";
    let unloaded =
        db.run(&format!("copy into @st/p/ from (select {columns} from t) {format} header = true")).await;
    assert_eq!(unloaded.rows[0][0], "7");
    assert_eq!(listed(&db).await, ["st/p/data_0_0_0.snappy.parquet"]);
    let by_name = "match_by_column_name = case_sensitive";
    db.run(&format!(
        "copy into again from @st/p/ file_format = (type = parquet binary_as_text = false) {by_name}"
    ))
    .await;
    let before = db.run(&format!("select {columns} from t order by id")).await.body();
    assert_eq!(db.run("select * from again order by id").await.body(), before);
    db.run(&format!("copy into @st/q/ from (select id, s from t) {format} max_file_size = 1")).await;
    let numbered = "select sum($1:_COL_0::int), count($1:_COL_1::varchar) from @st/q/ (file_format => 'pq')";
    db.run("create file format pq type = parquet").await;
    assert_eq!(db.run(numbered).await.body(), "28|6");
}

#[tokio::test]
async fn json_files_hold_one_value_a_line() {
    let db = filled().await;
    let format = "file_format = (type = json compression = none)";
    db.run(&format!(
        "copy into @st/j from (select object_construct('id', id, 's', s) from t where id < 4) {format}"
    ))
    .await;
    assert_eq!(
        String::from_utf8(file(&db, "j_0_0_0.json").await).unwrap(),
        "{\"id\":1,\"s\":\"plain\"}\n{\"id\":2}\n{\"id\":3,\"s\":\"\"}\n"
    );
    let error = db.fail(&format!("copy into @st/k from (select id from t) {format}")).await;
    assert_eq!((error.code, error.sql_state), ("002019", "0A000"));
}

#[tokio::test]
async fn parts_go_into_folders_of_their_own() {
    let db = filled().await;
    let sql = "copy into @st/by from (select id, b from t where id < 4 order by id) partition by ('b=' || b) file_format = (compression = none null_if = ()) header = true".to_owned();
    let unloaded =
        db.execute(Statement { sql, query_id: "01ab".to_owned(), ..Statement::default() }).await.unwrap();
    assert_eq!(unloaded.rows[0][0], "3");
    let names = [
        "st/by/_NULL_/data_01ab_0_0_0.csv",
        "st/by/b=false/data_01ab_0_0_0.csv",
        "st/by/b=true/data_01ab_0_0_0.csv",
    ];
    assert_eq!(listed(&db).await, names);
    assert_eq!(file(&db, "by/b=true/data_01ab_0_0_0.csv").await, b"ID,B\n1,true\n");
    assert_eq!(db.fail("copy into @st/by from t partition by (s) single = true").await.code, "001044");
}
