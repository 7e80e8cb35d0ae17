//! COPY with a query over staged files, and staged files in FROM.

use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, Float64Array};

use super::copying::put;
use super::harness::Db;
use super::parquet::{file, integers, texts};

fn people() -> Vec<(&'static str, ArrayRef)> {
    vec![
        ("id", integers(&[Some(1), Some(2), Some(3)])),
        ("Full Name", texts(&[Some("Ann"), None, Some("Cy")])),
        ("score", Arc::new(Float64Array::from(vec![Some(1.25), Some(2.0), None]))),
        ("born", Arc::new(Date32Array::from(vec![Some(0), Some(1), None]))),
    ]
}

/// The statement of the Python connector's `write_pandas`.
#[tokio::test]
async fn parts_of_rows_are_loaded_as_pandas_asks_for_them() {
    let db = Db::new().await;
    db.run("create table wp (\"id\" int, \"Full Name\" text, \"score\" float, \"born\" date, extra int default 9)").await;
    db.run("create temp stage \"TMP_x\" file_format=(type=parquet compression=gzip)").await;
    put(&db, "@\"TMP_x\"", "file0.txt", &file(people())).await;
    let sql = "COPY INTO identifier(?) /* Python:snowflake.connector.pandas_tools.write_pandas() */ (\"id\",\"Full Name\",\"score\",\"born\") FROM (SELECT $1:\"id\"::NUMBER(38, 0),$1:\"Full Name\"::TEXT,$1:\"score\",$1:\"born\"::DATE AS \"born\" FROM '@\"TMP_x\"') FILE_FORMAT=(TYPE=PARQUET USE_VECTORIZED_SCANNER=False COMPRESSION=auto BINARY_AS_TEXT=FALSE) PURGE=TRUE ON_ERROR=?";
    let binds = [("1", "TEXT", Some("\"WP\"")), ("2", "TEXT", Some("abort_statement"))];
    let loaded = db.with_binds(sql, &binds).await.unwrap();
    assert_eq!(loaded.rows[0][..4], ["tmp_x/file0.txt", "LOADED", "3", "3"]);
    assert_eq!(
        db.run("select * from wp order by 1").await.body(),
        "1|Ann|1.25|1970-01-01|9; 2|NULL|2|1970-01-02|9; 3|Cy|NULL|NULL|9"
    );
    assert_eq!(db.run("list @\"TMP_x\"").await.rows.len(), 0);
}

#[tokio::test]
async fn computed_values_and_parts_of_rows_agree() {
    let db = Db::new().await;
    db.run("create table t (a int, b varchar, c varchar, d int)").await;
    db.run("create stage st").await;
    put(&db, "@st/in", "a.csv", b"1,x,skip\n2,y,skip\n").await;
    put(&db, "@st/in", "b.csv", b"30,z,skip\n").await;
    let direct = "select $1, $2::varchar(1), metadata$filename, metadata$file_row_number from @st/in";
    let computed =
        "select s.$1 + 0, upper(lower($2)), metadata$filename || '', metadata$file_row_number from @st/in s";
    for query in [direct, computed] {
        db.run("truncate table t").await;
        let loaded = db.run(&format!("copy into t from ({query})")).await;
        assert_eq!(loaded.rows.len(), 2, "{query}");
        let rows = db.run("select * from t order by a").await.body().to_lowercase();
        assert_eq!(rows, "1|x|in/a.csv|1; 2|y|in/a.csv|2; 30|z|in/b.csv|1", "{query}");
    }
    let some = "copy into t (a, d) from (select $1, length($2) from @st) pattern = '.*b[.]csv' force = true";
    db.run(some).await;
    assert_eq!(db.run("select a, d from t where d is not null and b is null").await.body(), "30|1");
}

