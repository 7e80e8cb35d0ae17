//! COPY INTO of Parquet files.

use std::sync::Arc;

use arrow_array::builder::{Int32Builder, ListBuilder, MapBuilder, StringBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float32Array,
    Float64Array, Int8Array, Int64Array, RecordBatch, StringArray, StructArray, Time64MicrosecondArray,
    TimestampMicrosecondArray, TimestampMillisecondArray, TimestampNanosecondArray, UInt64Array,
};
use arrow_schema::{DataType, Field};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel};
use parquet::file::properties::WriterProperties;

use super::copying::put;
use super::harness::Db;

/// The bytes of a file with these columns.
pub(super) fn file(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    written(columns, Compression::SNAPPY)
}

fn written(columns: Vec<(&str, ArrayRef)>, compression: Compression) -> Vec<u8> {
    let columns = columns.into_iter().map(|(name, array)| (name, array, true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut content = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut content, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    content
}

pub(super) fn integers(values: &[Option<i64>]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

pub(super) fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

const PARQUET: &str = "file_format = (type = parquet)";
const BY_NAME: &str = "match_by_column_name = case_insensitive";

#[tokio::test]
async fn columns_of_every_type_are_loaded_by_name() {
    let db = Db::new().await;
    db.run("create table t (small int, big number(20,0), money number(10,2), f float, b boolean, s varchar, word varchar, d date, clock time, ms timestamp_ntz, us timestamp_ntz(3), ns timestamp_ntz, inst timestamp_ltz, zoned timestamp_tz, bin binary)").await;
    db.run("create stage st file_format = (type = parquet use_logical_type = true binary_as_text = false)")
        .await;
    let words: DictionaryArray<Int32Type> = vec![Some("red"), None, Some("red")].into_iter().collect();
    let stamps = |unit: i64| vec![Some(1_704_164_645 * unit + unit / 2), None, Some(-unit)];
    let content = file(vec![
        ("SMALL", Arc::new(Int8Array::from(vec![Some(-1), None, Some(127)]))),
        ("BIG", Arc::new(UInt64Array::from(vec![Some(u64::MAX), None, Some(0)]))),
        (
            "money",
            Arc::new(
                Decimal128Array::from(vec![Some(12_345), None, Some(-5)])
                    .with_precision_and_scale(12, 3)
                    .unwrap(),
            ),
        ),
        ("F", Arc::new(Float32Array::from(vec![Some(1.5), None, Some(-0.25)]))),
        ("B", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))),
        ("S", texts(&[Some("a"), None, Some("")])),
        ("WORD", Arc::new(words)),
        ("D", Arc::new(Date32Array::from(vec![Some(19_724), None, Some(-1)]))),
        ("CLOCK", Arc::new(Time64MicrosecondArray::from(vec![Some(3_723_000_004), None, Some(0)]))),
        ("MS", Arc::new(TimestampMillisecondArray::from(stamps(1_000)))),
        ("US", Arc::new(TimestampMicrosecondArray::from(stamps(1_000_000)))),
        ("NS", Arc::new(TimestampNanosecondArray::from(stamps(1_000_000_000)))),
        ("INST", Arc::new(TimestampNanosecondArray::from(stamps(1_000_000_000)).with_timezone("UTC"))),
        ("ZONED", Arc::new(TimestampMicrosecondArray::from(stamps(1_000_000)).with_timezone("UTC"))),
        ("BIN", Arc::new(BinaryArray::from(vec![Some(&b"\x00\xff"[..]), None, Some(&b""[..])]))),
        ("EXTRA", integers(&[Some(1), Some(2), Some(3)])),
    ]);
    put(&db, "@st", "all.parquet", &content).await;
    let loaded = db.run(&format!("copy into t from @st {BY_NAME}")).await;
    assert_eq!(loaded.rows[0][..6], ["st/all.parquet", "LOADED", "3", "3", "1", "0"]);
    let rows = db.run("select * from t").await;
    assert_eq!(
        rows.rows[0].join("|"),
        "-1|18446744073709551615|12.35|1.5|true|a|red|2024-01-02|01:02:03.000004000|2024-01-02 03:04:05.500000000|2024-01-02 03:04:05.500000000|2024-01-02 03:04:05.500000000|2024-01-02 03:04:05.500000000 +00:00|2024-01-01 19:04:05.500000000 -08:00|00FF"
    );
    assert!(rows.rows[1].iter().all(|cell| cell == "NULL"), "{:?}", rows.rows[1]);
    assert_eq!(
        rows.rows[2].join("|"),
        "127|0|-0.01|-0.25|false||red|1969-12-31|00:00:00.000000000|1969-12-31 23:59:59.000000000|1969-12-31 23:59:59.000000000|1969-12-31 23:59:59.000000000|1969-12-31 23:59:59.000000000 +00:00|1969-12-31 15:59:59.000000000 -08:00|"
    );
    assert_eq!(db.run(&format!("copy into t from @st {BY_NAME}")).await.rows.len(), 1);
    assert_eq!(db.run("select count(*) from t").await.body(), "3");
}

#[tokio::test]
async fn pages_may_be_compressed_or_not_and_files_may_be_gzipped_as_a_whole() {
    let db = Db::new().await;
    db.run("create table t (a int)").await;
    db.run("create stage st file_format = (type = parquet)").await;
    let columns = || vec![("A", integers(&[Some(1), Some(2)]))];
    put(&db, "@st", "1", &written(columns(), Compression::UNCOMPRESSED)).await;
    put(&db, "@st", "2", &written(columns(), Compression::GZIP(GzipLevel::default()))).await;
    put(&db, "@st", "3.gz", &super::copying::gzip(&file(columns()))).await;
    assert_eq!(db.run(&format!("copy into t from @st {BY_NAME}")).await.rows.len(), 3);
    assert_eq!(db.run("select count(*), sum(a) from t").await.body(), "6|9");
}

#[tokio::test]
async fn lists_structs_and_maps_become_semi_structured() {
    let db = Db::new().await;
    db.run("create table t (l array, s object, m variant, whole variant)").await;
    db.run("create table v (c variant)").await;
    db.run("create stage st").await;
    let mut lists = ListBuilder::new(Int32Builder::new());
    lists.append_value([Some(1), None, Some(3)]);
    lists.append_null();
    let members: Vec<(Arc<Field>, ArrayRef)> = vec![
        (Arc::new(Field::new("x", DataType::Int64, true)), integers(&[Some(7), Some(8)])),
        (Arc::new(Field::new("y", DataType::Utf8, true)), texts(&[Some("z"), None])),
    ];
    let mut maps = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    maps.keys().append_value("k");
    maps.values().append_value(5);
    maps.append(true).unwrap();
    maps.append(false).unwrap();
    let content = file(vec![
        ("L", Arc::new(lists.finish())),
        ("S", Arc::new(StructArray::from(members))),
        ("M", Arc::new(maps.finish())),
    ]);
    put(&db, "@st", "n.parquet", &content).await;
    db.run(&format!("copy into t from @st {PARQUET} {BY_NAME}")).await;
    assert_eq!(
        db.run("select l, s, m from t").await.body(),
        "[1,null,3]|{\"x\":7,\"y\":\"z\"}|{\"k\":5}; NULL|{\"x\":8,\"y\":null}|NULL"
    );
    db.run(&format!("copy into v from @st {PARQUET}")).await;
    assert_eq!(
        db.run("select c from v").await.body(),
        "{\"L\":[1,null,3],\"M\":{\"k\":5},\"S\":{\"x\":7,\"y\":\"z\"}}; {\"S\":{\"x\":8,\"y\":null}}"
    );
}

#[tokio::test]
async fn without_logical_types_only_old_notes_on_types_count() {
    let db = Db::new().await;
    db.run("create table t (us timestamp_ntz, ns int, bin varchar)").await;
    db.run("create stage st").await;
    let content = file(vec![
        ("US", Arc::new(TimestampMicrosecondArray::from(vec![1_704_164_645_000_000]).with_timezone("UTC"))),
        ("NS", Arc::new(TimestampNanosecondArray::from(vec![1_704_164_645_000_000_000]))),
        ("BIN", Arc::new(BinaryArray::from(vec![&b"text"[..]]))),
    ]);
    put(&db, "@st", "old.parquet", &content).await;
    db.run(&format!("copy into t from @st {PARQUET} {BY_NAME}")).await;
    assert_eq!(
        db.run("select * from t").await.body(),
        "2024-01-02 03:04:05.000000000|1704164645000000000|text"
    );
}

#[tokio::test]
async fn names_match_in_one_case_or_any_and_missing_columns_get_defaults() {
    let db = Db::new().await;
    db.run("create table t (id int not null, n varchar default 'none', k int autoincrement, x int)").await;
    db.run("create stage st file_format = (type = parquet)").await;
    put(
        &db,
        "@st",
        "a.parquet",
        &file(vec![("id", integers(&[Some(1), Some(2)])), ("X", integers(&[Some(5), None]))]),
    )
    .await;
    db.run(&format!("copy into t from @st {BY_NAME}")).await;
    assert_eq!(db.run("select * from t order by id").await.body(), "1|none|1|5; 2|none|2|NULL");
    let error = db.fail("copy into t from @st match_by_column_name = case_sensitive force = true").await;
    assert_eq!(error.code, "100072");
    assert!(error.message.contains("column \"T\"[\"ID\":1]"), "{}", error.message);
    let error = db.fail("copy into t from @st match_by_column_name = sometimes").await;
    assert_eq!(error.code, "001008");
    let error = db.fail(&format!("copy into t (id) from @st {BY_NAME}")).await;
    assert_eq!(error.code, "001044");
}

#[tokio::test]
async fn rows_that_do_not_fit_are_told_and_left_out() {
    let db = Db::new().await;
    db.run("create table t (id number(3,0), s varchar(3))").await;
    db.run("create stage st file_format = (type = parquet)").await;
    let content = file(vec![
        ("ID", Arc::new(Float64Array::from(vec![1.4, 5000.0, 3.0, f64::NAN]))),
        ("S", texts(&[Some("one"), Some("two"), Some("three"), None])),
    ]);
    put(&db, "@st", "a.parquet", &content).await;
    let error = db.fail(&format!("copy into t from @st {BY_NAME}")).await;
    assert_eq!(error.code, "100039");
    assert!(error.message.contains("File 'a.parquet', line 2, character 1\n  Row 2, column \"T\"[\"ID\":1]"));
    let rejected = db.run(&format!("copy into t from @st {BY_NAME} validation_mode = return_errors")).await;
    assert_eq!(rejected.rows.iter().map(|row| row[9].as_str()).collect::<Vec<_>>(), ["2", "3", "4"]);
    assert_eq!(rejected.rows[1][8], "\"T\"[\"S\":2]");
    let loaded = db.run(&format!("copy into t from @st {BY_NAME} on_error = continue")).await;
    assert_eq!(loaded.rows[0][1..6], ["PARTIALLY_LOADED", "4", "1", "4", "3"]);
    db.run(&format!(
        "copy into t from @st {BY_NAME} on_error = continue force = true truncatecolumns = true"
    ))
    .await;
    assert_eq!(db.run("select * from t").await.body(), "1|one; 1|one; 3|thr");
}

#[tokio::test]
async fn what_is_no_parquet_and_what_has_too_many_columns_is_refused() {
    let db = Db::new().await;
    db.run("create table t (a int, b int)").await;
    db.run("create stage st file_format = (type = parquet)").await;
    let error = db.fail("copy into t from @st").await;
    assert_eq!((error.code, error.sql_state), ("002019", "0A000"));
    assert!(error.message.contains("PARQUET file format can produce one and only one column"));
    put(&db, "@st", "bad.parquet", b"PAR1 but not really").await;
    put(&db, "@st", "good.parquet", &file(vec![("A", integers(&[Some(1)]))])).await;
    let error = db.fail(&format!("copy into t from @st {BY_NAME}")).await;
    assert_eq!(error.code, "100142");
    let loaded = db.run(&format!("copy into t from @st {BY_NAME} on_error = skip_file")).await;
    assert_eq!(loaded.rows[0][1], "LOAD_FAILED");
    assert!(loaded.rows[0][6].starts_with("Error parsing the parquet file"), "{}", loaded.rows[0][6]);
    assert_eq!(loaded.rows[1][1], "LOADED");
}

#[tokio::test]
async fn the_rows_origin_can_be_loaded_too() {
    let db = Db::new().await;
    db.run("create table t (a int, file varchar, nr int)").await;
    db.run("create stage st file_format = (type = parquet)").await;
    put(&db, "@st", "x.parquet", &file(vec![("A", integers(&[Some(10), Some(20)]))])).await;
    let options = "include_metadata = (file = metadata$filename, nr = metadata$file_row_number)";
    db.run(&format!("copy into t from @st {BY_NAME} {options}")).await;
    assert_eq!(db.run("select * from t").await.body(), "10|x.parquet|1; 20|x.parquet|2");
}
