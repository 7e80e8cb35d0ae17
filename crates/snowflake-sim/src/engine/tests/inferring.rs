//! INFER_SCHEMA, tables made from it, and tables that get the columns of their files.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Decimal128Array, Float32Array, NullArray, TimestampMicrosecondArray,
};

use super::copying::put;
use super::harness::Db;
use super::parquet::{file, integers, texts};

async fn with_files() -> Db {
    let db = Db::new().await;
    db.run("create stage st").await;
    db.run("create file format pq type = parquet use_logical_type = true").await;
    db.run("create file format heads type = csv parse_header = true").await;
    db.run("create file format js type = json").await;
    let one = file(vec![
        ("id", integers(&[Some(1)])),
        ("Name", texts(&[Some("a")])),
        ("money", Arc::new(Decimal128Array::from(vec![100]).with_precision_and_scale(12, 2).unwrap())),
    ]);
    let two = file(vec![
        ("id", integers(&[Some(2)])),
        ("ratio", Arc::new(Float32Array::from(vec![0.5]))),
        ("ok", Arc::new(BooleanArray::from(vec![true]))),
        ("at", Arc::new(TimestampMicrosecondArray::from(vec![0]))),
        ("seen", Arc::new(TimestampMicrosecondArray::from(vec![0]).with_timezone("UTC"))),
    ]);
    put(&db, "@st/pq", "1.parquet", &one).await;
    put(&db, "@st/pq", "2.parquet", &two).await;
    put(
        &db,
        "@st/csv",
        "a.csv",
        b"N,Price,Day,Word,Flag\n1,1.50,2024-01-02,x,true\n200,22.5,2024-01-03,,false\n",
    )
    .await;
    put(
        &db,
        "@st/js",
        "a.json",
        b"{\"n\": 1, \"when\": \"2024-01-02 03:04:05\", \"tags\": [1]}\n{\"n\": 2.5, \"o\": {\"p\": null}}",
    )
    .await;
    db
}

#[tokio::test]
async fn columns_of_files_are_told_with_the_expressions_that_read_them() {
    let db = with_files().await;
    let found = db.run("select * from table(infer_schema(location => '@st/pq', file_format => 'pq'))").await;
    assert_eq!(
        found.header(),
        "COLUMN_NAME VARCHAR(16777216), TYPE VARCHAR(16777216), NULLABLE BOOLEAN, EXPRESSION VARCHAR(16777216), FILENAMES VARCHAR(16777216), ORDER_ID NUMBER(38,0)"
    );
    assert_eq!(
        found.body(),
        "id|NUMBER(38, 0)|true|$1:id::NUMBER(38, 0)|pq/1.parquet, pq/2.parquet|0; Name|TEXT|true|$1:Name::TEXT|pq/1.parquet|1; money|NUMBER(12, 2)|true|$1:money::NUMBER(12, 2)|pq/1.parquet|2; ratio|REAL|true|$1:ratio::REAL|pq/2.parquet|3; ok|BOOLEAN|true|$1:ok::BOOLEAN|pq/2.parquet|4; at|TIMESTAMP_NTZ|true|$1:at::TIMESTAMP_NTZ|pq/2.parquet|5; seen|TIMESTAMP_LTZ|true|$1:seen::TIMESTAMP_LTZ|pq/2.parquet|6"
    );
    let csv = "select column_name, type, expression from table(infer_schema(location => '@st/csv', file_format => 'heads')) order by order_id";
    assert_eq!(
        db.run(csv).await.body(),
        "N|NUMBER(3, 0)|$1::NUMBER(3, 0); Price|NUMBER(4, 2)|$2::NUMBER(4, 2); Day|DATE|$3::DATE; Word|TEXT|$4::TEXT; Flag|BOOLEAN|$5::BOOLEAN"
    );
    let json = "select column_name, type, expression from table(infer_schema(location => '@st/js', file_format => 'js', ignore_case => true))";
    assert_eq!(
        db.run(json).await.body(),
        "N|NUMBER(2, 1)|GET_IGNORE_CASE ($1, 'N')::NUMBER(2, 1); TAGS|ARRAY|GET_IGNORE_CASE ($1, 'TAGS')::ARRAY; WHEN|TIMESTAMP_NTZ|GET_IGNORE_CASE ($1, 'WHEN')::TIMESTAMP_NTZ; O|OBJECT|GET_IGNORE_CASE ($1, 'O')::OBJECT"
    );
}

