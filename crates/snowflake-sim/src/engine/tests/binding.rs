//! Array binds, in the request and in a stage.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use snowflake_proto::wire::query::{Binding, BindingValue};

use super::copying::put;
use super::harness::{Db, Table};
use crate::engine::{SqlError, Statement};

type Cells<'a> = &'a [Option<&'a str>];

async fn bind(db: &Db, sql: &str, arrays: &[(&str, &str, Cells<'_>)]) -> Result<Table, SqlError> {
    let binds = arrays.iter().map(|(name, kind, cells)| {
        let value = BindingValue::List(cells.iter().map(|cell| cell.map(str::to_owned)).collect());
        ((*name).to_owned(), Binding { kind: (*kind).to_owned(), value, ..Binding::default() })
    });
    db.execute(Statement { sql: sql.to_owned(), binds: binds.collect(), ..Statement::default() }).await
}

async fn bind_stage(db: &Db, sql: &str, stage: &str) -> Result<Table, SqlError> {
    let bind_stage = Some(stage.to_owned());
    db.execute(Statement { sql: sql.to_owned(), bind_stage, ..Statement::default() }).await
}

/// A table of every type that drivers bind.
async fn typed() -> Db {
    let db = Db::new().await;
    db.run("alter session set timezone = 'UTC'").await;
    db.run(
        "create table t (i int, n number(10,2), f float, s varchar, b boolean, x binary, d date, t time,
         ntz timestamp_ntz, ltz timestamp_ltz, tz timestamp_tz, v variant)",
    )
    .await;
    db
}

const INSERT: &str = "insert into t values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

#[tokio::test]
async fn array_binds_of_every_type_insert_all_rows_at_once() {
    let db = typed().await;
    let arrays: [(&str, &str, Cells<'_>); 12] = [
        ("1", "FIXED", &[Some("1"), Some("-2"), None]),
        ("2", "FIXED", &[Some("1.5"), Some("+20.25"), None]),
        ("3", "REAL", &[Some("1e+100"), Some("-Infinity"), Some("nan")]),
        ("4", "TEXT", &[Some("1704067200000"), Some(""), None]),
        ("5", "BOOLEAN", &[Some("true"), Some("false"), None]),
        ("6", "BINARY", &[Some("dead"), Some("BEEF"), None]),
        ("7", "DATE", &[Some("1704067200000"), Some("-31449600000"), None]),
        ("8", "TIME", &[Some("3723000000004"), Some("0"), None]),
        ("9", "TIMESTAMP_NTZ", &[Some("1704070923000004000"), Some("-0500000000"), None]),
        ("10", "TIMESTAMP_LTZ", &[Some("1704070923000000000"), Some("0"), None]),
        ("11", "TIMESTAMP_TZ", &[Some("1709238896789123000 0960"), Some("1704070923000000000"), None]),
        ("12", "VARIANT", &[Some("{\"a\":[1]}"), Some("null"), None]),
    ];
    assert_eq!(bind(&db, INSERT, &arrays).await.unwrap().body(), "3");
    let expected = [
        "1|1.50|1e+100|1704067200000|true|DEAD|2024-01-01|01:02:03.000000004|2024-01-01 01:02:03.000004000|2024-01-01 01:02:03.000000000 +00:00|2024-02-29 12:34:56.789123000 -08:00|{\"a\":[1]}",
        "-2|20.25|-inf||false|BEEF|1969-01-02|00:00:00.000000000|1969-12-31 23:59:59.500000000|1970-01-01 00:00:00.000000000 +00:00|2024-01-01 01:02:03.000000000 +00:00|NULL",
        "NULL|NULL|NaN|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL",
    ];
    assert_eq!(db.run("select * from t").await.body(), expected.join("; "));
}

#[tokio::test]
async fn columns_bound_as_text_keep_the_digits_of_their_dates_and_times() {
    let db = typed().await;
    let arrays: [(&str, &str, Cells<'_>); 5] = [
        ("1", "TEXT", &[Some("1.0"), None, Some("3"), None]),
        ("2", "TEXT", &[Some("1704067200000"), None, Some("86400000"), Some("2024-02-29T12:34:56.789Z")]),
        ("3", "TEXT", &[Some("3723000000000"), None, Some("7"), Some("04:05:06.789")]),
        (
            "4",
            "TEXT",
            &[Some("1704070923000000000"), None, Some("1704070923"), Some("2024-01-01 00:00:00.5")],
        ),
        ("5", "ANY", &[Some("true"), None, Some("0"), Some("yes")]),
    ];
    bind(&db, "insert into t (i, d, t, ntz, b) values (?, ?, ?, ?, ?)", &arrays).await.unwrap();
    let expected = [
        "1|2024-01-01|01:02:03.000000000|2024-01-01 01:02:03.000000000|true",
        "NULL|NULL|NULL|NULL|NULL",
        "3|1970-01-02|00:00:07.000000000|2024-01-01 01:02:03.000000000|false",
        "NULL|2024-02-29|04:05:06.789000000|2024-01-01 00:00:00.500000000|true",
    ];
    assert_eq!(db.run("select i, d, t, ntz, b from t").await.body(), expected.join("; "));
    // Seconds that a program writes as text are no days in milliseconds.
    let seconds: [(&str, &str, Cells<'_>); 1] = [("1", "TEXT", &[Some("1704067201")])];
    bind(&db, "insert into t (d) values (?)", &seconds).await.unwrap();
    assert_eq!(db.run("select count(*) from t where d = '2024-01-01'").await.body(), "2");
}

#[tokio::test]
async fn values_may_be_computed_from_array_binds() {
    let db = Db::new().await;
    db.run("create table t (id int autoincrement, a number(10,1), d date, s varchar default 'x')").await;
    let arrays: [(&str, &str, Cells<'_>); 3] = [
        ("1", "FIXED", &[Some("1"), Some("2.5"), None]),
        ("2", "TEXT", &[Some("86400000"), None, Some("2024-02-29")]),
        ("3", "TEXT", &[Some("x"), Some(""), None]),
    ];
    let insert = "insert into t (a, d, s) values (? + 1, ?, upper(?) || '!')";
    assert_eq!(bind(&db, insert, &arrays).await.unwrap().body(), "3");
    let expected = "1|2.0|1970-01-02|X!; 2|3.5|NULL|!; 3|NULL|2024-02-29|NULL";
    assert_eq!(db.run("select * from t").await.body(), expected);
    // Any order, any name, one value for all rows.
    let named: [(&str, &str, Cells<'_>); 2] =
        [("day", "DATE", &[Some("0")]), ("n", "FIXED", &[Some("7"), Some("8")])];
    bind(&db, "insert into t (s, a, d) values (default, :n, :DAY)", &named).await.unwrap();
    assert_eq!(
        db.run("select a, d, s from t where id > 3").await.body(),
        "7.0|1970-01-01|x; 8.0|1970-01-01|x"
    );
}

#[tokio::test]
async fn array_binds_that_cannot_be_used_insert_nothing() {
    let db = Db::new().await;
    db.run("create table t (a int, b int)").await;
    let two: Cells<'_> = &[Some("1"), Some("2")];
    let three: Cells<'_> = &[Some("1"), Some("2"), Some("3")];
    for (sql, arrays, code) in [
        ("insert into t values (?, ?)", [("1", "FIXED", two), ("2", "FIXED", three)], "002049"),
        ("insert into t values (?, 1), (?, 2)", [("1", "FIXED", two), ("2", "FIXED", two)], "002049"),
        ("update t set a = ? where b = ?", [("1", "FIXED", two), ("2", "FIXED", two)], "002049"),
        ("insert into t values (?, ?)", [("1", "FIXED", two), ("2", "TEXT", &[None, Some("x")])], "100038"),
        ("insert into t values (?, ?)", [("1", "FIXED", two), ("3", "FIXED", two)], "002049"),
        ("insert into t values (?)", [("1", "FIXED", two), ("2", "FIXED", two)], "002020"),
    ] {
        assert_eq!(bind(&db, sql, &arrays).await.unwrap_err().code, code, "{sql}");
    }
    assert_eq!(db.run("select count(*) from t").await.body(), "0");
}

/// The spellings of the statement by which drivers make the stage of their binds.
const STAGES: [&str; 3] = [
    "CREATE TEMPORARY STAGE IF NOT EXISTS SYSTEM$BIND file_format=(type=csv field_optionally_enclosed_by='\"' encoding='UTF8' escape_unenclosed_field=NONE)",
    "CREATE OR REPLACE TEMPORARY STAGE SYSTEM$BIND file_format=( type=csv field_optionally_enclosed_by='\"')",
    "create or replace TEMP stage SYSTEM$BIND file_format=(type=csv field_optionally_enclosed_by='\"')",
];

#[tokio::test]
async fn staged_binds_read_every_form_that_drivers_write() {
    let expected = [
        "1|a,b|1.50|2024-01-01|2024-01-01 01:02:03.000004000|01:02:03.000000000|DEAD|true",
        "2|NULL|2.50|1969-01-02|2024-01-02 00:00:00.000000000|04:05:06.789000000||false",
        "3||NULL|NULL|NULL|NULL|NULL|NULL",
        "4|q\"q\nn\\|1.20|2024-02-29|2024-02-29 12:34:56.789000000|00:00:00.000000000|00|true",
        "5|\\N|NULL|NULL|NULL|NULL|NULL|NULL",
    ];
    // Every value in quotes, and only those that need them.
    let files = [
        "\"1\",\"a,b\",\"1.5\",\"1704067200000\",\"1704070923000004000\",\"01:02:03\",\"dead\",\"true\"\n\
         \"2\",,\"2.5\",\"-31449600000\",\"1704153600000000000\",\"04:05:06.789000\",\"\",\"false\"\n\
         \"3\",\"\",,,,,,\n\
         \"4\",\"q\"\"q\nn\\\",\"1.20\",\"2024-02-29\",\"2024-02-29T12:34:56.789Z\",\"00:00:00\",\"00\",\"true\"\n\
         \"5\",\"\\N\",,,,,,\n",
        "1,\"a,b\",1.5,1704067200000,1704070923000004000,01:02:03,dead,true\n\
         2,,2.5,-31449600000,1704153600000000000,04:05:06.789000,\"\",false\n\
         3,\"\",,,,,,\n\
         4,\"q\"\"q\nn\\\",1.20,2024-02-29,2024-02-29 12:34:56.789,00:00:00,00,true\n\
         5,\"\\N\",,,,,,\n",
    ];
    for create in STAGES {
        for file in files {
            let db = Db::new().await;
            db.run("create table t (i int, s varchar, n number(10,2), d date, at timestamp_ntz, t time, x binary, b boolean)").await;
            db.run(create).await;
            put(&db, "'@SYSTEM$BIND/abc'", "0", file.as_bytes()).await;
            let insert = "insert into t values (?, ?, ?, ?, ?, ?, ?, ?)";
            assert_eq!(bind_stage(&db, insert, "@SYSTEM$BIND/abc").await.unwrap().body(), "5");
            assert_eq!(db.run("select * from t").await.body(), expected.join("; "), "{create}");
        }
    }
}

#[tokio::test]
async fn staged_binds_come_in_the_order_of_their_files() {
    let db = Db::new().await;
    db.run("create table t (id int autoincrement, a int, b varchar)").await;
    db.run(STAGES[1]).await;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(b"11,k\n,\n").unwrap();
    put(&db, "'@SYSTEM$BIND/one'", "10.gz", &gzip.finish().unwrap()).await;
    put(&db, "'@SYSTEM$BIND/one'", "2", b"2,b\n3,c\n").await;
    put(&db, "'@SYSTEM$BIND/other'", "1", b"9,z\n").await;
    let insert = "insert into t (a, b) values (?, upper(?))";
    assert_eq!(bind_stage(&db, insert, "@SYSTEM$BIND/one").await.unwrap().body(), "4");
    assert_eq!(db.run("select * from t").await.body(), "1|2|B; 2|3|C; 3|11|K; 4|NULL|NULL");
    // A single column: the row of a NULL is an empty line.
    db.run("create table u (a int)").await;
    put(&db, "'@SYSTEM$BIND/third'", "1", b"1\n\n3\n").await;
    assert_eq!(bind_stage(&db, "insert into u values (?)", "@SYSTEM$BIND/third").await.unwrap().body(), "3");
    assert_eq!(db.run("select * from u").await.body(), "1; NULL; 3");
    assert_eq!(bind_stage(&db, insert, "@NOSUCH/one").await.unwrap_err().code, "002003");
}