#[tokio::test]
async fn rows_that_cannot_be_computed_are_found() {
    let db = Db::new().await;
    db.run("create table t (a int, b int not null)").await;
    db.run("create stage st").await;
    put(&db, "@st", "a.csv", b"1,1\nx,2\n3,0\n4,4\n5,\n").await;
    let query = "(select $1::int * 2, 8 / $2 from @st)";
    let error = db.fail(&format!("copy into t from {query}")).await;
    assert_eq!(error.code, "100038");
    assert!(error.message.contains("File 'a.csv', line 2, character 1\n  Row 2"), "{}", error.message);
    let loaded = db.run(&format!("copy into t from {query} on_error = continue")).await;
    assert_eq!(loaded.rows[0][1..6], ["PARTIALLY_LOADED", "5", "2", "5", "3"]);
    assert_eq!(db.run("select * from t").await.body(), "2|8; 8|2");
    let direct =
        db.run("copy into t from (select $1::int, $2 from @st) on_error = continue force = true").await;
    assert_eq!(direct.rows[0][2..6], ["5", "3", "5", "2"]);
}

#[tokio::test]
async fn queries_that_do_more_than_select_are_refused() {
    let db = Db::new().await;
    db.run("create table t (a int)").await;
    db.run("create stage st").await;
    for query in [
        "select $1 from @st where $1 > 1",
        "select distinct $1 from @st",
        "select $1 from @st order by 1",
        "select $1 from @st limit 1",
        "select max($1) from @st group by $2",
        "select a from t",
        "select s.$1 from @st s join @st r on true",
        "select * from @st",
        "select (select 1) from @st",
    ] {
        let error = db.fail(&format!("copy into t from ({query})")).await;
        assert_eq!((error.code, error.sql_state), ("002098", "0A000"), "{query}: {}", error.message);
    }
    assert_eq!(db.fail("copy into t from (select $1, $2 from @st)").await.code, "002020");
    assert_eq!(
        db.fail("copy into t from (select $1 from @st) validation_mode = return_errors").await.code,
        "001044"
    );
}

#[tokio::test]
async fn staged_files_are_queried_like_tables() {
    let db = Db::new().await;
    db.run("create stage st").await;
    db.run("create file format pipes type = csv field_delimiter = '|' skip_header = 1").await;
    db.run("create file format \"lower\" type = parquet").await;
    put(&db, "@st/text", "a.csv", b"h|h\n1|one\n2|two\n").await;
    put(&db, "@st/text", "b.txt", b"h|h\n3|three\n").await;
    put(&db, "@st/pq", "p.parquet", &file(people())).await;
    let rows = db
        .run("SELECT $1, $2, METADATA$FILENAME, METADATA$FILE_ROW_NUMBER FROM @st/text (FILE_FORMAT => 'pipes', PATTERN => '.*[.]csv') ORDER BY 1")
        .await;
    assert_eq!(rows.names(), ["$1", "$2", "METADATA$FILENAME", "METADATA$FILE_ROW_NUMBER"]);
    assert_eq!(rows.body(), "1|one|text/a.csv|1; 2|two|text/a.csv|2");
    let joined = "select t.$2, p.$1:\"Full Name\"::varchar from @st/text (file_format => pipes) t join @st/pq (file_format => '\"lower\"') p on t.$1::int = p.$1:id::int order by t.$1";
    assert_eq!(db.run(joined).await.body(), "one|Ann; two|NULL; three|Cy");
    db.run("create table t as select $1::int a, $2 b from '@st/text' (file_format => 'pipes')").await;
    assert_eq!(db.run("select sum(a) from t").await.body(), "6");
    db.run("insert into t select 10 * $1, 'again' from @st/text/b (file_format => pipes)").await;
    assert_eq!(db.run("select sum(a) from t").await.body(), "36");
    db.run("copy into @st/out/x from (select $1 from @st/text (file_format => 'pipes')) file_format = (compression = none)").await;
    assert_eq!(db.run("select count(*) from @st/out/").await.body(), "3");
    assert_eq!(db.fail("select $1 from @st/text (file_format => 'nothing')").await.code, "002003");
    assert_eq!(db.fail("select $1 from @missing").await.code, "002003");
}