/// The statements of the Python connectors.
#[tokio::test]
async fn arguments_may_be_bound_and_files_listed() {
    let db = with_files().await;
    let sql = "SELECT COLUMN_NAME, TYPE FROM table(infer_schema(location=>?, file_format=>?))";
    let binds = [("1", "TEXT", Some("@\"ST\"/pq/1")), ("2", "TEXT", Some("\"PQ\""))];
    assert_eq!(
        db.with_binds(sql, &binds).await.unwrap().body(),
        "id|NUMBER(38, 0); Name|TEXT; money|NUMBER(12, 2)"
    );
    for files in ["'2.parquet'", "('2.parquet')", "'1.parquet', '2.parquet', max_file_count => 9"] {
        let sql = format!(
            "select count(*) from table(infer_schema(location => '@st/pq/', file_format => 'pq', files => {files}))"
        );
        let columns = if files.starts_with("'1") { "7" } else { "5" };
        assert_eq!(db.run(&sql).await.body(), columns, "{files}");
    }
    assert_eq!(
        db.fail("select * from table(infer_schema(location => '@st', filez => 'x'))").await.code,
        "001044"
    );
}

#[tokio::test]
async fn a_file_in_which_a_column_is_always_null_does_not_say_what_it_holds() {
    let db = with_files().await;
    let nothing = || -> ArrayRef { Arc::new(NullArray::new(1)) };
    put(&db, "@st/null", "1.parquet", &file(vec![("a", nothing()), ("b", nothing())])).await;
    put(&db, "@st/null", "2.parquet", &file(vec![("a", integers(&[Some(1)])), ("b", nothing())])).await;
    let sql =
        "select column_name, type from table(infer_schema(location => '@st/null', file_format => 'pq'))";
    assert_eq!(db.run(sql).await.body(), "a|NUMBER(38, 0); b|TEXT");
}

#[tokio::test]
async fn a_template_makes_a_table() {
    let db = with_files().await;
    let made = db
        .run("create table t using template (select array_agg(object_construct(*)) within group (order by order_id) from table(infer_schema(location => '@st/pq', file_format => 'pq', ignore_case => true))) enable_schema_evolution = true")
        .await;
    assert_eq!(made.body(), "Table T successfully created.");
    let described = db.run("describe table t").await;
    let columns: Vec<String> = described.rows.iter().map(|row| format!("{} {}", row[0], row[1])).collect();
    assert_eq!(
        columns,
        [
            "ID NUMBER(38,0)",
            "NAME VARCHAR(16777216)",
            "MONEY NUMBER(12,2)",
            "RATIO FLOAT",
            "OK BOOLEAN",
            "AT TIMESTAMP_NTZ(9)",
            "SEEN TIMESTAMP_LTZ(9)"
        ]
    );
    db.run(
        "copy into t from @st/pq file_format = (format_name = pq) match_by_column_name = case_insensitive",
    )
    .await;
    assert_eq!(db.run("select id, name, ratio from t order by id").await.body(), "1|a|NULL; 2|NULL|0.5");
    assert_eq!(db.fail("create table u using template (select 1)").await.code, "001044");
}

#[tokio::test]
async fn loads_add_the_columns_that_a_table_lacks_if_it_may_change() {
    let db = with_files().await;
    db.run("create table t (id int, name varchar not null)").await;
    let copy =
        "copy into t from @st/pq file_format = (format_name = pq) match_by_column_name = case_insensitive";
    assert_eq!(db.fail(copy).await.code, "100072");
    db.run("insert into t values (0, 'before')").await;
    db.run("alter table t set enable_schema_evolution = true").await;
    assert_eq!(db.run(copy).await.rows.len(), 2);
    assert_eq!(
        db.run("select id, name, money, ratio, ok from t order by id").await.body(),
        "0|before|NULL|NULL|NULL; 1|a|1.00|NULL|NULL; 2|NULL|NULL|0.5|true"
    );
    assert_eq!(db.run(copy).await.body(), "Copy executed with 0 files processed.");
    put(&db, "@st/more", "x.csv", b"ID,Extra\n7,2024-05-06\n").await;
    db.run("copy into t from @st/more file_format = (format_name = heads) match_by_column_name = case_insensitive").await;
    assert_eq!(db.run("select extra from t where id = 7").await.body(), "2024-05-06");
}
